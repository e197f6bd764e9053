"""Drift: whether the expected belief in the right answer moves over the rounds, or only wanders.

Choi, Zhu and Li (2025, "Debate or Vote", arXiv:2508.17536) model a seat's belief as a Dirichlet distribution
over the answers, its answer as one draw from it, and debate as adding the peers' answers to it. The belief
p_t in the right answer is then a martingale, E[p_t | all before] = p_(t-1): talk changes beliefs, on average
for nothing.

What is tested is the part of this that recorded answers can refute. An answer is one draw from the belief, so
that under the martingale the chance of a right answer, E[p_t], is the same in every round:

    H0: E[right in round t+1  -  right in round t] = 0        (an answer given again, drawn at random)

by Student's t with the questions as the independent units. Not rejecting it is no proof: beliefs that rise on
some questions and fall on as many others pass. Whether the right get righter and the wrong more wrong is
tested on the questions whose plurality was right (or wrong) a round EARLIER: given round t-1, the expected
change from t to t+1 is 0 too. Given round t itself it is not, since one answer is a noisy view of a belief;
for the same reason the tests say nothing where the answers themselves ended the talk. And a drift refutes the
model as a whole: where seats differ in skill and are not equally heard (a star), adding up answers moves the
average belief towards those that are heard most, and that is no martingale either.
"""

from __future__ import annotations

import numpy as np

from quorate.evaluate.corrections import holm
from quorate.evaluate.dynamics.courses import RIGHT, SILENT, Course
from quorate.evaluate.dynamics.shifts import Bools, Shift
from quorate.nouns import Noun
from quorate.protocols.convergence.mixtures import Beta, Mixture


class DriftStep(Noun):
    """The change of right answers from one round to the next; `number` is that of the later one.

    Parameters
    ----------
    shift : Shift, optional
        Over all answers that were given again; no answer is a wrong one.
    read : Shift, optional
        Over those that could be read both times: what is left when reading is not to blame.
    adjusted : float, optional
        The p-value of `shift`, corrected for the number of steps (Holm 1979).
    """

    number: int
    shift: Shift | None
    read: Shift | None
    adjusted: float | None


class Drift(Noun):
    """The drift of the belief in the right answer.

    Parameters
    ----------
    steps : tuple of DriftStep
    total : Shift, optional
        From a seat's first answer to its last, of the seats that answered more than once.
    given_right, given_wrong : Shift, optional
        The change of a step after the second, on questions whose plurality was wholly right, or wrong, one
        round before the step began. A martingale has 0 in both.
    ended_early : int
        Questions on which not every seat was asked in every round. Where there are any the p-values are
        None: talk that ends when the seats agree goes on where they happened to differ, and their next
        answers look better, or worse, though no belief has moved.
    past_agreement : int
        Questions that went on after all seats had agreed. Where there is none, ask whether agreement decided
        which questions are in the record at all: then the p-values mean nothing either.
    again : float, optional
        Where questions ended early: the change from round 1 to 2 that comes of this alone, were every seat
        to answer again by the same chance; see `shift_of_answering_again`.
    """

    steps: tuple[DriftStep, ...]
    total: Shift | None
    given_right: Shift | None
    given_wrong: Shift | None
    ended_early: int
    past_agreement: int
    again: float | None

    @property
    def tested(self) -> bool:
        """Whether the shifts were tested: every seat was asked in every round."""
        return not self.ended_early

    @property
    def beyond(self) -> int:
        """1 or -1 when the change to round 2 lies above, or below, all that a martingale allows; else 0.

        Where questions ended early that is the range from 0 to `again`, which is taken as known.
        """
        first = next((step.shift for step in self.steps if step.shift is not None), None)
        if first is None:
            return 0
        again = self.again or 0.0
        return 1 if first.low > max(0.0, again) else -1 if first.high < min(0.0, again) else 0


def drift_of(course: Course) -> Drift | None:
    """Return the drift; None without a gold answer, or where nobody answered twice.

    Examples
    --------
    >>> from quorate.nouns import Message, Question
    >>> from quorate.transcripts import Transcript
    >>> def talk(name, answers):
    ...     said = [
    ...         Message(number=n, seat="ab"[n % 2], act="draft", turn=n // 2, text="", answer=answer)
    ...         for n, answer in enumerate(answers)
    ...     ]
    ...     return Transcript.of(Question(id=name, text="2+3?"), "ab", said, gold="5")
    >>> found = drift_of(Course.of([talk("q1", "5655"), talk("q2", "5656"), talk("q3", "5666")]))
    >>> found.steps[0].shift.mean, found.steps[0].adjusted
    (0.0, 1.0)
    """
    found = course.hearings
    known = course.gold[found.question] & _had_spoken(course)
    if not known.any():
        return None
    early = course.ended_early
    steps = [_step(course, known & (found.turn == turn)) for turn in range(1, course.rounds)]
    ps = [step.p if step is not None and not early else None for step, _ in steps]
    adjusted = iter(holm([p for p in ps if p is not None]))
    given_right, given_wrong = _given(course, known)
    return Drift(
        steps=tuple(
            DriftStep(
                number=number,
                shift=_honest(shift, early),
                read=_honest(read, early),
                adjusted=next(adjusted) if p is not None else None,
            )
            for number, ((shift, read), p) in enumerate(zip(steps, ps, strict=True), 2)
        ),
        total=_honest(_total(course), early),
        given_right=_honest(given_right, early),
        given_wrong=_honest(given_wrong, early),
        ended_early=early,
        past_agreement=_past_agreement(course),
        again=shift_of_answering_again(course) if early else None,
    )


