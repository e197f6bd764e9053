"""Stopping: how often each stop check would have ended recorded talk, when, and at what loss.

report = replay_stops(load_transcripts("runs/first").transcripts, ["unanimous", {"quorum": {"share": 0.75}}])
for stopped in report.checks: print(stopped.check, stopped.rounds_saved, stopped.against.points)
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Generator, Iterable, Sequence
from typing import Any

from quorate import registry
from quorate.elections import Election, NotRecorded, replayed, share_right
from quorate.errors import BadOption
from quorate.evaluate.statistics import Difference, Rate, difference
from quorate.nouns import Noun
from quorate.protocols.convergence import resolve_stop
from quorate.protocols.history import Stop, consult
from quorate.protocols.weights import Weights, read_weights
from quorate.redeciding import Progress, called, check_options, through
from quorate.registry import spell
from quorate.transcripts import Transcript


class Stopped(Noun):
    """What one stop check would have done.

    Of all questions, `stopped` would have ended before the last recorded round, and on `unmet` the check had
    no reason to stop even after it: there the talk might have gone on longer than the record. `after` counts
    the questions by the rounds they would have held. The three shares saved are of all that was recorded.
    `rate` is the accuracy when stopped, `against` its paired difference to talking to the end; `lost` and
    `gained` count the questions, ties by their share, that stopping made wrong or right.
    """

    check: Any
    questions: int
    stopped: int
    unmet: int
    after: dict[int, int]
    rounds: float
    rounds_saved: float
    calls_saved: float
    tokens_saved: float | None
    rate: Rate | None
    against: Difference | None
    lost: float
    gained: float

    @property
    def points_lost(self) -> float | None:
        """Percentage points of accuracy lost by stopping; negative when it gained."""
        return None if self.against is None else -100 * self.against.mean


class Stopping(Noun):
    """What the stop checks would have done to a record that holds `rounds` rounds a question.

    `rate` is the accuracy of `rule` after all recorded rounds; `left_out` says which checks could not be
    replayed, and why.
    """

    rule: Any
    rounds: float
    rate: Rate | None
    checks: tuple[Stopped, ...]
    left_out: dict[str, str]


def replay_stops(
    transcripts: Sequence[Transcript],
    checks: Sequence[Any],
    *,
    rule: Any = "plurality",
    weights: Any = None,
    progress: Progress | None = None,
) -> Stopping:
    """Replay stop checks over recorded rounds, and decide where each would have stopped.

    A check is asked after every round, as in a debate. One that needs answers that the record does not hold
    (a judge's) is left out with the reason. A record whose talk was ended early by a check of its own shows
    nothing of what would have followed.

    Parameters
    ----------
    transcripts : sequence of Transcript
        See `quorate.transcript_files.load_transcripts`.
    checks : sequence of stop checks, names or mappings
        As in `until=`.
    rule : rule, name or mapping
        What decides where the talk stops. Of k tied winners each counts for 1/k. Recorded rankings and
        approvals belong to the last round; before it a ballot is its answer.
    weights : file, mapping of seat to number, or Weights, optional
        What the seats' votes weigh, for rules that read it.
    progress : callable, optional
        Called as `progress(questions, check)`; must pass the questions through.

    Returns
    -------
    Stopping

    Raises
    ------
    BadOption
        For an unknown check or rule, impossible options, or no question.

    Examples
    --------
    >>> from quorate.nouns import Message, Question
    >>> said = [
    ...     Message(number=n, seat="ab"[n % 2], act="draft", turn=n // 2, text="", answer=answer)
    ...     for n, answer in enumerate("5556")
    ... ]
    >>> once = Transcript.of(Question(text="2+3?"), "ab", said, gold="5")
    >>> (stopped,) = replay_stops([once], ["unanimous"]).checks
    >>> stopped.after, stopped.rounds_saved, stopped.gained
    ({1: 1}, 0.5, 0.5)
    """
    if not transcripts:
        raise BadOption("There is no recorded question to stop.")
    check_options(rule)
    worth = _Worth(
        transcripts, registry.rule.resolve(rule), None if weights is None else read_weights(weights)
    )
    named = {called(spell(check)): check for check in map(resolve_stop, checks)}
    found: list[Stopped] = []
    left_out: dict[str, str] = {}
    for text, check in named.items():
        try:
            ends = [_end(t, check) for t in through(progress, transcripts, text)]
        except NotRecorded as problem:
            left_out[text] = str(problem)
        else:
            found.append(_stopped(transcripts, check, ends, worth))
    return Stopping(
        rule=spell(worth.rule),
        rounds=_mean([len(t.rounds) for t in transcripts]),
        rate=Rate.mean(worth.all_([len(t.rounds) for t in transcripts])),
        checks=tuple(found),
        left_out=left_out,
    )


class _Worth:
    """What deciding each question after so many rounds is worth; every one is decided once."""

    def __init__(self, transcripts: Sequence[Transcript], rule: Callable[..., Any], weights: Weights | None):
        self.transcripts, self.rule, self.weights = transcripts, rule, weights
        self._known: dict[tuple[int, int], float] = {}

    def all_(self, rounds: Sequence[int]) -> list[float]:
        """Return the worth of the questions with a gold answer, each after its number of rounds."""
        return [
            self._after(at, held) for at, held in enumerate(rounds) if self.transcripts[at].gold is not None
        ]

    def _after(self, at: int, held: int) -> float:
        if (at, held) not in self._known:
            transcript = self.transcripts[at]
            outcome = Election.of(transcript.upto(held), self.weights).decide(self.rule)
            self._known[at, held] = share_right(outcome.winners, transcript.gold or "")
        return self._known[at, held]


def _end(transcript: Transcript, check: Stop) -> tuple[int, bool]:
    """Return after how many rounds a check would have ended the talk, and whether it had a reason."""
    for held, history in enumerate(transcript.histories(), 1):
        if replayed(transcript, _asked(check, history)):
            return held, True
    return len(transcript.rounds), False


def _asked(check: Stop, history: Any) -> Generator[Any, Any, Any]:
    return (yield from consult(check(history)))


def _stopped(
    transcripts: Sequence[Transcript], check: Stop, ends: Sequence[tuple[int, bool]], worth: _Worth
) -> Stopped:
    held = [rounds for rounds, _ in ends]
    recorded = [len(t.rounds) for t in transcripts]
    now, then = worth.all_(held), worth.all_(recorded)
    return Stopped(
        check=spell(check),
        questions=len(transcripts),
        stopped=sum(h < r for h, r in zip(held, recorded, strict=True)),
        unmet=sum(not met for _, met in ends),
        after=dict(sorted(Counter(held).items())),
        rounds=_mean(held),
        rounds_saved=_saved(held, recorded) or 0.0,
        calls_saved=_saved(_spent(transcripts, held, _calls), _spent(transcripts, recorded, _calls)) or 0.0,
        tokens_saved=_saved(_spent(transcripts, held, _tokens), _spent(transcripts, recorded, _tokens)),
        rate=Rate.mean(now),
        against=difference(now, then) if now else None,
        lost=sum(max(0.0, b - a) for a, b in zip(now, then, strict=True)),
        gained=sum(max(0.0, a - b) for a, b in zip(now, then, strict=True)),
    )


def _spent(transcripts: Sequence[Transcript], held: Sequence[int], cost: Callable[[Any], int]) -> list[int]:
    return [
        sum(cost(message) for round_ in t.rounds[:rounds] for message in round_.messages)
        for t, rounds in zip(transcripts, held, strict=True)
    ]


def _calls(message: Any) -> int:
    return 1


def _tokens(message: Any) -> int:
    return int(message.tokens_in + message.tokens_out)


def _saved(used: Iterable[int], recorded: Iterable[int]) -> float | None:
    """Return the share that is saved; None when the record says nothing about it."""
    whole = sum(recorded)
    return 1 - sum(used) / whole if whole else None


def _mean(values: Sequence[int]) -> float:
    return sum(values) / len(values)
