"""Outcomes and runs as they show themselves in a notebook: a few lines of HTML without scripts.

The colours are those of the notebook around them, light or dark; whatever models said is escaped.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from quorate.evaluate import Rate, correct
from quorate.nouns import Outcome
from quorate.report.rendering import Filters, html
from quorate.report.wording import number, percent, visible

if TYPE_CHECKING:
    from quorate.definition import Run

SHOWN = 10
"""Most questions of a run, and most lines of anything else, that are shown."""
LONG = 600


def short(text: str, most: int = LONG) -> str:
    """Cut a text and make what is invisible in it visible.

    Examples
    --------
    >>> short("a very long answer", 8)
    'a very …'
    """
    cut = text if len(text) <= most else text[: most - 1].rstrip() + " …"
    return visible(cut)


FILTERS: Filters = {"short": short, "percent": percent, "amount": number}


def outcome_html(outcome: Outcome) -> str:
    """Show an outcome: the answer, the tally as bars, the reason, the dissent.

    Examples
    --------
    >>> "&lt;script&gt;" in outcome_html(Outcome(answer="<script>", winners=("<script>",)))
    True
    """
    most = max(outcome.tally.values(), default=0.0)
    tally = [
        {"answer": answer, "votes": votes, "share": round(100 * votes / most) if most > 0 else 0}
        for answer, votes in sorted(outcome.tally.items(), key=lambda one: -one[1])
    ]
    return html("outcome.html", FILTERS, outcome=outcome, tally=tally[:SHOWN], rest=len(tally[SHOWN:]))


def run_html(run: Run) -> str:
    """Show a run: its sum, its accuracy with the interval, and its first questions."""
    right = sum(bool(correct(outcome, run.gold.get(name))) for name, outcome in run.outcomes.items())
    rows = [_row(name, outcome, run.gold) for name, outcome in list(run.outcomes.items())[:SHOWN]]
    return html(
        "run.html",
        FILTERS,
        summary=run.summary(),
        rate=Rate.count(right, run.scored) if run.scored else None,
        rows=rows,
        rest=max(0, len(run.outcomes) - SHOWN),
        folder=None if run.folder is None else str(run.folder),
        gold=bool(run.gold),
    )


def _row(name: str, outcome: Outcome, gold: Mapping[str, str]) -> dict[str, Any]:
    right = correct(outcome, gold.get(name))
    mark = "" if right is None else "✓" if right else "✗"
    return {"name": name, "outcome": outcome, "mark": mark, "gold": gold.get(name, "")}
