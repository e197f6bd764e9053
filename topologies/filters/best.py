"""Best: hear only the surest seats, or those that most others agree with."""

from __future__ import annotations

from collections import Counter
from typing import Literal

from quorate.errors import BadOption, did_you_mean
from quorate.nouns import Hearing
from quorate.registry import Declaration, filter
from quorate.topologies.filters.floor import Floor, drawn_order, kept
from quorate.topologies.seating import share

By = Literal["confidence", "agreement"]
BY: tuple[str, ...] = ("confidence", "agreement")


@filter(
    Declaration(
        needs=("confidence, or answer",),
        cost="none",
        source="Quorate's own; k = 2 as in SMoA, arXiv:2411.03284",
    )
)
def top_k(floor: Floor, hearing: Hearing, *, k: int = 2, by: By = "confidence") -> Hearing:
    """Let every seat hear the k best of those it hears.

    Parameters
    ----------
    floor, hearing
        What was said; who hears whom so far.
    k : int
        How many are left; fewer where a seat hears fewer that have said something.
    by : {"confidence", "agreement"}
        The confidence in the standing answer, or how many others gave the same answer. A seat without a
        confidence, or without an answer, comes last. Lots drawn by seed, the same for all hearers of a round,
        decide between equals.

    Raises
    ------
    BadOption
        For an unknown `by`, and for a k below 1 or above the number of agents.

    Examples
    --------
    >>> from quorate.nouns import Message, Question, Table
    >>> from quorate.protocols import History
    >>> history = History(Question(text="2+3?"), Table(["ada", "bo", "cy"]))
    >>> for number, (seat, sure) in enumerate({"ada": 0.9, "bo": 0.4, "cy": 0.8}.items()):
    ...     history.standing[seat] = Message(
    ...         number=number, seat=seat, act="draft", turn=0, text="5", answer="5", confidence=sure
    ...     )
    >>> top_k(history, history.table.hearing(1), k=1)
    {'ada': ('cy',), 'bo': ('ada',), 'cy': ('ada',)}
    """
    floor.table.check_k("filter 'top_k'", k)
    if by not in BY:
        raise BadOption(f"The filter 'top_k' does not rank by '{by}'. {did_you_mean(by, BY)}")
    lots = drawn_order(floor, "top_k")
    scores = _confidences(floor) if by == "confidence" else _agreements(floor)
    if floor.standing and not scores:
        what = "states a confidence" if by == "confidence" else "has given an answer"
        floor.note("fallback", f"nobody {what}: the filter top_k draws {k} by lot")

    def best(seat: str, heard: tuple[str, ...]) -> list[str]:
        speaking = [name for name in heard if name in floor.standing]
        return sorted(speaking, key=lambda name: (-scores.get(name, -1.0), lots[name]))[:k]

    return kept(hearing, best)


@filter(Declaration(needs=("confidence",), cost="none", source="Quorate's own"))
def confident_only(floor: Floor, hearing: Hearing, *, threshold: float = 0.5) -> Hearing:
    """Let nobody hear a seat that is less sure of its answer than `threshold`.

    Parameters
    ----------
    floor, hearing
        What was said; who hears whom so far.
    threshold : float
        Least confidence, in [0, 1]. A seat that states none is not heard, unless nobody states one.

    Raises
    ------
    BadOption
        For an impossible threshold.

    Examples
    --------
    >>> from quorate.nouns import Message, Question, Table
    >>> from quorate.protocols import History
    >>> history = History(Question(text="2+3?"), Table(["ada", "bo"]))
    >>> for number, (seat, sure) in enumerate({"ada": 0.9, "bo": 0.4}.items()):
    ...     history.standing[seat] = Message(
    ...         number=number, seat=seat, act="draft", turn=0, text="5", answer="5", confidence=sure
    ...     )
    >>> confident_only(history, history.table.hearing(1))
    {'ada': (), 'bo': ('ada',)}
    """
    threshold = share("confident_only", "threshold", threshold, kind="filter")
    sure = _confidences(floor)
    if not sure:
        if floor.standing:
            floor.note("fallback", "nobody states a confidence: the filter confident_only lets all be heard")
        return hearing
    return kept(hearing, lambda seat, heard: [n for n in heard if n in sure and sure[n] >= threshold])


def _confidences(floor: Floor) -> dict[str, float]:
    return {seat: said.confidence for seat, said in floor.standing.items() if said.confidence is not None}


def _agreements(floor: Floor) -> dict[str, float]:
    """Return, for each seat with an answer, how many others gave the same one."""
    counts = Counter(said.answer for said in floor.standing.values())
    return {
        seat: counts[said.answer] - 1.0 for seat, said in floor.standing.items() if said.answer is not None
    }
