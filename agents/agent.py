"""An agent is a name, a model, a role prompt and sampling settings; a model answers batches of requests.

Several agents may share one model. The engine collects what waits for a model, over all agents and
questions, and hands it over in one call, so a model sees the largest batch there is:

    Request(agent=Agent("ada", model, role="You check units."), ask=Ask(...), seed=123)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, runtime_checkable

from pydantic import Field

from quorate.errors import BadOption
from quorate.nouns import Ask, Noun, Reply


class Sampling(Noun):
    """How an agent's model draws its tokens.

    `temperature` 0 is greedy. `answering="options"` makes a question with choices be answered by the
    option with the highest log-likelihood after the written text, which every model can do.
    """

    temperature: float = Field(0.7, ge=0)
    top_p: float = Field(1.0, gt=0, le=1)
    max_tokens: int = Field(512, ge=1)
    stop: tuple[str, ...] = ()
    answering: Literal["text", "options"] = "text"


@dataclass(frozen=True)
class Agent:
    """Who speaks: a name, a model, a role prompt (the system message) and sampling settings.

    `adapter` names the fine-tuning this agent speaks with: for local transformers the folder or hub name
    of a LoRA adapter, for an endpoint the served model's name.

    Examples
    --------
    >>> from quorate.agents import Scripted
    >>> Agent("ada", Scripted("Answer: 5"), role="You add numbers.").name
    'ada'
    """

    name: str
    model: Model
    role: str = ""
    adapter: str | None = None
    sampling: Sampling = field(default_factory=Sampling)

    def __post_init__(self) -> None:
        if not self.name.strip() or not self.name.isprintable():
            raise BadOption(f"An agent needs a printable name, not {self.name!r}.")


@dataclass(frozen=True, slots=True)
class Request:
    """One ask on its way to a model: who asks with which voice, what, and the seed of its draws."""

    agent: Agent
    ask: Ask
    seed: int


@runtime_checkable
class Model(Protocol):
    """What answers. Implement these five and any system can sit at the table.

    `lanes` says how many calls of `reply` may run at once, each in a thread of its own; 0 means that
    answers come at once and may be given in the engine's own thread. `batch` is the most requests that
    one call takes; None means any number.
    """

    lanes: int
    batch: int | None

    def prepare(self, agents: Sequence[Agent]) -> None:
        """Load what these agents need; raise a ModelError that says what is wrong before anything runs."""
        ...

    def reply(self, requests: Sequence[Request]) -> Iterator[tuple[int, Reply | Exception]]:
        """Yield `(index of the request, its reply or what went wrong)`, each as soon as it is there."""
        ...

    def describe(self) -> Mapping[str, Any]:
        """Return plain data that identifies this model in a manifest: path, revision, hashes; no secrets."""
        ...

    def close(self) -> None:
        """Give up what is in flight and free what is held; may be called twice."""
        ...
