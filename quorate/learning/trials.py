"""Trials: many graphs tried on many questions in one pass of the engine.

The engine drives a protocol over one table; here every question comes to a table of its own, whose graph is
drawn turn by turn, as its debate goes on. All debates are open together, and the models see common batches.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from quorate.agents.remembered import Remembered
from quorate.definition import Definition
from quorate.evaluate import Problem, correct
from quorate.evaluate.dynamics.shifts import Bools
from quorate.events import Listener
from quorate.nouns import Outcome, Question, Table, derive_seed
from quorate.protocols.history import Turns
from quorate.run import Engine

if TYPE_CHECKING:
    import networkx as nx

Draw = Callable[[int, random.Random], Bools]
"""Draws the edges of a turn, shape (seats, seats)."""


@dataclass
class Trial:
    """One graph tried on one problem.

    Parameters
    ----------
    problem : Problem
    name : str
        Unique among the trials of a run: everything random in it derives from this.
    drawn : dict of int to array of bool
        The edges of the turns that were held, filled while it is held.
    outcome : Outcome, optional
        What came of it.
    """

    problem: Problem
    name: str
    drawn: dict[int, Bools] = field(default_factory=dict)
    outcome: Outcome | None = None

    @property
    def right(self) -> bool:
        """Whether the group found the gold answer."""
        return self.outcome is not None and bool(correct(self.outcome, self.problem.gold))

    @property
    def tokens(self) -> int:
        """Tokens read and written."""
        return 0 if self.outcome is None else self.outcome.tokens_in + self.outcome.tokens_out

    def utility(self, token_price: float) -> float:
        """Return 1 for the gold answer, less what its tokens cost.

        Parameters
        ----------
        token_price : float
            Of a thousand tokens.
        """
        return float(self.right) - token_price * self.tokens / 1000


class Trials:
    """Where graphs are tried: a definition whose topology is another one in every trial.

    Greedy agents are asked the same thing once: first drafts are the same under every graph.

    Parameters
    ----------
    definition : Definition
    seed : int
        Root of the draws of the graphs.
    listeners : sequence of callable
        Called with every event; a question's id is the name of its trial.
    """

    def __init__(self, definition: Definition, *, seed: int = 0, listeners: Sequence[Listener] = ()) -> None:
        self._definition = definition
        self._seed = seed
        self._listeners = tuple(listeners)
        models = {id(model): Remembered(model) for model in definition.models}
        self._agents = {
            name: replace(agent, model=models[id(agent.model)]) for name, agent in definition.voices.items()
        }

    def hold(self, trials: Sequence[Trial], draw: Draw) -> None:
        """Hold all trials at the same time; each is filled with what was drawn and what came of it.

        Raises
        ------
        KeyboardInterrupt
            On ctrl-C; what was drawn so far is drawn again alike.
        """
        definition = self._definition
        by_name = {trial.name: trial for trial in trials}

        def protocol(question: Question, table: Table) -> Turns:
            return definition.rules(question, self._table(by_name[question.id], table, draw))

        engine = Engine(
            protocol,
            definition.table,
            self._agents,
            listeners=self._listeners,
            reading=definition.reading,
            at_once=definition.at_once,
            timeout=definition.timeout,
        )
        questions = (trial.problem.question.model_copy(update={"id": trial.name}) for trial in trials)
        for outcome in engine.run(questions):
            by_name[outcome.question].outcome = outcome

    def _table(self, trial: Trial, table: Table, draw: Draw) -> Table:
        """Return a table whose graph is drawn when a turn first asks for it."""

        def graph_at(turn: int) -> nx.DiGraph[str]:
            rng = random.Random(derive_seed(self._seed, trial.name, turn))
            trial.drawn[turn] = draw(turn, rng)
            return graph_of(trial.drawn[turn], table.seats)

        return Table(table.seats, graph_at, offices=table.offices, seed=table.seed)


def graph_of(edges: Bools, seats: Sequence[str]) -> nx.DiGraph[str]:
    """Return the graph of a matrix whose entry [u, v] says that v hears u.

    Examples
    --------
    >>> list(graph_of(np.array([[False, True], [False, False]]), ["ada", "bo"]).edges)
    [('ada', 'bo')]
    """
    import networkx as nx

    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(seats)
    graph.add_edges_from((seats[u], seats[v]) for u, v in np.argwhere(edges))
    return graph


def edges_of(hearing: Mapping[str, Sequence[str]], seats: Sequence[str]) -> Bools:
    """Return who hears whom as a matrix, shape (seats, seats); [u, v] says that v hears u.

    Examples
    --------
    >>> edges_of({"ada": (), "bo": ("ada",)}, ["ada", "bo"]).tolist()
    [[False, True], [False, False]]
    """
    order = {seat: place for place, seat in enumerate(seats)}
    edges = np.zeros((len(seats), len(seats)), dtype=np.bool_)
    for hearer, heard in hearing.items():
        for seat in heard:
            edges[order[seat], order[hearer]] = True
    return edges
