"""DyLAN: a network of agents that stops as soon as two thirds agree and lets only the best reply go on.

Liu et al. 2024 (arXiv:2310.02170). Round 1: drafts; 2: all revise; from 3 on only the kept ones:

    draft -> revise -> a ranker keeps the best 2 -> revise -> ... -> vote of the last round
    after each: does one answer have more than two thirds of the round's votes?
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Literal

from quorate.errors import BadOption, did_you_mean
from quorate.nouns import Ask, Ballot, Hearing, Message, Outcome, Question, Table
from quorate.protocols.filtering import judge_picks
from quorate.protocols.history import History, Turns
from quorate.protocols.importance import Ratings, importance, importance_note
from quorate.protocols.prompting import Prompts
from quorate.protocols.voting import break_tie, plurality, random_, resolve_rule
from quorate.registry import protocol

Waves = Literal["agents", "round"]
WAVES: tuple[str, ...] = ("agents", "round")
LEAST_ROUNDS = 3
LOW, HIGH = 1, 5
EXAMPLE = (4, 2, 5, 1, 3)
_RATINGS = re.compile(
    r"^[ \t*_]*ratings[ \t*_]*:[ \t*_]*\[*([0-9][0-9, \t]{0,200})\]*[ \t*_.]*$", re.I | re.M
)


@protocol
def dylan(
    question: Question,
    table: Table,
    *,
    rounds: int = 3,
    keep: int = 2,
    waves: Waves = "agents",
    rate: bool = True,
    decide: Any = plurality,
    tie_break: Any = random_,
    quote_limit: int = 4000,
    prompts: str | None = None,
) -> Turns:
    """Debate until two thirds of a round agree; after two rounds only the best replies go on.

    The dynamic network of agents of Liu et al. 2024 (arXiv:2310.02170). The seats speak in an order drawn by
    seed; a round ends as soon as one answer has more than floor(2/3 n) votes, and with it the debate. Before
    the third round, of more than `keep` + 1 seats, the office `judge` picks the `keep` best replies: only
    their seats go on, they hear only each other, and if they already agree nothing more is asked. With
    unreadable picks they are drawn at random, as published, and counted.

    The published code for multiple choice lets two seats drawn at random speak in the third round instead of
    those picked (it compares a place in the shuffled order with a seat); here those picked speak, as the
    paper says and the code for MATH does.

    Parameters
    ----------
    question, table
        What is deliberated; who sits where and hears whom. More than `keep` + 1 seats need a `judge`.
    rounds : int
        Most rounds, at least 3; with nothing to stop it n seats make at most 2 n + (rounds - 2) keep answers
        and one selection.
    keep : int
        How many replies the ranker keeps.
    waves : {"agents", "round"}
        Ask only as many seats at once as could still be needed for agreement, so that exactly the seats are
        asked that asking one by one, as published, would ask (default); or the whole round at once, which
        takes fewer steps and more calls.
    rate : bool
        Whether seats rate from 1 to 5 what they read, in the same call: the weights of the agent importance,
        which the outcome's notes tell (`quorate.protocols.importance`). Otherwise, and where ratings cannot
        be read, all texts read count alike.
    decide : rule, name or mapping
        A rule over the answers of the seats that spoke last.
    tie_break, quote_limit, prompts
        As in `debate`.

    Raises
    ------
    BadOption
        For fewer than 3 rounds, a missing judge, or a decision that asks.

    Examples
    --------
    >>> trio = Table(["ada", "bo", "cy"])
    >>> len(next(dylan(Question(text="2+3?"), trio)))
    3
    """
    _check(table, rounds, keep, waves)
    rule = resolve_rule(decide)
    history = History(question, table, prompts=Prompts.load(prompts), quote_limit=quote_limit)
    net = Net(history, waves, rate, active=table.seats)

    stopped = yield from net.speak(history.drafts())
    for number in range(2, rounds + 1):
        if stopped:
            break
        if number == LEAST_ROUNDS:
            stopped = yield from net.narrow(keep)
        elif number > LEAST_ROUNDS:
            yield from history.thin([Among(net.active)])
        if not stopped:
            stopped = yield from net.speak(history.revisions(seats=net.active))
    return net.conclude(rule, tie_break, stopped or f"all {rounds} rounds held")


def agreement(answers: Sequence[str | None], seats: int) -> str | None:
    """Return the answer that more than floor(2/3 n) of n seats give; None while there is none.

    Examples
    --------
    >>> agreement(["5", "5", "5"], seats=4), agreement(["5", "5", "6"], seats=3)
    ('5', None)
    """
    counts = Counter(answer for answer in answers if answer is not None)
    answer, votes = next(iter(counts.most_common(1)), (None, 0))
    return answer if votes >= votes_needed(seats) else None


def votes_needed(seats: int) -> int:
    """Return how many of so many votes are more than floor(2/3 n).

    Examples
    --------
    >>> [votes_needed(seats) for seats in (1, 2, 3, 4, 5, 6, 7)]
    [1, 2, 3, 3, 4, 5, 5]
    """
    return 2 * seats // 3 + 1


def read_ratings(text: str, count: int) -> tuple[int, ...] | None:
    r"""Read ratings of `count` texts, whole numbers from 1 to 5; None when they cannot be read.

    Examples
    --------
    >>> read_ratings("Both hold.\nRatings: 4, 2\nAnswer: 5", 2), read_ratings("Ratings: 4, 9", 2)
    ((4, 2), None)
    """
    lines = _RATINGS.findall(text)
    if not lines:
        return None
    numbers = [part.strip() for part in lines[-1].split(",")]
    fits = len(numbers) == count and all(n in map(str, range(LOW, HIGH + 1)) for n in numbers)
    return tuple(map(int, numbers)) if fits else None


@dataclass(frozen=True)
class Among:
    """A filter: only some seats are heard, and only by each other."""

    seats: tuple[str, ...]
    spelling = "not kept by the ranker"

    def __call__(self, history: History, hearing: Hearing) -> Hearing:
        """Return who still hears whom."""
        return {
            seat: tuple(name for name in heard if name in self.seats and seat in self.seats)
            for seat, heard in hearing.items()
        }


@dataclass
class Net:
    """The network as it stands: who is active, and what each read and thought of it in each round."""

    history: History
    waves: Waves
    rate: bool
    active: tuple[str, ...]
    ratings: list[Ratings] = field(default_factory=list)

    def speak(self, asks: Sequence[Ask]) -> Generator[Sequence[Ask], Sequence[Message], str]:
        """Hold a round; return why the debate ends with it, or nothing."""
        history, rated = self.history, self.rate and asks[0].act == "revise"
        asks = [self._rating(ask) for ask in asks] if rated else list(asks)
        history.table.rng(history.question.id, "order", history.turn + 1).shuffle(asks)
        said: list[Message] = []
        while len(said) < len(asks) and agreement([m.answer for m in said], len(asks)) is None:
            wave = asks[len(said) : len(said) + self._wave(said, len(asks))]
            said += yield history.noted(wave)
        read = asks[: len(said)]
        self.ratings.append(self._ratings(read, said) if read[0].act == "revise" else {})
        history.add(read, said)
        return self._agreed({m.seat: m.answer for m in said}, len(asks))

    def narrow(self, keep: int) -> Generator[Sequence[Ask], Sequence[Message], str]:
        """Have the ranker keep the best replies; return why the debate ends with that, or nothing."""
        if len(self.active) <= keep + 1:
            return ""
        history = self.history
        yield from history.thin([partial(judge_picks, k=keep, quote_limit=history.quote_limit)])
        heard = {name for heard in history.hearing(history.turn + 1).values() for name in heard}
        kept = tuple(seat for seat in self.active if seat in heard and seat in history.standing)
        if not kept:
            return ""
        self.active = kept
        return self._agreed({seat: history.answer_of(seat) for seat in kept}, len(kept))

    def conclude(self, rule: Any, tie_break: Any, reason: str) -> Outcome:
        """Decide over the answers of the seats that spoke last, and say who contributed to it."""
        history = self.history
        last = [seat for seat in history.table.seats if seat in history.rounds[-1] and seat in self.active]
        ballots = [
            Ballot(seat=seat, answer=history.answer_of(seat), confidence=_confidence(history, seat))
            for seat in last
        ]
        outcome = break_tie(rule(ballots), ballots, tie_break, history.table.rng(history.question.id, "tie"))
        answers = [{seat: m.answer for seat, m in said.items()} for said in history.rounds]
        scores = importance(answers, self.ratings, outcome.answer)
        note = importance_note(scores, history.table.seats)
        return history.conclude(outcome.model_copy(update={"notes": (note,)}), reason)

    def _wave(self, said: Sequence[Message], seats: int) -> int:
        """Return how many more must be asked before anything can be decided."""
        if self.waves == "round":
            return seats
        best = max(Counter(m.answer for m in said if m.answer is not None).values(), default=0)
        return votes_needed(seats) - best

    def _agreed(self, answers: Mapping[str, str | None], seats: int) -> str:
        """Tell, and note, that enough seats agree; nothing when they do not."""
        answer = agreement(list(answers.values()), seats)
        if answer is None:
            return ""
        agreeing = [seat for seat, given in answers.items() if given == answer]
        told = f"{len(agreeing)} of {seats} agree, more than two thirds"
        spared = seats - len(answers)
        self.history.note("stopped", told + (f"; {spared} not asked any more" if spared else ""), agreeing)
        return told

    def _rating(self, ask: Ask) -> Ask:
        """Ask the same, and for ratings of all that is quoted."""
        history, texts = self.history, self._texts(ask)
        if not ask.heard:
            return ask
        own = history.standing.get(ask.seat)
        shown = [str(EXAMPLE[at % len(EXAMPLE)]) for at in range(len(texts))]
        instruction = history.prompts.render(
            "revise_and_rate",
            history.question,
            own=history.quotes([own], title="Your last answer") if own else "",
            drafts=history.quotes(ask.heard),
            low=str(LOW),
            high=str(HIGH),
            example=", ".join(shown),
        )
        return ask.model_copy(update={"instruction": instruction})

    def _texts(self, ask: Ask) -> list[str]:
        """Return whose texts an instruction quotes, in order: the seat's own last answer is the first."""
        own = [ask.seat] if ask.seat in self.history.standing else []
        return [*own, *(message.seat for message in ask.heard)]

    def _ratings(self, asks: Sequence[Ask], said: Sequence[Message]) -> Ratings:
        found, unread, asked = {}, 0, 0
        for ask, message in zip(asks, said, strict=True):
            texts = self._texts(ask)
            given = read_ratings(message.text, len(texts)) if self.rate and not message.failed else None
            if self.rate and ask.heard and not message.failed:
                asked, unread = asked + 1, unread + (given is None)
            found[ask.seat] = dict(zip(texts, given or [1.0] * len(texts), strict=True))
        self.history.count("ratings unreadable", unread, asked)
        return found


def _confidence(history: History, seat: str) -> float | None:
    said = history.standing.get(seat)
    return None if said is None else said.confidence


def _check(table: Table, rounds: int, keep: int, waves: str) -> None:
    if rounds < LEAST_ROUNDS:
        raise BadOption(f"DyLAN holds at least {LEAST_ROUNDS} rounds, not {rounds}; `debate` holds fewer.")
    if waves not in WAVES:
        raise BadOption(f"Seats cannot be asked by '{waves}'. {did_you_mean(waves, WAVES)}")
    table.check_k("protocol 'dylan'", keep)
    if len(table.seats) > keep + 1:
        table.office("judge")
