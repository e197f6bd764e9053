"""Confidence by asking: whether the answer is right, how sure the seat is, and what it would say again.

Small protocols to use inside another; each asks every seat that has an answer, in one wave, and returns a
confidence in [0, 1] by seat. A seat whose reply cannot be read has None.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Sequence
from typing import Literal

from quorate.errors import BadOption
from quorate.nouns import Ask, Message, Question
from quorate.protocols.confidence.sources import agreement, stated
from quorate.protocols.history import History

Asking = Generator[Sequence[Ask], Sequence[Message], dict[str, float | None]]

TRUE, FALSE = "A", "B"


def ask_true(history: History) -> Asking:
    """Ask every seat whether its answer is true (Kadavath et al. 2022, arXiv:2207.05221, section 3).

    The confidence is P(True) from the log-likelihoods of the two options where the model gives them
    (`answering="options"`), otherwise 1 or 0 from the answer it writes.
    """
    said = yield from _ask(history, "true", "answer")
    return {seat: read_true(message) for seat, message in said.items()}


def ask_sure(history: History) -> Asking:
    """Ask every seat how likely its answer is right; the reply is read in per cent, fractions or words."""
    said = yield from _ask(history, "sure", "text")
    return {seat: stated(history.question, message) for seat, message in said.items()}


def ask_agreement(history: History, samples: int = 5) -> Asking:
    """Draw more first drafts from every seat, and return the share of them that give its standing answer.

    Raises
    ------
    BadOption
        When there is nothing to draw.
    """
    if samples < 1:
        raise BadOption(f"Agreement among own samples needs at least 1 sample, not {samples}.")
    seats = _answered(history)
    if not seats:
        return {}
    asks = [
        ask.model_copy(update={"act": "resample"})
        for ask in history.drafts()
        if ask.seat in seats
        for _ in range(samples)
    ]
    said = yield asks
    history.messages.extend(said)
    drawn: dict[str, list[str | None]] = {seat: [] for seat in seats}
    for message in said:
        drawn[message.seat].append(message.answer)
    return {seat: agreement(history.answer_of(seat), answers) for seat, answers in drawn.items()}


def read_true(message: Message) -> float | None:
    """Read P(True) from a reply: option scores if there are any, else the letter; None when unreadable.

    Examples
    --------
    >>> said = Message(number=0, seat="ada", act="score", turn=0, text="", scores={"A": -0.5, "B": -0.5})
    >>> read_true(said), read_true(said.model_copy(update={"scores": None, "answer": "A"}))
    (0.5, 1.0)
    """
    if message.failed:
        return None
    if message.scores is not None and {TRUE, FALSE} <= set(message.scores):
        gap = message.scores[FALSE] - message.scores[TRUE]
        return None if math.isnan(gap) else 1 / (1 + math.exp(min(gap, 700.0)))
    return {TRUE: 1.0, FALSE: 0.0}.get(message.answer or "")


def _answered(history: History) -> list[str]:
    return [seat for seat in history.table.seats if history.answer_of(seat) is not None]


def _ask(
    history: History, prompt: str, expects: Literal["answer", "text"]
) -> Generator[Sequence[Ask], Sequence[Message], dict[str, Message]]:
    """Ask each seat that has an answer about it; the replies count as cost, not as a round of answers."""
    asked = history.question
    question = (
        Question(text=asked.text, id=asked.id, choices=("True", "False")) if expects == "answer" else asked
    )
    asks = [
        Ask(
            seat=seat,
            act="score",
            turn=history.turn,
            question=question,
            instruction=history.prompts.render(
                prompt, asked, own=history.prompts.quote(history.answer_of(seat) or "", history.quote_limit)
            ),
            heard=(history.standing[seat],),
            expects=expects,
        )
        for seat in _answered(history)
    ]
    if not asks:
        return {}
    said = yield asks
    history.messages.extend(said)
    return {message.seat: message for message in said}
