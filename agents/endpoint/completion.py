"""What is sent to a completions server and what comes back: prompts that can be shortened, completions read.

{"messages": [{"role": "system", ...}, {"role": "user", ...}], ...}      what goes out
{"choices": [{"message": {"content": "..."}, "finish_reason": "stop"}], "usage": {...}}      what comes back
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeGuard

from quorate.agents.agent import Request
from quorate.nouns import Cut, Reply

CHARACTERS_PER_TOKEN = 4
"""Estimate for what a server does not count; about right for English and the usual tokenizers."""
SHORTEST = 200
"""Characters of an instruction below which cutting it further would leave nothing to answer."""
GAP = "\n[...]\n"
LARGEST = 1e9
"""Numbers of a server from here on, counts or log-probabilities, are nonsense."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A role, the transcript so far as (instruction, reply) pairs, and the instruction.

    Examples
    --------
    >>> prompt = Prompt("You add.", (("What is 1+1?", "2"),), "What is 2+3?")
    >>> [message["role"] for message in prompt.messages()]
    ['system', 'user', 'assistant', 'user']
    >>> prompt.shorter().cut
    Cut(exchanges=1, tokens=0)
    """

    role: str
    past: tuple[tuple[str, str], ...]
    instruction: str
    cut: Cut | None = None

    @classmethod
    def of(cls, request: Request) -> Prompt:
        """Return everything a request says, without the lone surrogates that no JSON can carry."""
        ask = request.ask
        past = tuple((whole(past.instruction), whole(past.message.text)) for past in ask.past)
        return cls(whole(request.agent.role), past, whole(ask.instruction))

    def messages(self, *, system: bool = True) -> list[dict[str, str]]:
        """Return the chat; without `system` the role opens the first user message instead."""
        turns = [*self.past, (self.instruction, "")]
        if self.role and not system:
            turns[0] = (f"{self.role}\n\n{turns[0][0]}", turns[0][1])
        chat = [{"role": "system", "content": self.role}] if self.role and system else []
        for instruction, reply in turns[:-1]:
            chat += [{"role": "user", "content": instruction}, {"role": "assistant", "content": reply}]
        return [*chat, {"role": "user", "content": turns[-1][0]}]

    def plain(self) -> str:
        """Return it all as one text, for models without a chat template."""
        said = [part for exchange in self.past for part in exchange]
        return "\n\n".join(part for part in (self.role, *said, self.instruction) if part) + "\n\n"

    def shorter(self) -> Prompt | None:
        """Drop the oldest exchange, or else a third from the middle of the instruction; None at the end.

        `cut.tokens` is an estimate: only the server has the tokenizer.
        """
        cut = self.cut or Cut()
        if self.past:
            dropped = cut.model_copy(update={"exchanges": cut.exchanges + 1})
            return replace(self, past=self.past[1:], cut=dropped)
        keep = len(self.instruction) // 3
        if 2 * keep < SHORTEST:
            return None
        instruction = self.instruction[:keep] + GAP + self.instruction[-keep:]
        lost = estimate(len(self.instruction) - len(instruction))
        return replace(
            self, instruction=instruction, cut=cut.model_copy(update={"tokens": cut.tokens + lost})
        )

    def __len__(self) -> int:
        """Return the characters of everything."""
        return len(self.role) + sum(len(a) + len(b) for a, b in self.past) + len(self.instruction)


def read_completion(data: Any, prompt: Prompt) -> Reply | None:
    """Read a parsed answer of a chat or a plain completions server; None when it is no completion.

    Tokens are the server's counts; a count it does not give is estimated as one token for every four
    characters. `logprob` is the mean over the tokens that the server gave one for.

    Examples
    --------
    >>> answer = {"choices": [{"message": {"content": "Answer: 5"}, "finish_reason": "length"}]}
    >>> reply = read_completion(answer, Prompt("", (), "What is 2+3?"))
    >>> reply.text, reply.finish, reply.tokens_in, reply.tokens_out
    ('Answer: 5', 'length', 3, 3)
    >>> read_completion("<html>Welcome</html>", Prompt("", (), "What is 2+3?")) is None
    True
    """
    choices = data.get("choices") if isinstance(data, Mapping) else None
    choice = choices[0] if isinstance(choices, list) and choices else None
    if not isinstance(choice, Mapping):
        return None
    said = choice.get("message", choice)
    text = _text(said.get("content", said.get("text"))) if isinstance(said, Mapping) else None
    if text is None:
        return None
    tokens_in, tokens_out, cached = _usage(data.get("usage"))
    tokens_in = estimate(len(prompt)) if tokens_in is None else tokens_in
    return Reply(
        text=text,
        tokens_in=tokens_in,
        tokens_out=estimate(len(text)) if tokens_out is None else tokens_out,
        tokens_cached=min(cached or 0, tokens_in),
        logprob=_mean_logprob(choice.get("logprobs")),
        finish=_FINISH.get(str(choice.get("finish_reason")), "stop"),
        cut=prompt.cut,
    )


_FINISH: Mapping[str, Any] = {
    "length": "length",
    "content_filter": "error",
    "abort": "error",
    "error": "error",
}
"""Why servers say that a text ended; everything else is a regular stop."""


def estimate(characters: int) -> int:
    """Return about how many tokens so many characters are.

    Examples
    --------
    >>> estimate(9)
    3
    """
    return math.ceil(max(0, characters) / CHARACTERS_PER_TOKEN)


def whole(text: str) -> str:
    r"""Join surrogate pairs and replace lone surrogates, which neither JSON nor a record can hold.

    Examples
    --------
    >>> whole("5\ud83d\ude00 and \ud800") == "5😀 and �"
    True
    """
    if text.isascii():
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _text(content: Any) -> str | None:
    """Null is an empty text; some servers send a list of parts; anything else is nonsense."""
    if content is None:
        return ""
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, Mapping)]
        content = "".join(part for part in parts if isinstance(part, str))
    return whole(content) if isinstance(content, str) else None


def _usage(usage: Any) -> tuple[int | None, int | None, int | None]:
    if not isinstance(usage, Mapping):
        return None, None, None
    details = usage.get("prompt_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, Mapping) else None
    return _count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens")), _count(cached)


def _count(value: Any) -> int | None:
    return value if is_number(value) and isinstance(value, int) and value >= 0 else None


def is_number(value: Any) -> TypeGuard[float]:
    """Tell whether a number of a server can be reckoned with: JSON sets no limit to what it sends.

    Examples
    --------
    >>> is_number(-0.25), is_number(float("nan")), is_number(10**400), is_number(True)
    (True, False, False, False)
    """
    return isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < LARGEST


def _mean_logprob(logprobs: Any) -> float | None:
    """Chat servers send `content: [{"logprob": ...}]`, plain ones `token_logprobs: [...]`."""
    if not isinstance(logprobs, Mapping):
        return None
    tokens = logprobs.get("content")
    if isinstance(tokens, list):
        values = [token.get("logprob") for token in tokens if isinstance(token, Mapping)]
    else:
        given = logprobs.get("token_logprobs")
        values = given if isinstance(given, list) else []
    numbers = [value for value in values if is_number(value)]
    return sum(numbers) / len(numbers) if numbers else None
