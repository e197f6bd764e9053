"""Conformity: what seats did after they had heard others agree with them, or stand by another answer.

The peers are those a seat really heard. Their *opinion* is the answer most of them stood by; where several
answers are tied, they are split.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from quorate.evaluate.dynamics.courses import RIGHT, SILENT, Course, backing, won_by
from quorate.evaluate.dynamics.shifts import Bools, Ints, Shift, rate
from quorate.evaluate.statistics import Rate
from quorate.nouns import Noun

Own = Literal["any", "right", "wrong"]
Peers = Literal["agree", "other", "right", "wrong", "split", "silent"]
_CASES: tuple[tuple[Own, Peers], ...] = (
    ("any", "agree"),
    ("any", "other"),
    ("any", "split"),
    ("any", "silent"),
    ("right", "agree"),
    ("right", "wrong"),
    ("right", "split"),
    ("wrong", "agree"),
    ("wrong", "right"),
    ("wrong", "wrong"),
    ("wrong", "split"),
)
_SHARES: tuple[tuple[float, float], ...] = ((0, 0), (0, 0.5), (0.5, 0.5), (0.5, 1), (1, 1))


class Reaction(Noun):
    """What seats did with an answer of their own after they had heard what others stood by.

    Parameters
    ----------
    own : {"any", "right", "wrong"}
        Their own answer; "any" is over all questions, with and without gold answers.
    peers : {"agree", "other", "right", "wrong", "split", "silent"}
        The opinion of those they heard: the same answer, another one (which is right, or wrong), none because
        of a tie, or none because nobody who could be read was heard.
    of : int
        Answers given again.
    kept, right : Rate, optional
        Those that gave the same answer again, and that gave the right one; None of no answer, and `right` is
        None for "any".
    adopted : Rate, optional
        Those that took over the peers' opinion, where it was another one.
    """

    own: Own
    peers: Peers
    of: int
    kept: Rate | None
    adopted: Rate | None
    right: Rate | None


class Response(Noun):
    """Right answers given by seats of whose peers a certain share was right.

    The share lies between `low` and `high`, or is exactly that where they are equal. What was heard, and how
    much of it was right, is how Li et al. (2024, arXiv:2406.11776) explain when density helps.
    """

    own: Own
    low: float
    high: float
    of: int
    right: Rate | None


class Conformity(Noun):
    """How seats reacted to their peers.

    Parameters
    ----------
    given_wrong : Rate, optional
        Seats that were right, heard a wrong opinion, and took it over: conformity that does harm.
    given_right : Rate, optional
        Seats that were wrong, heard the right opinion, and took it over: conformity that helps.
    discernment : Shift, optional
        `given_right` less `given_wrong`: above 0 where seats follow the better for its being right. The
        interval is by question.
    restless : Rate, optional
        Seats that changed an answer although everybody they heard agreed: what changes without persuasion.
    reactions : tuple of Reaction
        Every combination of own answer and peers' opinion.
    responses : tuple of Response
        Right answers by the share of right ones that was heard.
    """

    given_wrong: Rate | None
    given_right: Rate | None
    discernment: Shift | None
    restless: Rate | None
    reactions: tuple[Reaction, ...]
    responses: tuple[Response, ...]


def conformity_of(course: Course) -> Conformity:
    """Return how seats with an answer of their own reacted to what they heard.

    Examples
    --------
    >>> from quorate.nouns import Message, Question
    >>> from quorate.transcripts import Transcript
    >>> said = [
    ...     Message(number=n, seat="abc"[n % 3], act="draft", turn=n // 3, text="", answer=answer)
    ...     for n, answer in enumerate("566666")
    ... ]
    >>> found = conformity_of(Course.of([Transcript.of(Question(text="2+3?"), "abc", said, gold="5")]))
    >>> found.given_wrong.right, found.given_wrong.of
    (1.0, 1)
    """
    heard = _Heard(course)
    reactions = tuple(heard.reaction(own, peers) for own, peers in _CASES)
    found = {(reaction.own, reaction.peers): reaction for reaction in reactions}
    responses = tuple(heard.response(own, *share) for own in ("wrong", "right") for share in _SHARES)
    alone = heard.case("any", "agree")
    return Conformity(
        given_wrong=found["right", "wrong"].adopted,
        given_right=found["wrong", "right"].adopted,
        discernment=heard.discernment(),
        restless=rate(~heard.stayed[alone], heard.groups[alone]),
        reactions=tuple(reaction for reaction in reactions if reaction.of),
        responses=tuple(response for response in responses if response.of),
    )


class _Heard:
    """Answers that were given again by seats that had one before, and the opinion they had heard."""

    def __init__(self, course: Course) -> None:
        found = course.hearings
        chosen = found.before > SILENT
        self.before, self.after, heard = found.before[chosen], found.after[chosen], found.heard[chosen]
        self.groups = course.groups[found.question[chosen]]
        self.gold = course.gold[found.question[chosen]]
        self.opinion, self.split = opinions(heard)
        voices = (heard > SILENT).sum(axis=1)
        self.share = (heard == RIGHT).sum(axis=1) / np.maximum(voices, 1)
        self.spoken = voices > 0
        self.stayed = self.after == self.before
        self.adopted = self.after == self.opinion

    def case(self, own: Own, peers: Peers) -> Bools:
        opinion, clear = self.opinion, self.opinion > SILENT
        met = {
            "agree": clear & (opinion == self.before),
            "other": clear & (opinion != self.before),
            "right": clear & (opinion != self.before) & (opinion == RIGHT),
            "wrong": clear & (opinion != self.before) & (opinion != RIGHT),
            "split": self.split,
            "silent": ~self.spoken,
        }[peers]
        return np.asarray(met & self._own(own))

    def _own(self, own: Own) -> Bools:
        if own == "any":
            return np.ones_like(self.gold)
        return np.asarray(self.gold & ((self.before == RIGHT) == (own == "right")))

    def reaction(self, own: Own, peers: Peers) -> Reaction:
        chosen = self.case(own, peers)
        groups, other = self.groups[chosen], peers in ("other", "right", "wrong")
        return Reaction(
            own=own,
            peers=peers,
            of=int(chosen.sum()),
            kept=rate(self.stayed[chosen], groups),
            adopted=rate(self.adopted[chosen], groups) if other else None,
            right=rate(self.after[chosen] == RIGHT, groups) if own != "any" else None,
        )

    def response(self, own: Own, low: float, high: float) -> Response:
        within = self.share == low if low == high else (self.share > low) & (self.share < high)
        chosen = within & self.spoken & self._own(own)
        right = rate(self.after[chosen] == RIGHT, self.groups[chosen])
        return Response(own=own, low=low, high=high, of=int(chosen.sum()), right=right)

    def discernment(self) -> Shift | None:
        """Compare two rates over partly the same questions, by what each answer adds to their difference."""
        help_, harm = self.case("wrong", "right"), self.case("right", "wrong")
        if not help_.any() or not harm.any():
            return None
        return Shift.between(self.adopted, self.groups, help_, harm)


def opinions(heard: Ints) -> tuple[Ints, Bools]:
    """Return the answer that most stand by, SILENT where there is none, and whether answers are tied.

    Parameters
    ----------
    heard : array of int, shape (..., places)
        Numbers of answers.

    Examples
    --------
    >>> opinion, split = opinions(np.array([[0, 3, 3], [0, 3, -2], [-2, -1, -1]]))
    >>> opinion.tolist(), split.tolist()
    ([3, -1, -1], [False, True, False])
    """
    behind = backing(np.maximum(heard, SILENT))
    won = won_by(behind)
    highest = np.where(won, heard, SILENT).max(axis=-1)
    lowest = np.where(won, heard, highest[..., None]).min(axis=-1)
    split = highest != lowest
    return np.where(split, SILENT, highest), split
