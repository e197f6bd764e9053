"""Filters that ask: a judge picks whom each seat, or everybody, hears. How `filters=` is read.

Those that only look at what was said are in `quorate.topologies.filters`.
"""

from quorate.protocols.filtering.judged import judge_picks
from quorate.protocols.filtering.resolving import resolve_filters

__all__ = ["judge_picks", "resolve_filters"]
