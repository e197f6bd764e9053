"""Learned graphs: which edges are worth their tokens, as a training run or a pile of records found it.

A file of one is JSON:

    {"format": 1, "method": "agentprune", "seats": ["ada", "bo"], "digest": "5f2c9e0a1b3d4c6e",
     "turns": [{"edges": [{"heard": "ada", "hearer": "bo", "probability": 0.81, "kept": true}],
                "dropped": []}]}

One entry of `turns` is the graph of all turns; several are those of turn 1, 2 ..., and the last one stays.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, Literal

import networkx as nx
from pydantic import Field, ValidationError, model_validator

from quorate.errors import BadGraph, did_you_mean, first_complaint
from quorate.noun_files import write_whole
from quorate.nouns import Noun
from quorate.topologies.seating import count

FORMAT = 1


class LearnedEdge(Noun):
    """One edge that was weighed: `hearer` hears `heard`.

    Parameters
    ----------
    heard, hearer : str
        The seats.
    probability : float
        Learned by policy gradient: that the edge is drawn. Learned from records: about how likely hearing
        helps rather than harms.
    kept : bool
        Whether it survived the learning.
    gain, low, high : float, optional
        From records: what hearing adds to the hearer's chance to be right, in [-1, 1], and its interval.
    cases : int, optional
        From records: the answers that this rests on.
    why : str
        The reason for its being kept or not, in a few words.
    """

    heard: str
    hearer: str
    probability: float = Field(ge=0, le=1)
    kept: bool = True
    gain: float | None = None
    low: float | None = None
    high: float | None = None
    cases: int | None = None
    why: str = ""


class LearnedTurn(Noun):
    """The edges of one turn, and the agents that neither hear nor are heard in it."""

    edges: tuple[LearnedEdge, ...]
    dropped: tuple[str, ...] = ()


class LearnedGraph(Noun):
    """A graph that was learned for certain agents.

    Parameters
    ----------
    seats : tuple of str
        The agents, in order.
    turns : tuple of LearnedTurn
        One for all turns, or one for each, the first revision's first; the last one stays.
    method : str
        How it was learned: "agentprune", "agentdropout", "records".
    about : dict
        With what: options, problems, cost. Plain data.
    utilities : tuple of float
        Mean utility of the graphs tried, iteration by iteration.
    digest : str
        Of the seats; made when left out.

    Raises
    ------
    BadGraph
        When an edge or a dropped agent is none of the seats, or the digest is that of other seats.

    Examples
    --------
    >>> edges = (LearnedEdge(heard="ada", hearer="bo", probability=0.8),
    ...          LearnedEdge(heard="bo", hearer="ada", probability=0.1, kept=False))
    >>> graph = LearnedGraph(seats=("ada", "bo"), turns=(LearnedTurn(edges=edges),), method="agentprune")
    >>> print(graph)
    1 of 2 edges of 2 seats kept, learned by agentprune
    """

    seats: tuple[str, ...] = Field(min_length=1)
    turns: tuple[LearnedTurn, ...] = Field(min_length=1)
    method: str
    about: dict[str, Any] = Field(default_factory=dict)
    utilities: tuple[float, ...] = ()
    digest: str = ""
    format: Literal[1] = 1

    @model_validator(mode="before")
    @classmethod
    def _sign(cls, data: Any) -> Any:
        if isinstance(data, Mapping) and not data.get("digest"):
            seats = data.get("seats")
            if isinstance(seats, Sequence) and all(isinstance(seat, str) for seat in seats):
                return {**data, "digest": seats_digest(seats)}
        return data

    @model_validator(mode="after")
    def _check(self) -> LearnedGraph:
        if len(set(self.seats)) < len(self.seats):
            raise BadGraph("Two seats of the learned graph share a name; give every one its own.")
        if self.digest != seats_digest(self.seats):
            raise BadGraph(
                "The seats of the learned graph are not those that it was learned for: its digest differs. "
                "Leave the file as it was, and say who sits in whose place with the option 'rename'."
            )
        for turn in self.turns:
            _check_turn(turn, self.seats)
        return self

    def at(self, turn: int) -> LearnedTurn:
        """Return what was learned for a turn, 1 for the first revision; the last one stays.

        Examples
        --------
        >>> first, last = LearnedTurn(edges=(), dropped=("bo",)), LearnedTurn(edges=())
        >>> graph = LearnedGraph(seats=("ada", "bo"), turns=(first, last), method="agentdropout")
        >>> [graph.at(turn).dropped for turn in (1, 2, 3)]
        [('bo',), (), ()]
        """
        return self.turns[min(max(turn, 1), len(self.turns)) - 1]

    def kept(self, turn: int = 1) -> tuple[LearnedEdge, ...]:
        """Return the edges of a turn that survived the learning."""
        return tuple(edge for edge in self.at(turn).edges if edge.kept)

    def graph(self, turn: int = 1, *, everything: bool = False) -> nx.DiGraph[str]:
        """Return the graph of a turn with what was learned as attributes of its edges and nodes.

        Parameters
        ----------
        turn : int
            1 for the first revision.
        everything : bool
            With the edges that were pruned too, marked by `kept`.

        Examples
        --------
        >>> edge = LearnedEdge(heard="ada", hearer="bo", probability=0.8)
        >>> made = LearnedGraph(seats=("ada", "bo"), turns=(LearnedTurn(edges=(edge,)),), method="records")
        >>> made.graph().edges["ada", "bo"]["probability"]
        0.8
        """
        found: nx.DiGraph[str] = nx.DiGraph(method=self.method, turn=turn)
        for seat in self.seats:
            found.add_node(seat, dropped=seat in self.at(turn).dropped)
        for edge in self.at(turn).edges:
            if edge.kept or everything:
                facts = edge.model_dump(exclude={"heard", "hearer"}, exclude_none=True)
                found.add_edge(edge.heard, edge.hearer, **facts)
        return found

    def save(self, path: str | PathLike[str]) -> None:
        """Write it as JSON; BadGraph when the file cannot be written."""
        text = json.dumps(self.model_dump(mode="json", exclude_defaults=True) | {"format": FORMAT}, indent=1)
        try:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            write_whole(Path(path), text + "\n")
        except OSError as problem:
            raise BadGraph(
                f"The learned graph cannot be written to '{path}' ({problem.strerror}): name another file."
            ) from None

    def __str__(self) -> str:
        """Sum it up in a line."""
        weighed = sum(len(turn.edges) for turn in self.turns)
        kept = sum(edge.kept for turn in self.turns for edge in turn.edges)
        turns = f" over {len(self.turns)} turns" if len(self.turns) > 1 else ""
        seats = count(len(self.seats))
        return f"{kept} of {weighed} edges of {seats}{turns} kept, learned by {self.method}"


def seats_digest(seats: Sequence[str]) -> str:
    """Return a fingerprint of seats in their order.

    Examples
    --------
    >>> seats_digest(["ada", "bo"]) == seats_digest(["bo", "ada"])
    False
    """
    return hashlib.blake2b("\x1f".join(seats).encode("utf-8", "replace"), digest_size=8).hexdigest()


def _check_turn(turn: LearnedTurn, seats: tuple[str, ...]) -> None:
    ends = [seat for edge in turn.edges for seat in (edge.heard, edge.hearer)]
    for seat in [*ends, *turn.dropped]:
        if seat not in seats:
            raise BadGraph(f"The learned graph names '{seat}', who has no seat. {did_you_mean(seat, seats)}")
    pairs = [(edge.heard, edge.hearer) for edge in turn.edges]
    twice = next((pair for pair in pairs if pairs.count(pair) > 1), None)
    if twice is not None:
        raise BadGraph(f"The learned graph has the edge from '{twice[0]}' to '{twice[1]}' twice in one turn.")
    alone = next((heard for heard, hearer in pairs if heard == hearer), None)
    if alone is not None:
        raise BadGraph(f"The learned graph lets '{alone}' hear itself; a seat always knows what it said.")


def load_learned_graph(path: str | PathLike[str]) -> LearnedGraph:
    """Read a learned graph from its file.

    Parameters
    ----------
    path
        JSON, as `LearnedGraph.save` and `quorate graph learn` write it.

    Raises
    ------
    BadGraph
        When there is no such file, or it holds no learned graph; what is wrong with it is named.

    Examples
    --------
    >>> import tempfile
    >>> edge = LearnedEdge(heard="ada", hearer="bo", probability=0.8)
    >>> graph = LearnedGraph(seats=("ada", "bo"), turns=(LearnedTurn(edges=(edge,)),), method="records")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     graph.save(Path(folder, "graph.json"))
    ...     load_learned_graph(Path(folder, "graph.json")) == graph
    True
    """
    try:
        return LearnedGraph.model_validate(json.loads(Path(path).read_text("utf-8")))
    except OSError as problem:
        raise BadGraph(
            f"The learned graph '{path}' cannot be read ({problem.strerror}): check the path, or learn one "
            "with `quorate graph learn`."
        ) from None
    except ValidationError as problem:
        raise BadGraph(
            f"The file '{path}' holds no learned graph: {first_complaint(problem)}. Name one that "
            "`quorate graph learn` wrote."
        ) from None
    except (ValueError, RecursionError) as problem:
        raise BadGraph(
            f"The file '{path}' is not JSON and holds no learned graph: {problem}. Name one that "
            "`quorate graph learn` wrote."
        ) from None
    except BadGraph as problem:
        raise BadGraph(f"In the file '{path}': {problem}") from None


def export_graphml(
    learned: LearnedGraph, path: str | PathLike[str], *, turn: int = 1, everything: bool = False
) -> None:
    """Write the graph of one turn as GraphML, for Gephi, igraph, yEd, or the topology `from_graphml`.

    Parameters
    ----------
    learned : LearnedGraph
    path
        Where to write.
    turn : int
        1 for the first revision.
    everything : bool
        Also write the edges that were pruned, with the attribute `kept` false: to look at, not to load.

    Raises
    ------
    BadGraph
        When the file cannot be written, or a name cannot stand in XML.

    Examples
    --------
    >>> import tempfile
    >>> edge = LearnedEdge(heard="ada", hearer="bo", probability=0.8)
    >>> graph = LearnedGraph(seats=("ada", "bo"), turns=(LearnedTurn(edges=(edge,)),), method="records")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     export_graphml(graph, Path(folder, "graph.graphml"))
    ...     nx.read_graphml(Path(folder, "graph.graphml")).edges["ada", "bo"]["probability"]
    0.8
    """
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        nx.write_graphml(learned.graph(turn, everything=everything), str(path))
    except OSError as problem:
        raise BadGraph(
            f"The graph cannot be written to '{path}' ({problem.strerror}): name another file."
        ) from None
    except ValueError as problem:
        raise BadGraph(f"The graph cannot be written as GraphML: {problem}. Rename the seat.") from None
