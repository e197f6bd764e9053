"""Decisions by ballots that the seats are asked for: rankings, approvals, scores.

    debate(question, table, decide=partial(ranked, rule=schulze))

In a definition file: `decide: {ranked: {rule: schulze}}`. Every seat votes on the same candidates, whether
the graph lets it hear their authors or not, and is told no names; each sees them in an order of its own.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from quorate.errors import BadOption
from quorate.nouns import Ask, Ballot, Message, Outcome
from quorate.protocols.balloting.candidates import MOST, Candidate, Paper, candidates_of
from quorate.protocols.balloting.reading import read_approvals, read_ranking, read_scores
from quorate.protocols.history import History
from quorate.protocols.voting import approval, plurality, range_, resolve_rule, schulze
from quorate.protocols.weights import apply_weights
from quorate.registry import decision

Deciding = Generator[Sequence[Ask], Sequence[Message], Outcome]
Act = Literal["rank", "approve", "score"]
QUOTED = 1000
"""Characters quoted of each candidate's text when nothing else is said."""


@decision
def ranked(
    history: History,
    *,
    rule: Any = schulze,
    own: bool = True,
    weights: Any = None,
    most: int = MOST,
    quote_limit: int = QUOTED,
) -> Deciding:
    """Ask every seat to rank the candidates, and decide by a rule over the rankings.

    Parameters
    ----------
    history : History
        The distinct standing answers are the candidates.
    rule : rule, name or mapping
        Any rule that reads rankings: schulze, borda, kemeny, instant_runoff ...
    own : bool
        Whether a seat's own answer is on its paper. Without it an answer that many seats share stands on few
        papers and is last on the others: meant for candidates with one author each.
    weights : file, mapping of seat to number, or Weights, optional
        What the ballots weigh; see `quorate.protocols.weights`.
    most : int
        Most candidates, 2 to 26; of more answers those with the most seats stand.
    quote_limit : int
        Most characters quoted of each candidate's text; 0 shows the bare answers.

    Returns
    -------
    Outcome
        A ballot that cannot be read abstains and is counted as invalid; the reason says how many.

    Raises
    ------
    BadOption
        For a rule that asks or draws lots, weights of other agents, or impossible limits.

    Examples
    --------
    >>> from quorate.nouns import Question, Table
    >>> history = History(Question(text="2+3?"), Table(["ada", "bo"]))
    >>> for number, (seat, answer) in enumerate({"ada": "5", "bo": "6"}.items()):
    ...     history.standing[seat] = Message(
    ...         number=number, seat=seat, act="draft", turn=0, text="So be it.", answer=answer
    ...     )
    >>> deciding = ranked(history)
    >>> print(next(deciding)[0].instruction.split("compare all candidates.")[1].strip())
    End with one line that ranks them, the best first, with = between equals, such as: Ranking: B > A
    """
    return (yield from _decide(history, Form("rank"), rule, own, weights, most, quote_limit))


@decision
def approved(
    history: History,
    *,
    rule: Any = approval,
    own: bool = True,
    weights: Any = None,
    most: int = MOST,
    quote_limit: int = QUOTED,
) -> Deciding:
    """Ask every seat which candidates it approves of, and decide by a rule over the approvals.

    A seat that approves of none abstains.

    Parameters
    ----------
    history, own, weights, most, quote_limit
        As for `ranked`.
    rule : rule, name or mapping
        Any rule that reads approvals, or rankings: those approved are then tied in front of the others.

    Returns
    -------
    Outcome

    Raises
    ------
    BadOption
        As for `ranked`.

    Examples
    --------
    >>> from quorate.nouns import Question, Table
    >>> next(approved(History(Question(text="2+3?"), Table(["ada"])), rule="judge_decides"))
    Traceback (most recent call last):
    ...
    quorate.errors.BadOption: Ballots are decided over by a rule; 'judge_decides' asks or draws lots.
    """
    return (yield from _decide(history, Form("approve"), rule, own, weights, most, quote_limit))


@decision
def scored(
    history: History,
    *,
    rule: Any = range_,
    low: float = 0,
    high: float = 10,
    own: bool = True,
    weights: Any = None,
    most: int = MOST,
    quote_limit: int = QUOTED,
) -> Deciding:
    """Ask every seat to score the candidates, and decide by a rule over the scores.

    Parameters
    ----------
    history, own, weights, most, quote_limit
        As for `ranked`.
    rule : rule, name or mapping
        Any rule that reads scores, or rankings, which the scores make.
    low, high : float
        The scale; a score outside makes the ballot unreadable.

    Returns
    -------
    Outcome

    Raises
    ------
    BadOption
        As for `ranked`, and for a scale without room.

    Examples
    --------
    >>> from quorate.nouns import Question, Table
    >>> next(scored(History(Question(text="2+3?"), Table(["ada"])), low=5, high=5))
    Traceback (most recent call last):
    ...
    quorate.errors.BadOption: Scores go from low up to high, and 5 to 5 leaves no room.
    """
    return (yield from _decide(history, Form("score", low, high), rule, own, weights, most, quote_limit))


