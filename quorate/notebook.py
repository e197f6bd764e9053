"""What a notebook shows of a noun: it is drawn by the report, which nouns know nothing of.

This is the one look from below upwards: the home of each drawing is a name, as in a registry, and it is
imported when a notebook asks, never before.
"""

from __future__ import annotations

import importlib
import importlib.util

HOME = "quorate.report.notebook"


def drawn(noun: object, maker: str) -> str | None:
    """Return the HTML that the report's `maker` makes of `noun`; None when templates are not installed.

    Examples
    --------
    >>> from quorate.nouns import Outcome
    >>> "51" in drawn(Outcome(answer="51"), "outcome_html")
    True
    """
    if importlib.util.find_spec("jinja2") is None:
        return None
    html: str = getattr(importlib.import_module(HOME), maker)(noun)
    return html
