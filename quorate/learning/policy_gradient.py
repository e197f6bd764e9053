"""Learning who should hear whom by policy gradient: graphs are drawn, tried on questions, and rewarded.

    learned = learn_by_policy_gradient(definition, problems, recipe="agentprune")
    learned.save("graph.json")                      # topology: {learned: {file: graph.json}}

A graph that led to the right answer makes its edges likelier and its missing edges less likely (REINFORCE).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np

from quorate.definition import Definition
from quorate.errors import BadGraph, BadOption, BadQuestion
from quorate.evaluate import Problem
from quorate.evaluate.dynamics.shifts import Bools
from quorate.events import Listener
from quorate.learning.checkpoints import Checkpoint, training_setup
from quorate.learning.recipes import AGENTPRUNE, Recipe, recipe_called
from quorate.learning.training import Step, Training
from quorate.learning.trials import Trials, edges_of
from quorate.topologies.learned_graphs import LearnedGraph

Watch = Callable[[Step], None]


def learn_by_policy_gradient(
    definition: Definition,
    problems: Sequence[Problem],
    *,
    recipe: str | Recipe = AGENTPRUNE,
    turns: int | None = None,
    seed: int = 0,
    checkpoint: str | Path | None = None,
    watch: Watch | None = None,
    listeners: Sequence[Listener] = (),
) -> LearnedGraph:
    """Learn which edges of a definition's topology to keep, from questions with gold answers.

    Parameters
    ----------
    definition : Definition
        Who deliberates and how. The edges of its topology are those that may be kept; take "complete" to
        choose among all.
    problems : sequence of Problem
        To learn from, each with its gold answer; never those that are reported on later.
    recipe : str or Recipe
        "agentprune" (40 debates), "agentdropout" (80) or "gptswarm" (400), as published, or one of your own.
    turns : int, optional
        Revisions to learn graphs for, where each turn gets its own; one less than the protocol's rounds when
        left out.
    seed : int
        Of all draws of graphs.
    checkpoint : path, optional
        A file that is written after every iteration. When it is there already, the training goes on from it
        and comes to the same end as if it had never stopped.
    watch : callable, optional
        Called after every iteration.
    listeners : sequence of callable
        Called with every event of the debates.

    Returns
    -------
    LearnedGraph
        With the probability of every edge, whether it was pruned, and the agents dropped.

    Raises
    ------
    BadQuestion
        When a problem has no gold answer, or there is no problem.
    BadGraph
        When the topology has no edge to choose, or too few agents to drop one.
    ModelError
        When no agent could answer in a whole iteration; what was learned before is in the checkpoint.
    RecordMismatch
        When the checkpoint belongs to another training.
    KeyboardInterrupt
        On ctrl-C; the same call with the same checkpoint goes on.

    Notes
    -----
    AgentPrune (arXiv:2410.02506) draws each edge by itself, Bernoulli(sigmoid(logit)), multiplies -log p of
    the graph by the utility, steps Adam at 0.1 on 4 questions, and masks a quarter of the edges left every 5
    iterations; afterwards the edges left are used without drawing. AgentDropout (arXiv:2503.18891) learns a
    graph for each round: it first takes the agents of the lowest weighted degree out of each round, then
    learns and masks edges anew with a low-rank term in the loss. What differs here: their agents speak one
    after the other within a round along "spatial" edges; here all speak at once, so there are only
    "temporal" edges, from what was said in one round to who revises in the next. An agent that is dropped
    from a turn neither hears nor is heard in it. AgentDropout's released code instead leaves one agent out
    of every round, drawn by a softmax over the weighted degrees, while it learns whom to drop. Utility is
    1 for the right answer, as published; `token_price` departs from it.

    Examples
    --------
    >>> from quorate import Agent, Question, Scripted
    >>> from quorate.learning import AGENTPRUNE
    >>> panel = [Agent(name, Scripted("Answer: 5")) for name in ("ada", "bo", "cy")]
    >>> problems = [Problem(question=Question(text="What is 2+3?"), gold="5")]
    >>> print(learn_by_policy_gradient(Definition(panel), problems, recipe=AGENTPRUNE))
    3 of 6 edges of 3 seats kept, learned by agentprune
    """
    recipe, problems = recipe_called(recipe), list(problems)
    _check_gold(problems)
    candidates = _candidates(definition, recipe, turns)
    keeping = Checkpoint(checkpoint, training_setup(definition, problems, recipe, seed))
    training = Training(recipe, candidates, Trials(definition, seed=seed, listeners=listeners), problems)
    training.resume(keeping.read())
    if training.phase < len(recipe.phases):
        definition.prepare(problems[0].question)
    while training.phase < len(recipe.phases):
        step = training.iterate()
        keeping.write(training.state())
        if watch is not None:
            watch(step)
    return training.result(definition.table.seats, seed)


def _check_gold(problems: Sequence[Problem]) -> None:
    without = [problem.question.id for problem in problems if problem.gold is None]
    if not problems:
        raise BadQuestion("There is no problem to learn from: give some, each with its gold answer.")
    if without:
        raise BadQuestion(
            f"{len(without)} of {len(problems)} problems have no gold answer, the first is '{without[0]}'. "
            "A graph is rewarded for right answers: add `gold` to each, or leave these out."
        )


def _candidates(definition: Definition, recipe: Recipe, turns: int | None) -> Bools:
    """Return the edges that may be drawn, shape (graphs, seats, seats)."""
    table = definition.table
    if not recipe.per_turn and callable(definition.graph):
        raise BadGraph(
            "The topology has another graph in every turn, and one is to be learned for all: take a topology "
            "that stays, such as 'complete', or a recipe with per_turn=True."
        )
    many = (turns or _turns(definition)) if recipe.per_turn else 1
    if many < 1:
        raise BadOption(f"Graphs are learned for 1 turn or more, not for {many}.")
    found = np.stack([edges_of(table.hearing(turn + 1), table.seats) for turn in range(many)])
    if not found.any():
        raise BadGraph("Nobody hears anybody in this topology: there is no edge to learn. Try 'complete'.")
    if any(phase.drop for phase in recipe.phases) and len(table.seats) < 3:
        raise BadGraph(f"Of {len(table.seats)} agents none can be dropped from a debate: seat 3 or more.")
    return found


def _turns(definition: Definition) -> int:
    """Return how many revisions the protocol may hold, as its option `rounds` says."""
    rules = definition.rules
    bound = rules.keywords if isinstance(rules, partial) else {}
    known = inspect.signature(rules).parameters.get("rounds")
    rounds = bound.get("rounds", known.default if known is not None else None)
    if not isinstance(rounds, int):
        raise BadOption("The protocol does not say how many rounds it holds: give the number of `turns`.")
    if rounds < 2:
        raise BadOption(f"In {rounds} round nobody hears anybody: let the protocol hold 2 or more.")
    return rounds - 1
