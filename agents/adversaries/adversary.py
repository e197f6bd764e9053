"""An adversary: a model that plays a part in the place of an honest one, and asks that one what it needs.

Adversary(LocalModel("./base"), "stubborn", drafting=Prompts.load().draft)

A part is a generator, as a protocol is one: it yields the requests it wants put to the honest model, is sent
the replies, and returns its own. It keeps nothing from one call to the next. What it must know of its own
past, its honest draft, it asks for again: remembered within a process, and drawn with a seed of its own, so
that a run that is resumed elsewhere goes on as it would have. That holds as far as the honest model keeps to
its seeds: a server that ignores them drafts anew in a new process. The gold answer never comes near it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from quorate.agents.agent import Agent, Model, Request
from quorate.agents.remembered import Remembered
from quorate.errors import ModelError
from quorate.nouns import Ask, Question, Reply, derive_seed
from quorate.registry import Registry, label, spell

Play = Generator[Request, Reply, Reply]
"""What a part is: yields requests to honest models, is sent their replies, returns the adversary's own."""

Drafting = Callable[[Question], str]
"""The instruction for a first draft, as protocols give it: `Prompts.load().draft`."""

JUDGING = frozenset({"approve", "choose", "compare", "judge", "object", "rank", "score", "select", "trust"})
"""Acts in which a seat does not speak for an answer of its own, whatever it is asked to end with."""

_ANY = Ask(seat="", act="draft", turn=0, question=Question(text="?"), instruction="?")

adversary = Registry("adversary", "quorate.agents.adversaries.parts")
"""The parts by name: `@adversary` files one, and an entry point `quorate.adversary` adds a third party's."""


@dataclass(frozen=True)
class Scene:
    """One ask as a part sees it.

    Parameters
    ----------
    request : Request
        What was asked, with the honest model in the agent's place.
    drafting : callable
        `Question -> str`: the instruction for an honest draft.
    leader : Agent
        Whose honest draft colluders start from.
    seed : int
        Root of the adversary's own draws.
    """

    request: Request
    drafting: Drafting
    leader: Agent
    seed: int = 0

    @property
    def ask(self) -> Ask:
        """What was asked."""
        return self.request.ask

    @property
    def answers(self) -> bool:
        """Whether the seat is to state an answer of its own; if not, it criticises, judges or votes."""
        return self.ask.expects == "answer" and self.ask.act not in JUDGING

    @property
    def opens(self) -> bool:
        """Whether this is a first draft, to which the tokens of the honest draft belong."""
        return self.ask.act == "draft" or self.ask.turn == 0

    def draft(self, voice: Agent | None = None) -> Request:
        """Return the request for an honest draft, of this seat or of another agent: always the same one."""
        voice = voice or self.request.agent
        question = self.ask.question
        ask = Ask(
            seat=voice.name,
            act="draft",
            turn=0,
            question=question,
            instruction=self.drafting(question),
            expects="answer",
            stretches=self.ask.stretches,
        )
        return Request(voice, ask, derive_seed(self.seed, question.id, voice.name, "honest draft"))

    def rng(self, *parts: object) -> random.Random:
        """Return a generator of draws that depend on the question and `parts`, not on when they are made."""
        return random.Random(derive_seed(self.seed, self.ask.question.id, *parts))


