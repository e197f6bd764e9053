"""A model that is asked each thing once: comparisons in which all arms share their first drafts.

    base = Remembered(LocalModel("./pool"))

Two protocols that ask the same agent the same thing with the same seed get the same reply, and only the first
one waits for it. What is remembered stays in memory; the reported tokens are those of the reply itself, so
that every arm is charged for what it would have cost alone.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any

from quorate.agents.agent import Agent, Model, Request
from quorate.nouns import Reply


class Remembered:
    """Answer with another model, and remember its replies.

    Parameters
    ----------
    model : Model
        Who really answers. Failures are not remembered.

    Examples
    --------
    >>> from quorate.agents import Agent, Scripted
    >>> from quorate.nouns import Ask, Question
    >>> ada = Agent("ada", Remembered(Scripted(["Answer: 5", "Answer: 6"])))
    >>> ask = Ask(seat="ada", act="draft", turn=0, question=Question(text="2+3?"), instruction="What is 2+3?")
    >>> for _ in range(2):
    ...     [(_, reply)] = ada.model.reply([Request(ada, ask, seed=1)])
    ...     print(reply.text)
    Answer: 5
    Answer: 5
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self.lanes = model.lanes
        self.batch = model.batch
        self._replies: dict[Hashable, Reply] = {}

    def prepare(self, agents: Sequence[Agent]) -> None:
        """Let the model load what these agents need."""
        self.model.prepare(agents)

    def reply(self, requests: Sequence[Request]) -> Iterator[tuple[int, Reply | Exception]]:
        """Yield what is remembered at once, then what the model says to the rest, each thing asked once."""
        waiting: dict[Hashable, list[int]] = {}
        for index, request in enumerate(requests):
            key = _key(request)
            if key in self._replies:
                yield index, self._replies[key]
            else:
                waiting.setdefault(key, []).append(index)
        keys = list(waiting)
        for place, reply in self.model.reply([requests[waiting[key][0]] for key in keys]) if keys else ():
            if isinstance(reply, Reply):
                self._replies[keys[place]] = reply
            for index in waiting[keys[place]]:
                yield index, reply

    def describe(self) -> Mapping[str, Any]:
        """Return what identifies the model that really answers."""
        return self.model.describe()

    def close(self) -> None:
        """Close the model; what is remembered stays."""
        self.model.close()


def _key(request: Request) -> Hashable:
    """Return everything a reply may depend on; a greedy one does not depend on the seed."""
    agent, ask = request.agent, request.ask
    past = tuple((exchange.instruction, exchange.message.text) for exchange in ask.past)
    seed = request.seed if agent.sampling.temperature else None
    choices = ask.question.choices if agent.sampling.answering == "options" else ()
    voice = (agent.name, agent.adapter, agent.role, agent.sampling)
    return (*voice, ask.instruction, past, ask.expects, ask.stretches, choices, seed)
