"""A panel as a model and as a solver of Inspect, so that any of its tasks runs on a deliberation.

    inspect eval theory.py --model quorate/study.yaml --max-samples 64
    inspect eval biology.py --model none --solver quorate/deliberate -S definition=study.yaml

As a model, a panel is asked whatever a task's own solver says. As a solver, it is asked the sample's own
question with the sample's own choices, in the words of Quorate's prompts. Both go through one open table, so
that the samples under way share batches; raise `--max-samples` to have more of them.
"""

from __future__ import annotations

import atexit
import hashlib
import threading
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import anyio
from inspect_ai.model import (
    ChatCompletionChoice,
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageUser,
    ContentReasoning,
    ContentText,
    GenerateConfig,
    Model,
    ModelAPI,
    ModelOutput,
    ModelUsage,
    get_model,
    modelapi,
)
from inspect_ai.solver import Generate, Solver, TaskState, solver
from inspect_ai.tool import ToolChoice, ToolInfo

from quorate.errors import BadOption, ModelError
from quorate.nouns import AnswerKind, Question
from quorate.serving.conversation import one_text
from quorate.serving.minutes import Minutes
from quorate.serving.panel import Panel
from quorate.serving.sitting import Sitting

if TYPE_CHECKING:
    from concurrent.futures import Future

    from quorate.nouns import Outcome

OWN = "quorate"
"""Key of a message's metadata that says more about its question, of an output's that says what came out."""
SHIPPED = "pool"
"""Name of the model that is the shipped pool."""


class _Deliberations(ModelAPI):
    """Answers Inspect's requests by deliberations.

    Parameters
    ----------
    model_name : str
        The path of a definition, or "pool" for the specialists of a pool.
    pool : str, optional
        A pool of your own.
    kind : optional
        How answers are compared; see `Panel`.
    definition : Definition, optional
        Instead of a path.

    Raises
    ------
    QuorateError
        When there is no such definition or pool.
    """

    def __init__(
        self,
        model_name: str,
        base_url: str | None = None,
        api_key: str | None = None,
        config: GenerateConfig = GenerateConfig(),  # noqa: B008
        *,
        definition: Any = None,
        pool: str | None = None,
        kind: AnswerKind | None = None,
    ) -> None:
        super().__init__(model_name, base_url, api_key, [], config)
        if definition is None and model_name != SHIPPED:
            definition = model_name
        self.panel = Panel.of(definition, pool=pool, kind=kind)
        self._lock = threading.Lock()
        self._sitting: Sitting | None = None
        self._limiter: anyio.CapacityLimiter | None = None
        self._asked: Counter[str] = Counter()

    def max_connections(self) -> int:
        """Return how many questions may be open at the same time."""
        return self.panel.definition.at_once

    def connection_key(self) -> str:
        """Return what tells panels apart."""
        return f"quorate/{self.model_name}/{id(self)}"

    def close(self) -> None:
        """Close the table; the next request opens it again."""
        with self._lock:
            sitting, self._sitting = self._sitting, None
        if sitting is not None:
            atexit.unregister(self.close)
            sitting.__exit__(None, None, None)

    async def generate(
        self,
        input: list[ChatMessage],
        tools: list[ToolInfo],
        tool_choice: ToolChoice,
        config: GenerateConfig,
    ) -> ModelOutput:
        """Deliberate on the last message; the rounds are the reasoning of the answer.

        Raises
        ------
        BadOption
            When tools are offered, or several answers are wanted.
        ModelError
            When every agent failed.
        """
        if tools and tool_choice != "none":
            raise BadOption("A deliberation answers in text and calls no tools; leave them out of the task.")
        if config.num_choices not in (None, 1):
            raise BadOption("A deliberation has one answer; leave num_choices at 1.")
        question = self._question(input)
        minutes = Minutes(question, self.panel.readable)
        sitting = await anyio.to_thread.run_sync(self._open)
        future = sitting.put(question, minutes)
        try:
            await anyio.to_thread.run_sync(_wait, future, abandon_on_cancel=True, limiter=self._places())
        finally:
            future.cancel()
        if minutes.nobody_answered:
            first = minutes.messages[0]
            raise ModelError(f"Every agent failed; {first.seat} says: {first.error}")
        return self._output(minutes)

    def _open(self) -> Sitting:
        with self._lock:
            if self._sitting is None or not self._sitting.open:
                self._sitting = Sitting(self.panel.definition).__enter__()
                atexit.register(self.close)
            return self._sitting

    def _places(self) -> anyio.CapacityLimiter:
        if self._limiter is None:
            self._limiter = anyio.CapacityLimiter(self.max_connections())
        return self._limiter

    def _question(self, messages: Sequence[ChatMessage]) -> Question:
        about = dict((messages[-1].metadata or {}).get(OWN) or {})
        text = one_text([message.role for message in messages], [_text(message) for message in messages])
        choices = tuple(about.get("choices") or ())
        return Question(
            id=self._named(about.get("name"), text, choices),
            text=text,
            choices=choices,
            kind="choice" if choices else self.panel.kind,
        )

    def _named(self, name: str | None, text: str, choices: Sequence[str]) -> str:
        """Name a question by what it says; the second of equal ones, an epoch, has draws of its own."""
        said = "\x1f".join([text, *choices]).encode("utf-8", "replace")
        digest = hashlib.blake2b(said, digest_size=8).hexdigest()
        if name is not None:
            return f"{digest}-{name}"
        with self._lock:
            self._asked[digest] += 1
            return f"{digest}-{self._asked[digest]}"

    def _output(self, minutes: Minutes) -> ModelOutput:
        content = [ContentReasoning(reasoning=minutes.account()), ContentText(text=minutes.closing())]
        message = ChatMessageAssistant(content=list(content), model=self.model_name, source="generate")
        usage = ModelUsage(
            input_tokens=minutes.tokens_in - minutes.tokens_cached,
            input_tokens_cache_read=minutes.tokens_cached,
            output_tokens=minutes.tokens_out,
            total_tokens=minutes.tokens_in + minutes.tokens_out,
        )
        return ModelOutput(
            model=self.model_name,
            choices=[ChatCompletionChoice(message=message, stop_reason="stop")],
            usage=usage,
            metadata={OWN: minutes.about()},
        )


