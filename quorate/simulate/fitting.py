"""Fitting: the parameters of agents, estimated from what real ones said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np

from quorate.errors import BadOption
from quorate.evaluate.dynamics.conformity import Conformity, conformity_of
from quorate.evaluate.dynamics.courses import RIGHT, SILENT, UNHEARD, Course, Heard
from quorate.nouns import Noun, derive_seed
from quorate.simulate.network import Ints
from quorate.simulate.parameters import AFTER, HEARD, MOST_WRONG, OWN, Doubles, Parameters
from quorate.simulate.reacting import ADOPTED, FRESH, KEPT, MUTE, heard_as
from quorate.transcripts import Transcript

PRIOR = 1.0
"""Answers that what is known of the neighbouring cells is worth, where a cell has few of its own."""
SHARES = np.array([0, 0.25, 0.5, 0.75, 1])
"""Share of right answers in the columns of `HEARD` after the first."""


class Fit(Noun):
    """Parameters estimated from records, and how far they can be trusted.

    Parameters
    ----------
    parameters : Parameters
        The estimate.
    spread : tuple of Parameters
        The same of questions drawn again with replacement (a bootstrap): how far it may be off.
    questions, answers : int
        Different questions with a gold answer, and answers given to them after hearing others.
    conformity : Conformity, optional
        What `quorate dynamics` tells of the same records; None after one round.
    """

    parameters: Parameters
    spread: tuple[Parameters, ...]
    questions: int
    answers: int
    conformity: Conformity | None = None


@dataclass(frozen=True)
class Evidence:
    """What records hold about agents, question by question; sums of these are enough for the estimate.

    Parameters
    ----------
    ids : array of str, shape (questions,)
        Of the questions; a question recorded several times has several rows.
    seats, right, silent, pairs_alike : array of float, shape (questions,)
        Of the first drafts: how many, right ones, silent ones, and pairs of the same wrong answer.
    moves : array of float, shape (questions, 3, 6, 5)
        Answers given again, by `OWN`, `HEARD` and `AFTER`.
    wrong_answers : int
        The most different wrong answers to one question.
    tokens : array of float, shape (questions, 6)
        Read in the first round, by how many; written, by how many; read by those who answered again, by how
        many.
    heard : array of float, shape (questions,)
        Messages heard, and own ones read again, by those who answered again.
    """

    ids: np.ndarray[Any, np.dtype[np.str_]]
    seats: Doubles
    right: Doubles
    silent: Doubles
    pairs_alike: Doubles
    moves: Doubles
    wrong_answers: int
    tokens: Doubles
    heard: Doubles

    @classmethod
    def of(cls, course: Course, transcripts: Sequence[Transcript]) -> Self:
        """Collect the evidence of records with gold answers.

        Raises
        ------
        BadOption
            When no question has a gold answer.
        """
        if not course.gold.any():
            raise BadOption(
                "No recorded question has a gold answer, and without one nobody knows who was right: give "
                "the records' gold answers."
            )
        gold = course.gold  # wrong answers are numbered from 2 on where there is a right one
        first = np.where(course.there, course.stands[:, 0], -2)[gold]
        alike = (first[:, :, None] == first[:, None, :]) & (first[:, :, None] > RIGHT)
        return cls(
            ids=np.array([transcript.question.id for transcript in transcripts])[gold],
            seats=(first > -2).sum(axis=1).astype(np.float64),
            right=(first == RIGHT).sum(axis=1).astype(np.float64),
            silent=(first == SILENT).sum(axis=1).astype(np.float64),
            pairs_alike=alike.sum(axis=(1, 2)) - (first > RIGHT).sum(axis=1).astype(np.float64),
            moves=_moves(course)[gold],
            wrong_answers=int(np.clip(course.stands[gold].max(initial=1) - 1, 1, MOST_WRONG)),
            tokens=np.array([_tokens(transcript) for transcript in transcripts])[gold],
            heard=_read_again(course)[gold],
        )

    @classmethod
    def together(cls, parts: Sequence[Evidence]) -> Self:
        """Put the evidence of several records together."""
        arrays = ("ids", "seats", "right", "silent", "pairs_alike", "moves", "tokens", "heard")
        joined = {name: np.concatenate([getattr(part, name) for part in parts]) for name in arrays}
        return cls(wrong_answers=max(part.wrong_answers for part in parts), **joined)

    def parameters(self, weights: Doubles | None = None) -> Parameters:
        """Estimate the parameters, each question counted so many times."""
        w = np.ones(len(self.seats)) if weights is None else weights
        seats, right, silent = (float(w @ part) for part in (self.seats, self.right, self.silent))
        wrong = self.seats - self.right - self.silent
        pairs = float(w @ (wrong * (wrong - 1)))
        alike = float(w @ self.pairs_alike) / pairs if pairs else 1.0
        table = _chances(np.tensordot(w, self.moves, axes=1))
        lengths = _lengths(w @ self.tokens, float(w @ self.heard))
        return Parameters.of_table(
            table,
            accuracy=right / seats,
            correlation=self._correlation(w),
            wrong_answers=self.wrong_answers,
            same_wrong=min(1.0, max(alike, 1 / self.wrong_answers)),
            silent=silent / max(seats - right, 1e-9) if silent else 0.0,
            **lengths,
        )

    def _correlation(self, w: Doubles) -> float:
        """Compare the pairs of drafts that are both right with those that chance alone would give."""
        share = float(w @ self.right) / float(w @ self.seats)
        pairs = float(w @ (self.seats * (self.seats - 1)))
        both = float(w @ (self.right * (self.right - 1)))
        if not pairs or share in (0.0, 1.0):
            return 0.0
        return float(np.clip((both / pairs - share**2) / (share * (1 - share)), 0, 0.999))

    def draws(self, count: int, seed: int) -> list[Parameters]:
        """Estimate anew from questions drawn with replacement, so many times."""
        _, places = np.unique(self.ids, return_inverse=True)
        number = int(places.max()) + 1
        rng = np.random.default_rng(derive_seed(seed, "fit"))
        chosen = rng.multinomial(number, np.full(number, 1 / number), size=count).astype(np.float64)
        return [self.parameters(row[places]) for row in chosen if row[places] @ self.seats]


def fit(
    transcripts: Sequence[Transcript],
    *,
    heard: Sequence[Heard | None] | None = None,
    draws: int = 40,
    seed: int = 0,
) -> Fit:
    """Estimate what agents are like from what they said.

    Parameters
    ----------
    transcripts : sequence of Transcript
        Debates with gold answers: `load_transcripts` reads them from a run.
    heard : sequence, optional
        Who heard what, as for `Dynamics.of`; where it is not known, everybody is taken to have heard all.
    draws : int
        Estimates from questions drawn again, for the intervals of a prediction.
    seed : int
        Of these.

    Returns
    -------
    Fit
        The correlation is that of two first drafts to a question being right (never below 0: agents that
        have different questions right are taken as independent), and the table of reactions counts answers;
        a cell with few of them leans on its neighbours.

    Raises
    ------
    BadOption
        When there is no transcript, or none with a gold answer.

    Examples
    --------
    >>> from quorate.nouns import Message, Question
    >>> said = [
    ...     Message(number=n, seat="abc"[n % 3], act="draft", turn=n // 3, text="", answer=answer)
    ...     for n, answer in enumerate("556555")
    ... ]
    >>> found = fit([Transcript.of(Question(text="2+3?"), "abc", said, gold="5")])
    >>> round(found.parameters.accuracy, 3), found.answers
    (0.667, 3)
    """
    course = Course.of(transcripts, heard)
    conformity = conformity_of(course) if course.rounds > 1 else None
    return fitted(Evidence.of(course, transcripts), draws=draws, seed=seed, conformity=conformity)


def fitted(evidence: Evidence, *, draws: int, seed: int, conformity: Conformity | None = None) -> Fit:
    """Estimate parameters from evidence that was collected already."""
    return Fit(
        parameters=evidence.parameters(),
        spread=tuple(evidence.draws(draws, seed)),
        questions=len(set(evidence.ids.tolist())),
        answers=int(evidence.moves.sum()),
        conformity=conformity,
    )


def _moves(course: Course) -> Doubles:
    """Count the answers given again, shape (questions, 3, 6, 5)."""
    found = course.hearings
    voices = (found.heard > SILENT).sum(axis=1)
    right = (found.heard == RIGHT).sum(axis=1)
    own = np.where(found.before == RIGHT, 0, np.where(found.before > RIGHT, 1, 2))
    taken = (found.heard == found.after[:, None]).any(axis=1)
    after = np.where(taken, ADOPTED, FRESH)
    after = np.where(found.after == found.before, KEPT, after)
    after = np.where(found.after == SILENT, MUTE, np.where(found.after == RIGHT, 0, after))
    shape = (len(course.held), len(OWN), len(HEARD), len(AFTER))
    places: Ints = np.ravel_multi_index(
        (found.question, own, heard_as(right.astype(np.float64), voices.astype(np.float64)), after), shape
    )
    return np.bincount(places, minlength=int(np.prod(shape))).reshape(shape).astype(np.float64)


def _chances(counts: Doubles) -> Doubles:
    """Turn counts into chances; what a cell lacks is taken from those with more, or fewer, right ones."""
    table = np.zeros_like(counts)
    for own, rows in enumerate(counts):
        many = rows.sum(axis=1)
        known = np.flatnonzero(many[1:])
        for after in range(len(AFTER)):
            if known.size:
                shares = rows[1 + known, after] / many[1 + known]
                prior = np.interp(SHARES, SHARES[known], shares)
            else:
                prior = np.full(len(SHARES), float(after == _stays(own)))
            alone = float(after == _stays(own))
            prior = np.concatenate(([alone], prior))
            table[own, :, after] = (rows[:, after] + PRIOR * prior) / (many + PRIOR)
    return table


def _stays(own: int) -> int:
    """Return what it is, after, not to move."""
    return (RIGHT, KEPT, MUTE)[own]


def _read_again(course: Course) -> Doubles:
    """Count, for each question, the messages that those who answered again had before them."""
    found = course.hearings
    many = (found.heard != UNHEARD).sum(axis=1) + 1
    return np.bincount(found.question, many, minlength=len(course.held)).astype(np.float64)


def _tokens(transcript: Transcript) -> tuple[float, ...]:
    first, *later = [list(held.answers.values()) for held in transcript.rounds] or [[]]
    again = [said for held in later for said in held]
    read = [[said.tokens_in for said in some if said.tokens_in] for some in (first, again)]
    written = [said.tokens_out for said in [*first, *again] if said.tokens_out]
    return tuple(float(number) for some in (read[0], written, read[1]) for number in (sum(some), len(some)))


def _lengths(tokens: Doubles, heard: float) -> dict[str, float]:
    """Return the mean lengths of question, reply and instruction to revise, where the record holds any."""
    read, asked, written, spoken, read_again, asked_again = tokens.tolist()
    found: dict[str, float] = {}
    if asked:
        found["question_tokens"] = read / asked
    if spoken:
        found["reply_tokens"] = written / spoken
    if asked_again and spoken:
        found["revise_tokens"] = max(0.0, (read_again - heard * written / spoken) / asked_again)
    return found
