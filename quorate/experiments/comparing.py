"""Comparing: an experiment from its definition to its table, resumable at every moment.

drafts  ->  arms, and the controls that need only drafts  ->  controls at equal cost  ->  the table
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from quorate.agents.agent import Agent
from quorate.definition import Definition
from quorate.errors import QuorateError, RecordError
from quorate.evaluate.prices import Prices
from quorate.evaluate.results import Comparison, Cost, Result
from quorate.experiments.controls import (
    FIRST,
    Best,
    Controls,
    Spent,
    budgets,
    choose_best,
    named_agents,
    noisy,
)
from quorate.experiments.drafts import Circle, Drafts, first_asks, form_circles, rejoin
from quorate.experiments.experiment import CONTROLS, Experiment
from quorate.experiments.folder import Folder, setup_of
from quorate.experiments.notes import (
    budget_notes,
    first_notes,
    gone_notes,
    lenient_notes,
    said_of,
    unequal_notes,
)
from quorate.experiments.scoring import Scorer, whole_sets
from quorate.experiments.sitting import Room, Sitting, Watch
from quorate.experiments.tabulating import tabulate

COMMON = "common"
DRAFTS, DEVELOPMENT = "first drafts", "development drafts"
"""What those who watch are told while drafts are made."""


def compare(
    experiment: Experiment, folder: str | Path, *, resume: bool = True, watch: Watch | None = None
) -> Comparison:
    """Run an experiment, or what is missing of it, and return its table.

    Parameters
    ----------
    experiment : Experiment
    folder : path
        Where everything is recorded. Finished work in it is kept, never written again.
    resume : bool
        Whether an experiment that was begun there may be continued.
    watch : callable, optional
        Called with the arm, the seed and every event; recorded ones first.

    Returns
    -------
    Comparison
        Also written to `comparison.json`, beside the results of every arm on every problem.

    Raises
    ------
    RecordMismatch
        When another experiment was begun in the folder; what differs is named. Arms and controls may come
        and go: only the new ones are run, and the records of those that left stay.
    RecordBusy
        When another process compares there.
    BadDefinition
        For an arm that is to share drafts and cannot.
    KeyboardInterrupt
        On ctrl-C; what was answered is recorded, and `compare` goes on from there.

    Examples
    --------
    >>> import tempfile
    >>> from quorate.agents import Agent, Scripted
    >>> from quorate.evaluate import Problem
    >>> from quorate.nouns import Question
    >>> agents = [Agent("ada", Scripted(["Answer: 4", "Answer: 5"])), Agent("bo", Scripted("Answer: 5"))]
    >>> sums = [Problem(question=Question(text=f"{n}+{5 - n}?"), gold="5") for n in range(6)]
    >>> study = Experiment("sums", sums, agents, {"debate": {"rounds": 2}})
    >>> table = compare(study, tempfile.mkdtemp())
    >>> [(column.name, column.strict.percent) for column in table.columns][:2]
    [('debate', '100 [61, 100]'), ('best_single', '100 [61, 100]')]
    """
    place = Folder(folder)
    if place.begun and not resume:
        raise RecordError(f"{folder} already holds an experiment; resume it, or compare into another folder.")
    with place.lock():
        work = _Comparing(experiment, place, watch)
        return work.finish()


@dataclass
class _Comparing:
    """One comparison under way."""

    experiment: Experiment
    folder: Folder
    watch: Watch | None
    notes: list[str] = field(default_factory=list)
    sittings: dict[str, list[Sitting]] = field(default_factory=dict)
    circles: dict[str, Circle | None] = field(default_factory=dict)
    drafts: dict[tuple[str, int], Drafts] = field(default_factory=dict)
    scored: dict[str, list[tuple[Result, str]]] = field(default_factory=dict)
    """The results of the arms that are finished, with the texts behind their answers."""

    def finish(self) -> Comparison:
        """Do all that is missing, and tabulate."""
        prices = self.experiment.prices
        self._scorer = Scorer(tuple(self.experiment.metrics), None if prices is None else Prices.load(prices))
        self._form()
        self._try_out()
        heard = {arm: None if circle is None else circle.name for arm, circle in self.circles.items()}
        self.folder.begin(self.experiment, setup_of(self.experiment, self.common), heard)
        self.notes += gone_notes(self.folder.describe()["gone"]["arms"])
        one = self.experiment
        with Room(self._voices(), self.watch, at_once=one.at_once, timeout=one.timeout) as room:
            self._draft(room)
            best = self._best(room)
            controls = Controls(self.experiment, best)
            self._hold(room, {**self._arms(), **self._first(controls)})
            self._later(room, controls)
        return self._table(best)

    def _form(self) -> None:
        """Find out who hears which drafts, before anything is asked or written."""
        one, seed = self.experiment, self.experiment.seeds[0]
        common = Circle(COMMON, tuple(one.agents), one.reading, prompts=one.prompts)
        arms = {arm.name: (one.definition(arm, seed), arm.shares_drafts) for arm in one.everything}
        question = one.problems[0].question
        names = self.folder.describe().get("circles", {}) if self.folder.begun else {}
        order = sorted(arms, key=lambda arm: arm not in names)
        formed, apart = form_circles(common, {arm: arms[arm] for arm in order}, question, names)
        kept = {
            circle.name: rejoin(circle, self.folder.drafts(circle.name, seed))
            for circle in [common, *(circle for circle in formed.values() if circle is not None)]
        }
        self.circles = {arm: None if (circle := formed[arm]) is None else kept[circle.name] for arm in arms}
        self.common = kept[COMMON]
        for name, why in apart.items():
            self.notes.append(f"'{name}' does not hear the common first drafts: {why}.")

    def _try_out(self) -> None:
        """Find out what is wrong with a metric or a control before it has cost a whole experiment."""
        one = self.experiment
        self._scorer.try_out(one.problems[0])
        anybody = Controls(one, Best(agent=one.agents[0].name, how=""))
        for name, definition in anybody.first(one.seeds[0]).items():
            try:
                first_asks(definition, one.problems[0].question)
            except QuorateError as problem:
                raise type(problem)(f"The control '{name}': {problem}") from None

    def _voices(self) -> list[Agent]:
        """Return everybody who may be asked."""
        arms = [
            self.experiment.definition(arm, self.experiment.seeds[0]) for arm in self.experiment.everything
        ]
        return [*self.experiment.agents, *(agent for one in arms for agent in one.voices.values())]

    def _draft(self, room: Room) -> None:
        """Make the first drafts of every circle with every seed."""
        circles = {COMMON: self.common, **{c.name: c for c in self.circles.values() if c is not None}}
        held = [
            (
                circle.name,
                self._sitting(DRAFTS, seed, circle.definition(seed), self.folder.drafts(circle.name, seed)),
            )
            for circle in circles.values()
            for seed in self.experiment.seeds
        ]
        room.hold([sitting for _, sitting in held])
        self.drafts = {(name, sitting.seed): Drafts(sitting.folder) for name, sitting in held}

    def _best(self, room: Room) -> Best:
        """Choose the best single agent, on a development sample where there is one, if a control needs it."""
        one, seed = self.experiment, self.experiment.seeds[0]
        if None not in named_agents(one).values():
            return Best(agent=one.agents[0].name, how="")
        if not one.development:
            held = [self.drafts[COMMON, seed].transcripts.values() for seed in one.seeds]
            return choose_best(one, [transcript for made in held for transcript in made], developed=False)
        place = self.folder.development(seed)
        sitting = self._sitting(DEVELOPMENT, seed, self.common.definition(seed), place)
        sitting = replace(sitting, problems=tuple(one.development))
        room.hold([sitting])
        return choose_best(one, list(Drafts(place).transcripts.values()), developed=True)

    def _arms(self) -> dict[str, list[Sitting]]:
        return {
            arm.name: [
                self._sitting(
                    arm.name, seed, self.experiment.definition(arm, seed), circle=self.circles[arm.name]
                )
                for seed in self.experiment.seeds
            ]
            for arm in self.experiment.everything
        }

    def _first(self, controls: Controls) -> dict[str, list[Sitting]]:
        """Return the controls that need only the drafts, by name."""
        made = {seed: controls.first(seed) for seed in self.experiment.seeds}
        return {
            name: [self._sitting(name, seed, made[seed][name], circle=self.common) for seed in made]
            for name in FIRST
            if name in self.experiment.kept
        }

    def _later(self, room: Room, controls: Controls) -> None:
        """Hold the controls that get what another arm spent."""
        spent = {arm.name: self._spent(arm.name) for arm in self.experiment.everything}
        given = budgets(self.experiment, spent)
        made = {seed: controls.later(seed, given) for seed in self.experiment.seeds}
        names = list(made[self.experiment.seeds[0]])
        for name in names:
            self.folder.follow(name, given[name].arm)
        later = {name: [self._controlled(name, seed, made[seed][name]) for seed in made] for name in names}
        self._hold(room, {**later, **self._noise(spent)})
        self.notes += budget_notes(self.experiment, given, later)

    def _controlled(self, name: str, seed: int, definition: Definition) -> Sitting:
        """Return a control; it hears the common draft when its agent speaks as at the common table."""
        question = self.experiment.problems[0].question
        shares = self.common.obstacle(definition, question) is None
        return self._sitting(name, seed, definition, circle=self.common if shares else None)

    def _noise(self, spent: Mapping[str, Spent]) -> dict[str, list[Sitting]]:
        if "noise_peers" not in self.experiment.kept:
            return {}
        wanted = self.experiment.kept["noise_peers"].get("of")
        order = sorted(spent, key=lambda name: -spent[name].mean.tokens)
        for name in [wanted] if wanted else order:
            made = noisy(self.sittings[name])
            if len(made) == len(self.experiment.seeds):
                self.notes.append(
                    f"In 'noise_peers', '{name}' is held with peers who talk about other problems."
                )
                circle = self.circles[name]
                self.folder.follow("noise_peers", name)
                return {
                    "noise_peers": [
                        self._sitting("noise_peers", seed, definition, circle=circle)
                        for seed, definition in made.items()
                    ]
                }
        quoted = f"in '{wanted}' no seat reads" if wanted else "in no arm a seat reads"
        why = f"{quoted} what another wrote" if len(self.experiment.problems) > 1 else "it needs two problems"
        self.notes.append(f"'noise_peers' was left out: {why}.")
        return {}

    def _sitting(
        self,
        arm: str,
        seed: int,
        definition: Definition,
        folder: Path | None = None,
        circle: Circle | None = None,
    ) -> Sitting:
        drafts = self.drafts[circle.name, seed] if circle is not None else None
        definition = replace(definition, source={"experiment": self.experiment.name, "arm": arm})
        return Sitting(
            arm,
            seed,
            definition,
            tuple(self.experiment.problems),
            folder or self.folder.arm(arm, seed),
            drafts,
        )

    def _hold(self, room: Room, sittings: Mapping[str, list[Sitting]]) -> None:
        self.sittings.update(sittings)
        room.hold([sitting for held in sittings.values() for sitting in held])
        for name, held in sittings.items():
            self.scored[name] = [pair for sitting in held for pair in self._scorer.results(sitting)]

    def _spent(self, arm: str) -> Spent:
        costs: dict[int, dict[str, Cost]] = {seed: {} for seed in self.experiment.seeds}
        rounds: dict[int, dict[str, float]] = {seed: {} for seed in self.experiment.seeds}
        for result, _ in self.scored[arm]:
            costs[result.seed][result.problem] = result.cost
            rounds[result.seed][result.problem] = float(result.rounds)
        return Spent(arm, costs, rounds)

    def _table(self, best: Best) -> Comparison:
        order = [arm.name for arm in self.experiment.everything]
        order += [name for name in CONTROLS if name in self.scored]
        results = {name: [result for result, _ in self.scored[name]] for name in order}
        comparison = tabulate(
            self.experiment,
            results,
            about=self._about(),
            scores={name: whole_sets(self.experiment, self.scored[name]) for name in order},
            notes=[*first_notes(self.experiment, best, self._voices()), *self.notes],
        )
        told = (*comparison.notes, *unequal_notes(comparison.columns), *lenient_notes(comparison.columns))
        comparison = comparison.model_copy(update={"notes": told})
        self.folder.write([result for name in order for result in results[name]], comparison)
        return comparison

    def _about(self) -> dict[str, str]:
        one = self.experiment
        arms = {arm.name: arm.about or said_of(one.definition(arm, one.seeds[0])) for arm in one.everything}
        return {**arms, **CONTROLS}
