"""Planting adversaries at a table: the same seats, names and voices, some of them with a part to play.

plant(agents, {"bo": "stubborn"})
plant(agents, {"bo": "colluding", "cy": "colluding"})        both say what is made of bo's honest draft
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from quorate.agents.adversaries import Adversary, adversary
from quorate.agents.agent import Agent, Model
from quorate.agents.remembered import Remembered
from quorate.errors import BadOption, did_you_mean
from quorate.protocols.prompting import Prompts
from quorate.registry import label

COLLUDING = "colluding"


class Plants:
    """Makes adversaries of agents, so that all of one part on one model are one model.

    They then share batches and the honest drafts they start from, at one table or at many.

    Parameters
    ----------
    leader : Agent, optional
        Whose honest draft colluders start from; the first colluder when left out.
    prompts : str, optional
        A folder of prompt files that override the shipped ones, as protocols take it.
    seed : int
        Root of the adversaries' own draws.

    Examples
    --------
    >>> from quorate.agents import Scripted
    >>> ada = Agent("ada", Scripted("Answer: 5"))
    >>> plants = Plants()
    >>> plants(ada, "stubborn").model is plants(ada, "stubborn").model
    True
    """

    def __init__(self, leader: Agent | None = None, *, prompts: str | None = None, seed: int = 0) -> None:
        self._drafting = Prompts.load(prompts).draft
        self._seed = seed
        self._fronts: dict[int, Remembered] = {}
        self._made: dict[tuple[int, str], Adversary] = {}
        self._leader = None if leader is None else self._fronted(leader)

    def __call__(self, agent: Agent, part: Any) -> Agent:
        """Return the agent with an adversary in the place of its model.

        Raises
        ------
        UnknownName, BadOption
            For a part that does not exist, or options it does not have.
        """
        colludes = label(adversary.resolve(part)) == COLLUDING
        if colludes and self._leader is None:
            self._leader = self._fronted(agent)
        key = (id(agent.model), str(part))
        if key not in self._made:
            self._made[key] = Adversary(
                self._front(agent.model),
                part,
                drafting=self._drafting,
                leader=self._leader if colludes else None,
                seed=self._seed,
            )
        return replace(agent, model=self._made[key])

    def _fronted(self, agent: Agent) -> Agent:
        return replace(agent, model=self._front(agent.model))

    def _front(self, model: Model) -> Remembered:
        """Return the one memory in front of a model; it keeps the model from being thrown away."""
        return self._fronts.setdefault(id(model), Remembered(model))


def plant(
    agents: Sequence[Agent], parts: Mapping[str, Any], *, prompts: str | None = None, seed: int = 0
) -> list[Agent]:
    """Return the agents with adversaries among them.

    Parameters
    ----------
    agents : sequence of Agent
        The table.
    parts : mapping of str to name, mapping or callable
        What each adversary plays, by seat: `quorate.agents.adversaries` has the parts.
    prompts : str, optional
        A folder of prompt files that override the shipped ones.
    seed : int
        Root of the adversaries' own draws.

    Raises
    ------
    BadOption
        For a seat that is not at the table, or a part that does not exist.

    Examples
    --------
    >>> from quorate.agents import Scripted
    >>> from quorate.definition import deliberate
    >>> model = Scripted("2+3=5. Answer: 5")
    >>> agents = [Agent(name, model) for name in ("ada", "bo", "cy")]
    >>> outcome = deliberate("2+3?", plant(agents, {"bo": "confidently_wrong"}), protocol="vote")
    >>> outcome.answer, [(one.seat, one.answer != "5") for one in outcome.dissent]
    ('5', [('bo', True)])
    """
    seats = [agent.name for agent in agents]
    for seat in parts:
        if seat not in seats:
            raise BadOption(f"There is no agent '{seat}' to plant. {did_you_mean(str(seat), seats)}")
    plants = Plants(prompts=prompts, seed=seed)
    return [plants(agent, parts[agent.name]) if agent.name in parts else agent for agent in agents]
