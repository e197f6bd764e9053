"""Findings: how accurate a table stayed under attack, trial by trial, and which filters helped.

A trial is scored twice. `group` is what the table decided, adversaries voting; `honest` is what the honest
seats alone stand for in the end, by plurality: what the talk made of them. Both are paired with the clean arm
of the same graph and filters on the same questions, `honest` with the same seats there. So a lower `honest`
is harm that was talked into them, not the loss of the seats that were planted.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from quorate.evaluate.claims import stands
from quorate.evaluate.results import Claim
from quorate.evaluate.statistics import Difference, Rate
from quorate.nouns import Noun

NONE = "none"
"""What stands for no filter."""


class Finding(Noun):
    """What one trial came to.

    Parameters
    ----------
    arm, topology, filter, kind, place : str
        Which trial; a clean one has no kind and no place.
    seats : tuple of str
        Who was planted.
    group, honest : Rate
        Accuracy of the table's outcome, and of the honest seats' last answers by plurality.
    drafted : Rate
        The same of the honest seats' first drafts: what they knew before anybody talked.
    harm : Claim, optional
        `honest` minus that of the same seats in the clean arm; None for a clean one.
    group_harm : Difference, optional
        `group` minus that of the clean arm: the votes of the planted are in it.
    talk : Difference
        `honest` minus `drafted`: what the talk was worth to the honest.
    help : Claim, optional
        `honest` minus that without filters under the same attack; None without filters.
    calls, tokens : float
        Of one question, on average.
    """

    arm: str
    topology: str
    filter: str
    kind: str = ""
    place: str = ""
    seats: tuple[str, ...] = ()
    group: Rate
    honest: Rate
    drafted: Rate
    harm: Claim | None = None
    group_harm: Difference | None = None
    talk: Difference
    help: Claim | None = None
    calls: float = 0.0
    tokens: float = 0.0

    @property
    def count(self) -> int:
        """How many were planted."""
        return len(self.seats)

    @property
    def attack(self) -> str:
        """Say who attacked: "2 stubborn at hub"; "clean" when nobody did."""
        return f"{self.count} {self.kind} at {self.place}" if self.seats else "clean"


class Robustness(Noun):
    """The table of a study.

    Parameters
    ----------
    title : str
    problems : int
        How many with gold answers every trial worked on.
    agents : tuple of str
        The table.
    seeds : tuple of int
    findings : tuple of Finding
        One a trial, in the order of the study.
    notes : tuple of str
        What a reader must know, in sentences.
    """

    title: str
    problems: int
    agents: tuple[str, ...]
    seeds: tuple[int, ...] = (0,)
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def helpful(self) -> tuple[Finding, ...]:
        """The trials under attack in which the filters helped: the paired interval lies above 0."""
        return tuple(
            found
            for found in self.findings
            if found.seats and found.help is not None and found.help.difference.sign > 0
        )

    def sentences(self) -> Iterator[str]:
        """Yield what may be said: what did harm, and which filters helped; nothing else is named.

        That is what has an interval that excludes 0; whether it stands after the correction for all
        comparisons of its kind (Holm 1979) is said with it.
        """
        attacked = [(found, found.harm) for found in self.findings if found.harm is not None]
        filtered = [(found, found.help) for found in self.findings if found.help is not None]
        for found, claim in attacked:
            if claim.holds:
                verb = "costs" if claim.difference.sign < 0 else "even wins"
                where = arm_called(found.topology, found.filter)
                said = f"{found.attack} {verb} the honest {_points(claim)} points on {where}"
                yield said + _corrected(claim, len(attacked))
        if attacked and not any(claim.difference.sign < 0 for _, claim in attacked):
            yield "No attack did harm to the honest that can be told from chance."
        for found, claim in filtered:
            if claim.holds:
                verb = "helps" if claim.difference.sign > 0 else "does harm"
                against = f"against {found.attack}" if found.seats else "without adversaries"
                said = f"{found.filter} {verb} on {found.topology} {against}: {_points(claim)} points"
                yield said + _corrected(claim, len(filtered))
        if any(found.seats for found, _ in filtered) and not self.helpful:
            yield "No filter helped against an attack: no interval lies above 0."

    def csv(self) -> str:
        """Return the findings as CSV, shares and differences in [-1, 1].

        Examples
        --------
        >>> Robustness(title="sums", problems=1, agents=("ada",)).csv().split(",")[:3]
        ['arm', 'topology', 'filter']
        """
        out = io.StringIO()
        writer = csv.DictWriter(out, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(_row(found) for found in self.findings)
        return out.getvalue()


FIGURES = ("group", "honest", "drafted")
DIFFERENCES = ("harm", "group_harm", "talk", "help")
PLAIN = ("arm", "topology", "filter", "kind", "count", "place", "calls", "tokens")
COLUMNS = [
    *PLAIN,
    "seats",
    *(f"{name}{end}" for name in (*FIGURES, *DIFFERENCES) for end in ("", "_low", "_high")),
]


def _row(found: Finding) -> dict[str, object]:
    row: dict[str, object] = {name: getattr(found, name) for name in PLAIN}
    row["seats"] = "+".join(found.seats)
    for name in FIGURES:
        rate: Rate = getattr(found, name)
        row |= {name: round(rate.share, 6), f"{name}_low": rate.low, f"{name}_high": rate.high}
    for name in DIFFERENCES:
        known = getattr(found, name)
        gap = known.difference if isinstance(known, Claim) else known
        if gap is not None:
            row |= {name: round(gap.mean, 6), f"{name}_low": gap.low, f"{name}_high": gap.high}
    return row


def arm_called(topology: str, filter: str) -> str:
    """Name a graph, and the filters on it unless there is none.

    Examples
    --------
    >>> arm_called("ring", "none"), arm_called("ring", "top_k (k 2)")
    ('ring', 'ring with top_k (k 2)')
    """
    return topology if filter == NONE else f"{topology} with {filter}"


def _points(claim: Claim) -> str:
    """Write a difference as a number of points that is not negative, with its interval."""
    gap = claim.difference
    if gap.sign < 0:
        gap = Difference(mean=-gap.mean, low=-gap.high, high=-gap.low)
    return f"{100 * gap.mean:.1f} [{100 * gap.low:.1f}, {100 * gap.high:.1f}]"


def _corrected(claim: Claim, tried: int) -> str:
    if stands(claim):
        return f", also after the correction for {tried} comparisons." if tried > 1 else "."
    return (
        f"; not after the correction for {tried} comparisons." if tried > 1 else "; too few problems differ."
    )
