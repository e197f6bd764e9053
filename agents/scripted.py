"""A model that says what a script tells it: for tests, for teaching, and to try a protocol without weights.

    Scripted("Answer: 5")                                  the same words at every turn
    Scripted(["Answer: 4", "Answer: 5"])                   one line a turn, the last one repeats
    Scripted({"ada": "Answer: 5", "bo": ["4?", "5."]})     a part for every seat
    Scripted(lambda ask, seed: f"Answer: {seed % 10}")     a function of what is asked; it may raise

Tokens are counted as words between white space: of the role, the past and the instruction on the way in, of
the text on the way out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from quorate.agents.agent import Agent, Request
from quorate.errors import BadOption, ModelError, did_you_mean
from quorate.nouns import Ask, Reply
from quorate.registry import label, model

Part = str | Sequence[str] | Callable[[Ask, int], str | Reply]
"""What one seat says: one text, one text a turn, or a function of the ask and its seed."""

Script = Part | Mapping[str, Part]
"""One part for every seat alike, or a part for each seat."""


class Scripted:
    """Answer from a script; whatever a script function raises becomes that seat's failure.

    Parameters
    ----------
    script : str, sequence of str, mapping of seat to either, or callable
        What to say. A sequence is read by turn and its last text repeats. A callable gets the ask and the
        seed and returns a text or a whole Reply; it may also be a seat's part in a mapping.

    Raises
    ------
    BadOption
        When the script is none of these, or a sequence or a mapping is empty.

    Examples
    --------
    >>> from quorate.agents import Agent, Request, Scripted
    >>> from quorate.nouns import Ask, Question
    >>> ask = Ask(seat="ada", act="draft", turn=1, question=Question(text="2+3?"), instruction="What is 2+3?")
    >>> model = Scripted({"ada": ["Four.", "I was wrong. Answer: 5"]})
    >>> [(index, said)] = model.reply([Request(Agent("ada", model), ask, seed=0)])
    >>> said.text, said.tokens_in, said.tokens_out
    ('I was wrong. Answer: 5', 3, 5)
    """

    lanes = 0
    batch: int | None = None

    def __init__(self, script: Script) -> None:
        for part in script.values() if isinstance(script, Mapping) else [script]:
            _check(part)
        if isinstance(script, Mapping) and not script:
            raise BadOption("The script has no part in it: give every seat something to say.")
        self.script = script

    def prepare(self, agents: Sequence[Agent]) -> None:
        """Check that every agent has a part; ModelError names the first one without."""
        for agent in agents:
            self._part(agent.name)

    def reply(self, requests: Sequence[Request]) -> Iterator[tuple[int, Reply | Exception]]:
        """Yield every request's line in order; an exception raised by a script function is its value."""
        for index, request in enumerate(requests):
            try:
                yield index, self._say(request)
            except Exception as problem:
                yield index, problem

    def describe(self) -> Mapping[str, Any]:
        """Return the script as plain data; functions are given by their names."""
        if isinstance(self.script, Mapping):
            return {"kind": "scripted", "script": {seat: _plain(part) for seat, part in self.script.items()}}
        return {"kind": "scripted", "script": _plain(self.script)}

    def close(self) -> None:
        """Do nothing: a script holds nothing."""

    def _say(self, request: Request) -> Reply:
        ask = request.ask
        part = self._part(ask.seat)
        if callable(part):
            said = part(ask, request.seed)
            if isinstance(said, Reply):
                return said
            if not isinstance(said, str):
                raise ModelError(
                    f"The script function '{label(part)}' returned {type(said).__name__} for '{ask.seat}'; "
                    f"return a text or a Reply."
                )
        else:
            said = part if isinstance(part, str) else part[max(0, min(ask.turn, len(part) - 1))]
        return Reply(text=said, tokens_in=words_in(request), tokens_out=len(said.split()))

    def _part(self, seat: str) -> Part:
        if not isinstance(self.script, Mapping):
            return self.script
        try:
            return self.script[seat]
        except KeyError:
            raise ModelError(
                f"The script has no part for '{seat}'. {did_you_mean(seat, self.script)}"
            ) from None


def words_in(request: Request) -> int:
    """Count the words between white space of everything a request says: role, past and instruction.

    Examples
    --------
    >>> from quorate.agents import Agent, Request, Scripted
    >>> from quorate.nouns import Ask, Question
    >>> ask = Ask(seat="ada", act="draft", turn=0, question=Question(text="2+3?"), instruction="What is 2+3?")
    >>> words_in(Request(Agent("ada", Scripted("5"), role="You add."), ask, seed=0))
    5
    """
    ask = request.ask
    count = len(ask.instruction.split())
    if request.agent.role:
        count += len(request.agent.role.split())
    for exchange in ask.past:
        count += len(exchange.instruction.split()) + len(exchange.message.text.split())
    return count


def _check(part: Any) -> None:
    if isinstance(part, str) or callable(part):
        return
    if not isinstance(part, Sequence) or not all(isinstance(line, str) for line in part):
        raise BadOption(
            f"A script is a text, a list of texts, a function or a mapping from seats to these; got {part!r}."
        )
    if not part:
        raise BadOption("The script is an empty list: give it at least one text.")


def _plain(part: Part) -> str | list[str]:
    if callable(part):
        return f"<function {label(part)}>"
    return part if isinstance(part, str) else list(part)


@model
def scripted(*, script: Script) -> Scripted:
    """Make a model that answers from a script.

    Parameters
    ----------
    script : str, sequence of str, mapping of seat to either, or callable
        As for `Scripted`.

    Examples
    --------
    >>> scripted(script="Answer: 5").describe()["script"]
    'Answer: 5'
    """
    return Scripted(script)
