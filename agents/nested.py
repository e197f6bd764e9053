"""A whole deliberation seated as one agent: deliberations nest.

Agent("panel", Nested(lambda question, seed: inner.run(question, seed=seed)))
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from quorate.agents.agent import Agent, Request
from quorate.errors import ModelError
from quorate.nouns import Ask, Outcome, Question, Reply
from quorate.registry import label


class Nested:
    """Answer with the outcome of an inner deliberation: its reason, then "Answer: ..." when it decided.

    A first draft puts the question itself to the inner table. Where peers were heard, the instruction that
    quotes them is put instead (with the same choices), so what the outer table said reaches the inner one.

    Parameters
    ----------
    answer : callable
        `(Question, seed) -> Outcome`. What it raises is this seat's failure.

    Examples
    --------
    >>> from quorate.agents import Agent, Request
    >>> from quorate.nouns import Ask, Outcome, Question
    >>> def panel(question: Question, seed: int) -> Outcome:
    ...     return Outcome(question=question.id, answer="5", reason="2 of 3 agreed.", tokens_out=12)
    >>> model = Nested(panel)
    >>> ask = Ask(seat="panel", act="draft", turn=0, question=Question(text="2+3?"), instruction="2+3?")
    >>> [(index, said)] = model.reply([Request(Agent("panel", model), ask, seed=0)])
    >>> print(said.text)
    2 of 3 agreed.
    Answer: 5
    >>> said.tokens_out
    12
    """

    lanes = 1
    batch: int | None = 1

    def __init__(self, answer: Callable[[Question, int], Outcome]) -> None:
        self._answer = answer

    def prepare(self, agents: Sequence[Agent]) -> None:
        """Do nothing: the inner deliberation prepares its own models."""

    def reply(self, requests: Sequence[Request]) -> Iterator[tuple[int, Reply | Exception]]:
        """Deliberate on each request in turn; an inner error is that request's value."""
        for index, request in enumerate(requests):
            try:
                outcome = self._answer(inner_question(request.ask), request.seed)
                yield index, self._reply(outcome)
            except Exception as problem:
                yield index, problem

    def describe(self) -> Mapping[str, Any]:
        """Name the function that deliberates."""
        return {"kind": "nested", "answer": label(self._answer)}

    def close(self) -> None:
        """Do nothing: the inner deliberation closes its own models."""

    def _reply(self, outcome: object) -> Reply:
        if not isinstance(outcome, Outcome):
            raise ModelError(
                f"The nested deliberation '{label(self._answer)}' returned {type(outcome).__name__}; "
                "it must return an Outcome."
            )
        parts = (outcome.reason, f"Answer: {outcome.answer}" if outcome.answer is not None else "")
        return Reply(
            text="\n".join(part for part in parts if part),
            tokens_in=outcome.tokens_in,
            tokens_out=outcome.tokens_out,
        )


def inner_question(ask: Ask) -> Question:
    """Return what an ask puts to an inner table: the question, or the instruction that quotes what was heard.

    Examples
    --------
    >>> ask = Ask(seat="a", act="draft", turn=0, question=Question(text="2+3?"), instruction="What is 2+3?")
    >>> inner_question(ask).text
    '2+3?'
    """
    if not ask.heard:
        return ask.question
    return Question(text=ask.instruction, choices=ask.question.choices, kind=ask.question.kind)
