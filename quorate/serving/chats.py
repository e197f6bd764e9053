"""A chat request of OpenAI's API, read as a question.

    {"model": "study", "messages": [{"role": "user", "content": "What is 2+3?"}], "stream": true}

The last message of the user is the question; what came before it is put in front of it. How agents sample is
part of the definition: `temperature` and the like are taken and reported as ignored. What would change the
form of the answer (tools, several choices, log-probabilities, JSON) is refused.

A client can say more about the question in `quorate` (with the `openai` client: `extra_body=`):

    {"quorate": {"choices": ["4", "7"], "kind": "choice"}, "include_reasoning": false}
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from quorate.errors import BadQuestion
from quorate.nouns import AnswerKind, Question
from quorate.serving.conversation import one_text
from quorate.serving.refusals import Refusal

KINDS = get_args(AnswerKind)
MOST_CHOICES = 100
CARRIED = frozenset({"model", "messages", "stream", "stream_options", "seed", "include_reasoning", "quorate"})
"""Fields that change the answer."""
HARMLESS = frozenset({"user", "metadata", "store", "safety_identifier", "service_tier", "n"})
"""Fields that would change nothing about an answer."""


class _Part(BaseModel):
    type: str
    text: str | None = None


class _Message(BaseModel):
    role: Literal["system", "developer", "user", "assistant"]
    content: str | list[_Part] | None = None


class _StreamOptions(BaseModel):
    include_usage: bool = False


class _About(BaseModel):
    model_config = ConfigDict(extra="forbid")

    choices: list[str] = Field(default_factory=list, max_length=MOST_CHOICES)
    kind: AnswerKind | None = None


class _Request(BaseModel):
    model_config = ConfigDict(extra="allow")

    model: str
    messages: list[_Message] = Field(min_length=1)
    stream: bool | None = None
    stream_options: _StreamOptions | None = None
    seed: int | None = None
    include_reasoning: bool = True
    quorate: _About = _About()


@dataclass(frozen=True)
class Chat:
    """What a request asks for."""

    model: str
    question: Question
    stream: bool
    """Whether the answer comes in pieces, as it arises."""
    usage: bool
    """Whether a stream ends with the counts of tokens."""
    reasoning: bool
    """Whether the rounds are told."""
    ignored: tuple[str, ...]
    """Fields that the definition decides about."""


def read_chat(body: bytes, *, characters: int, kind: AnswerKind = "auto") -> Chat:
    """Read the body of a request.

    Parameters
    ----------
    body : bytes
        JSON in UTF-8; anything else is refused.
    characters : int
        Most characters of all messages and choices.
    kind
        How answers are compared where the request does not say.

    Raises
    ------
    Refusal
        Naming the field and what to do about it.

    Examples
    --------
    >>> body = b'{"model": "m", "messages": [{"role": "user", "content": "2+3?"}], "temperature": 0}'
    >>> chat = read_chat(body, characters=100)
    >>> chat.question.text, chat.ignored
    ('2+3?', ('temperature',))
    """
    try:
        request = _Request.model_validate_json(body)
    except ValidationError as error:
        raise _complaint(error) from None
    _refuse_unsupported(request)
    about = request.quorate
    texts = [_text(message, place) for place, message in enumerate(request.messages)]
    size = sum(map(len, [*texts, *about.choices]))
    if size > characters:
        raise Refusal(
            400,
            f"The prompt has {size:,} characters; this server takes {characters:,}.",
            code="context_length_exceeded",
            param="messages",
        )
    try:
        text = one_text([message.role for message in request.messages], texts)
        question = Question(
            id=_identify(text, about.choices, request.seed),
            text=text,
            choices=tuple(about.choices),
            kind=about.kind or ("auto" if about.choices else kind),
        )
    except (BadQuestion, ValidationError) as problem:
        raise Refusal(400, str(problem), param="messages") from None
    extra = set(request.model_extra or {}) - HARMLESS
    return Chat(
        model=request.model,
        question=question,
        stream=bool(request.stream),
        usage=bool(request.stream_options and request.stream_options.include_usage),
        reasoning=request.include_reasoning,
        ignored=tuple(sorted(str(name)[:40] for name in extra - CARRIED))[:40],
    )


def _identify(text: str, choices: list[str], seed: int | None) -> str:
    """Name a question: draws derive from the name, so that a seed repeats them and its absence does not."""
    if seed is None:
        return f"chat-{uuid.uuid4().hex}"
    parts = "\x1f".join([str(seed), text, *choices]).encode("utf-8", "surrogatepass")
    return f"chat-{hashlib.blake2b(parts, digest_size=16).hexdigest()}"


def _text(message: _Message, place: int) -> str:
    if message.content is None or isinstance(message.content, str):
        return message.content or ""
    for part in message.content:
        if part.type != "text":
            raise Refusal(
                400,
                f"Message {place} holds a part of type '{part.type[:40]}'; these agents read text only.",
                param=f"messages.{place}.content",
            )
    return "\n".join(part.text or "" for part in message.content)


def _refuse_unsupported(request: _Request) -> None:
    extra: dict[str, Any] = request.model_extra or {}
    form = extra.get("response_format")
    wrong = {
        "n": extra.get("n") not in (None, 1),
        "tools": bool(extra.get("tools")) and extra.get("tool_choice") != "none",
        "functions": bool(extra.get("functions")),
        "logprobs": bool(extra.get("logprobs")) or bool(extra.get("top_logprobs")),
        "response_format": form is not None and not (isinstance(form, dict) and form.get("type") == "text"),
        "modalities": extra.get("modalities") not in (None, ["text"]),
        "audio": extra.get("audio") is not None,
    }
    for name, unsupported in wrong.items():
        if unsupported:
            raise Refusal(
                400,
                f"A debate has one answer in plain text: leave out '{name}'.",
                code="unsupported_parameter",
                param=name,
            )


def _complaint(error: ValidationError) -> Refusal:
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    place = ".".join(str(part)[:40] for part in first["loc"])
    if not place:
        return Refusal(400, f"The body of the request cannot be read: {first['msg'][:200]}.")
    return Refusal(400, f"{place}: {first['msg'][:200]}.", param=place)
