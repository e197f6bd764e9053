"""The page: one HTML file with everything in it, which asks no network for anything.

Everything that is written into the markup is escaped by the template engine; what models said is not in the
markup at all, but in data that a script unfolds and puts into text nodes. The policy of the page allows its
one script and its one style by their hashes, and nothing else.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib.metadata import version
from typing import Any

from quorate.evaluate.claims import stands, stands_alone
from quorate.evaluate.dynamics import Dynamics
from quorate.evaluate.results import Claim, Comparison
from quorate.report.charts import (
    NARROW,
    READ,
    WIDE,
    cost_chart,
    measures,
    rounds_chart,
    scored,
)
from quorate.report.geometry import Chart, Scale
from quorate.report.packing import Pack, Packing
from quorate.report.rendering import Filters, html, read
from quorate.report.study import Study
from quorate.report.tables import figures
from quorate.report.talk import curves, read_talk, with_rounds
from quorate.report.wording import chance, count, number, percent, points, visible

SCRIPTS = ("dom", "data", "difference", "graph", "list", "messages", "debate", "outcome", "page")
STRIP = (6.0, 144.0)
"""Where the scale of an interval in a table begins and ends."""


def page(study: Study) -> str:
    """Write a study as one HTML page.

    Returns
    -------
    str
        The page; the same study gives the same page.
    """
    packing = Packing(study)
    talk = read_talk(study, packing.add)
    packed = packing.pack()
    style, script = read("page.css"), _script()
    table = study.comparison
    columns = scored(table)
    return html(
        "page.html",
        FILTERS,
        title=visible(study.title),
        version=version("quorate"),
        facts=_facts(study, packed),
        comparison=table,
        heads=[figure.head for figure in figures(table)],
        rows=_rows(table),
        forest=_forest(table),
        notes=_notes(study),
        claimed=list(claimed(table)),
        differences=_differences(table.claims),
        cost_charts={name: _both(cost_chart, columns, name) for name in _telling(study)},
        rounds_charts=_rounds_charts(talk, table),
        talked=with_rounds(talk),
        debates=len(packed.index["debates"]),
        folded=packed.folded() if packed.index["debates"] else [],
        style=style,
        style_hash=policy_hash(style),
        script=script,
        script_hash=policy_hash(script),
    )


def policy_hash(text: str) -> str:
    """Return how a Content-Security-Policy names an inline script or style.

    Examples
    --------
    >>> policy_hash("")
    "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='"
    """
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _script() -> str:
    parts = "\n".join(read(f"{name}.js") for name in SCRIPTS)
    return '"use strict";\n(() => {\n' + parts + "})();\n"


def _facts(study: Study, packed: Pack) -> list[str]:
    table = study.comparison
    facts = [count(table.problems, "question" if study.single else "problem")]
    if not study.single:
        facts.append(count(len(table.columns), "arm"))
        facts.append(count(len(table.seeds), "seed"))
    about = table.columns[0].about if study.single and table.columns else ""
    return [
        *facts,
        count(len(packed.index["debates"]), "recorded debate"),
        *([visible(about)] if about else []),
    ]


def _rows(table: Comparison) -> list[dict[str, Any]]:
    cells = [figure.cells for figure in figures(table)]
    return [{"column": column, "cells": [c[at] for c in cells]} for at, column in enumerate(table.columns)]


def _notes(study: Study) -> list[str]:
    table = study.comparison
    notes = []
    sizes = {column.strict.of for column in table.columns if column.strict}
    if sizes:
        least = "" if len(sizes) == 1 else f"{min(sizes):,} to "
        each = f"{least}{count(max(sizes), 'problem')}"
        notes.append(f"Accuracy over {each} an arm, with 95 % intervals; costs are means a problem.")
    if table.reach is not None:
        notes.append(f"{table.reach} Smaller ones may be missed.")
    if any(column.control for column in table.columns):
        notes.append("Arms in light type with hollow dots are controls.")
    return [*notes, *table.notes]


def _forest(table: Comparison) -> Scale | None:
    """Return the common scale of the accuracies of a table."""
    rates = [column.strict for column in scored(table) if column.strict]
    if not rates:
        return None
    low, high = min(rate.low for rate in rates), max(rate.high for rate in rates)
    return Scale(max(0.0, low - 0.02), min(1.0, high + 0.02), *STRIP)


def _differences(claims: Sequence[Claim]) -> Scale:
    reach = max((max(abs(c.difference.low), abs(c.difference.high)) for c in claims), default=1.0) or 1.0
    return Scale(-reach, reach, *STRIP)


def _telling(study: Study) -> list[str]:
    """Return the measures of cost worth a chart: there must be something to compare."""
    held = scored(study.comparison)
    enough = len(held) > 1 and all(column.strict and column.strict.of > 1 for column in held)
    return measures(held) if enough else []


def _both(draw: Any, *what: Any) -> tuple[Chart, Chart]:
    return draw(*what, WIDE), draw(*what, NARROW)


def _rounds_charts(talk: Mapping[str, Dynamics], table: Comparison) -> dict[str, tuple[Chart, Chart]]:
    held = curves(talk)
    return {what: _both(rounds_chart, held, table.columns, what) for what in READ} if held else {}


def claimed(table: Comparison) -> Iterator[str]:
    """Yield a sentence for every claim that may be made, and none for the others."""
    for claim in table.claims:
        if stands(claim):
            verb, way = ("beats", 1) if claim.difference.sign > 0 else ("loses to", -1)
            low, high = sorted((way * claim.difference.low, way * claim.difference.high))
            yield (
                f"{claim.arm} {verb} {claim.rival} by {percent(way * claim.difference.mean)} points "
                f"[{percent(low)}, {percent(high)}]."
            )


def verdict(claim: Claim) -> str:
    """Say what may be claimed: "better", "worse", or nothing; the interval alone is not enough."""
    if not stands(claim):
        return "none once corrected" if stands_alone(claim) else "none"
    return "better" if claim.difference.sign > 0 else "worse"


def in_order(groups: Iterable[tuple[str, list[Claim]]], table: Comparison) -> list[list[Claim]]:
    """Put groups of claims in the order of the table."""
    place = {column.name: at for at, column in enumerate(table.columns)}
    ordered = sorted(groups, key=lambda group: place.get(group[0], len(place)))
    return [claims for _, claims in ordered]


FILTERS: Filters = {
    "visible": visible,
    "percent": percent,
    "points": points,
    "amount": number,
    "chance": chance,
    "things": count,
    "verdict": verdict,
    "stands": stands,
    "in_order": in_order,
}
