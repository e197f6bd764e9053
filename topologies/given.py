"""Given graphs: topologies from a networkx graph, a GraphML file or an adjacency matrix."""

from __future__ import annotations

from collections.abc import Sequence
from os import PathLike
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError

import networkx as nx

from quorate.errors import BadGraph, BadOption, did_you_mean
from quorate.registry import topology
from quorate.topologies.seating import check_seats, count, seated

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray


@topology
def from_graph(seats: Sequence[str], *, graph: nx.Graph[Any]) -> nx.DiGraph[str]:
    """Take any networkx graph: an edge u -> v means that v hears u, an undirected edge both.

    Parameters
    ----------
    seats : sequence of str
        The agents, in order.
    graph : networkx graph
        Its nodes are the seats, or the numbers 0..n-1, which stand for the seats in order. Attributes,
        parallel edges and self-loops are dropped: a topology says only who hears whom.

    Returns
    -------
    networkx.DiGraph
        A new graph; the given one is left as it is.

    Raises
    ------
    BadGraph
        When the nodes are neither the seats nor 0..n-1.

    Examples
    --------
    >>> list(from_graph(["ada", "bo"], graph=nx.DiGraph([(0, 1)])).edges)
    [('ada', 'bo')]
    """
    seats = check_seats("from_graph", seats)
    if not isinstance(graph, nx.Graph):
        raise BadOption(
            f"The option 'graph' of the topology 'from_graph' is a networkx graph, "
            f"not {type(graph).__name__}."
        )
    return seated(nx.relabel_nodes(graph, _numbers(graph, seats)), seats)


def _numbers(graph: nx.Graph[Any], seats: tuple[str, ...]) -> dict[Any, int]:
    """Map the nodes of a graph to the places of the seats."""
    nodes = set(graph.nodes)
    if nodes == set(range(len(seats))):
        return {place: place for place in nodes}
    if nodes == set(seats):
        return {seat: place for place, seat in enumerate(seats)}
    if all(isinstance(node, int) for node in nodes):
        raise BadGraph(
            f"The graph numbers {len(nodes)} nodes, and there are {count(len(seats))}: "
            f"number its nodes 0 to {len(seats) - 1}, in their order, or name them after the agents."
        )
    for node in graph.nodes:
        if node not in seats:
            raise BadGraph(
                f"The graph has a node {node!r} that is not an agent. {did_you_mean(str(node), seats)}"
            )
    missing = next(seat for seat in seats if seat not in nodes)
    raise BadGraph(f"The agent '{missing}' is not in the graph; add it as a node, even an isolated one.")


@topology
def from_graphml(seats: Sequence[str], *, path: str | PathLike[str]) -> nx.DiGraph[str]:
    """Read a GraphML file, as networkx, Gephi, igraph and yEd write it.

    Parameters
    ----------
    seats : sequence of str
        The agents, in order.
    path : path
        The file. The ids of its nodes, or their attribute "label", are the seats; ids 0..n-1 stand for
        the seats in order. An undirected edge is heard both ways.

    Returns
    -------
    networkx.DiGraph
        In the order of the seats, not of the file.

    Raises
    ------
    BadGraph
        When there is no such file, it is not GraphML, or its nodes are not the seats.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder, "wires.graphml")
    ...     nx.write_graphml(nx.DiGraph([("ada", "bo")]), path)
    ...     list(from_graphml(["bo", "ada"], path=path).edges)
    [('ada', 'bo')]
    """
    seats = check_seats("from_graphml", seats)
    try:
        graph = nx.read_graphml(path)
    except OSError as error:
        raise BadGraph(
            f"The GraphML file '{path}' cannot be read ({error.strerror}): check the path."
        ) from None
    except (ParseError, nx.NetworkXError, LookupError, ValueError, AttributeError, TypeError) as error:
        # networkx lets whatever a malformed file breaks escape as it is.
        raise BadGraph(f"The file '{path}' is not a GraphML file that networkx can read: {error}.") from None
    return from_graph(seats, graph=_renamed(graph, seats))


def _renamed(graph: nx.Graph[str], seats: tuple[str, ...]) -> nx.Graph[Any]:
    """Give a graph read from a file the names that fit the seats, when its ids do not."""
    ids = set(graph.nodes)
    if ids == set(seats):
        return graph
    labels = nx.get_node_attributes(graph, "label")
    if set(labels) == ids and set(labels.values()) == set(seats):
        return nx.relabel_nodes(graph, labels)
    if ids == {str(place) for place in range(len(seats))}:
        return nx.relabel_nodes(graph, int)
    return graph


@topology
def from_matrix(seats: Sequence[str], *, matrix: ArrayLike) -> nx.DiGraph[str]:
    """Read an adjacency matrix A of 0 and 1: A[u][v] = 1 means that v hears u.

    Parameters
    ----------
    seats : sequence of str
        The agents: the order of both rows and columns.
    matrix : array-like of shape (n, n)
        The diagonal is ignored, because everybody knows what they said themselves.

    Returns
    -------
    networkx.DiGraph
        With an edge for each 1 off the diagonal.

    Raises
    ------
    BadGraph
        When the matrix is not n by n, or holds anything but 0 and 1.

    Examples
    --------
    >>> list(from_matrix(["ada", "bo"], matrix=[[0, 1], [0, 0]]).edges)
    [('ada', 'bo')]
    """
    seats = check_seats("from_matrix", seats)
    cells = _square(matrix, len(seats))
    wrong = (cells != 0) & (cells != 1)
    if wrong.any():
        row, column = (int(places[0]) for places in wrong.nonzero())
        raise BadGraph(
            f"The matrix holds {cells[row, column]:g} in row {row}, column {column} (counted from 0): "
            "write 1 where the column's agent hears the row's, and 0 elsewhere."
        )
    return seated(nx.from_numpy_array(cells, create_using=nx.DiGraph), seats)


def _square(matrix: ArrayLike, size: int) -> NDArray[np.float64]:
    import numpy as np  # here, because few need it and it slows the start of every command

    try:
        cells = np.asarray(matrix, dtype=float)
    except (TypeError, ValueError):
        raise BadGraph(
            "The matrix is not a list of equally long rows of 0 and 1: check its rows and its entries."
        ) from None
    if cells.shape != (size, size):
        shape = " by ".join(map(str, cells.shape)) or "a single number"
        raise BadGraph(
            f"The matrix is {shape}, and there are {count(size)}: give {size} rows of {size} numbers."
        )
    return cells
