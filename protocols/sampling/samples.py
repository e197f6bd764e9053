"""The samples of one agent: drawn in waves, voted on, and concluded."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from typing import Any

from quorate.errors import BadOption, did_you_mean
from quorate.nouns import Ask, Ballot, Dissent, Message, Outcome, Question, Table
from quorate.protocols.prompting import Prompts
from quorate.protocols.voting import Rule, break_tie
from quorate.protocols.weights.weights import read_weights

MOST_SAMPLES = 10_000


class Samples:
    """The samples of one agent on one question: asks for more, and concludes from what was said.

    Parameters
    ----------
    question, table
        What is asked, and the seed of tie-breaks.
    seat : str
        Who is sampled.
    prompts : str, optional
        A folder of prompt files that override the shipped ones.
    """

    def __init__(self, question: Question, table: Table, seat: str, prompts: str | None = None) -> None:
        self.question, self.table, self.seat = question, table, seat
        self.prompts = Prompts.load(prompts)
        self.said: list[Message] = []
        """The samples, in order; failed ones included."""
        self.others: list[Message] = []
        """What else was said: choices between samples."""

    @property
    def answers(self) -> list[str | None]:
        """The answers drawn so far; None where one failed or cannot be read."""
        return [message.answer for message in self.said]

    def more(self, count: int) -> Generator[Sequence[Ask], Sequence[Message], None]:
        """Draw `count` more samples, in one wave."""
        ask = Ask(
            seat=self.seat,
            act="draft",
            turn=0,
            question=self.question,
            instruction=self.prompts.draft(self.question),
            expects="answer",
        )
        self.said += yield [ask] * count

    def until(
        self, enough: Callable[[Sequence[str | None]], bool], most: int, wave: int
    ) -> Generator[Sequence[Ask], Sequence[Message], bool]:
        """Draw waves until the answers are enough or `most` were drawn; tell whether they were enough."""
        while len(self.said) < most:
            yield from self.more(min(wave, most - len(self.said)))
            if enough(self.answers):
                return True
        return False

    def ballots(self) -> list[Ballot]:
        """Return one ballot a sample, by a voter named after the agent and the sample's number."""
        return [
            Ballot(seat=f"{self.seat} #{number}", answer=message.answer, confidence=message.confidence)
            for number, message in enumerate(self.said, 1)
        ]

    def conclude(self, rule: Rule, tie_break: Any, reason: str) -> Outcome:
        """Decide over the samples by a rule, and break a tie."""
        ballots = self.ballots()
        rng = self.table.rng(self.question.id, "tie")
        return self.complete(break_tie(rule(ballots), ballots, tie_break, rng), reason)

    def complete(self, outcome: Outcome, reason: str) -> Outcome:
        """Add what the samples know: how many there were, one dissent for each other answer, the cost."""
        spoken = [*self.said, *self.others]
        other = {m.answer: m for m in reversed(self.said) if m.answer not in (None, outcome.answer)}
        given = {m.answer for m in self.said} - {None}
        return outcome.model_copy(
            update={
                "question": self.question.id,
                "reason": f"{reason}; {outcome.reason}" if outcome.reason else reason,
                "rounds": 1,
                "consensus": outcome.answer is not None and given == {outcome.answer},
                "dissent": tuple(
                    Dissent(seat=self.seat, answer=answer, text=message.text)
                    for answer, message in reversed(other.items())
                    if answer is not None and outcome.answer is not None
                ),
                "failed": tuple(dict.fromkeys(m.seat for m in spoken if m.failed)),
                "cut": sum(m.cut is not None for m in spoken),
                "calls": len(spoken),
                "tokens_in": sum(m.tokens_in for m in spoken),
                "tokens_out": sum(m.tokens_out for m in spoken),
            }
        )


def sampled_seat(table: Table, seat: str | None, weights: Any) -> str:
    """Return who is sampled: the named seat, the one with the highest weight, or the first.

    Of equal weights the first at the table is taken.

    Examples
    --------
    >>> sampled_seat(Table(["ada", "bo", "cy"]), None, {"ada": 1, "bo": 2, "cy": 2})
    'bo'
    """
    if seat is not None:
        if seat not in table.seats:
            raise BadOption(f"There is no agent '{seat}' at the table. {did_you_mean(seat, table.seats)}")
        return seat
    if weights is None:
        return table.seats[0]
    return max(table.seats, key=read_weights(weights).of)


def sample_count(number: int) -> int:
    """Return a number of samples that can be drawn; BadOption for any other.

    Examples
    --------
    >>> sample_count(40)
    40
    """
    if not 1 <= number <= MOST_SAMPLES:
        raise BadOption(f"Draw 1 to {MOST_SAMPLES:,} samples, not {number}.")
    return number


def many(count: int) -> str:
    """Say how many samples there were.

    Examples
    --------
    >>> many(1), many(2)
    ('1 sample', '2 samples')
    """
    return f"{count} sample{'s' * (count != 1)}"
