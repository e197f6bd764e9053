"""Cases: recorded debates with gold, each beside the vote that its own first drafts would have been."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from quorate.elections import Election, share_right
from quorate.errors import BadOption
from quorate.nouns import Message, derive_seed
from quorate.protocols.voting import plurality
from quorate.transcripts import Transcript


@dataclass(frozen=True)
class Case:
    """One recorded question: what voting on its first drafts, and what debating it, was worth and cost.

    `vote` and `debate` lie in [0, 1]: of k tied winners each counts for 1/k.
    """

    transcript: Transcript
    vote: float
    debate: float

    @property
    def drafts(self) -> tuple[Message, ...]:
        """The first drafts, in seat order; seats that had none are left out."""
        held = self.transcript.rounds[0].answers
        return tuple(held[seat] for seat in self.transcript.seats if seat in held)

    @property
    def messages(self) -> tuple[Message, ...]:
        """All that was said, in order."""
        return (*(m for held in self.transcript.rounds for m in held.messages), *self.transcript.rest)


def cases_of(transcripts: Sequence[Transcript]) -> list[Case]:
    """Return the recorded questions that have a gold answer and first drafts.

    The recorded outcome says what a debate was worth; without one, plurality over its last answers.

    Raises
    ------
    BadOption
        When no question has a gold answer, or none was debated.

    Examples
    --------
    >>> from quorate.nouns import Question
    >>> said = [
    ...     Message(number=n, seat="ab"[n % 2], act="draft", turn=n // 2, text="", answer=answer)
    ...     for n, answer in enumerate("5655")
    ... ]
    >>> (case,) = cases_of([Transcript.of(Question(text="2+3?"), "ab", said, gold="5")])
    >>> case.vote, case.debate
    (0.5, 1.0)
    """
    known = [t for t in transcripts if t.gold is not None and t.rounds]
    if not known:
        raise BadOption(
            f"None of the {len(transcripts)} recorded questions has a gold answer, and only with them can be "
            "seen where a debate helped. Record a run over problems with gold, or give the gold answers "
            "in a file: --gold."
        )
    if all(len(t.rounds) < 2 for t in known):
        raise BadOption(
            "None of the recorded questions was debated: each has one round only. Record runs of a debate "
            "with 2 rounds or more, and until: never to see what talk changes where all agree."
        )
    return [Case(t, _vote(t), _debate(t)) for t in known]


def split(transcripts: Sequence[Transcript], share: float, seed: int = 0) -> tuple[list[Transcript], ...]:
    """Part records into those to train on and a share to test on; all records of a question stay together.

    Examples
    --------
    >>> from quorate.nouns import Question
    >>> many = [Transcript(Question(text="?", id=f"q{n % 50}"), ("ada",), ()) for n in range(100)]
    >>> [len(part) for part in split(many, 0.3)]
    [70, 30]
    """
    if not 0 <= share < 1:
        raise BadOption(f"The share to test on lies between 0 and 1, not {share:g}.")
    names = list(dict.fromkeys(t.question.id for t in transcripts))
    drawn = sorted(names, key=lambda name: derive_seed("gate", seed, name))
    tested = set(drawn[: round(share * len(names))])
    return (
        [t for t in transcripts if t.question.id not in tested],
        [t for t in transcripts if t.question.id in tested],
    )


def _vote(transcript: Transcript) -> float:
    outcome = Election.of(transcript.upto(1)).decide(plurality)
    return share_right(outcome.winners, transcript.gold or "")


def _debate(transcript: Transcript) -> float:
    if transcript.outcome is not None:
        return share_right(transcript.outcome.winners, transcript.gold or "")
    return share_right(Election.of(transcript).decide(plurality).winners, transcript.gold or "")
