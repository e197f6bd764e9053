"""Notes: what a reader of the table must know, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from quorate.agents.agent import Agent
from quorate.definition import Definition
from quorate.evaluate.results import Column
from quorate.experiments.controls import EQUAL, UNITS, Best, Spent, named_agents
from quorate.experiments.experiment import CONTROLS, Experiment
from quorate.experiments.sitting import Sitting
from quorate.redeciding import called
from quorate.registry import spell

CLEARLY = 0.05
"""A difference between the readers that wants an explanation."""
MORE = 1.01
"""How much more than a control an arm must spend on average for the two not to be at equal cost."""


def first_notes(experiment: Experiment, best: Best, voices: Sequence[Agent]) -> Iterator[str]:
    """Yield what holds of the whole table: who is the best agent, what is missing, how costs are counted."""
    if best.how:
        yield best.how[0].upper() + best.how[1:] + "."
    named = named_agents(experiment)
    for agent in dict.fromkeys(agent for agent in named.values() if agent is not None):
        controls = ", ".join(f"'{name}'" for name, known in named.items() if known == agent)
        yield f"The single agent of {controls} is {agent}: the experiment names it."
    off = [f"'{name}'" for name in CONTROLS if name not in experiment.kept]
    if off:
        yield f"Switched off by name: {', '.join(off)}."
    if len(experiment.seeds) > 1 and all(agent.sampling.temperature == 0 for agent in voices):
        yield "All agents are greedy: seeds change samples of self-consistency, lots and random graphs only."
    yield "Every arm is charged for the first drafts that it shares with others, as if it had made them."
    yield "Seconds add up the calls that had to wait for each other, while all arms shared the models."


def budget_notes(
    experiment: Experiment, given: Mapping[str, Spent], later: Mapping[str, Sequence[Sitting]]
) -> Iterator[str]:
    """Yield what the controls at equal cost were given: each what the arm in `given` spent."""
    there = [name for name in EQUAL if name in later]
    arms = dict.fromkeys(given[name].arm for name in there)
    for arm in arms:
        names = [name for name in there if given[name].arm == arm]
        how = "the named arm" if experiment.budget == arm else "the most expensive arm"
        if len(arms) > 1:
            how = f"the arm with most {UNITS.get(names[0], 'tokens')}"
        told = ", ".join(f"'{name}'" for name in names)
        yield f"What {told} may spend is what {how} '{arm}' spent on the same problem."
    if "self_consistency_tokens" in there and not given["self_consistency_tokens"].mean.tokens:
        yield "The models report no tokens: 'self_consistency_tokens' drew one sample a problem."
    drawn = [later[name][0] for name in UNITS if name in later and later[name][0].drafts is None]
    for agent in dict.fromkeys(sitting.definition.agents[0] for sitting in drawn):
        yield (
            f"For self-consistency, {agent.name} draws all its samples at temperature "
            f"{agent.sampling.temperature:g}, and so has no draft in common with the arms."
        )


def unequal_notes(columns: Sequence[Column]) -> Iterator[str]:
    """Yield which arms spent more than a control at equal cost, as arms beside a named budget may."""
    costs = {one.name: one.cost for one in columns}
    for control, unit in UNITS.items():
        if control not in costs:
            continue
        had: float = getattr(costs[control], unit)
        more = [
            f"'{one.name}' ({spent:,.1f})"
            for one in columns
            if not one.control and (spent := getattr(one.cost, unit)) > MORE * had > 0
        ]
        if more:
            yield (
                f"Against '{control}' ({had:,.1f} {unit} a problem) these are not at equal cost, they spent "
                f"more: {', '.join(more)}."
            )


def gone_notes(gone: Iterable[str]) -> Iterator[str]:
    """Yield which arms were compared once and are not in the table."""
    names = ", ".join(f"'{name}'" for name in gone)
    if names:
        yield f"Compared here before, and left out since: {names}; the records are in aside/."


def lenient_notes(columns: Iterable[Column]) -> Iterator[str]:
    """Yield which arms the lenient reader makes clearly worse, and why it can."""
    worse = [
        f"'{one.name}'"
        for one in columns
        if one.strict and one.lenient and one.strict.share - one.lenient.share > CLEARLY
    ]
    if worse:
        yield (
            f"The lenient reader makes {', '.join(worse)} worse: it takes a number for an answer "
            "even where none was given."
        )


def said_of(definition: Definition) -> str:
    """Say what an arm is in a few words: its protocol, its topology.

    Examples
    --------
    >>> from quorate.agents import Agent, Scripted
    >>> ada = Agent("ada", Scripted("5"))
    >>> said_of(Definition([ada], topology="ring", protocol={"debate": {"rounds": 2}}))
    'debate (rounds 2), ring'
    """
    topology = definition.setup()["topology"]["maker"]
    return f"{called(spell(definition.rules))}, {called(topology)}"
