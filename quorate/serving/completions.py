"""What comes back from a chat request: OpenAI's completion objects, whole or in pieces.

The rounds are told in `reasoning_content`, the field in which servers of reasoning models report what came
before the answer. Everything that OpenAI's form has no place for is in `quorate`.
"""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from quorate.serving.chats import Chat
from quorate.serving.minutes import Minutes

DONE = "data: [DONE]\n\n"
BEAT = ": still deliberating\n\n"
"""A comment that keeps a silent connection alive; clients pass it over."""


@dataclass
class Completion:
    """The answer to one chat request.

    Parameters
    ----------
    chat : Chat
        What was asked.
    minutes : Minutes
        What was said about it.
    """

    chat: Chat
    minutes: Minutes
    id: str = field(default_factory=lambda: f"chatcmpl-{uuid.uuid4().hex}")
    created: int = field(default_factory=lambda: int(time.time()))

    def whole(self) -> dict[str, Any]:
        """Return the completion as one object."""
        message: dict[str, Any] = {"role": "assistant", "content": self.minutes.closing(), "refusal": None}
        if self.chat.reasoning:
            message["reasoning_content"] = self.minutes.account()
        choice = {"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}
        return {
            **self._head("chat.completion"),
            "choices": [choice],
            "usage": self.usage(),
            "quorate": self.about(),
        }

    def piece(self, delta: dict[str, Any], *, finish: str | None = None, **more: Any) -> str:
        """Return a part of the completion as an event of a stream."""
        choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": None}
        return event({**self._head("chat.completion.chunk"), "choices": [choice], **more})

    def count(self) -> str:
        """Return the event that ends a stream with the counts of tokens."""
        return event({**self._head("chat.completion.chunk"), "choices": [], "usage": self.usage()})

    def usage(self) -> dict[str, Any]:
        """Return the tokens of the whole deliberation, over all agents and rounds."""
        minutes = self.minutes
        return {
            "prompt_tokens": minutes.tokens_in,
            "completion_tokens": minutes.tokens_out,
            "total_tokens": minutes.tokens_in + minutes.tokens_out,
            "prompt_tokens_details": {"cached_tokens": minutes.tokens_cached},
        }

    def about(self) -> dict[str, Any]:
        """Return the outcome as data, and the fields of the request that were ignored."""
        return {**self.minutes.about(), "ignored": list(self.chat.ignored)}

    def _head(self, kind: str) -> dict[str, Any]:
        return {"id": self.id, "object": kind, "created": self.created, "model": self.chat.model}


def event(data: dict[str, Any]) -> str:
    r"""Return an event of a stream.

    Examples
    --------
    >>> event({"id": "x"})
    'data: {"id": "x"}\n\n'
    """
    return f"data: {json.dumps(data)}\n\n"
