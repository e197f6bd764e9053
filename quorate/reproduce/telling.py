"""Telling: what was reproduced as sections of sentences and tables, plain text for terminals and files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from quorate.evaluate.dynamics.sections import Section, chance
from quorate.reproduce.account import Beside, Drifted, Reproduced, Seen
from quorate.reproduce.published import CERTAINTIES
from quorate.reproduce.reproduction import Reproduction

VERDICTS = {
    "seen": "seen here",
    "contrary": "the contrary is seen here",
    "open": "these problems do not tell",
    "not compared": "not compared here",
}


def plain(found: Reproduced) -> str:
    """Write an account as plain text."""
    return "\n\n".join(map(str, sections(found)))


def sections(found: Reproduced) -> Iterator[Section]:
    """Yield what there is to tell, the published figures first."""
    yield Section(f"{found.title} ({found.name})", (found.source,))
    for one in found.beside:
        yield _beside(one)
    if found.findings:
        lines = (line for one in found.findings for line in _seen(one))
        yield Section("What was found, and what is seen here", tuple(lines))
    if found.drifts:
        yield _drifts(found.drifts)
    if found.expected:
        yield Section("Differences to expect", tuple(f"- {one}" for one in found.expected))
    if found.notes:
        yield Section("What these models lack", tuple(f"- {one}" for one in found.notes))
    yield Section("How sure the published figures are", tuple(_certainties(found)))


def _beside(one: Beside) -> Section:
    numbers = [f"[{number}]" for number, _ in enumerate(one.published, 1)]
    rows = [
        (arm, own or "-", *(column.shown(arm) for column in one.published)) for arm, own in one.own.items()
    ]
    lines = [f"{number} {column.told}" for number, column in zip(numbers, one.published, strict=True)]
    return Section(f"Published: {one.heading}", tuple(lines), ("", "here", *numbers), tuple(rows))


def _seen(one: Seen) -> Iterator[str]:
    """Yield what is published, and what these problems say to it."""
    finding, claim = one.finding, one.claim
    yield f"- {finding.says} ({finding.source}: {finding.certainty})"
    if claim is None:
        yield f"  {VERDICTS[one.verdict]}"
        return
    asked = (
        f"worse by at most {100 * finding.margin:g}"
        if finding.margin
        else f"corrected p {claim.adjusted:.2g}"
    )
    yield (
        f"  '{finding.better}' less '{finding.worse}': {claim.difference.points} points, {asked}: "
        f"{VERDICTS[one.verdict]}"
    )


def _certainties(found: Reproduced) -> Iterator[str]:
    """Yield what the words for certainty mean, as far as they are used."""
    used = {column.certainty for one in found.beside for column in one.published}
    used |= {one.finding.certainty for one in found.findings}
    yield from (f"{name:<10} {meaning}" for name, meaning in CERTAINTIES.items() if name in used)


def _drifts(drifts: Sequence[Drifted]) -> Section:
    columns = ("", "first to last round", "p", "smallest p of a round, corrected")
    rows = []
    for one in drifts:
        total = one.drift.total if one.drift else None
        steps = [step.adjusted for step in one.drift.steps if step.adjusted is not None] if one.drift else []
        least = chance(min(steps, default=None))
        rows.append((one.arm, total.points if total else "-", chance(total.p) if total else "", least))
    lines = (
        "Change of right answers of the seats, in points. Were debate a martingale it would be 0 in",
        "expectation; that no change is seen is no proof of it. More: quorate dynamics "
        "FOLDER/arms/ARM/seed-N",
    )
    return Section("Drift over the rounds", lines, columns, tuple(rows))


def needs(one: Reproduction) -> str:
    """Say which models a reproduction needs.

    Examples
    --------
    >>> from quorate.reproduce import find_reproduction
    >>> needs(find_reproduction("reconcile")), needs(find_reproduction("mad"))
    ('3 different ones', '1, and a judge')
    """
    seats = len(one.cast.seats)
    told = f"{seats} different ones" if not one.cast.alike else "1, sampled" if one.cast.drawn else "1"
    return f"{told}, and a judge" if one.cast.judge else told


def needs_problems(one: Reproduction) -> str:
    """Say which problems it takes with models of one's own.

    Examples
    --------
    >>> from quorate.reproduce import find_reproduction
    >>> needs_problems(find_reproduction("reconcile")), needs_problems(find_reproduction("du2023"))
    ('strategyqa, from the hub', 'arithmetic')
    """
    if "dataset" in one.problems:
        return f"{one.problems['dataset']}, from the hub"
    return next(iter(one.problems))
