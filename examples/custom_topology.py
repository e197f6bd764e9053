"""A custom topology: a mentor whom everybody hears, and who hears everybody, inside a ring of pupils."""

import networkx as nx

from quorate import Agent, Definition, Scripted, topology
from quorate.contracts import check_topology
from quorate.errors import BadGraph
from quorate.topologies import draw, measure


@topology
def mentor(seats):
    """Put the first seat in the middle of a ring of the others: networkx calls it a wheel."""
    if len(seats) < 4:
        raise BadGraph(f"A mentor needs at least 3 pupils, so 4 seats, not {len(seats)}.")
    return nx.relabel_nodes(nx.wheel_graph(len(seats)), dict(enumerate(seats))).to_directed()


check_topology(mentor)  # the public contract: directed, exactly the seats, the same every time

names = ("ada", "bo", "cy", "di", "eve")
definition = Definition([Agent(name, Scripted("Answer: 51")) for name in names], topology="mentor")
print("\n".join(draw(definition.graph, 40, 12).lines))
print(f"density {measure(definition.graph).density:.2f}")
print("di hears", ", ".join(definition.table.hears("di", turn=1)))
