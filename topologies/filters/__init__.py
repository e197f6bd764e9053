"""Filters: what makes a round's graph sparser, from what was said so far. A filter only removes edges.

    debate(question, table, filters=["redundant", {"top_k": {"k": 2, "by": "confidence"}}])

In a definition file: `protocol: {debate: {filters: [redundant, {top_k: {k: 2, by: confidence}}]}}`. They work
one after the other, each on what the one before it left. All here only look; those that ask somebody are in
`quorate.protocols.filtering`. Your own is a function of a floor and a hearing:

>>> from quorate.registry import filter
>>> def nobody_hears_ada(floor, hearing):
...     return {seat: [name for name in heard if name != "ada"] for seat, heard in hearing.items()}

`@filter` above it files it under its name; without, it is handed over as it is.
"""

from quorate.topologies.filters.best import confident_only, top_k
from quorate.topologies.filters.cortex import cortex
from quorate.topologies.filters.diversity import diverse, near
from quorate.topologies.filters.dropout import drop_agents, drop_edges
from quorate.topologies.filters.floor import Floor
from quorate.topologies.filters.learned_edges import learned
from quorate.topologies.filters.redundancy import redundant

__all__ = [
    "Floor",
    "confident_only",
    "cortex",
    "diverse",
    "drop_agents",
    "drop_edges",
    "learned",
    "near",
    "redundant",
    "top_k",
]
