"""A reproduction: a published experiment as data, and the experiment of Quorate that it becomes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from quorate.evaluate import Problem
from quorate.experiments import Experiment, build_experiment
from quorate.experiments.experiment import MOST_EXPENSIVE
from quorate.nouns import Question
from quorate.reproduce.cast import Cast, Spec, seat_models
from quorate.reproduce.counting import most_calls
from quorate.reproduce.published import Expected, Finding, Published

DEVELOPMENT = 30
"""Problems of the pool's development split on which the best of several members is chosen."""


@dataclass(frozen=True)
class Reproduction:
    """A published experiment.

    Parameters
    ----------
    name, title : str
        What it is called here, and what it is about.
    source : str
        The paper.
    cast : Cast
        Who sits there.
    arms, controls : mapping
        As in `Experiment`, as plain data.
    problems : mapping
        The source of problems with models of the user's own (see `read_problems`); on the embedded pool it is
        always the pool's own.
    count : int
        How many problems, where nothing else is said.
    table : tuple of str
        Seats of the common table, whose first drafts the arms share; all of the cast's when empty. Arms name
        the others among their `agents`.
    simpler : mapping of str to mapping
        What some values of options of arms become on the embedded pool, whose members know some prompts only.
    reference, budget : str
        As in `Experiment`.
    published, findings, expected
        Its figures, its claims, and in what one must expect to differ.
    drifts : tuple of str
        Arms whose rounds are tested for drift (see `quorate.evaluate.dynamics.drift`).
    """

    name: str
    title: str
    source: str
    cast: Cast
    arms: Mapping[str, Mapping[str, Any]]
    problems: Mapping[str, Any]
    published: tuple[Published, ...]
    findings: tuple[Finding, ...]
    expected: tuple[Expected, ...]
    controls: Mapping[str, Any] = field(default_factory=dict)
    count: int = 100
    table: tuple[str, ...] = ()
    simpler: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    reference: str = "vote"
    budget: str = MOST_EXPENSIVE
    drifts: tuple[str, ...] = ()

    def experiment(
        self,
        seated: Mapping[str, Any],
        problems: Mapping[str, Any] | Sequence[Problem],
        *,
        seed: int = 0,
        pooled: bool = False,
    ) -> Experiment:
        """Return the experiment.

        Parameters
        ----------
        seated : mapping
            `agents` and `offices`, as `seat_pool` and `seat_models` return them.
        problems : mapping, or sequence of Problem
            A source of problems, or problems.
        seed : int
            Of every draw.
        pooled : bool
            Whether members of the embedded pool sit there.
        """
        given = None if isinstance(problems, Mapping) else list(problems)
        data: dict[str, Any] = {
            "name": f"{self.name}: {self.title}",
            "problems": dict(problems) if isinstance(problems, Mapping) else {},
            "agents": self._common(seated["agents"]),
            "offices": seated["offices"],
            "arms": {name: self._arm(arm, seated["agents"], pooled) for name, arm in self.arms.items()},
            "seeds": [seed],
            "controls": dict(self.controls),
            "reference": self.reference,
            "budget": self.budget,
        }
        if pooled and given is None and "pool" in problems and not self.cast.alike:
            about = {"kind": self.cast.kind, "split": "development"}
            data["development"] = {"pool": about, "count": DEVELOPMENT, "seed": seed}
        return build_experiment(data, where=self.name, folder=Path.cwd(), problems=given)

    def _common(self, agents: Sequence[Spec]) -> list[Spec]:
        return [agent for agent in agents if not self.table or agent["name"] in self.table]

    def _arm(self, arm: Mapping[str, Any], agents: Sequence[Spec], pooled: bool) -> dict[str, Any]:
        """Return an arm with agents for the names that are not at the common table."""
        common = {agent["name"] for agent in self._common(agents)}
        apart = {agent["name"]: agent for agent in agents if agent["name"] not in common}
        made = {**arm}
        for option, instead in self.simpler.items() if pooled else ():
            if option in made:
                made[option] = instead.get(made[option], made[option])
        if apart and "agents" in made:
            made["agents"] = [apart.get(name, name) for name in made["agents"]]
        return made

    @property
    def calls(self) -> int:
        """The most calls that its arms make on one question."""
        voice = {"model": {"scripted": {"script": "Answer: 5"}}}
        seated = seat_models(self.cast, [voice], sampling={"temperature": 1.0})
        return most_calls(self.experiment(seated, [Problem(question=Question(text="2+3?"), gold="5")]))
