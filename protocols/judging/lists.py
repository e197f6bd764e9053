"""Judges that see all candidates at once and rank them, or each alone and score it by criteria."""

from __future__ import annotations

import math
from collections.abc import Generator, Mapping, Sequence
from typing import Any

from quorate.errors import BadOption
from quorate.nouns import Ask, Message, Outcome
from quorate.protocols.balloting import (
    Candidate,
    Form,
    Paper,
    ask_ballots,
    candidates_of,
    quote_candidate,
    read_scores,
)
from quorate.protocols.history import History
from quorate.protocols.judging.offices import judged, judges_of
from quorate.protocols.prompting import one_line
from quorate.protocols.voting import borda, plurality, resolve_rule
from quorate.protocols.voting.ballots import leading
from quorate.registry import decision

Deciding = Generator[Sequence[Ask], Sequence[Message], Outcome]
CRITERIA = ("every step is correct", "the question is answered", "it is clear")
QUOTED = 2000


@decision
def judge_ranks(
    history: History, *, rule: Any = borda, papers: int = 2, most: int = 26, quote_limit: int = QUOTED
) -> Deciding:
    """Let every judge rank all candidates at once; a rule decides over the rankings.

    Each judge gets `papers` of them, every second one upside down, so that the first place on the page
    favours nobody. The reason tells how often the candidate shown first was ranked first.

    Parameters
    ----------
    history : History
        The distinct standing answers are the candidates, each with one text, without names.
    rule : rule, name or mapping
        Any rule that reads rankings.
    papers : int
        Rankings asked of each judge; an even number cancels a preference for a place.
    most, quote_limit : int
        Most candidates, and most characters quoted of a draft.

    Returns
    -------
    Outcome
        `invalid` counts rankings that could not be read; when none can, plurality decides.

    Raises
    ------
    BadOption
        When nobody holds the office of a judge, for no paper, and for a rule that asks or draws lots.

    Examples
    --------
    >>> from quorate.nouns import Question, Table
    >>> next(judge_ranks(History(Question(text="2+3?"), Table(["ada"])), papers=0))
    Traceback (most recent call last):
    ...
    quorate.errors.BadOption: A judge needs at least 1 paper to rank on, not 0.
    """
    if papers < 1:
        raise BadOption(f"A judge needs at least 1 paper to rank on, not {papers}.")
    counted, judges = resolve_rule(rule), judges_of(history.table)
    candidates, left = candidates_of(history, most)
    if len(candidates) < 2:
        return plurality(history.ballots())
    handed = [(judge, paper) for judge in judges for paper in _papers(history, judge, candidates, papers)]
    names = tuple(candidate.answer for candidate in candidates)
    cast = yield from ask_ballots(history, Form("rank"), handed, names, quote_limit)
    read = [(ballot, paper) for ballot, (_, paper) in zip(cast, handed, strict=True) if ballot is not None]
    first = sum(ballot.ranking[0] == paper.answers(paper.labels[:1]) for ballot, paper in read)
    told = f"{len(judges)} judges" if len(judges) > 1 else f"judge {judges[0]}"
    told += f" ranked, the one shown first was put first {first} of {len(read)} times"
    told += f", {left} answers with fewer seats not judged" if left else ""
    outcome = counted([ballot for ballot, _ in read])
    return judged(history, outcome, cast.count(None), len(cast), told)


