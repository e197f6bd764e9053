"""Protocols that spend what another arm spent on the same question: what its calls, its tokens buy alone."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Generator, Mapping, Sequence
from typing import Any, Literal

from quorate.nouns import Ask, Message, Question, Table
from quorate.protocols import debate, plurality
from quorate.protocols.history import Turns
from quorate.protocols.sampling.samples import Samples, many, sample_count

Unit = Literal["calls", "tokens"]


class Matched:
    """Sample one agent and vote, spending on each question what another arm spent on it.

    Self-consistency (Wang et al. 2023, arXiv:2203.11171) at equal cost. With "calls" as many samples are
    drawn as the arm made calls. With "tokens" samples are drawn until the arm's tokens are reached: never
    fewer, and more by less than one sample (samples more than twice as long as all before may exceed that).

    Parameters
    ----------
    seat : str
        Who is sampled.
    unit : {"calls", "tokens"}
        What is equal.
    spent : mapping of str to float
        How much of it the arm spent, by question id.
    longest : int
        Most tokens that a sample writes: as many samples as surely fit are drawn at once, and half of what
        fits when none is longer than those so far.
    of : str
        The arm's name, for the manifest.
    prompts : str, optional
        A folder of prompt files that override the shipped ones.

    Examples
    --------
    >>> sampled = Matched("ada", "calls", {"q1": 3}, longest=100)
    >>> len(next(sampled(Question(id="q1", text="2+3?"), Table(["ada"]))))
    3
    """

    def __init__(
        self,
        seat: str,
        unit: Unit,
        spent: Mapping[str, float],
        *,
        longest: int,
        of: str = "",
        prompts: str | None = None,
    ) -> None:
        self.seat, self.unit, self.spent, self.longest = seat, unit, dict(spent), longest
        self.of, self.prompts = of, prompts

    def __call__(self, question: Question, table: Table) -> Turns:
        """Sample and vote."""
        drawn = Samples(question, table, self.seat, self.prompts)
        budget = self.spent[question.id]
        if self.unit == "calls":
            yield from drawn.more(sample_count(max(1, round(budget))))
        else:
            yield from self._until(drawn, budget)
        reason = f"{many(len(drawn.said))} of {drawn.seat}, for {budget:,.0f} {self.unit}"
        return drawn.conclude(plurality, "random", reason)

    def _until(self, drawn: Samples, budget: float) -> Generator[Sequence[Ask], Sequence[Message], None]:
        """Draw until the budget is reached; a wave that costs nothing (all failed) ends it too."""
        yield from drawn.more(1)
        used, before = _tokens(drawn.said), 0
        while before < used < budget:
            left, read = budget - used, max(message.tokens_in for message in drawn.said)
            sure = left // (read + self.longest)
            likely = left // (2 * max(_tokens([message]) for message in drawn.said))
            yield from drawn.more(max(1, int(max(sure, likely))))
            before, used = used, _tokens(drawn.said)

    @property
    def spelling(self) -> dict[str, Any]:
        """What a manifest stores."""
        about: dict[str, Any] = {"seat": self.seat, "unit": self.unit, "of": self.of, "longest": self.longest}
        about["prompts"] = self.prompts
        return {"matched": {**about, "spent": _digest(self.spent)}}


class Refined:
    """Let one agent revise its own draft, as often as another arm held rounds on the same question.

    Self-refinement (Madaan et al. 2023, arXiv:2303.17651) without feedback from outside: the agent is asked
    to check its last answer again.

    Parameters
    ----------
    rounds : mapping of str to float
        Answer rounds of the arm, the drafts included, by question id.
    of : str
        The arm's name, for the manifest.
    prompts : str, optional
        A folder of prompt files that override the shipped ones.

    Examples
    --------
    >>> turns = Refined({"q1": 2})(Question(id="q1", text="2+3?"), Table(["ada"]))
    >>> said = Message(number=0, seat="ada", act="draft", turn=0, text="Answer: 5", answer="5")
    >>> [ask.seat for ask in next(turns)], [ask.act for ask in turns.send([said])]
    (['ada'], ['revise'])
    """

    def __init__(self, rounds: Mapping[str, float], *, of: str = "", prompts: str | None = None) -> None:
        self.rounds, self.of, self.prompts = dict(rounds), of, prompts

    def __call__(self, question: Question, table: Table) -> Turns:
        """Draft and revise."""
        rounds = max(1, round(self.rounds[question.id]))
        options: dict[str, Any] = {"until": "never", "prompts": self.prompts}
        return (yield from debate(question, table, rounds=rounds, **options))

    @property
    def spelling(self) -> dict[str, Any]:
        """What a manifest stores."""
        return {"refined": {"of": self.of, "prompts": self.prompts, "rounds": _digest(self.rounds)}}


def _tokens(said: Sequence[Message]) -> int:
    return sum(message.tokens_in + message.tokens_out for message in said)


def _digest(spent: Mapping[str, float]) -> str:
    text = json.dumps(spent, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
