"""From an ask to the tokens of a prompt: chat template or plain text, cut to what fits the context.

With a chat template the role is the system message, the transcript alternates between user and assistant,
and the instruction is the last user message. Without one the prompt is plain text, blocks between blank
lines, and ends with a line break:

    You check units.                      the role, if there is one

    Solve: 3 m + 20 cm                    for each earlier round its instruction ...

    It is 320 cm. Answer: 320 cm          ... and what was said

    Revise your answer.                   the instruction
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from quorate.agents.local.files import first_line
from quorate.errors import ModelError
from quorate.nouns import Cut

GAP = " [...] "
"""Stands where an instruction was cut."""
LEAST = 8
"""Fewest tokens of an instruction worth asking with."""

Turn = tuple[str, str]
"""An earlier instruction and what was said to it."""


class ChatFormat:
    """How a tokenizer's model is spoken to.

    Parameters
    ----------
    tokenizer : transformers tokenizer
    chat : bool, optional
        True demands the chat template, False forbids it, None uses it when there is one.

    Raises
    ------
    ModelError
        When a template is demanded and there is none.
    """

    def __init__(self, tokenizer: Any, chat: bool | None = None) -> None:
        if chat and not tokenizer.chat_template:
            raise ModelError(
                "The tokenizer of this model has no chat template, and chat=True demands one; leave chat out "
                "to speak to it in plain text."
            )
        self._tokenizer = tokenizer
        self.chat = bool(tokenizer.chat_template) if chat is None else chat
        specials = sorted(_special_tokens(tokenizer), key=len, reverse=True)
        self._specials = re.compile("|".join(map(re.escape, specials))) if specials else None
        self._folds = self.chat and self._refuses_system()

    def prompt(self, role: str, past: Sequence[Turn], instruction: str) -> list[int]:
        """Return the tokens of a whole prompt, the ones that begin a text included.

        Parameters
        ----------
        role : str
            Who speaks; may be empty.
        past : sequence of (instruction, text)
            The transcript, oldest first.
        instruction : str
            What is asked now.

        Raises
        ------
        ModelError
            When the chat template refuses these messages.
        """
        role, instruction = self.clean(role), self.clean(instruction)
        past = [(self.clean(asked), self.clean(said)) for asked, said in past]
        if self.chat:
            return self.encode(self._render(_messages(role, past, instruction, self._folds)))
        blocks = [role] * bool(role) + [block for turn in past for block in turn] + [instruction]
        ids: list[int] = self._tokenizer("\n\n".join(blocks) + "\n", verbose=False).input_ids
        while ids and ids[-1] == self._tokenizer.eos_token_id:  # some tokenizers also end what they begin
            ids.pop()
        return ids

    def fit(
        self, role: str, past: Sequence[Turn], instruction: str, room: int
    ) -> tuple[list[int], Cut | None]:
        """Return the tokens of a prompt of at most `room` tokens and what had to be left out.

        The oldest rounds of the transcript go first; then the middle of the instruction, so that its head
        (the question) and its tail (how to answer) stay.

        Raises
        ------
        ModelError
            When even that does not fit.
        """
        ids = self.prompt(role, past, instruction)
        dropped = 0
        while len(ids) > room and dropped < len(past):
            dropped += 1
            ids = self.prompt(role, past[dropped:], instruction)
        if len(ids) <= room:
            return ids, Cut(exchanges=dropped) if dropped else None
        ids, tokens = self._shorten(role, instruction, len(ids), room)
        return ids, Cut(exchanges=dropped, tokens=tokens)

    def encode(self, text: str) -> list[int]:
        """Return the tokens of a text without adding any."""
        # Not verbose: too long prompts are cut, or told of, by `fit`.
        return self._tokenizer(text, add_special_tokens=False, verbose=False).input_ids  # type: ignore[no-any-return]

    def encode_clean(self, text: str) -> list[int]:
        """Return the tokens of a text that somebody else may have written, safe to read; see `clean`."""
        return self.encode(self.clean(text))

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of generated tokens."""
        return str(self._tokenizer.decode(ids, skip_special_tokens=True, clean_up_tokenization_spaces=False))

    def clean(self, text: str) -> str:
        """Make a text safe to quote in a prompt.

        A special token that is spelled out in it would end a turn and begin a forged one: it is broken up
        with a space. Half surrogate pairs, which no tokenizer takes, become question marks.
        """
        if not text.isascii():
            text = text.encode("utf-8", "replace").decode("utf-8")
        if self._specials is None:
            return text
        while (broken := self._specials.sub(_break_up, text)) != text:
            text = broken
        return text

    def _shorten(self, role: str, instruction: str, length: int, room: int) -> tuple[list[int], int]:
        """Cut the middle of the instruction; return the prompt and the number of tokens cut."""
        words = self.encode(self.clean(instruction))
        kept = len(words)
        while (kept := kept - (length - room)) >= LEAST:
            head = (kept + 1) // 2
            shorter = self.decode(words[:head]) + GAP + self.decode(words[head - kept :])
            ids = self.prompt(role, [], shorter)
            if len(ids) <= room:
                return ids, len(words) - kept
            length = len(ids)
        raise ModelError(
            f"The prompt does not fit: {max(0, room)} tokens are left for it in the model's context, and "
            f"without the transcript and with the instruction cut to {LEAST} tokens it takes more. Shorten "
            f"the role or lower max_tokens."
        )

    def _refuses_system(self) -> bool:
        """Find out whether the template raises on a system message or silently leaves it out."""
        probe = "You are probed."
        try:
            return probe not in self._render(_messages(probe, [], "Hello", False))
        except ModelError:
            return True

    def _render(self, messages: list[dict[str, str]]) -> str:
        try:
            return str(
                self._tokenizer.apply_chat_template(messages, add_generation_prompt=True, tokenize=False)
            )
        except Exception as problem:
            raise ModelError(f"The model's chat template refused: {first_line(problem)}") from problem


def _messages(role: str, past: Sequence[Turn], instruction: str, fold: bool) -> list[dict[str, str]]:
    messages = []
    for asked, said in past:
        messages += [{"role": "user", "content": asked}, {"role": "assistant", "content": said}]
    messages.append({"role": "user", "content": instruction})
    if role and fold:
        messages[0]["content"] = f"{role}\n\n{messages[0]['content']}"
    elif role:
        messages.insert(0, {"role": "system", "content": role})
    return messages


def _special_tokens(tokenizer: Any) -> set[str]:
    added = getattr(tokenizer, "added_tokens_decoder", {}).values()
    tokens = {*tokenizer.all_special_tokens, *(token.content for token in added if token.special)}
    return {token for token in tokens if len(token) > 1}  # a single character cannot be broken up


def _break_up(match: re.Match[str]) -> str:
    token = match.group()
    return token[0] + " " + token[1:]
