"""The drift test on simulated beliefs: right where it tests, silent where it cannot.

Beliefs are Dirichlet, answers are draws from them, and the answers heard are added: the model of Choi et al.
(2025), in which the belief in the right answer is a martingale.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pytest

from quorate.evaluate.dynamics.courses import Course, Hearings
from quorate.evaluate.dynamics.drift import Drift, drift_of, shift_of_answering_again

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
TIMES = 200
RING = np.eye(5) + np.roll(np.eye(5), 1, axis=0) + np.roll(np.eye(5), -1, axis=0)


def simulate(
    rng: np.random.Generator,
    *,
    questions: int = 100,
    rounds: int = 3,
    hearing: Floats = RING,
    drift: float = 0.0,
    sharpen: float = 0.0,
    weight: float = 5.0,
    shapes: tuple[float, float, float] = (2.0, 1.0, 1.0),
) -> Ints:
    """Return answers, shape (questions, rounds, seats); 0 is right.

    `drift` adds that share of a belief's weight to the right answer in every round; `sharpen` to the answer
    that is believed most.
    """
    seats = len(hearing)
    belief = np.repeat(weight * rng.dirichlet(shapes, questions)[:, None, :], seats, axis=1)
    said = []
    for _ in range(rounds):
        chances = belief / belief.sum(axis=2, keepdims=True)
        answers = (rng.random((questions, seats, 1)) > chances.cumsum(axis=2)).sum(axis=2).clip(max=2)
        said.append(answers)
        whole = belief.sum(axis=2)
        belief = belief + np.einsum("ij,qjk->qik", hearing, np.eye(3)[answers])
        belief[..., 0] += drift * whole
        belief += sharpen * whole[..., None] * np.eye(3)[chances.argmax(axis=2)]
    return np.stack(said, axis=1)


def course_of(answers: Ints, held: Ints | None = None) -> Course:
    """Return the course of answers that everybody gives in every round that is held."""
    questions, rounds, seats = answers.shape
    held = np.full(questions, rounds) if held is None else held
    spoke = np.repeat((np.arange(rounds)[None, :] < held[:, None])[..., None], seats, axis=2)
    stands = answers.copy()
    for turn in range(1, rounds):
        stands[:, turn] = np.where(spoke[:, turn], stands[:, turn], stands[:, turn - 1])
    question, turn_, place = np.nonzero(spoke[:, 1:])
    before, after = stands[question, turn_, place], stands[question, turn_ + 1, place]
    heard = np.full((len(question), seats), -2)
    return Course(
        names=tuple(map(str, range(seats))),
        groups=np.arange(questions),
        gold=np.ones(questions, dtype=np.bool_),
        held=held,
        seats=np.tile(np.arange(seats), (questions, 1)),
        asked=spoke,
        spoke=spoke,
        stands=stands,
        hearings=Hearings(question, turn_ + 1, place, before, after, heard),
        assumed=0,
    )


def until_unanimous(answers: Ints) -> Ints:
    """Return how many rounds are held when agreement ends the talk."""
    agreed = (answers == answers[:, :, :1]).all(axis=2)
    return np.asarray(np.where(agreed.any(axis=1), agreed.argmax(axis=1) + 1, answers.shape[1]))


def drifts(count: int, seed: int, make: Callable[[np.random.Generator], Course]) -> list[Drift]:
    rng = np.random.default_rng(seed)
    found = [drift_of(make(rng)) for _ in range(count)]
    return [drift for drift in found if drift is not None]


def ps(found: list[Drift]) -> dict[str, list[float]]:
    """Return the p-values of every test of every simulated record."""
    tests: dict[str, list[float]] = {}
    for drift in found:
        shifts = {f"step {step.number}": step.shift for step in drift.steps}
        shifts |= {"total": drift.total, "right": drift.given_right, "wrong": drift.given_wrong}
        for name, shift in shifts.items():
            if shift is not None and shift.p is not None:
                tests.setdefault(name, []).append(shift.p)
    return tests


def share(values: list[float]) -> float:
    return float(np.mean(np.array(values) < 0.05))


@pytest.mark.parametrize("weight", [0.5, 5.0, 1e6], ids=["credulous", "usual", "deaf"])
def test_a_martingale_is_rejected_as_rarely_as_promised(weight: float) -> None:
    found = ps(drifts(TIMES, 1, lambda rng: course_of(simulate(rng, weight=weight))))
    assert set(found) == {"step 2", "step 3", "total", "right", "wrong"}
    for values in found.values():
        assert len(values) == TIMES
        assert share(values) < 0.05 + 3.5 * math.sqrt(0.05 * 0.95 / TIMES)
        assert share(values) > 0.01  # and not because it never rejects


def test_the_p_values_of_a_martingale_are_uniform() -> None:
    values = np.sort(ps(drifts(TIMES, 2, lambda rng: course_of(simulate(rng))))["total"])
    gaps = np.abs(values - (np.arange(TIMES) + 0.5) / TIMES)
    assert gaps.max() < 1.63 / math.sqrt(TIMES)  # Kolmogorov and Smirnov, 1 %


def test_a_drift_is_found() -> None:
    small, large = (
        drifts(100, 3, lambda rng, by=by: course_of(simulate(rng, drift=by)))  # type: ignore[misc]
        for by in (0.05, 0.2)
    )
    assert share(ps(large)["total"]) > 0.95
    assert 0.2 < share(ps(small)["total"]) < share(ps(large)["total"])
    assert sum(drift.total is not None and drift.total.mean > 0 for drift in large) == 100


def test_polarisation_is_found_where_the_mean_stands_still() -> None:
    """The right get righter and the wrong more wrong; only the tests given an earlier vote can see it."""
    options = {"questions": 2000, "sharpen": 0.6, "weight": 20.0, "shapes": (1.0, 1.0, 1e-9)}
    found = drifts(20, 4, lambda rng: course_of(simulate(rng, hearing=np.eye(5), **options)))  # type: ignore[arg-type]
    tests = ps(found)
    assert share(tests["total"]) <= 0.2
    assert share(tests["right"]) > 0.9
    assert share(tests["wrong"]) > 0.9


def test_several_steps_are_corrected() -> None:
    found = drifts(TIMES, 5, lambda rng: course_of(simulate(rng, rounds=5)))
    any_step = [min(s.adjusted for s in d.steps if s.adjusted is not None) for d in found]
    raw = [min(s.shift.p for s in d.steps if s.shift and s.shift.p is not None) for d in found]
    assert share(any_step) < 0.05 + 3.5 * math.sqrt(0.05 * 0.95 / TIMES)
    assert share(raw) > 0.09  # what the correction is for


def stopped(rng: np.random.Generator, **options: float) -> Course:
    answers = simulate(rng, questions=3000, rounds=2, hearing=np.ones((3, 3)), **options)  # type: ignore[arg-type]
    return course_of(answers, until_unanimous(answers))


def test_where_agreement_ends_the_talk_nothing_is_tested() -> None:
    (found,) = drifts(1, 6, lambda rng: stopped(rng, weight=1e6))
    assert not found.tested
    assert found.ended_early > 0
    assert found.total is not None
    assert found.total.low > 0.01  # nobody listens, no belief moves, and yet
    assert found.total.p is None
    assert all(step.adjusted is None for step in found.steps)


@pytest.mark.parametrize("weight", [1.0, 5.0, 1e6])
def test_regression_to_the_mean_is_told_from_drift(weight: float) -> None:
    """A seat of weight w that hears 3 answers keeps w / (w + 3) of the change that answering again brings."""
    course = stopped(np.random.default_rng(7), weight=weight)
    found, again = drift_of(course), shift_of_answering_again(course)
    assert found is not None
    assert again is not None
    first = found.steps[0].shift
    assert first is not None
    assert first.mean == pytest.approx(weight / (weight + 3) * again, abs=0.02)
    assert found.beyond == 0


def test_a_drift_beyond_regression_to_the_mean_is_seen() -> None:
    found = drift_of(stopped(np.random.default_rng(8), drift=0.5))
    assert found is not None
    assert found.beyond == 1


def test_a_star_with_a_better_hub_is_no_martingale() -> None:
    """The hub is heard by all and knows more: adding up answers moves the others, and the test says so."""
    rng = np.random.default_rng(9)
    hears = np.eye(5)
    hears[1:, 0] = 3.0
    skill = np.repeat(np.array([[0.9, 0.1, 0.0], *[[0.4, 0.3, 0.3]] * 4])[None], 200, axis=0)
    said, belief = [], 5 * skill
    for _ in range(3):
        chances = belief / belief.sum(axis=2, keepdims=True)
        said.append((rng.random((200, 5, 1)) > chances.cumsum(axis=2)).sum(axis=2).clip(max=2))
        belief = belief + np.einsum("ij,qjk->qik", hears, np.eye(3)[said[-1]])
    found = drift_of(course_of(np.stack(said, axis=1)))
    assert found is not None
    assert found.total is not None
    assert found.total.p is not None
    assert found.total.p < 0.001
    assert found.total.mean > 0