def _past_agreement(course: Course) -> int:
    followed = np.arange(1, course.rounds)[None, :] < course.held[:, None]
    return int((course.agreed[:, :-1] & followed & course.gold[:, None]).any(axis=1).sum())


def _had_spoken(course: Course) -> Bools:
    """Return which answers were given again by a seat that had answered, readably or not."""
    return np.asarray(course.hearings.before >= SILENT)


def _honest(shift: Shift | None, early: int) -> Shift | None:
    return shift.model_copy(update={"p": None}) if shift is not None and early else shift


def _step(course: Course, chosen: Bools) -> tuple[Shift | None, Shift | None]:
    found = course.hearings
    read = chosen & (found.before > SILENT) & (found.after > SILENT)
    return _shift(course, chosen), _shift(course, read)


def _shift(course: Course, chosen: Bools) -> Shift | None:
    found = course.hearings
    changes = (found.after[chosen] == RIGHT).astype(float) - (found.before[chosen] == RIGHT)
    return Shift.over(changes, course.groups[found.question[chosen]])


def _total(course: Course) -> Shift | None:
    spoken = course.spoke.sum(axis=1)
    question, place = np.nonzero((spoken > 1) & course.gold[:, None])
    first = course.spoke[question, :, place].argmax(axis=1)
    right = course.right
    changes = right[question, -1, place].astype(float) - right[question, first, place]
    return Shift.over(changes, course.groups[question])


def _given(course: Course, known: Bools) -> tuple[Shift | None, Shift | None]:
    """Return the shifts of later steps by the plurality a round before each began."""
    found = course.hearings
    later = known & (found.turn > 1)
    before = course.worth[found.question, np.maximum(found.turn - 2, 0)]
    return _shift(course, later & (before == 1)), _shift(course, later & (before == 0))


def shift_of_answering_again(course: Course) -> float | None:
    """Return the change from round 1 to round 2 if nobody listened: regression to the mean alone.

    Returns
    -------
    float or None
        The expected change of right answers, on the questions that held round 2, when every seat answers
        again with the chance it had before. A seat that also listens, as in the model of Choi et al., keeps
        between none and all of it. None where no question went on.

    Notes
    -----
    The chance p of a question is taken to be the same for all its seats, and whether the talk goes on to say
    no more about it than the number of right answers does. A mixture of two beta-binomials is
    fitted to the right answers of the first round over ALL questions of the same number of seats, also those
    that ended with it; given k right of n, the mean of p is that of the mixture's posterior.

    Examples
    --------
    >>> from quorate.nouns import Message, Question
    >>> from quorate.transcripts import Transcript
    >>> def talk(name, answers):
    ...     said = [
    ...         Message(number=n, seat="abc"[n % 3], act="draft", turn=n // 3, text="", answer=answer)
    ...         for n, answer in enumerate(answers)
    ...     ]
    ...     return Transcript.of(Question(id=name, text="2+3?"), "abc", said, gold="5")
    >>> easy = [talk(f"easy {n}", "555") for n in range(30)]
    >>> open_ = [talk(f"open {n}", "556555") for n in range(10)]
    >>> shift_of_answering_again(Course.of(easy + open_)) > 0.15  # from 67 % towards the 90 % of them all
    True
    """
    seats = course.there.sum(axis=1)
    right = course.right[:, 0].sum(axis=1)
    went_on = course.held > 1
    total, answers = 0.0, 0
    for size in np.unique(seats[course.gold & went_on]).tolist():
        alike = course.gold & (seats == size)
        mixture = Mixture.fit(right[alike].tolist(), size)
        for count in right[alike & went_on].tolist():
            total += size * _expected(mixture, count) - count
            answers += size
    return round(total / answers, 6) if answers else None


def _expected(mixture: Mixture, count: int) -> float:
    """Return the mean of the chance behind `count` right answers."""
    parts = ((mixture.share, mixture.low), (1 - mixture.share, mixture.high))
    weights = [share * shapes.chances(mixture.n)[count] for share, shapes in parts]
    means = [_mean(shapes, count, mixture.n) for _, shapes in parts]
    return sum(w * mean for w, mean in zip(weights, means, strict=True)) / sum(weights)


def _mean(shapes: Beta, count: int, size: int) -> float:
    return (shapes.a + count) / (shapes.a + shapes.b + size)