@dataclass(frozen=True)
class Form:
    """What kind of ballot is asked for, and on which scale."""

    act: Act
    low: float = 0
    high: float = 10

    def __post_init__(self) -> None:
        if not -1e9 < self.low < self.high < 1e9:
            raise BadOption(
                f"Scores go from low up to high, and {self.low:g} to {self.high:g} leaves no room."
            )

    def fields(self, labels: Sequence[str]) -> dict[str, str]:
        """Return what fills the gaps of the prompt; the example begins with the last label."""
        shown = labels[::-1][:3]
        middle = f"{round((self.low + self.high) / 2, 2):g}"
        example = {
            "rank": " > ".join(shown),
            "approve": ", ".join(shown[:2]),
            "score": ", ".join(f"{label}={middle}" for label in labels[:3]) + (", ..." if labels[3:] else ""),
        }
        return {"example": example[self.act], "low": f"{self.low:g}", "high": f"{self.high:g}"}

    def cast(self, voter: str, paper: Paper, message: Message, names: tuple[str, ...]) -> Ballot | None:
        """Read a ballot over the answers `names` from what a voter wrote; None when it cannot be read."""
        said: dict[str, Any]
        if self.act == "rank":
            tiers = read_ranking(message, paper.labels)
            said = {"ranking": tiers and tuple(paper.answers(tier) for tier in tiers)}
        elif self.act == "approve":
            liked = read_approvals(message, paper.labels)
            said = {"approved": None if liked is None else paper.answers(liked)}
        else:
            marks = read_scores(message, paper.labels, self.low, self.high)
            said = {"scores": marks and dict(zip(paper.answers(marks), marks.values(), strict=True))}
        if None in said.values():
            return None
        return Ballot(seat=voter, answer=None, candidates=names, **said)


def ask_ballots(
    history: History,
    form: Form,
    papers: Sequence[tuple[str, Paper]],
    names: tuple[str, ...],
    quote_limit: int = QUOTED,
) -> Generator[Sequence[Ask], Sequence[Message], list[Ballot | None]]:
    """Ask voters, seats or officers, for one ballot on each paper; None where it cannot be read.

    The asks count as cost, not as a round of answers.
    """
    asks = [
        Ask(
            seat=voter,
            act=form.act,
            turn=history.turn,
            question=history.question,
            instruction=history.prompts.render(
                form.act,
                history.question,
                drafts=paper.quoted(history.question, quote_limit),
                **form.fields(paper.labels),
            ),
        )
        for voter, paper in papers
    ]
    if not asks:
        return []
    said = yield asks
    history.messages.extend(said)
    return [
        form.cast(voter, paper, message, names) for (voter, paper), message in zip(papers, said, strict=True)
    ]


def _decide(
    history: History, form: Form, spec: Any, own: bool, weights: Any, most: int, quote_limit: int
) -> Deciding:
    rule = resolve_rule(spec)
    if weights is not None:
        apply_weights(history.ballots(), weights)  # refuses those of other agents before anybody is asked
    candidates, left = candidates_of(history, most)
    if len(candidates) < 2:
        return plurality(history.ballots())
    papers = [(seat, _paper(history, seat, candidates, own)) for seat in history.table.seats]
    papers = [(seat, paper) for seat, paper in papers if len(paper.labels) > (form.act == "rank")]
    names = tuple(candidate.answer for candidate in candidates)
    cast = yield from ask_ballots(history, form, papers, names, quote_limit)
    found = {seat: ballot for (seat, _), ballot in zip(papers, cast, strict=True) if ballot is not None}
    ballots = [
        found.get(seat) or Ballot(seat=seat, answer=None, candidates=names) for seat in history.table.seats
    ]
    outcome = rule(ballots if weights is None else apply_weights(ballots, weights))
    return outcome.model_copy(update={"reason": f"{outcome.reason}{_told(len(papers), cast, left)}"})


def _paper(history: History, seat: str, candidates: Sequence[Candidate], own: bool) -> Paper:
    shown = [candidate for candidate in candidates if own or seat not in candidate.seats]
    return Paper.shuffled(shown, history.question, history.table.rng(history.question.id, "ballot", seat))


def _told(asked: int, cast: Sequence[Ballot | None], left: int) -> str:
    unread = cast.count(None)
    told = f", {asked} seats asked for ballots"
    told += f", {unread} of them unreadable" if unread else ""
    return told + (f", {left} answers with fewer seats not put to the vote" if left else "")
