"""A synthetic run for trying the live view: invented agents who argue about sums, in made-up time.

`python -m quorate.live [QUESTIONS] [SPEED]` plays it; tests and the benchmark fold it too.
"""

from __future__ import annotations

import heapq
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import count

from quorate.events import Asked, Decided, Event, Failed, Heard, Said, Started
from quorate.nouns import Dissent, Message, Outcome, Question

ROLES: Mapping[str, str] = {
    "ada": "adds before she believes",
    "bo": "looks for the trap",
    "cy": "checks the units",
    "dee": "works backwards",
    "eve": "estimates first",
    "solon": "judges",
}
JUDGE = "solon"
SEATS = tuple(seat for seat in ROLES if seat != JUDGE)
RING = tuple((seat, SEATS[(place + 1) % len(SEATS)]) for place, seat in enumerate(SEATS))
ROUNDS = 3

_OPENINGS = ("Read it once more.", "Step by step:", "What was asked is how many are there at night.", "So:")
_REASONS = (
    "{a} were there and {b} came, which makes {said}.",
    "Counting on from {a} by {b} steps ends at {said}.",
    "Take {b} from {said} and the {a} of the morning are left, as they should be.",
    "My first idea forgot those that came later; with them it is {said}.",
)


def synthetic_run(questions: int = 1, *, seed: int = 0, at_once: int = 6) -> Iterator[Event]:
    """Yield the events of an invented run, in the order of their times.

    Parameters
    ----------
    questions : int
        How many are deliberated; their ids are q1, q2 ...
    seed : int
        The same seed gives the same run.
    at_once : int
        Most questions open at the same time.

    Examples
    --------
    >>> [event.type for event in synthetic_run()][:3]
    ['started', 'asked', 'asked']
    """
    numbers = count(1)
    due: list[tuple[float, int, Event, _Talk]] = []

    def schedule(talk: _Talk) -> bool:
        event = next(talk.events, None)
        if event is not None:
            heapq.heappush(due, (talk.at, talk.number, event, talk))
        return event is not None

    for _ in range(min(at_once, questions)):
        schedule(_Talk(next(numbers), seed, 1.8e9))
    while due:
        _, _, event, talk = heapq.heappop(due)
        yield event
        if not schedule(talk) and (following := next(numbers)) <= questions:
            schedule(_Talk(following, seed, talk.at))


def gold_answers(questions: int, *, seed: int = 0) -> dict[str, str]:
    """Return the right answers of `synthetic_run`, by question id."""
    return {f"q{number}": _Talk(number, seed, 0.0).right for number in range(1, questions + 1)}


