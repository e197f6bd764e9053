"""Self-MoA: the best agent alone, sampled often, and an aggregator that reads its samples.

    self_moa(question, table, samples=6)                      all samples at once
    self_moa_seq(question, table, samples=30, window=6)       6 at a time, one of them the synthesis so far

Every mixture must be shown beside it: the same calls, without the weaker agents.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

from quorate.errors import BadOption
from quorate.nouns import Ask, Message, Note, Outcome, Question, Table
from quorate.protocols.history import Turns
from quorate.protocols.mixture.layers import fused
from quorate.protocols.mixture.offices import aggregator_of, officer
from quorate.protocols.sampling.samples import Samples, many, sample_count, sampled_seat
from quorate.protocols.voting import break_tie, plurality, random_
from quorate.registry import protocol

Drawing = Generator[Sequence[Ask], Sequence[Message], list[tuple[int, Message]]]
Fusing = Generator[Sequence[Ask], Sequence[Message], Message]


@protocol
def self_moa(
    question: Question,
    table: Table,
    *,
    samples: int = 6,
    of: str | None = None,
    weights: Any = None,
    aggregator: str | None = None,
    synthesise: bool = False,
    tie_break: Any = random_,
    quote_limit: int = 4000,
    prompts: str | None = None,
) -> Turns:
    """Sample the best agent, then let an aggregator answer that has read the samples.

    Self-MoA (Li et al. 2025, arXiv:2502.00674): 6 samples at temperature 0.7, and the same model aggregates
    at temperature 0. Here the agent samples at its own temperature, every time with another seed; to
    aggregate at another one, seat the same model in the office `aggregator`. Calls: samples + 1.

    Parameters
    ----------
    question, table
        What is asked, and who sits there.
    samples : int
        How many answers are sampled.
    of, weights
        Who is sampled: the named seat, the one with the highest weight, or the first at the table.
    aggregator : str, optional
        Who aggregates; the office `aggregator` when left out, else the sampled agent itself.
    synthesise, tie_break, quote_limit, prompts
        As for `moa`.

    Returns
    -------
    Outcome
        The aggregator's answer; the tally counts samples. Where the answer cannot be read they vote.

    Raises
    ------
    BadOption
        For no sample, and for somebody who is not at the table.

    Examples
    --------
    >>> turns = self_moa(Question(text="2+3?"), Table(["ada", "bo"]), samples=3, of="bo")
    >>> [ask.seat for ask in next(turns)]
    ['bo', 'bo', 'bo']
    """
    count, seat = sample_count(samples), sampled_seat(table, of, weights)
    run = _Fusion(Samples(question, table, seat, prompts), aggregator, synthesise, quote_limit)
    drawn = yield from run.draw(count)
    said = yield from run.fuse(1, None, drawn)
    return run.conclude(said, tie_break)


@protocol
def self_moa_seq(
    question: Question,
    table: Table,
    *,
    samples: int = 30,
    window: int = 6,
    of: str | None = None,
    weights: Any = None,
    aggregator: str | None = None,
    synthesise: bool = False,
    tie_break: Any = random_,
    quote_limit: int = 4000,
    prompts: str | None = None,
) -> Turns:
    """Sample the best agent, and aggregate the samples a few at a time, in a window that slides over them.

    Self-MoA-Seq (Li et al. 2025, arXiv:2502.00674), which keeps prompts short with many samples: the paper
    goes to 30, in a window of 6. The first window holds samples alone; in every further one the synthesis so
    far takes one place. Calls: samples + ceil((samples - window) / (window - 1)) + 1.

    Parameters
    ----------
    question, table, of, weights, aggregator, synthesise, tie_break, quote_limit, prompts
        As for `self_moa`.
    samples : int
        How many answers are sampled.
    window : int
        How many texts are aggregated at once, the synthesis so far included; at least 2.

    Returns
    -------
    Outcome
        The last synthesis's answer. A synthesis that fails is passed over; where the last one cannot be read
        the samples vote.

    Raises
    ------
    BadOption
        For a window with no room for a sample, and as `self_moa` does.

    Examples
    --------
    >>> turns = self_moa_seq(Question(text="2+3?"), Table(["ada"]), window=1)
    >>> next(turns)
    Traceback (most recent call last):
    ...
    quorate.errors.BadOption: A window of 1 has no room for a sample beside the synthesis; give 2 or more.
    """
    if isinstance(window, bool) or not isinstance(window, int) or window < 2:
        raise BadOption(
            f"A window of {window} has no room for a sample beside the synthesis; give 2 or more."
        )
    count, seat = sample_count(samples), sampled_seat(table, of, weights)
    run = _Fusion(Samples(question, table, seat, prompts), aggregator, synthesise, quote_limit)
    drawn = yield from run.draw(count)
    said = synthesis = yield from run.fuse(1, None, drawn[:window])
    for step, first in enumerate(range(window, len(drawn), window - 1), 2):
        before = None if synthesis.failed else synthesis
        said = yield from run.fuse(step, before, drawn[first : first + window - 1])
        synthesis = synthesis if said.failed else said
    return run.conclude(synthesis, tie_break)


class _Fusion:
    """The samples of one agent and who aggregates them: whoever is named or holds the office, else itself."""

    def __init__(self, samples: Samples, named: str | None, synthesise: bool, quote_limit: int) -> None:
        table, itself = samples.table, samples.seat
        self.aggregator = (
            officer(table, "aggregator", itself) if named is None else aggregator_of(table, named)
        )
        self.samples, self.quote_limit = samples, quote_limit
        self.prompt = "synthesise" if synthesise else "aggregate"
        self.drawn: list[tuple[int, Message]] = []
        """The samples that did not fail, with their numbers."""

    def draw(self, count: int) -> Drawing:
        """Draw the samples and return those that did not fail, with their numbers."""
        yield from self.samples.more(count)
        self.drawn = [(number, said) for number, said in enumerate(self.samples.said, 1) if not said.failed]
        return self.drawn

    def fuse(self, step: int, before: Message | None, drawn: Sequence[tuple[int, Message]]) -> Fusing:
        """Ask the aggregator about some samples, and about the synthesis before."""
        question, prompts = self.samples.question, self.samples.prompts
        fields = {
            "own": f"Your last answer:\n{self._quoted(before)}" if before else "",
            "drafts": "\n\n".join(
                f"Draft of {said.seat} #{number}:\n{self._quoted(said)}" for number, said in drawn
            ),
        }
        ask = Ask(
            seat=self.aggregator,
            act="fuse",
            turn=step,
            question=question,
            instruction=prompts.render(self.prompt, question, **fields) if drawn else prompts.draft(question),
            heard=tuple(said for _, said in drawn),
            expects="answer",
        )
        said = yield [ask]
        self.samples.others += said
        return said[0]

    def _quoted(self, said: Message) -> str:
        return self.samples.prompts.quote(said.text, self.quote_limit)

    def conclude(self, said: Message, tie_break: Any) -> Outcome:
        """Take the synthesis for the answer; where it cannot be read the samples vote."""
        ballots = self.samples.ballots()
        outcome = fused(plurality(ballots), said, len(self.drawn))
        if outcome.answer is None:
            rng = self.samples.table.rng(self.samples.question.id, "tie")
            note = Note(kind="fallback", seats=(self.aggregator,), text=outcome.reason)
            outcome = break_tie(outcome, ballots, tie_break, rng).model_copy(update={"notes": (note,)})
        return self.samples.complete(outcome, f"{many(len(self.samples.said))} of {self.samples.seat}")
