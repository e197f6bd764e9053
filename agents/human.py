"""A person at the terminal, seated like any other agent.

Agent("you", Human())      reads the same instructions as the models and types what to say
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from quorate.agents.agent import Agent, Request
from quorate.errors import ModelError
from quorate.nouns import Reply
from quorate.registry import model


class Human:
    """Show the instruction, read one line, and call that the reply; an empty line abstains.

    What peers wrote is part of the instruction, so control and formatting characters are removed before
    anything is shown. A person's words cost no tokens: both counts are 0.

    Parameters
    ----------
    ask : callable
        Gets the prompt, such as `"ada> "`, and returns the line; EOFError says that nobody is there.
    show : callable
        Gets the text to show.

    Examples
    --------
    >>> from quorate.agents import Agent, Request
    >>> from quorate.nouns import Ask, Question
    >>> model = Human(ask=lambda prompt: "Answer: 5")
    >>> ask = Ask(seat="you", act="draft", turn=0, question=Question(text="2+3?"), instruction="What is 2+3?")
    >>> [(index, said)] = model.reply([Request(Agent("you", model), ask, seed=0)])
    --- you, draft, turn 0
    What is 2+3?
    >>> said.text
    'Answer: 5'
    """

    lanes = 1
    batch: int | None = 1

    def __init__(self, ask: Callable[[str], str] = input, show: Callable[[str], object] = print) -> None:
        self._ask = ask
        self._show = show

    def prepare(self, agents: Sequence[Agent]) -> None:
        """Do nothing: a person needs no loading."""

    def reply(self, requests: Sequence[Request]) -> Iterator[tuple[int, Reply | Exception]]:
        """Ask the person each request in turn; the end of the input is a ModelError value."""
        for index, request in enumerate(requests):
            yield index, self._put(request)

    def describe(self) -> Mapping[str, Any]:
        """Say only that it was a person."""
        return {"kind": "human"}

    def close(self) -> None:
        """Do nothing: a person holds nothing."""

    def _put(self, request: Request) -> Reply | Exception:
        ask = request.ask
        try:
            self._show(visible(f"--- {ask.seat}, {ask.act}, turn {ask.turn}"))
            if request.agent.role:
                self._show(visible(request.agent.role))
            self._show(visible(ask.instruction))
            line = self._ask(visible(f"{ask.seat}> "))
        except EOFError:
            return ModelError(
                f"Nobody is there to answer as '{ask.seat}': the input has ended. "
                "Run with a terminal, or seat a model instead of a person."
            )
        except Exception as problem:
            return problem
        # A terminal with another encoding hands over lone surrogates, which no record can hold.
        return Reply(text=line.strip().encode("utf-8", "replace").decode("utf-8"))


def visible(text: str) -> str:
    r"""Remove what could steer a terminal: control and formatting characters, except new lines and tabs.

    Examples
    --------
    >>> visible("5\x1b[2J apples\u202e")
    '5[2J apples'
    """
    return "".join(
        mark for mark in text if mark in "\n\t" or unicodedata.category(mark) not in ("Cc", "Cf", "Cs")
    )


@model
def human() -> Human:
    """Make a model that asks the person at the terminal.

    Examples
    --------
    >>> human().describe()
    {'kind': 'human'}
    """
    return Human()
