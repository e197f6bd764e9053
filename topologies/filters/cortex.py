"""Cortex: directed weights of trust between the seats; what is below a hearer's average is not heard."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from statistics import fmean

from quorate.embedding import Embed, similarities
from quorate.errors import BadOption, did_you_mean
from quorate.nouns import Hearing, Message
from quorate.registry import Declaration, filter
from quorate.topologies.filters.floor import Floor, kept


@filter(
    Declaration(
        needs=("text", "confidence"),
        cost="one embedding a draft",
        source="CortexDebate, arXiv:2507.03928",
    )
)
def cortex(
    floor: Floor,
    hearing: Hearing,
    *,
    credibility: Mapping[str, float] | None = None,
    model: str | Path | Embed = "",
) -> Hearing:
    """Drop the edges into a seat whose weight is below the mean of all edges into it.

    The weight of u -> v is W = C R I / S: how far v should trust u.

    1. C, credibility: given by seat. There, the inverse of the loss that a scaling law predicts from the
       model's parameters and training tokens.
    2. R, reliability: u's mean confidence over the rounds; 1 for all while nobody states one, and the mean of
       the others for a seat that states none.
    3. I, intimacy: 1 - the mean cosine similarity of what u and v said in the same rounds: another view is
       worth more.
    4. S, self-orientation: 1 + (rounds of talk) (n - 1) - (how often u was heard in them): the more a seat
       was heard, the more weight. The 1 is added here: a seat that all heard every time would have infinite
       weight.

    Known here from secondary notes of the paper.

    Parameters
    ----------
    floor, hearing
        What was said; who hears whom so far.
    credibility : mapping of str to float, optional
        C of each seat, above 0; a seat that is left out, or all, have 1.
    model : path, hub name or callable
        A sentence-embedding model (see `quorate.embedding`); left out, drafts are compared by the words and
        numbers in them.

    Raises
    ------
    BadOption
        For a credibility that is not above 0, or of somebody who is not at the table.
    MissingModel
        When there is no such model.

    Examples
    --------
    >>> from quorate.nouns import Message, Question, Table
    >>> from quorate.protocols import History
    >>> history = History(Question(text="2+3?"), Table(["ada", "bo", "cy"]))
    >>> asks = history.drafts()
    >>> history.add(asks, [
    ...     Message(number=n, seat=ask.seat, act="draft", turn=0, text=text, confidence=0.8)
    ...     for n, (ask, text) in enumerate(zip(asks, ["It is 5", "It is 5", "No, 7 by far"]))
    ... ])
    >>> cortex(history, history.table.hearing(1))["ada"]
    ('cy',)
    """
    trusted = _credibility(floor, credibility or {})
    if not floor.standing:
        return hearing
    sure, likeness = _reliability(floor), _likeness(floor, model)
    selfish = _self_orientation(floor)

    def above_average(seat: str, heard: tuple[str, ...]) -> list[str]:
        weights = {
            name: trusted[name] * sure[name] * (1 - likeness.get((name, seat), 0.0)) / selfish[name]
            for name in heard
            if name in floor.standing
        }
        mean = fmean(weights.values()) if weights else 0.0
        return [name for name, weight in weights.items() if weight >= mean - 1e-9]

    return kept(hearing, above_average)


def _credibility(floor: Floor, given: Mapping[str, float]) -> dict[str, float]:
    for seat, value in given.items():
        if seat not in floor.table.seats:
            raise BadOption(
                f"The filter 'cortex' is given the credibility of '{seat}', who is not at the table. "
                f"{did_you_mean(seat, floor.table.seats)}"
            )
        if not 0 < value < math.inf:
            raise BadOption(f"The credibility of '{seat}' is a number above 0, not {value!r}.")
    return {seat: float(given.get(seat, 1.0)) for seat in floor.table.seats}


def _reliability(floor: Floor) -> dict[str, float]:
    """Return each seat's mean confidence over the rounds."""
    stated: dict[str, list[float]] = {seat: [] for seat in floor.table.seats}
    for said in floor.rounds:
        for seat, message in said.items():
            if message.confidence is not None:
                stated[seat].append(message.confidence)
    known = {seat: fmean(values) for seat, values in stated.items() if values}
    usual = fmean(known.values()) if known else 1.0
    return {seat: known.get(seat, usual) for seat in floor.table.seats}


def _likeness(floor: Floor, model: str | Path | Embed) -> dict[tuple[str, str], float]:
    """Return, for pairs of seats, the mean cosine similarity of what both said in the same rounds."""
    found: dict[tuple[str, str], list[float]] = {}
    for said in floor.rounds:
        seats = [seat for seat, message in said.items() if _spoke(message)]
        values = similarities([said[seat].text for seat in seats], model)
        for i, a in enumerate(seats):
            for j, b in enumerate(seats):
                found.setdefault((a, b), []).append(float(values[i, j]))
    return {pair: fmean(values) for pair, values in found.items()}


def _spoke(message: Message) -> bool:
    return not message.failed and bool(message.text.strip())


def _self_orientation(floor: Floor) -> dict[str, float]:
    """Return, for each seat, 1 + how often it could have been heard and was not."""
    seats, heard = floor.table.seats, dict.fromkeys(floor.table.seats, 0)
    for turn in range(1, floor.turn + 1):
        for names in floor.hearing(turn).values():
            for name in names:
                heard[name] += 1
    return {seat: 1.0 + floor.turn * (len(seats) - 1) - heard[seat] for seat in seats}
