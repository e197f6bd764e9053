"""Controls: what every experiment runs beside its arms, to tell what debate adds to what it costs.

best_single              the best agent alone                what the others add at all
vote                     the first drafts, counted           what talking adds to counting
self_consistency_calls   samples of one agent, equal calls   what as many calls buy without peers
self_consistency_tokens  the same, equal tokens              what as many tokens buy without peers
self_refinement          one agent revises its own draft     what a second look alone is worth
noise_peers              peers talk about something else     what more text and another try are worth
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from quorate.agents.agent import Agent, Sampling
from quorate.definition import Definition
from quorate.evaluate.results import Cost
from quorate.evaluate.statistics import Rate
from quorate.experiments.experiment import MOST_EXPENSIVE, Experiment
from quorate.experiments.matched import Matched, Refined, Unit
from quorate.experiments.noise import Irrelevant, quotes_peers
from quorate.experiments.sitting import Sitting
from quorate.nouns import Noun
from quorate.protocols import best_single, vote
from quorate.protocols.panels import best_agent
from quorate.protocols.sheets import Sheet
from quorate.transcript_files import load_transcripts
from quorate.transcripts import Transcript

DRAWN = 0.6
"""Temperature of the samples of an agent that is greedy otherwise: all its samples would be one."""
SINGLE = ("best_single", "self_consistency_calls", "self_consistency_tokens", "self_refinement")
"""Controls of one agent: the best one, unless they name another."""
FIRST = ("best_single", "vote")
"""Controls that need only the first drafts; the others need to know what the arms spent."""


class Best(Noun):
    """Who is the best single agent, and how that is known; nothing is said where nobody asks for it."""

    agent: str
    how: str


def named_agents(experiment: Experiment) -> dict[str, str | None]:
    """Return whom each control of one agent names; None for those that take the best."""
    kept = experiment.kept
    return {name: kept[name].get("agent") for name in SINGLE if name in kept}


def choose_best(experiment: Experiment, drafts: Sequence[Transcript], *, developed: bool) -> Best:
    """Choose the agent with the most right first drafts; of equal ones the first.

    Parameters
    ----------
    experiment : Experiment
    drafts : sequence of Transcript
        First drafts of the common table.
    developed : bool
        Whether they are about a development sample; if not they are about the test problems themselves.
    """
    known = [t for t in drafts if t.gold is not None]
    names = tuple(experiment.roster)
    if not known:
        return Best(
            agent=names[0], how=f"'{names[0]}' counts as the best agent: it comes first, and no gold tells"
        )
    if len(names) == 1:
        return Best(agent=names[0], how=f"'{names[0]}' is the only agent")
    answers = [{seat: m.answer for seat, m in t.rounds[0].answers.items()} for t in known]
    rows = tuple(tuple(given.get(name) for name in names) for given in answers)
    best = best_agent(Sheet(names, rows, tuple(t.gold for t in known)))
    at = names.index(best)
    rate = Rate.count(sum(row[at] == t.gold for row, t in zip(rows, known, strict=True)), len(known))
    where = (
        f"{len(known)} drafts on a development sample"
        if developed
        else f"the {len(known)} drafts on the test problems themselves, which flatters it"
    )
    return Best(agent=best, how=f"the best agent is {best}, chosen on {where} ({rate.percent} %)")


@dataclass(frozen=True)
class Spent:
    """What one arm spent: the costs of its answers by seed and problem, and how many rounds it held."""

    arm: str
    costs: Mapping[int, Mapping[str, Cost]]
    rounds: Mapping[int, Mapping[str, float]]

    @property
    def mean(self) -> Cost:
        """The average over everything."""
        return Cost.mean(cost for costs in self.costs.values() for cost in costs.values())


UNITS: Mapping[str, Unit] = {"self_consistency_calls": "calls", "self_consistency_tokens": "tokens"}
"""What the controls that sample have in equal amount."""
EQUAL = (*UNITS, "self_refinement")
"""Controls that get what an arm spent."""


def budgets(experiment: Experiment, spent: Mapping[str, Spent]) -> dict[str, Spent]:
    """Return the arm whose cost each control at equal cost gets: the named one, or the most expensive one.

    That is the arm with most tokens; for equal calls the one with most calls, so that no arm has more.
    """
    if experiment.budget != MOST_EXPENSIVE:
        return dict.fromkeys(EQUAL, spent[experiment.budget])
    dearest = max(spent.values(), key=lambda one: (one.mean.tokens, one.mean.calls))
    busiest = max(spent.values(), key=lambda one: (one.mean.calls, one.mean.tokens))
    return {name: busiest if UNITS.get(name) == "calls" else dearest for name in EQUAL}


@dataclass(frozen=True)
class Controls:
    """Makes the controls of an experiment, as ordinary definitions."""

    experiment: Experiment
    best: Best

    def agent(self, name: str) -> Agent:
        """Return the single agent of a control: the one it names, or the best."""
        return self.experiment.roster[self.experiment.kept[name].get("agent", self.best.agent)]

    def sampled(self, name: str) -> Agent:
        """Return the agent that a control samples; one that is greedy draws at a temperature of 0.6."""
        agent = self.agent(name)
        given = self.experiment.kept[name].get("sampling")
        if given is not None:
            sampling = Sampling.model_validate({**agent.sampling.model_dump(), **given})
        elif agent.sampling.temperature == 0:
            sampling = agent.sampling.model_copy(update={"temperature": DRAWN})
        else:
            return agent
        return replace(agent, sampling=sampling)

    def first(self, seed: int) -> dict[str, Definition]:
        """Return the controls that need only the first drafts."""
        kept, prompts = self.experiment.kept, self.experiment.prompts
        made: dict[str, Definition] = {}
        if "best_single" in kept:
            seat = self.agent("best_single")
            made["best_single"] = self._define(
                [seat], partial(best_single, seat=seat.name, prompts=prompts), seed
            )
        if "vote" in kept:
            made["vote"] = self._define(
                self.experiment.agents, partial(vote, prompts=prompts, **kept["vote"]), seed
            )
        return made

    def later(self, seed: int, given: Mapping[str, Spent]) -> dict[str, Definition]:
        """Return the controls that get what an arm spent, each as `given`."""
        made: dict[str, Definition] = {}
        for name, unit in UNITS.items():
            if name in self.experiment.kept:
                made[name] = self._matched(name, unit, seed, given[name])
        if "self_refinement" in self.experiment.kept:
            budget = given["self_refinement"]
            rules = Refined(budget.rounds[seed], of=budget.arm, prompts=self.experiment.prompts)
            made["self_refinement"] = self._define([self.agent("self_refinement")], rules, seed)
        return made

    def _matched(self, name: str, unit: Unit, seed: int, budget: Spent) -> Definition:
        agent = self.sampled(name)
        spent = {problem: getattr(cost, unit) for problem, cost in budget.costs[seed].items()}
        rules = Matched(
            agent.name,
            unit,
            spent,
            longest=agent.sampling.max_tokens,
            of=budget.arm,
            prompts=self.experiment.prompts,
        )
        return self._define([agent], rules, seed)

    def _define(self, agents: Sequence[Agent], rules: Any, seed: int) -> Definition:
        one = self.experiment
        return Definition(agents, protocol=rules, seed=seed, reading=one.reading, timeout=one.timeout)


def noisy(sittings: Sequence[Sitting]) -> dict[int, Definition]:
    """Return, by seed, the debates of finished sittings with irrelevant peers; none where nobody is quoted.

    Needs two problems or more: what a peer says instead was said about another one.
    """
    made: dict[int, Definition] = {}
    for sitting in sittings:
        transcripts = load_transcripts(sitting.folder).transcripts
        definition = sitting.definition
        if len(transcripts) > 1 and quotes_peers(definition.rules, definition.table, transcripts):
            rules = Irrelevant(definition.rules, transcripts, seed=sitting.seed, of=sitting.arm)
            made[sitting.seed] = replace(definition, protocol=rules)
    return made