@decision
def judge_scores(
    history: History,
    *,
    criteria: Sequence[str] | Mapping[str, float] = CRITERIA,
    low: float = 0,
    high: float = 10,
    most: int = 26,
    quote_limit: int = QUOTED,
) -> Deciding:
    """Let every judge score each candidate alone by criteria; the highest mean wins.

    Parameters
    ----------
    history : History
        The distinct standing answers are the candidates, each with one text, without names.
    criteria : sequence of str, or mapping of str to float
        What to score by; a mapping gives what each criterion weighs in the mean.
    low, high : float
        The scale.
    most, quote_limit : int
        Most candidates, and most characters quoted of a draft.

    Returns
    -------
    Outcome
        The tally is the mean over criteria and judges; what cannot be read is counted as invalid and left out
        of the mean. When nothing can be read, plurality decides.

    Raises
    ------
    BadOption
        When nobody holds the office of a judge, and for no criteria or impossible weights of them.

    Examples
    --------
    >>> from quorate.nouns import Question, Table
    >>> next(judge_scores(History(Question(text="2+3?"), Table(["ada"])), criteria=[]))
    Traceback (most recent call last):
    ...
    quorate.errors.BadOption: A rubric needs criteria, each once, with weights above 0.
    """
    rubric = check_rubric(criteria)
    form, judges = Form("score", low, high), judges_of(history.table)
    candidates, left = candidates_of(history, most)
    if len(candidates) < 2:
        return plurality(history.ballots())
    handed = [(judge, candidate) for judge in judges for candidate in candidates]
    said = yield [_rubric_ask(history, judge, one, rubric, form, quote_limit) for judge, one in handed]
    history.messages.extend(said)
    marks: dict[str, list[float]] = {candidate.answer: [] for candidate in candidates}
    for (_, candidate), message in zip(handed, said, strict=True):
        mark = read_mark(message, rubric, low, high)
        marks[candidate.answer] += [] if mark is None else [mark]
    tally = {answer: math.fsum(found) / len(found) for answer, found in marks.items() if found}
    winners = leading(tally)
    told = f"{len(judges)} judges" if len(judges) > 1 else f"judge {judges[0]}"
    told += f" scored by {len(rubric)} criteria" if len(rubric) > 1 else " scored by one criterion"
    told += f", {left} answers with fewer seats not judged" if left else ""
    reason = f"mean score {tally[winners[0]]:.6g} of {high:g}" if winners else ""
    unread = len(said) - sum(map(len, marks.values()))
    return judged(history, Outcome(winners=winners, tally=tally, reason=reason), unread, len(said), told)


def check_rubric(criteria: Sequence[str] | Mapping[str, float]) -> dict[str, float]:
    """Return criteria with their weights, each on one line; BadOption when there are none or they repeat.

    Examples
    --------
    >>> check_rubric(["it is right", "it is short"])
    {'it is right': 1.0, 'it is short': 1.0}
    """
    weighed = criteria if isinstance(criteria, Mapping) else None
    pairs = [(name, 1.0) for name in criteria] if weighed is None else list(weighed.items())
    rubric = {one_line(str(name)): float(weight) for name, weight in pairs}
    sound = all(name and 0 < weight < math.inf for name, weight in rubric.items())
    if isinstance(criteria, str) or not rubric or len(rubric) != len(pairs) or not sound:
        raise BadOption("A rubric needs criteria, each once, with weights above 0.")
    return rubric


def read_mark(message: Message, rubric: Mapping[str, float], low: float, high: float) -> float | None:
    """Read the scores of all criteria, by number, and return their weighted mean; None when unreadable.

    Examples
    --------
    >>> said = Message(number=0, seat="solon", act="score", turn=0, text="Scores: 1=8, 2=5")
    >>> read_mark(said, {"right": 2, "short": 1}, 0, 10), read_mark(said, {"right": 2}, 0, 10)
    (7.0, None)
    """
    scores = read_scores(message, [str(number) for number in range(1, len(rubric) + 1)], low, high)
    if scores is None:
        return None
    weighed = [weight * scores[str(number)] for number, weight in enumerate(rubric.values(), 1)]
    return math.fsum(weighed) / math.fsum(rubric.values())


def _papers(history: History, judge: str, candidates: Sequence[Candidate], papers: int) -> list[Paper]:
    question, found = history.question, list[Paper]()
    for number in range(papers):
        rng = history.table.rng(question.id, "ballot", judge, number)
        fresh = number % 2 == 0
        paper = Paper.shuffled(candidates, question, rng) if fresh else found[-1].reversed(question)
        found.append(paper)
    return found


def _rubric_ask(
    history: History, judge: str, draft: Candidate, rubric: Mapping[str, float], form: Form, limit: int
) -> Ask:
    numbers = [str(number) for number in range(1, len(rubric) + 1)]
    named = (f"{number}. {name}" for number, name in zip(numbers, rubric, strict=True))
    return Ask(
        seat=judge,
        act="score",
        turn=history.turn,
        question=history.question,
        instruction=history.prompts.render(
            "rubric",
            history.question,
            drafts=f"Draft:\n{quote_candidate(draft, history.question, limit)}",
            criteria="\n".join(named),
            **form.fields(numbers),
        ),
    )
