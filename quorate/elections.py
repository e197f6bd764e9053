"""Elections: recorded questions with their ballots, decided by any rule that the record can feed."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from inspect import isgeneratorfunction
from typing import Any

from quorate import registry
from quorate.errors import QuorateError
from quorate.nouns import Ask, Ballot, Message, Outcome
from quorate.protocols.voting import break_tie
from quorate.protocols.weights import Weights, apply_weights
from quorate.registry import option_names, unbound
from quorate.transcripts import Transcript

READABLE = {
    "confidence": "confidences",
    "scores": "scores of the answers",
    "ranking": "rankings",
    "approved": "approvals",
}


class NotRecorded(QuorateError):
    """An ask that the record holds no answer to."""


@dataclass(frozen=True)
class Election:
    """One recorded question, ready to be decided: its ballots, weighed where weights were given."""

    transcript: Transcript
    ballots: tuple[Ballot, ...]

    @classmethod
    def of(cls, transcript: Transcript, weights: Weights | None = None) -> Election:
        """Return the election after the last recorded round; BadOption when a seat has no weight."""
        ballots = transcript.ballots()
        return cls(transcript, tuple(ballots if weights is None else apply_weights(ballots, weights)))

    def decide(self, rule: Callable[..., Any]) -> Outcome:
        """Decide by a rule, or by a decision whose asks are all answered in the record."""
        if isgeneratorfunction(rule):
            outcome: Outcome = replayed(self.transcript, rule(self.transcript.history()))
        elif "rng" in option_names(rule) and "rng" not in getattr(rule, "keywords", {}):
            rng = self.transcript.table.rng(self.transcript.question.id, "lots")
            outcome = rule(self.ballots, rng=rng)
        else:
            outcome = rule(self.ballots)
        return outcome

    def break_tie(self, outcome: Outcome, how: str) -> tuple[str, ...]:
        """Return the winners that a tie-break leaves: one, or none."""
        rng = self.transcript.table.rng(self.transcript.question.id, "tie")
        answer = break_tie(outcome, self.ballots, how, rng).answer
        return () if answer is None else (answer,)


def held_by(elections: Sequence[Election]) -> frozenset[str]:
    """Return what the ballots say besides their answers; scores and approvals make rankings too."""
    ballots = [ballot for election in elections for ballot in election.ballots]
    held = {
        name for name in READABLE if any(getattr(ballot, name) not in (None, (), {}) for ballot in ballots)
    }
    return frozenset(held | ({"ranking"} if held & {"scores", "approved"} else set()))


def replayed(transcript: Transcript, turns: Generator[Sequence[Ask], Sequence[Message], Any]) -> Any:
    """Return what a generator returns when its asks are answered from the record.

    Raises
    ------
    NotRecorded
        At the first ask that the record holds no answer to.
    """
    said: list[Message] | None = None
    try:
        while True:
            asks = next(turns) if said is None else turns.send(said)
            said = []
            for ask in asks:
                message = transcript.said(ask)
                if message is None:
                    raise NotRecorded(
                        f"asks '{ask.seat}' to {ask.act}, and the record holds no answer to that "
                        f"(question '{transcript.question.id}')"
                    )
                said.append(message)
    except StopIteration as end:
        return end.value


def missing(rule: Callable[..., Any], held: frozenset[str], *, weighed: bool) -> str | None:
    """Say what a rule reads that a record does not hold; None when it can decide.

    A rule that reads several things beside the answers needs one of them.

    Examples
    --------
    >>> missing(registry.rule["approval"], frozenset({"ranking"}), weighed=False)
    'reads approvals, which the record does not hold'
    """
    declared = registry.rule.declared_by(rule)
    if declared is None or isgeneratorfunction(rule):
        return None
    reads = [need for need in declared.needs if need in READABLE]
    if reads and not held.intersection(reads):
        what = " or ".join(READABLE[need] for need in reads)
        return f"reads {what}, which the record does not hold"
    drawn = "rng" in option_names(unbound(rule))
    if set(declared.needs) == {"answer", "weight"} and not weighed and not drawn:
        return "reads weights, and none were given"
    return None


def share_right(winners: Sequence[str], gold: str) -> float:
    """Return what winners are worth: of k tied ones, each counts for 1/k.

    Examples
    --------
    >>> share_right(("5", "6"), "5"), share_right((), "5")
    (0.5, 0.0)
    """
    return 1 / len(winners) if gold in winners else 0.0