class _Talk:
    """One question's deliberation; `at` is the time of its latest event."""

    def __init__(self, number: int, seed: int, at: float) -> None:
        self.number, self.name, self.at = number, f"q{number}", at
        self.draw = random.Random(f"{seed}/{number}")
        self.a, self.b = self.draw.randint(11, 60), self.draw.randint(2, 30)
        self.right, self.lure = str(self.a + self.b), str(self.a + self.b + self.draw.choice((-10, -1, 10)))
        self.said: list[Message] = []
        self.standing: dict[str, str] = {}
        self.asked = 0
        self.events = self._events()

    def _events(self) -> Iterator[Event]:
        """Yield drafts, rounds on a ring until all agree, and a judge when they do not."""
        text = f"There are {self.a} sheep on a hill, and {self.b} more come up in the evening. "
        asked = Question(id=self.name, text=text + "How many are there at night?")
        yield Started(question=self.name, asked=asked, at=self.at)
        for turn in range(ROUNDS):
            if turn == 1:
                yield Heard(question=self.name, turn=1, edges=RING)
            yield from self._round(SEATS, "revise" if turn else "draft", turn)
            if len(set(self.standing.values())) == 1:
                break
        else:
            yield from self._round([JUDGE], "judge", ROUNDS - 1)
        yield Decided(question=self.name, outcome=self._outcome(), at=self.at)

    def _round(self, seats: Sequence[str], act: str, turn: int) -> Iterator[Event]:
        began, first = self.at, self.asked
        for seat in seats:
            yield Asked(
                question=self.name, number=self.asked, seat=seat, act=act, turn=turn, digest="", at=self.at
            )
            self.asked += 1
        before = dict(self.standing)
        for seat in self.draw.sample(seats, len(seats)):
            self.at += self.draw.uniform(0.3, 1.6)
            message = self._message(first + seats.index(seat), seat, act, turn, began, before)
            self.said.append(message)
            yield (Failed if message.failed else Said)(question=self.name, message=message)

    def _message(
        self, number: int, seat: str, act: str, turn: int, began: float, before: Mapping[str, str]
    ) -> Message:
        spent = self.at - began
        place = {"number": number, "seat": seat, "act": act, "turn": turn, "at": self.at, "seconds": spent}
        if turn and act != "judge" and self.draw.random() < 0.03:
            return Message(
                text="", finish="error", error="TimeoutError: no answer within 60 seconds.", **place
            )
        answer = self._opinion(seat, act, before)
        if act != "judge":
            self.standing[seat] = answer
        talk = " ".join([self.draw.choice(_OPENINGS), *self.draw.sample(_REASONS, 3)])
        return Message(
            text=talk.format(a=self.a, b=self.b, said=answer) + f" Answer: {answer}",
            answer=answer,
            confidence=round(self.draw.uniform(0.4, 0.98), 2),
            tokens_in=180 + 140 * turn + self.draw.randint(0, 40),
            tokens_out=self.draw.randint(40, 120),
            **place,
        )

    def _opinion(self, seat: str, act: str, before: Mapping[str, str]) -> str:
        """Draft; or keep the answer, or take over the one that is heard; the judge takes the most common."""
        if act == "judge":
            return Counter(before.values()).most_common(1)[0][0]
        own, heard = before.get(seat), before.get(SEATS[SEATS.index(seat) - 1])
        fresh = self.right if self.draw.random() < 0.5 else self.draw.choice((self.lure, str(self.a)))
        return self.draw.choice((own or fresh, own or fresh, heard or fresh, self.right if own else fresh))

    def _outcome(self) -> Outcome:
        tally = Counter(self.standing.values())
        top = max(tally.values())
        winners = tuple(answer for answer, votes in tally.items() if votes == top)
        answer = min(winners)
        ended = "all agree" if len(tally) == 1 else f"all {ROUNDS} rounds held"
        last = {message.seat: message.text for message in self.said if not message.failed}
        return Outcome(
            question=self.name,
            winners=winners,
            answer=answer,
            tie_break="lowest" if len(winners) > 1 else None,
            tally={said: float(votes) for said, votes in tally.items()},
            reason=f"{ended}; plurality, {top} of {len(self.standing)} votes",
            rounds=1 + max(message.turn for message in self.said),
            consensus=len(tally) == 1,
            dissent=tuple(
                Dissent(seat=seat, answer=said, text=last[seat])
                for seat, said in self.standing.items()
                if said != answer
            ),
            failed=tuple(dict.fromkeys(message.seat for message in self.said if message.failed)),
            calls=len(self.said),
            tokens_in=sum(message.tokens_in for message in self.said),
            tokens_out=sum(message.tokens_out for message in self.said),
        )


def main(arguments: Sequence[str]) -> None:
    """Play the run on this terminal: number of questions (1), speed (1)."""
    from quorate.live import replay, view_for

    questions = int(arguments[0]) if arguments else 1
    speed = float(arguments[1]) if len(arguments) > 1 else 1.0
    gold, budget = gold_answers(questions), f"at most {ROUNDS} rounds"
    with view_for(total=questions, gold=gold, title="debate on a ring", roles=ROLES, budget=budget) as view:
        replay(synthetic_run(questions), view, speed=speed)
