"""Random transcripts, and the same questions asked of them again by definition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from hypothesis import strategies as st

from quorate.evaluate.dynamics import Dynamics
from quorate.nouns import Message, Question
from quorate.transcripts import Transcript

SEATS = ("ada", "bo", "cy", "di")
FAILED, ABSENT = "!", "-"
Heard = dict[int, tuple[int, ...]]


@st.composite
def transcripts(draw: st.DrawFn, gold: bool | None = None) -> tuple[Transcript, Heard]:
    """One question: some seats, some rounds; seats abstain, fail, or are not asked."""
    seats = SEATS[: draw(st.integers(1, 4))]
    name = draw(st.sampled_from([f"q{n}" for n in range(20)]))
    messages: list[Message] = []
    heard: Heard = {}
    answers = st.sampled_from(["5", "5", "6", "6", "7", None, FAILED, ABSENT])
    for turn in range(draw(st.integers(1, 3))):
        before = len(messages)
        for seat in seats:
            answer = draw(answers)
            if answer == ABSENT:
                continue
            number = len(messages)
            failed = answer == FAILED
            messages.append(
                Message(
                    number=number,
                    seat=seat,
                    act="revise" if turn else "draft",
                    turn=turn,
                    text="",
                    answer=None if failed else answer,
                    error="gone" if failed else None,
                )
            )
            heard[number] = tuple(
                m.number for m in messages[:before] if m.seat != seat and draw(st.booleans())
            )
    known = draw(st.booleans()) if gold is None else gold
    question = Question(id=name, text="2+3?")
    return Transcript.of(question, seats, messages, gold="5" if known else None, heard=heard), heard


records = st.lists(transcripts(), min_size=1, max_size=8)


@dataclass
class Again:
    """An answer given again, counted the slow way."""

    transcript: Transcript
    turn: int
    seat: str
    before: str | None
    after: str | None
    heard: dict[str, str | None]

    @property
    def opinion(self) -> str | None:
        """What most of the heard stand by; None without one, and where they are split."""
        ranked = Counter(answer for answer in self.heard.values() if answer is not None).most_common(2)
        return ranked[0][0] if len(ranked) == 1 or (ranked and ranked[0][1] > ranked[1][1]) else None


def standings(transcript: Transcript, rounds: int) -> list[dict[str, str | None]]:
    """Return what each seat stood by after each of so many rounds."""
    standing: dict[str, str | None] = dict.fromkeys(transcript.seats)
    found = []
    for turn in range(rounds):
        if turn < len(transcript.rounds):
            said = transcript.rounds[turn].answers
            standing |= {seat: m.answer for seat, m in said.items() if not m.failed}
        found.append(dict(standing))
    return found


def again(record: list[tuple[Transcript, Heard]], *, assumed: bool = False) -> Iterator[Again]:
    for transcript, heard in record:
        told = {m.number: m for held in transcript.rounds for m in held.answers.values() if not m.failed}
        standing: dict[str, str | None] = {}
        for turn, held in enumerate(transcript.rounds):
            before = dict(standing)
            spoken = {seat: m for seat, m in held.answers.items() if not m.failed}
            for seat, message in spoken.items():
                peers = {told[n].seat: told[n].answer for n in heard[message.number] if n in told}
                if assumed:
                    peers = {name: answer for name, answer in before.items() if name != seat}
                if turn:
                    yield Again(transcript, turn, seat, before.get(seat), message.answer, peers)
            standing |= {seat: m.answer for seat, m in spoken.items()}


def dynamics(record: list[tuple[Transcript, Heard]]) -> Dynamics:
    return Dynamics.of([t for t, _ in record])