@modelapi("quorate")
def deliberations() -> type[ModelAPI]:
    """Tell Inspect about the models called `quorate/...`: a path of a definition, or `quorate/pool`."""
    return _Deliberations


@solver
def deliberate(
    definition: Any = None,
    pool: str | None = None,
    kind: AnswerKind | None = None,
) -> Solver:
    """Solve samples by deliberating on their own question, with their own choices.

    A multiple-choice sample is to be scored with `choice`: the decision is marked among its choices (one of
    them, also where several are right). The model that the evaluation names is not asked; `none` will do.

    Parameters
    ----------
    definition : str or Definition, optional
        Who deliberates and how; the specialists of the shipped pool when None.
    pool : str, optional
        A pool of your own.
    kind : optional
        How answers to questions without choices are compared; see `Panel`.
    """
    model: list[Model] = []

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        if not model:
            given = {"definition": definition, "pool": pool, "kind": kind}
            model.append(get_model(f"quorate/{_called(definition)}", memoize=False, **given))
        about: dict[str, Any] = {"name": f"{state.sample_id}-{state.epoch}"}
        if state.choices:
            about["choices"] = [choice.value for choice in state.choices]
        *before, last = state.messages
        asked = ChatMessageUser(content=last.content, metadata={OWN: about})
        state.output = await model[0].generate([*before, asked if last.role == "user" else last])
        state.messages.append(state.output.message)
        answer = (state.output.metadata or {})[OWN]["answer"]
        labels = Question(text="?", choices=tuple(about["choices"])).labels if state.choices else ()
        for place, label in enumerate(labels):
            state.choices.mark_choice(place, label == answer)
        return state

    return solve


def _called(definition: Any) -> str:
    if definition is None:
        return SHIPPED
    return definition if isinstance(definition, str) else "definition"


def _wait(future: Future[Outcome]) -> Outcome:
    return future.result()


def _text(message: ChatMessage) -> str:
    if not isinstance(message.content, str):
        for part in message.content:
            if not isinstance(part, (ContentText, ContentReasoning)):
                raise BadOption(f"A message holds {part.type}; these agents read text only.")
    return message.text
