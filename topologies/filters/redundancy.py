"""Redundancy: hear nothing that one says oneself or has just heard from somebody else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from quorate.embedding import Embed, similarities
from quorate.errors import BadOption, did_you_mean
from quorate.nouns import Hearing
from quorate.registry import Declaration, filter
from quorate.topologies.filters.floor import Floor, drawn_order, kept

Means = Literal["answer", "text"]
MEANS: tuple[str, ...] = ("answer", "text")


@filter(
    Declaration(
        needs=("answer, or text",),
        cost="none; by text one embedding a draft",
        source="S2-MAD, arXiv:2502.04790",
    )
)
def redundant(
    floor: Floor,
    hearing: Hearing,
    *,
    by: Means = "answer",
    threshold: float = 0.9,
    model: str | Path | Embed = "",
) -> Hearing:
    """Let every seat hear one representative of each view that is not its own.

    Of those that say the same, the surest stays; lots drawn by seed decide between equals. With
    `silent="keep"` a seat speaks again only when it has heard another view, as in S2-MAD. What all agree on
    is pruned whether it is right or wrong.

    Parameters
    ----------
    floor, hearing
        What was said; who hears whom so far.
    by : {"answer", "text"}
        What makes two drafts the same: the answer read from them, where one without a readable answer is like
        no other; or texts whose cosine similarity reaches `threshold`.
    threshold : float
        In (0, 1]; for texts only.
    model : path, hub name or callable
        A sentence-embedding model for texts (see `quorate.embedding`); left out, they are compared by the
        words and numbers in them.

    Raises
    ------
    BadOption
        For an impossible threshold or an unknown `by`.
    MissingModel
        When there is no such model.

    Examples
    --------
    >>> from quorate.nouns import Message, Question, Table
    >>> from quorate.protocols import History
    >>> history = History(Question(text="2+3?"), Table(["ada", "bo", "cy"]))
    >>> for number, (seat, answer) in enumerate({"ada": "5", "bo": "5", "cy": "6"}.items()):
    ...     history.standing[seat] = Message(
    ...         number=number, seat=seat, act="draft", turn=0, text=answer, answer=answer
    ...     )
    >>> redundant(history, history.table.hearing(1))["ada"]
    ('cy',)
    """
    if by not in MEANS:
        raise BadOption(f"The filter 'redundant' does not compare by '{by}'. {did_you_mean(by, MEANS)}")
    if isinstance(threshold, bool) or not 0 < threshold <= 1:
        raise BadOption(f"A cosine similarity to ask for lies above 0 and goes up to 1, not {threshold}.")
    lots = drawn_order(floor, "redundant")
    order = sorted(floor.standing, key=lambda seat: (-(floor.standing[seat].confidence or 0.0), lots[seat]))
    alike = _same_answer(floor) if by == "answer" else _same_text(floor, threshold, model)

    def views(seat: str, heard: tuple[str, ...]) -> Iterator[str]:
        known, within = [seat] if seat in floor.standing else [], set(heard)
        for name in order:
            if name in within and not any((name, other) in alike for other in known):
                known.append(name)
                yield name

    return kept(hearing, views)


def _same_answer(floor: Floor) -> set[tuple[str, str]]:
    """Return the pairs, both ways, that gave the same answer."""
    holders: dict[str, list[str]] = {}
    for seat, said in floor.standing.items():
        if said.answer is not None:
            holders.setdefault(said.answer, []).append(seat)
    return {(a, b) for seats in holders.values() for a in seats for b in seats}


def _same_text(floor: Floor, threshold: float, model: str | Path | Embed) -> set[tuple[str, str]]:
    seats = [seat for seat, said in floor.standing.items() if said.text.strip()]
    found = similarities([floor.standing[seat].text for seat in seats], model) >= threshold - 1e-6
    return {(a, b) for i, a in enumerate(seats) for j, b in enumerate(seats) if found[i, j]}
