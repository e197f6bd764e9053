"""A decision by how likely each seat's model finds the candidates: opinion pools.

Models report log-likelihoods of labelled options where they answer by options (`answering="options"`).
"""

from __future__ import annotations

import math
from collections.abc import Generator, Mapping, Sequence
from typing import Any, Literal

from quorate.errors import BadOption, did_you_mean
from quorate.nouns import Ask, Ballot, Message, Question
from quorate.protocols.balloting.asking import QUOTED, Deciding
from quorate.protocols.balloting.candidates import MOST, Paper, candidates_of
from quorate.protocols.history import History
from quorate.protocols.voting import log_pool, resolve_rule
from quorate.protocols.weights import apply_weights
from quorate.registry import decision

Source = Literal["asked", "drafts"]
SOURCES = ("asked", "drafts")


@decision
def pooled(
    history: History,
    *,
    rule: Any = log_pool,
    source: Source = "asked",
    weights: Any = None,
    most: int = MOST,
    quote_limit: int = QUOTED,
) -> Deciding:
    """Pool the probabilities that the seats' models give the candidates.

    A seat whose model reports no log-likelihoods counts with the candidate that it names, and abstains when
    it names none; the reason says how many reported them.

    Parameters
    ----------
    history : History
        The distinct standing answers are the candidates.
    rule : rule, name or mapping
        Any rule that reads scores; log_pool and linear_pool take them for log-likelihoods.
    source : {"asked", "drafts"}
        Ask every seat to choose among the candidates; or take what its last draft reported about the choices
        of the question, which asks nobody.
    weights : file, mapping of seat to number, or Weights, optional
        What the ballots weigh; see `quorate.protocols.weights`.
    most, quote_limit : int
        As for `ranked`.

    Returns
    -------
    Outcome

    Raises
    ------
    BadOption
        For an unknown source, "drafts" of a question without choices, and as for `ranked`.

    Examples
    --------
    >>> from quorate.nouns import Table
    >>> history = History(Question(text="Which is prime?", choices=("4", "7")), Table(["ada", "bo"]))
    >>> for number, (seat, gap) in enumerate({"ada": 3.0, "bo": -1.0}.items()):
    ...     said = {"seat": seat, "act": "draft", "turn": 0, "text": "", "answer": "B" if gap > 0 else "A"}
    ...     history.standing[seat] = Message(number=number, scores={"A": -gap, "B": 0.0}, **said)
    >>> try:
    ...     next(pooled(history, source="drafts"))
    ... except StopIteration as end:
    ...     print(end.value.winners, end.value.reason)
    ('B',) logarithmic pool, probability 0.73, likelihoods of 2 of 2 seats
    """
    if source not in SOURCES:
        raise BadOption(f"There is no source of likelihoods '{source}'. {did_you_mean(source, SOURCES)}")
    counted = resolve_rule(rule)
    if weights is not None:
        apply_weights(history.ballots(), weights)  # refuses those of other agents before anybody is asked
    if source == "drafts":
        ballots = [_drafted(history, ballot) for ballot in history.ballots()]
    else:
        ballots = yield from _ask(history, most, quote_limit)
    outcome = counted(ballots if weights is None else apply_weights(ballots, weights))
    known = sum(bool(ballot.scores) for ballot in ballots)
    told = f"{outcome.reason}, likelihoods of {known} of {len(ballots)} seats"
    return outcome.model_copy(update={"reason": told})


def _drafted(history: History, ballot: Ballot) -> Ballot:
    labels = history.question.labels
    if not labels:
        raise BadOption(
            "Drafts report likelihoods of the choices of a question, and this one has none; "
            "use source='asked' to ask about the candidates."
        )
    said = history.standing.get(ballot.seat)
    scores = {} if said is None else likelihoods(said, {label: label for label in labels})
    return ballot.model_copy(update={"scores": scores})


def likelihoods(message: Message, answers: Mapping[str, str]) -> dict[str, float]:
    """Return the log-likelihood of each answer from a reply about labels; {} unless all are there, finite.

    Examples
    --------
    >>> said = Message(number=0, seat="ada", act="score", turn=0, text="", scores={"A": -1.0, "B": -3.0})
    >>> likelihoods(said, {"A": "17", "B": "18"}), likelihoods(said, {"A": "17", "C": "18"})
    ({'17': -1.0, '18': -3.0}, {})
    """
    found = message.scores or {}
    if message.failed or not all(math.isfinite(found.get(label, math.nan)) for label in answers):
        return {}
    return {answer: found[label] for label, answer in answers.items()}


def _ask(
    history: History, most: int, quote_limit: int
) -> Generator[Sequence[Ask], Sequence[Message], list[Ballot]]:
    candidates, _ = candidates_of(history, most)
    if len(candidates) < 2:
        return history.ballots()
    asked = history.question
    papers = {
        seat: Paper.shuffled(candidates, asked, history.table.rng(asked.id, "ballot", seat))
        for seat in history.table.seats
    }
    said = yield [
        Ask(
            seat=seat,
            act="score",
            turn=history.turn,
            question=_options(asked, paper),
            instruction=history.prompts.render("choose", asked, drafts=paper.quoted(asked, quote_limit)),
            expects="answer",
        )
        for seat, paper in papers.items()
    ]
    history.messages.extend(said)
    names = tuple(candidate.answer for candidate in candidates)
    return [_ballot(message, paper, names) for message, paper in zip(said, papers.values(), strict=True)]


def _options(question: Question, paper: Paper) -> Question:
    """Return the question whose options are the candidates: its own where those keep their letters."""
    if question.choices:
        return question
    # Bare names, not the answers themselves: an answer "B" must not be taken for the letter of another.
    return Question(
        text=question.text, id=question.id, choices=tuple(f"candidate {label}" for label in paper.labels)
    )


def _ballot(message: Message, paper: Paper, names: tuple[str, ...]) -> Ballot:
    answers = {label: candidate.answer for label, candidate in paper.candidates.items()}
    scores = likelihoods(message, answers)
    named = None if scores or message.failed else answers.get(message.answer or "")
    return Ballot(seat=message.seat, answer=named, scores=scores, candidates=names)
