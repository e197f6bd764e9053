"""Measures: what a graph costs, and how far and how fast word travels on it."""

from __future__ import annotations

import networkx as nx

from quorate.errors import BadOption
from quorate.nouns import Noun
from quorate.topologies.seating import directed
from quorate.topologies.spectrum import rounds_at_gap, spectral_gap


class Measures(Noun):
    """All measures of one graph: `measure` makes it."""

    seats: int
    edges: int
    """Directed: a pair that hears each other counts twice."""
    density: float
    messages_per_round: int
    diameter: int | None
    """None when word from some seat can never reach another one."""
    spectral_gap: float | None
    rounds_to_consensus: int | None
    """None when averaging never agrees, or the gap is not known."""
    isolated: tuple[str, ...]
    """Seats that neither hear nor are heard."""
    expected_input_tokens: float
    """For one question, over all rounds and seats."""
    saving: float
    """Share of the input tokens saved against the complete graph, between 0 and 1."""


def measure(
    graph: nx.Graph[str],
    *,
    question_tokens: float = 150,
    reply_tokens: float = 350,
    rounds: int = 3,
    tolerance: float = 0.01,
) -> Measures:
    """Measure a graph in every way there is.

    Parameters
    ----------
    graph : networkx.DiGraph
        An edge u -> v means that v hears u; an undirected edge counts both ways.
    question_tokens, reply_tokens : float
        Mean length of the question with its instruction, and of a reply.
    rounds : int
        Answer rounds, the first drafts included.
    tolerance : float
        Share of the first disagreement that counts as none.

    Returns
    -------
    Measures

    Raises
    ------
    BadOption
        When a length or number of rounds is impossible.

    Examples
    --------
    >>> found = measure(nx.cycle_graph(6))
    >>> found.density, found.diameter, round(found.saving, 3)
    (0.4, 3, 0.452)
    """
    gap = spectral_gap(graph)
    return Measures(
        seats=len(graph),
        edges=messages_per_round(graph),
        density=density(graph),
        messages_per_round=messages_per_round(graph),
        diameter=diameter(graph),
        spectral_gap=gap,
        rounds_to_consensus=rounds_at_gap(gap, tolerance) if len(graph) > 1 else 0,
        isolated=isolated_seats(graph),
        expected_input_tokens=expected_input_tokens(
            graph, question_tokens=question_tokens, reply_tokens=reply_tokens, rounds=rounds
        ),
        saving=saving(graph, question_tokens=question_tokens, reply_tokens=reply_tokens, rounds=rounds),
    )


def messages_per_round(graph: nx.Graph[str]) -> int:
    """Count how many messages are read in a round: the directed edges.

    Examples
    --------
    >>> messages_per_round(nx.DiGraph([("ada", "bo")])), messages_per_round(nx.Graph([("ada", "bo")]))
    (1, 2)
    """
    edges = graph.number_of_edges() - nx.number_of_selfloops(graph)
    return edges if graph.is_directed() else 2 * edges


def density(graph: nx.Graph[str]) -> float:
    """Return the share of all ordered pairs in which one hears the other.

    D = |directed edges| / (n(n-1)). For a graph in which everybody who hears is heard this is the
    D = 2|E| / (n(n-1)) of Li et al. (arXiv 2406.11776) with E the undirected edges: each is two directed
    ones.

    Returns
    -------
    float
        Between 0 (nobody hears anybody; also one seat alone) and 1 (everybody hears everybody).

    Examples
    --------
    >>> density(nx.cycle_graph(6))
    0.4
    """
    pairs = len(graph) * (len(graph) - 1)
    return messages_per_round(graph) / pairs if pairs else 0.0


def diameter(graph: nx.Graph[str]) -> int | None:
    """Return after how many rounds word from every seat has reached every other; None when it never does.

    Examples
    --------
    >>> diameter(nx.cycle_graph(6)), diameter(nx.DiGraph([("ada", "bo")]))
    (3, None)
    """
    heard = directed(graph)
    if not len(heard) or not nx.is_strongly_connected(heard):
        return None
    return int(nx.diameter(heard))


def isolated_seats(graph: nx.Graph[str]) -> tuple[str, ...]:
    """List the seats that neither hear nor are heard; none when there is only one seat.

    Examples
    --------
    >>> isolated_seats(nx.empty_graph(["ada", "bo"])), isolated_seats(nx.empty_graph(["ada"]))
    (('ada', 'bo'), ())
    """
    if len(graph) < 2:
        return ()
    return tuple(seat for seat in graph if not set(nx.all_neighbors(graph, seat)) - {seat})


def expected_input_tokens(
    graph: nx.Graph[str], *, question_tokens: float, reply_tokens: float, rounds: int
) -> float:
    """Predict the input tokens of a debate without memory, for one question.

    Each of n seats reads the question in every one of R rounds, and from the second round on its own last
    reply and those that it hears: T_in = n R q + (R-1) r (n + directed edges).

    Parameters
    ----------
    graph : networkx.DiGraph
        An edge u -> v means that v hears u.
    question_tokens : float
        q: mean length of the question with its instruction.
    reply_tokens : float
        r: mean length of a reply.
    rounds : int
        R: answer rounds, the first drafts included.

    Returns
    -------
    float
        Tokens.

    Raises
    ------
    BadOption
        When a length is negative or there is no round.

    Examples
    --------
    >>> expected_input_tokens(nx.cycle_graph(6), question_tokens=100, reply_tokens=200, rounds=2)
    4800
    """
    return _tokens(len(graph), messages_per_round(graph), question_tokens, reply_tokens, rounds)


def saving(graph: nx.Graph[str], *, question_tokens: float, reply_tokens: float, rounds: int) -> float:
    """Return the share of a debate's input tokens that this graph saves against the complete one.

    Parameters
    ----------
    graph : networkx.DiGraph
        An edge u -> v means that v hears u.
    question_tokens, reply_tokens, rounds
        As in `expected_input_tokens`.

    Returns
    -------
    float
        Between 0 and 1; times 100 for per cent.

    Examples
    --------
    >>> round(saving(nx.cycle_graph(6), question_tokens=0, reply_tokens=200, rounds=2), 3)
    0.5
    """
    size = len(graph)
    full = _tokens(size, size * (size - 1), question_tokens, reply_tokens, rounds)
    here = _tokens(size, messages_per_round(graph), question_tokens, reply_tokens, rounds)
    return 1 - here / full if full else 0.0


def _tokens(seats: int, edges: int, question: float, reply: float, rounds: int) -> float:
    if question < 0 or reply < 0:
        raise BadOption(
            f"The lengths of question and reply are tokens, 0 or more, not {question!r} and {reply!r}."
        )
    if rounds < 1:
        raise BadOption(f"A debate has at least 1 round, the first drafts, not {rounds!r}.")
    return seats * rounds * question + (rounds - 1) * reply * (seats + edges)
