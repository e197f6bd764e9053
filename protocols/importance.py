"""Agent importance: who contributed to the final answer, as peers rated each other (DyLAN).

Liu et al. 2024 (arXiv:2310.02170, section 3.4). Scores flow backwards from the seats that gave the final
answer, through the ratings that each seat gave to what it had read:

    last round   I(v) = 1 / number of seats with the final answer, if v is one of them, else 0
    before       I(u) = sum over v of I(v) w(v, u)          w(v, .): v's ratings, made to sum to 1

The scores of every round therefore sum to 1, whatever the ratings are.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from quorate.errors import BadOption
from quorate.nouns import Note, Outcome

Ratings = Mapping[str, Mapping[str, float]]
"""What each seat of a round thought of each seat of the round before that it had read."""
HEAD = "agent importance: "


def importance(
    answers: Sequence[Mapping[str, str | None]], ratings: Sequence[Ratings], final: str | None
) -> tuple[dict[str, float], ...]:
    """Score what each seat contributed to the final answer in each round.

    Parameters
    ----------
    answers : sequence of mappings of str to str or None, one a round
        What each seat that spoke in the round answered.
    ratings : sequence of mappings, one a round
        What each of them gave to each seat of the round before that it had read, its own earlier self
        included; only proportions count, and where all are 0 they count as equal. Empty in the first round.
    final : str or None
        The final answer.

    Returns
    -------
    tuple of dicts of str to float, one a round
        The scores of a round sum to 1, or are all 0 when nobody ended with the final answer; what a seat that
        had read nobody contributed stays its own.

    Raises
    ------
    BadOption
        For another number of rounds, a seat rated that did not speak, or a rating below 0.

    Examples
    --------
    >>> answers = [{"ada": "5", "bo": "6"}, {"ada": "5", "bo": "5"}]
    >>> ratings = [{}, {"ada": {"ada": 3, "bo": 1}, "bo": {"ada": 1, "bo": 1}}]
    >>> importance(answers, ratings, "5")
    ({'ada': 0.625, 'bo': 0.375}, {'ada': 0.5, 'bo': 0.5})
    """
    if len(answers) != len(ratings):
        raise BadOption(f"There are ratings of {len(ratings)} rounds for the answers of {len(answers)}.")
    if not answers:
        return ()
    backing = [seat for seat, answer in answers[-1].items() if answer is not None and answer == final]
    scores = [{seat: (seat in backing) / max(1, len(backing)) for seat in answers[-1]}]
    for at in range(len(answers) - 1, 0, -1):
        before = dict.fromkeys(answers[at - 1], 0.0)
        for hearer, share in scores[-1].items():
            given = _shares(ratings[at].get(hearer, {}), before, hearer)
            for speaker, weight in given.items():
                before[speaker] += share * weight
        scores.append(before)
    return tuple(reversed(scores))


def _shares(given: Mapping[str, float], spoke: Mapping[str, float], hearer: str) -> dict[str, float]:
    """Make ratings sum to 1."""
    for speaker, rating in given.items():
        if speaker not in spoke:
            raise BadOption(f"'{hearer}' rated '{speaker}', who did not speak in the round before.")
        if not 0 <= rating < math.inf:
            raise BadOption(
                f"'{hearer}' rated '{speaker}' with {rating:g}; a rating is 0 or more, and finite."
            )
    total = math.fsum(given.values())
    if total:
        return {speaker: rating / total for speaker, rating in given.items()}
    if not given:
        return {hearer: 1.0} if hearer in spoke else {}
    return dict.fromkeys(given, 1 / len(given))


def importance_note(rounds: Sequence[Mapping[str, float]], seats: Sequence[str]) -> Note:
    """Write the sum of each seat's scores over the rounds as a note for an outcome.

    Examples
    --------
    >>> importance_note([{"ada": 0.625, "bo": 0.375}, {"ada": 1.0}], ["ada", "bo", "cy"]).text
    'agent importance: ada 1.625, bo 0.375, cy 0'
    """
    sums = {seat: math.fsum(scores.get(seat, 0.0) for scores in rounds) for seat in seats}
    told = ", ".join(f"{seat} {score:.6g}" for seat, score in sums.items())
    return Note(kind="scored", seats=tuple(seats), text=HEAD + told)


def importance_of(outcome: Outcome) -> dict[str, float] | None:
    """Read each seat's importance from an outcome of `dylan`; None when it has none.

    Examples
    --------
    >>> note = importance_note([{"ada": 0.25, "bo": 0.75}], ["ada", "bo"])
    >>> importance_of(Outcome(notes=(note,)))
    {'ada': 0.25, 'bo': 0.75}
    """
    for note in outcome.notes:
        if note.kind in ("scored", "selected") and note.text.startswith(HEAD):  # older records: selected
            pattern = ", ".join(rf"{re.escape(seat)} ([-+.e0-9]+)" for seat in note.seats)
            found = re.fullmatch(pattern, note.text.removeprefix(HEAD))
            if found:
                return dict(zip(note.seats, map(float, found.groups()), strict=True))
    return None


def team(scores: Iterable[Mapping[str, float] | Any], size: int) -> tuple[str, ...]:
    """Select the agents with the highest mean importance over many questions (DyLAN's team optimisation).

    Parameters
    ----------
    scores : iterable of mappings of str to float, outcomes or transcripts
        The importance of every agent on one question each; outcomes without any are passed over.
    size : int
        How many agents to select.

    Returns
    -------
    tuple of str
        The most important first; of equal ones the one that was met first.

    Raises
    ------
    BadOption
        When there are no scores, or fewer agents than `size`.

    Examples
    --------
    >>> team([{"ada": 1.0, "bo": 0.5, "cy": 0.0}, {"ada": 0.0, "bo": 1.0, "cy": 0.5}], 2)
    ('bo', 'ada')
    """
    found = [held for held in map(_scores, scores) if held]
    if not found:
        raise BadOption("No question has importance scores; give records of the protocol 'dylan'.")
    agents = list(dict.fromkeys(name for held in found for name in held))
    if not 1 <= size <= len(agents):
        raise BadOption(f"A team of {size} cannot be selected from {len(agents)} agents.")
    totals = {name: math.fsum(held.get(name, 0.0) for held in found) for name in agents}
    return tuple(sorted(agents, key=lambda name: -round(totals[name], 9))[:size])


def _scores(source: Mapping[str, float] | Any) -> Mapping[str, float] | None:
    if isinstance(source, Mapping):
        return source
    outcome = source if isinstance(source, Outcome) else getattr(source, "outcome", None)
    return importance_of(outcome) if isinstance(outcome, Outcome) else None
