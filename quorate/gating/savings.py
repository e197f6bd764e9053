"""What adaptive effort saves and what it loses, on recorded debates, beside always and never debating."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from quorate.elections import NotRecorded, share_right
from quorate.errors import ProtocolError
from quorate.evaluate.statistics import Difference, Rate, difference
from quorate.gating.cases import Case, cases_of
from quorate.nouns import Ask, Message, Noun, Question, Table
from quorate.protocols.history import Turns
from quorate.transcripts import Transcript

Protocol = Callable[[Question, Table], Turns]


class Arm(Noun):
    """What one way of deciding achieved, and cost on average a question."""

    rate: Rate
    calls: float
    tokens: float


class Savings(Noun):
    """An adaptive protocol beside always and never debating, on the same recorded questions.

    `debated` counts the questions on which it went on from the drafts. Differences are its own less the
    other's, paired by question, with 95 % intervals: `against_always` and `against_never` in accuracy,
    `tokens_against_always` and `calls_against_always` a question.
    """

    questions: int
    debated: int
    never: Arm
    adaptive: Arm
    always: Arm
    against_always: Difference
    against_never: Difference
    calls_against_always: Difference
    tokens_against_always: Difference

    @property
    def saved(self) -> float | None:
        """The share of always debating's tokens that is saved; of its calls where tokens were not counted."""
        if self.always.tokens:
            return 1 - self.adaptive.tokens / self.always.tokens
        return 1 - self.adaptive.calls / self.always.calls if self.always.calls else None

    @property
    def what(self) -> str:
        """What `saved` counts."""
        return "tokens" if self.always.tokens else "calls"

    def told(self) -> str:
        """Say in one sentence what was saved and what it cost in accuracy."""
        saved = 0.0 if self.saved is None else self.saved
        lost = self.against_always
        verdict = {1: "more accurate", -1: "less accurate", 0: "no difference shown"}[lost.sign]
        return (
            f"{100 * saved:.0f} % of the {self.what} saved against always debating, accuracy "
            f"{lost.points} points ({verdict}, n = {self.questions}); {self.against_never.points} against "
            "never debating"
        )


def savings(transcripts: Sequence[Transcript], protocol: Protocol) -> Savings:
    """Measure what an adaptive protocol would have saved and lost on recorded debates.

    Its drafts are answered from the record. Where it then asks for anything else, or for a draft that the
    record does not hold, it has gone on, and ends as the record did, at the record's cost: nothing is asked
    of a model, and all three arms share their drafts.

    Parameters
    ----------
    transcripts : sequence of Transcript
        Debates that were always held, with gold, of other questions than anything was trained on.
    protocol : callable
        Such as `partial(gated, gate="gate.json")`, `partial(cascade, sure=0.8)` or `vote`, its options bound.

    Returns
    -------
    Savings

    Raises
    ------
    BadOption
        Without gold answers or debates.

    Examples
    --------
    >>> from quorate.protocols import cascade
    >>> said = [
    ...     Message(number=n, seat=seat, act="draft", turn=n // 2, text="", answer="5", confidence=0.95)
    ...     for n, seat in enumerate("abab")
    ... ]
    >>> found = savings([Transcript.of(Question(text="2+3?"), "ab", said, gold="5")], cascade)
    >>> found.adaptive.calls, found.always.calls, found.saved
    (1.0, 4.0, 0.75)
    """
    cases = cases_of(transcripts)
    runs = [_run(case, protocol) for case in cases]
    vote, debate = [case.vote for case in cases], [case.debate for case in cases]
    worth = [run.worth for run in runs]
    full = [case.messages for case in cases]
    ids = [case.transcript.question.id for case in cases]
    calls, tokens = [run.calls for run in runs], [run.tokens for run in runs]
    every, all_tokens = [len(said) for said in full], [_tokens(said) for said in full]
    drafts = [case.drafts for case in cases]
    return Savings(
        questions=len(cases),
        debated=sum(run.went_on for run in runs),
        never=_arm(vote, ids, [len(said) for said in drafts], [_tokens(said) for said in drafts]),
        adaptive=_arm(worth, ids, calls, tokens),
        always=_arm(debate, ids, every, all_tokens),
        against_always=difference(worth, debate, groups=ids),
        against_never=difference(worth, vote, groups=ids),
        calls_against_always=difference(calls, every, groups=ids),
        tokens_against_always=difference(tokens, all_tokens, groups=ids),
    )


@dataclass(frozen=True)
class _Run:
    """What the protocol made of one recorded question."""

    worth: float
    calls: int
    tokens: int
    went_on: bool


def _run(case: Case, protocol: Protocol) -> _Run:
    """Let the protocol draft from the record; where it goes on, take the record's end and cost."""
    transcript = case.transcript
    left = {draft.seat: draft for draft in case.drafts}
    turns = protocol(transcript.question, transcript.table)
    asks = next(turns)
    used: list[Message] = []
    try:
        while True:
            said = list(_drafts(asks, left))
            used += said
            asks = turns.send(said)
    except StopIteration as end:
        worth = share_right(end.value.winners, transcript.gold or "")
        return _Run(worth, len(used), _tokens(used), went_on=False)
    except NotRecorded:
        turns.close()
        return _Run(case.debate, len(case.messages), _tokens(case.messages), went_on=True)


def _drafts(asks: Sequence[Ask], left: dict[str, Message]) -> Iterator[Message]:
    """Answer asks for drafts from the record; NotRecorded at any other ask."""
    if not asks:
        raise ProtocolError("A protocol that is replayed yielded no asks.")
    for ask in asks:
        if ask.act != "draft" or ask.seat not in left:
            raise NotRecorded(f"asks '{ask.seat}' to {ask.act}")
        yield left.pop(ask.seat)


def _arm(worth: Sequence[float], ids: Sequence[str], calls: Sequence[int], tokens: Sequence[int]) -> Arm:
    count = len(worth)
    return Arm(rate=Rate.clustered(worth, ids), calls=sum(calls) / count, tokens=sum(tokens) / count)


def _tokens(said: Sequence[Message]) -> int:
    return sum(message.tokens_in + message.tokens_out for message in said)