class Adversary:
    """Play a part in the place of a model.

    Tokens are those that a model really read and wrote: the honest draft that a statement starts from is
    charged where it was first needed, and a text that is made without a model costs nothing. It is drawn from
    the shipped draft prompt with a seed of its own, so with a greedy agent it is the draft that the honest
    agent makes.

    Parameters
    ----------
    model : Model
        Who answers where the part is honest. A `Remembered` one is used as it is, so that several
        adversaries may share the drafts they start from.
    part : name, mapping or callable
        Which part: a registered name, `{name: options}`, or `(Scene) -> Play`.
    drafting : callable
        `Question -> str`: the instruction for an honest draft.
    leader : Agent, optional
        Whose honest draft colluders start from; each starts from its own when left out.
    seed : int
        Root of the adversary's own draws.

    Raises
    ------
    UnknownName, BadOption
        For a part that does not exist, or options it does not have.

    Examples
    --------
    >>> from quorate.agents import Scripted
    >>> ada = Agent("ada", Adversary(Scripted(["Answer: 4", "Answer: 5"]), "stubborn", drafting=str))
    >>> ask = Ask(seat="ada", act="revise", turn=1, question=Question(text="2+3?"), instruction="Again.",
    ...           expects="answer")
    >>> [reply.text for _, reply in ada.model.reply([Request(ada, ask, seed=0)])]
    ['Answer: 4']
    """

    def __init__(
        self, model: Model, part: Any, *, drafting: Drafting, leader: Agent | None = None, seed: int = 0
    ) -> None:
        self.part: Callable[[Scene], Play] = adversary.resolve(part)
        self.model = model if isinstance(model, Remembered) else Remembered(model)
        self.leader = leader
        self.lanes = model.lanes
        self.batch = model.batch
        self._drafting = drafting
        self._seed = seed

    def prepare(self, agents: Sequence[Agent]) -> None:
        """Let the honest model load what these agents need, and the leader's what it needs.

        Raises
        ------
        BadOption
            For an impossible option of the part.
        """
        for agent in agents[:1]:
            self.part(self._scene(Request(agent, _ANY, 0))).close()
        self.model.prepare([self._honest(agent) for agent in agents])
        if self.leader is not None:
            self.leader.model.prepare([self.leader])

    def reply(self, requests: Sequence[Request]) -> Iterator[tuple[int, Reply | Exception]]:
        """Play every request; what the parts ask at the same time goes to the honest models in one batch."""
        plays: dict[int, Play] = {}
        waiting: dict[int, Request] = {}
        for index, request in enumerate(requests):
            plays[index] = self.part(self._scene(request))
            yield from _advance(plays, waiting, index, None)
        while waiting:
            asked, waiting = waiting, {}
            for index, said in _answers(asked):
                if isinstance(said, Reply):
                    yield from _advance(plays, waiting, index, said)
                else:
                    plays[index].close()
                    yield index, said

    def describe(self) -> Mapping[str, Any]:
        """Return what identifies the honest model, and the part that is played in its place."""
        known: dict[str, Any] = {"part": spell(self.part), "seed": self._seed}
        if self.leader is not None:
            known["leader"] = self.leader.name
        return {**self.model.describe(), "adversary": known}

    def close(self) -> None:
        """Close the honest model."""
        self.model.close()

    def _honest(self, agent: Agent) -> Agent:
        return replace(agent, model=self.model)

    def _scene(self, request: Request) -> Scene:
        honest = replace(request, agent=self._honest(request.agent))
        return Scene(honest, self._drafting, self.leader or honest.agent, self._seed)


def _advance(
    plays: Mapping[int, Play], waiting: dict[int, Request], index: int, said: Reply | None
) -> Iterator[tuple[int, Reply | Exception]]:
    """Let a part go on until its next request, which then waits; or yield what came of it."""
    try:
        play = plays[index]
        waiting[index] = next(play) if said is None else play.send(said)
    except StopIteration as end:
        if isinstance(end.value, Reply):
            yield index, end.value
        else:
            kind = type(end.value).__name__
            yield index, ModelError(f"An adversary's part returned {kind} instead of a Reply.")
    except Exception as problem:
        yield index, problem


def _answers(asked: Mapping[int, Request]) -> Iterator[tuple[int, Reply | Exception]]:
    """Put requests to the models of their agents, those of one model in one call."""
    models: dict[int, Model] = {}
    places: dict[int, list[int]] = {}
    for index, request in asked.items():
        models[id(request.agent.model)] = request.agent.model
        places.setdefault(id(request.agent.model), []).append(index)
    for key, indices in places.items():
        for place, said in models[key].reply([asked[index] for index in indices]):
            yield indices[place], said


def part_of(model: Model) -> str | None:
    """Return the name of the part that a model plays; None for an honest one.

    Examples
    --------
    >>> from quorate.agents import Scripted
    >>> part_of(Adversary(Scripted("5"), "copying", drafting=str)), part_of(Scripted("5"))
    ('copying', None)
    """
    return label(model.part) if isinstance(model, Adversary) else None
