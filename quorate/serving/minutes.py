r"""The minutes of one deliberation: what was said, what came out, and what it cost, in words and in counts.

minutes = Minutes(question)
sitting.put(question, minutes).result()
minutes.closing()      "17*3 = 51\n\n(all 3 agree; plurality, 3 of 3 votes)\nAnswer: 51"
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from quorate.answers import read
from quorate.events import Decided, Event, Failed, Said
from quorate.nouns import Message, Outcome, Question

_UNSHOWN = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]"
)


def plain(text: str) -> str:
    r"""Take out of a model's text what a terminal would obey: control characters, escapes, overrides.

    Examples
    --------
    >>> plain("\x1b[31mred\x1b[0m\r\nalert\x07 \u202e!")
    'red\nalert !'
    """
    return _UNSHOWN.sub("", text)


@dataclass
class Minutes:
    """A listener that keeps what matters about one question.

    Parameters
    ----------
    question : Question
        What is deliberated.
    readable : callable
        Takes out of a text what is not for readers.

    Examples
    --------
    >>> minutes = Minutes(Question(text="2+3?"))
    >>> said = Message(number=0, seat="ada", act="draft", turn=0, text="2+3=5. Answer: 5", answer="5")
    >>> minutes(Said(question="q", message=said))
    >>> minutes(Decided(question="q", outcome=Outcome(winners=("5",), answer="5", reason="1 vote")))
    >>> print(minutes.closing())
    2+3=5. Answer: 5
    <BLANKLINE>
    (1 vote)
    Answer: 5
    """

    question: Question
    readable: Callable[[str], str] = plain
    messages: list[Message] = field(default_factory=list)
    outcome: Outcome | None = None

    def __call__(self, event: Event) -> None:
        """Take in one event."""
        if isinstance(event, (Said, Failed)):
            self.messages.append(event.message)
        elif isinstance(event, Decided):
            self.outcome = event.outcome

    @property
    def nobody_answered(self) -> bool:
        """Whether every seat failed every time."""
        return bool(self.messages) and all(message.failed for message in self.messages)

    @property
    def tokens_in(self) -> int:
        """Tokens read, over all messages."""
        return sum(message.tokens_in for message in self.messages)

    @property
    def tokens_cached(self) -> int:
        """Part of the tokens read that was not computed anew."""
        return sum(message.tokens_cached for message in self.messages)

    @property
    def tokens_out(self) -> int:
        """Tokens written, over all messages."""
        return sum(message.tokens_out for message in self.messages)

    def told(self, message: Message) -> str:
        r"""Tell a message to somebody who follows the rounds.

        Examples
        --------
        >>> said = Message(number=0, seat="ada", act="draft", turn=0, text="2+3=5")
        >>> Minutes(Question(text="2+3?")).told(said)
        '[round 1] ada, draft:\n2+3=5\n\n'
        """
        who = f"[round {message.turn + 1}] {message.seat}"
        if message.failed:
            return f"{who} failed: {plain(message.error or '')}\n\n"
        return f"{who}, {message.act}:\n{self.readable(message.text).strip()}\n\n"

    def account(self) -> str:
        """Tell the whole deliberation."""
        return "".join(map(self.told, self.messages))

    def about(self) -> dict[str, Any]:
        """Return the outcome as data: answer, winners, tally, reason, rounds, dissent, failures, calls."""
        if self.outcome is None:
            return {}
        data = self.outcome.model_dump(mode="json", exclude={"question", "board", "tokens_in", "tokens_out"})
        dissent = [{"seat": said.seat, "answer": plain(said.answer)} for said in self.outcome.dissent]
        return {**data, "reason": plain(self.outcome.reason), "dissent": dissent}

    def words(self) -> str:
        """Return the group's own solution, or the last words of a seat that ended with the answer."""
        if self.outcome is None or self.outcome.answer is None:
            return ""
        if self.outcome.board:
            text = "\n".join(line.text for line in self.outcome.board)
        else:
            text = next(self._supporting(self.outcome.answer), "")
        return self.readable(text).strip()

    def closing(self) -> str:
        """Return the words, the reason and, on the last line, the answer: what a reader of answers looks for.

        A deliberation that decided nothing says so and has no such line.
        """
        outcome = self.outcome
        if outcome is None or outcome.answer is None:
            reason = outcome.reason if outcome is not None else ""
            return f"No answer was decided on ({plain(reason)})."
        words = self._without_answer(self.words())
        closing = f"({plain(outcome.reason)})\nAnswer: {plain(outcome.answer)}"
        return f"{words}\n\n{closing}" if words else closing

    def _supporting(self, answer: str) -> Iterator[str]:
        return (message.text for message in reversed(self.messages) if message.answer == answer)

    def _without_answer(self, words: str) -> str:
        """Leave out a last line that only says the answer, which follows anyway."""
        before, _, last = words.rpartition("\n")
        alone = last.strip().lower().startswith("answer:")
        same = self.outcome is not None and read(self.question, last) == self.outcome.answer
        return before.strip() if alone and same else words
