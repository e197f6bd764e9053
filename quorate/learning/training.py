"""A training: where learning by policy gradient stands, and what one iteration of it does.

draw graphs -> try each on its question -> utility -> gradient step -> prune or drop, where it is time
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from quorate.errors import ModelError
from quorate.evaluate import Problem
from quorate.evaluate.dynamics.shifts import Bools
from quorate.learning.policy import Policy
from quorate.learning.recipes import Phase, Recipe
from quorate.learning.trials import Trial, Trials
from quorate.nouns import Noun
from quorate.topologies.learned_graphs import LearnedEdge, LearnedGraph, LearnedTurn


class Step(Noun):
    """What one iteration did: where it stands, how its graphs fared, and how many edges are left.

    `utility` and `right` are means over the graphs tried; `edges` counts those that may still be drawn, over
    all graphs that are learned.
    """

    phase: int
    iteration: int
    of: int
    utility: float
    right: float
    tokens: float
    edges: int

    def __str__(self) -> str:
        """Tell it in a line."""
        return (
            f"iteration {self.iteration} of {self.of}: {self.right:.0%} right, utility {self.utility:+.2f}, "
            f"{self.edges} edges left"
        )


class Training:
    """Where a training stands: the phase, the iteration, the policy, and how the graphs have fared.

    Parameters
    ----------
    recipe : Recipe
    candidates : array of bool, shape (graphs, seats, seats)
        The edges that may be drawn; [k, u, v] says that v may hear u.
    trials : Trials
        Where graphs are tried.
    problems : sequence of Problem
        Each with its gold answer.
    """

    def __init__(
        self, recipe: Recipe, candidates: Bools, trials: Trials, problems: Sequence[Problem]
    ) -> None:
        self.phase = self.iteration = 0
        self._recipe = recipe
        self._weighed = candidates
        self._candidates = candidates.copy()
        self._trials = trials
        self._problems = problems
        self._policy = self._fresh()
        self._dropped: list[list[int]] = [[] for _ in candidates]
        self._utilities: list[float] = []
        self._means: list[float] = []
        self._spent = {"trials": 0, "with_failures": 0, "calls": 0, "tokens": 0}

    def _fresh(self) -> Policy:
        return Policy(self._candidates, first=self._recipe.first, learning_rate=self._recipe.learning_rate)

    def iterate(self) -> Step:
        """Draw graphs, try them, learn from them; then prune or drop where it is time."""
        phase = self._recipe.phases[self.phase]
        tried = self._try(phase)
        utilities = [trial.utility(self._recipe.token_price) for trial in tried]
        base = self._baseline(utilities)
        loss = self._policy.loss([trial.drawn for trial in tried], [value - base for value in utilities])
        self._policy.step(loss + self._policy.rank_penalty(phase.delta) if phase.low_rank else loss)
        self._utilities = [*self._utilities, *utilities][-self._recipe.window :]
        self._means.append(float(np.mean(utilities)))
        self.iteration += 1
        if phase.prune and self.iteration % phase.every == 0:
            self._policy.prune(phase.prune)
        step = self._told(tried)
        if self.iteration == phase.iterations:
            self._end(phase)
        return step

    def _try(self, phase: Phase) -> list[Trial]:
        start = self.iteration * phase.batch
        trials = [
            Trial(problem, f"{problem.question.id}~{self.phase}.{self.iteration}.{place}.{copy}")
            for place in range(phase.batch)
            for problem in [self._problems[(start + place) % len(self._problems)]]
            for copy in range(self._recipe.graphs)
        ]
        self._trials.hold(trials, self._policy.draw)
        outcomes = [trial.outcome for trial in trials if trial.outcome is not None]
        if all(outcome.failed and outcome.answer is None for outcome in outcomes):
            raise ModelError(
                f"In iteration {self._done + 1} agents failed in every debate and none came to an answer: "
                "nothing can be learned. See that the models answer, then go on with the same checkpoint."
            )
        self._spent["trials"] += len(trials)
        self._spent["with_failures"] += sum(bool(outcome.failed) for outcome in outcomes)
        self._spent["calls"] += sum(outcome.calls for outcome in outcomes)
        self._spent["tokens"] += sum(trial.tokens for trial in trials)
        return trials

    def _baseline(self, utilities: Sequence[float]) -> float:
        if self._recipe.baseline == "none":
            return 0.0
        return float(np.mean(self._utilities or utilities))

    @property
    def _done(self) -> int:
        """The iterations of all phases so far."""
        return sum(phase.iterations for phase in self._recipe.phases[: self.phase]) + self.iteration

    def _told(self, tried: Sequence[Trial]) -> Step:
        return Step(
            phase=self.phase + 1,
            iteration=self._done,
            of=self._recipe.iterations,
            utility=self._means[-1],
            right=float(np.mean([trial.right for trial in tried])),
            tokens=float(np.mean([trial.tokens for trial in tried])),
            edges=int(self._policy.open.sum()),
        )

    def _end(self, phase: Phase) -> None:
        """Go to the next phase, without the agents that this one drops."""
        if phase.drop:
            self._dropped = self._policy.weakest(phase.drop)
            for place, seats in enumerate(self._dropped):
                for edges in (self._candidates, self._policy.open):
                    edges[place, seats, :] = edges[place, :, seats] = False
        self.phase, self.iteration = self.phase + 1, 0
        if self.phase < len(self._recipe.phases):
            self._policy = self._fresh()

    def state(self) -> dict[str, Any]:
        """Return where it stands, as plain data."""
        return {
            "phase": self.phase,
            "iteration": self.iteration,
            "candidates": self._candidates.tolist(),
            "policy": self._policy.state(),
            "dropped": self._dropped,
            "utilities": self._utilities,
            "means": self._means,
            "spent": self._spent,
        }

    def resume(self, state: Mapping[str, Any] | None) -> None:
        """Go on from a state that was kept; from the start without one."""
        if state is None:
            return
        self.phase, self.iteration = state["phase"], state["iteration"]
        self._candidates = np.array(state["candidates"], dtype=np.bool_)
        self._policy.restore(state["policy"])
        self._dropped = state["dropped"]
        self._utilities, self._means = state["utilities"], state["means"]
        self._spent = state["spent"]

    def result(self, seats: Sequence[str], seed: int) -> LearnedGraph:
        """Return what was learned."""
        turns = tuple(
            LearnedTurn(edges=self._edges(place, seats), dropped=tuple(seats[at] for at in dropped))
            for place, dropped in enumerate(self._dropped)
        )
        about = {
            "recipe": self._recipe.model_dump(mode="json"),
            "seed": seed,
            "problems": len(self._problems),
            **self._spent,
        }
        return LearnedGraph(
            seats=tuple(seats),
            turns=turns,
            method=self._recipe.name,
            about=about,
            utilities=tuple(round(mean, 6) for mean in self._means),
        )

    def _edges(self, place: int, seats: Sequence[str]) -> tuple[LearnedEdge, ...]:
        """Return every edge that was weighed for a graph, with what became of it."""
        likely = self._policy.logits.detach().sigmoid().numpy()[place]
        dropped, left = self._dropped[place], self._policy.open[place]
        found = []
        for u, v in np.argwhere(self._weighed[place]):
            gone = [seats[at] for at in (u, v) if at in dropped]
            why = f"{gone[0]} was dropped" if gone else "" if left[u, v] else "pruned"
            chance = 0.0 if gone else round(float(likely[u, v]), 6)
            found.append(
                LearnedEdge(
                    heard=seats[u], hearer=seats[v], probability=chance, kept=bool(left[u, v]), why=why
                )
            )
        return tuple(found)
