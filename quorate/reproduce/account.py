"""Accounts: what a reproduction found here, beside what was published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from quorate.evaluate.claims import compare, stands
from quorate.evaluate.dynamics import read_dynamics
from quorate.evaluate.dynamics.drift import Drift
from quorate.evaluate.results import Claim, Column, Comparison, Result
from quorate.evaluate.statistics import difference
from quorate.experiments import Folder, read_comparison, read_results
from quorate.nouns import Noun
from quorate.reproduce.published import Finding, Published
from quorate.reproduce.reproduction import Reproduction

Verdict = Literal["seen", "contrary", "open", "not compared"]
UNFIT = 0.5
"""Share of messages that failed or could not be read from which on the figures say nothing."""
UNSURE = "nobody said how sure it is"
"""What rules that read confidences say when there are none."""


class Beside(Noun):
    """Own figures beside the published ones of one measure.

    Parameters
    ----------
    heading : str
        What is measured.
    own : dict of str to str
        By arm, with intervals; in the order of the table.
    published : tuple of Published
    """

    heading: str
    own: dict[str, str]
    published: tuple[Published, ...]


class Seen(Noun):
    """A published finding, and what is seen of it here.

    `claim` compares the better arm with the worse one, corrected for all findings of the reproduction; None
    where nothing has a gold answer.
    """

    finding: Finding
    claim: Claim | None
    verdict: Verdict


class Drifted(Noun):
    """The test of an arm for drift over its rounds; None where it cannot be tested."""

    arm: str
    drift: Drift | None


class Reproduced(Noun):
    """What came of a reproduction.

    Parameters
    ----------
    name, title, source : str
        The reproduction and its paper.
    comparison : Comparison
        The whole table.
    beside : tuple of Beside
    findings : tuple of Seen
    drifts : tuple of Drifted
    expected : tuple of str
        In what this differs from the paper, and what follows from it.
    notes : tuple of str
        What went wrong with these models.
    """

    name: str
    title: str
    source: str
    comparison: Comparison
    beside: tuple[Beside, ...]
    findings: tuple[Seen, ...]
    drifts: tuple[Drifted, ...]
    expected: tuple[str, ...]
    notes: tuple[str, ...]

    def __str__(self) -> str:
        """Tell it as plain text."""
        from quorate.reproduce.telling import plain

        return plain(self)


def account(
    reproduction: Reproduction, folder: str | Path, *, pooled: bool, notes: Sequence[str] = ()
) -> Reproduced:
    """Read a finished experiment of a reproduction and set it beside what was published.

    Parameters
    ----------
    reproduction : Reproduction
    folder : path
        The folder of the experiment.
    pooled : bool
        Whether members of the embedded pool sat there.
    notes : sequence of str
        What is known of the table already.

    Raises
    ------
    RecordError
        When the experiment is not finished.
    """
    table = Measured(read_comparison(folder), read_results(folder))
    where = "pool" if pooled else "models"
    return Reproduced(
        name=reproduction.name,
        title=reproduction.title,
        source=reproduction.source,
        comparison=table.comparison,
        beside=tuple(_beside(reproduction.published, table)),
        findings=_seen(reproduction.findings, table),
        drifts=tuple(
            Drifted(arm=arm, drift=_drift(folder, arm, table.comparison)) for arm in reproduction.drifts
        ),
        expected=tuple(one.says for one in reproduction.expected if one.when in ("always", where)),
        notes=(*notes, *_unfit(table, pooled)),
    )


@dataclass(frozen=True)
class Measured:
    """A table and the results behind it, to be measured by arm."""

    comparison: Comparison
    results: Sequence[Result]

    def column(self, arm: str) -> Column | None:
        """Return the column of an arm; None where it was switched off."""
        return next((column for column in self.comparison.columns if column.name == arm), None)

    def worth(self, arm: str) -> list[float]:
        """Return what the answers of an arm are worth, where that is known."""
        return [r.worth for r in self.results if r.arm == arm and r.worth is not None]

    @property
    def problems(self) -> list[str]:
        """The problem of each of these answers."""
        first = self.comparison.columns[0].name
        return [r.problem for r in self.results if r.arm == first and r.worth is not None]

    def figure(self, arm: str, published: Published) -> str:
        """Return the own figure of an arm in the measure of a published one; nothing where there is none."""
        column, other = self.column(arm), self.column(published.against or "")
        if published.measure == "accuracy":
            return column.strict.percent if column is not None and column.strict else ""
        if column is None or other is None or column is other:
            return ""
        if published.measure == "loss":
            return self.difference(other.name, arm)
        if published.measure == "tokens_in":
            spent = other.cost.tokens_in
            return f"{100 * (1 - column.cost.tokens_in / spent):.1f}" if spent else ""
        return f"{other.cost.calls / column.cost.calls:.1f}" if column.cost.calls else ""

    def difference(self, arm: str, other: str) -> str:
        """Return the paired difference of two arms in points; nothing without gold answers."""
        worth = self.worth(arm)
        if not worth:
            return ""
        seed = self.comparison.seeds[0]
        return difference(worth, self.worth(other), groups=self.problems, seed=seed).points


def _beside(published: Sequence[Published], table: Measured) -> list[Beside]:
    """Group published columns by what they measure."""
    found = []
    for heading in dict.fromkeys(column.heading for column in published):
        columns = tuple(column for column in published if column.heading == heading)
        named = {arm for column in columns for arm in (*column.values, column.against)}
        arms = [column.name for column in table.comparison.columns if column.name in named]
        found.append(
            Beside(
                heading=heading,
                own={arm: table.figure(arm, columns[0]) for arm in arms},
                published=columns,
            )
        )
    return found


def _seen(findings: Sequence[Finding], table: Measured) -> tuple[Seen, ...]:
    """Compare the arms of the findings, corrected for how many findings there are."""
    known = [one for one in findings if table.worth(one.better) and table.worth(one.worse)]
    worth = {arm: table.worth(arm) for one in known for arm in (one.better, one.worse)}
    pairs = [(one.better, one.worse) for one in known]
    seed = table.comparison.seeds[0]
    claims = iter(compare(worth, pairs, problems=table.problems, seed=seed) if pairs else ())
    seen: list[Seen] = []
    for one in findings:
        claim = next(claims) if one in known else None
        verdict = "not compared" if claim is None else verdict_on(one, claim)
        seen.append(Seen(finding=one, claim=claim, verdict=verdict))
    return tuple(seen)


def verdict_on(finding: Finding, claim: Claim) -> Verdict:
    """Say whether a finding is seen, its contrary is, or the problems do not tell.

    Parameters
    ----------
    finding : Finding
    claim : Claim
        The better arm against the worse one.

    Notes
    -----
    "Better" takes what every claim takes: an interval that excludes 0 and a small corrected p. "Not worse
    than by a margin" takes an interval above it.

    Examples
    --------
    >>> same = Finding(says="?", better="a", worse="b", source="?", certainty="paper", margin=0.02)
    >>> few, many = (compare({"a": [1] * n, "b": [1] * n}, [("a", "b")])[0] for n in (20, 2000))
    >>> verdict_on(same, few), verdict_on(same, many)
    ('open', 'seen')
    """
    gain = claim.difference
    if finding.margin:
        return "seen" if gain.low > -finding.margin else "contrary" if gain.high < -finding.margin else "open"
    if not stands(claim):
        return "open"
    return "seen" if gain.sign > 0 else "contrary"


def _drift(folder: str | Path, arm: str, comparison: Comparison) -> Drift | None:
    place = Folder(folder)
    return read_dynamics(*(place.arm(arm, seed) for seed in comparison.seeds)).drift


def _unfit(table: Measured, pooled: bool) -> list[str]:
    """Say what these models could not do; members of the pool decline what they do not know."""
    notes, problems = [], table.comparison.problems * len(table.comparison.seeds)
    shares = {
        column.name: (column.unread + column.failed) / (column.cost.calls * problems)
        for column in table.comparison.columns
        if column.cost.calls
    }
    lost = [f"'{arm}' ({share:.0%})" for arm, share in shares.items() if share > UNFIT]
    if lost:
        why = (
            "Members of the pool decline what they do not know: these are problems that most of them decline."
            if pooled
            else "These models do not do what the reproduction needs, and the figures say nothing about it."
        )
        notes.append(
            f"Most messages failed, or gave no answer that could be read, in {', '.join(lost)}. {why}"
        )
    silent = [result for result in table.results if UNSURE in result.reason]
    if silent:
        arms = ", ".join(f"'{arm}'" for arm in dict.fromkeys(result.arm for result in silent))
        notes.append(
            f"On {len(silent):,} answers of {arms} no member said how sure it was; plurality decided there."
        )
    return notes
