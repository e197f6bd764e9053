"""Several seeds: the same ways of deciding in pools that were trained from different seeds, side by side."""

from __future__ import annotations

from collections.abc import Sequence

from quorate.evaluate.statistics import Difference, difference
from quorate.lab.evaluation.report import Report, points


def over_seeds(reports: Sequence[Report]) -> str:
    """Return what the pools have in common as Markdown: a table of accuracies and one of differences.

    The last column pools the problems of all seeds. Each difference stands once a seed, then pooled.
    """
    names = [name for name in reports[0].arms if all(name in one.arms for one in reports)]
    heads = [f"seed {one.pool_seed}" for one in reports]
    lines = [f"| on mixed problems | {' | '.join(heads)} |", "|---" * (len(heads) + 1) + "|"]
    for name in names:
        lines.append(f"| {name} | " + " | ".join(one.arms[name].rate.percent for one in reports) + " |")
    rivals = [name for name in reports[0].rivals if name in names]
    lines += ["", f"| difference | {' | '.join(heads)} | pooled |", "|---" * (len(heads) + 2) + "|"]
    for arm in (name for name in reports[0].deliberations if name in names):
        for rival in rivals:
            found = [*(one.compare(arm, rival) for one in reports), pooled(reports, arm, rival)]
            lines.append(f"| {arm} minus {rival} | " + " | ".join(map(points, found)) + " |")
    return "\n".join(lines)


def pooled(reports: Sequence[Report], arm: str, rival: str) -> Difference:
    """Return how much better an arm is than a rival, over the problems of all reports.

    Pools that solved the same problems do not count as if each had had its own: whole problems are drawn.
    """
    first = [right for one in reports for right in one.arms[arm].right]
    second = [right for one in reports for right in one.arms[rival].right]
    problems = [(one.seed, place) for one in reports for place in range(len(one.arms[arm].right))]
    return difference(first, second, groups=problems)
