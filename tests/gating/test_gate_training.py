"""Gates learned from made-up records: what is known to pay is found, what cannot be learned is refused."""

from __future__ import annotations

import random
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize

from quorate.calibration import sigmoid
from quorate.errors import BadOption
from quorate.gating import cases_of, fit_logistic, savings, split, train_gate
from quorate.gating.training import threshold_of
from quorate.nouns import Message, Question
from quorate.protocols import cascade, dylan, vote
from quorate.protocols.gating import FEATURES, features, gated
from quorate.transcripts import Transcript

SEATS = ("ada", "bo", "cy", "di", "eve")


def debated(
    number: int,
    drafts: Sequence[str | None],
    last: Sequence[str | None],
    sure: float | None = None,
    **more: Any,
) -> Transcript:
    """A recorded debate of two rounds, about a question whose answer is 5."""
    said = [
        Message(
            number=at, seat=SEATS[at % len(drafts)], act="revise" if at >= len(drafts) else "draft",
            turn=at // len(drafts), text="so", answer=answer, confidence=sure, tokens_in=100, tokens_out=10,
        )
        for at, answer in enumerate([*drafts, *last])
    ]  # fmt: skip
    question = Question(text="2+3?", id=f"q{number}", kind="number")
    return Transcript.of(question, SEATS[: len(drafts)], said, **{"gold": "5", **more})


def world(count: int, seed: int = 0) -> list[Transcript]:
    """Debate mends 3 against 2 mostly, spoils 4 against 1 sometimes, and changes nothing where all agree."""
    rng, found = random.Random(seed), []
    for number in range(count):
        kind = rng.randrange(3)
        if kind == 0:
            right = rng.random() < 0.8
            found.append(debated(number, list("55666"), list("55555") if right else list("66666")))
        elif kind == 1:
            spoilt = rng.random() < 0.3
            found.append(debated(number, list("55556"), list("66666") if spoilt else list("55555")))
        else:
            found.append(debated(number, list("55555"), list("55555")))
    return found


# Cases


def test_ties_count_by_their_share_and_the_recorded_end_counts() -> None:
    tied, plain = cases_of([debated(0, list("5566"), list("5556")), debated(1, list("5666"), list("5666"))])
    assert (tied.vote, tied.debate, plain.vote, plain.debate) == (0.5, 1.0, 0.0, 0.0)
    assert len(tied.messages) == 8
    assert [draft.answer for draft in tied.drafts] == list("5566")


def test_without_gold_or_debate_there_is_nothing_to_learn() -> None:
    with pytest.raises(BadOption, match="None of the 1 recorded questions has a gold answer"):
        train_gate([debated(0, "5", "5", gold=None)])
    with pytest.raises(BadOption, match="each has one round only"):
        train_gate([debated(0, list("55"), [])])
    with pytest.raises(BadOption, match="None of the 1 recorded questions has a gold answer"):
        savings([debated(0, "5", "5", gold=None)], vote)


@given(st.integers(1, 60), st.floats(0, 0.9), st.integers(0, 9))
def test_parts_share_no_question(count: int, share: float, seed: int) -> None:
    records = [Transcript(Question(text="?", id=f"q{n % 40}"), ("ada",), ()) for n in range(count)]
    learned, tested = split(records, share, seed)
    assert not {t.question.id for t in learned} & {t.question.id for t in tested}
    assert len(learned) + len(tested) == count
    assert split(records, share, seed) == (learned, tested)


# Features


def test_features_by_hand() -> None:
    said = [
        Message(number=0, seat="a", act="draft", turn=0, text="", answer="5", confidence=0.9, tokens_out=9),
        Message(number=1, seat="b", act="draft", turn=0, text="", answer="5", confidence=0.7, tokens_out=9),
        Message(number=2, seat="c", act="draft", turn=0, text="", answer="6", confidence=0.2, tokens_out=9),
        Message(number=3, seat="d", act="draft", turn=0, text="", finish="length", tokens_out=9),
    ]
    found = features(Question(text="abc", choices=("x", "y")), said)
    assert set(found) == set(FEATURES)
    assert found["agreement"] == 0.5
    assert found["margin"] == 0.25
    assert found["entropy"] == pytest.approx(-(2 / 3) * np.log2(2 / 3) - (1 / 3) * np.log2(1 / 3))
    assert found["unread"] == found["cut_off"] == 0.25
    assert found["confidence"] == pytest.approx(0.6)
    assert found["least_confidence"] == 0.2
    assert found["leader_confidence"] == pytest.approx(0.6)
    assert found["length"] == pytest.approx(np.log(10))
    assert found["length_spread"] == 0
    assert found["choices"] == pytest.approx(np.log(3))
    assert found["logprob"] is None


drafts = st.lists(
    st.builds(
        Message,
        number=st.just(0), seat=st.text(max_size=3), act=st.just("draft"), turn=st.just(0), text=st.text(),
        answer=st.sampled_from(["5", "6", None]), confidence=st.one_of(st.none(), st.floats(0, 1)),
        logprob=st.one_of(st.none(), st.floats(allow_nan=True)), tokens_out=st.integers(0, 10**9),
        error=st.one_of(st.none(), st.just("broke")),
    ),
    max_size=6,
)  # fmt: skip


@given(drafts)
def test_features_of_anything_are_finite(said: list[Message]) -> None:
    found = features(Question(text="?"), said)
    assert set(found) == set(FEATURES)
    assert all(value is None or np.isfinite(value) for value in found.values())


# Fitting


@pytest.mark.parametrize("ridge", [0.01, 1.0, 50.0])
def test_the_fit_is_the_minimum_that_scipy_finds(ridge: float) -> None:
    rng = np.random.default_rng(3)
    inputs = rng.normal(size=(80, 3))
    labels = (rng.random(80) < sigmoid(inputs @ np.array([2.0, -1.0, 0.0]) - 1)).astype(float)

    def loss(line: np.ndarray[Any, Any]) -> float:
        logits = inputs @ line[:-1] + line[-1]
        return float((np.logaddexp(0, logits) - labels * logits).sum() + ridge / 2 * (line[:-1] ** 2).sum())

    weights, bias = fit_logistic(inputs, labels, ridge)
    best = optimize.minimize(loss, np.zeros(4), tol=1e-12)
    assert np.append(weights, bias) == pytest.approx(best.x, abs=1e-4)


def test_separable_and_one_sided_labels_have_finite_fits() -> None:
    weights, bias = fit_logistic(np.array([[-1e3], [1e3]]), [0, 1])
    assert np.isfinite(weights).all()
    assert np.isfinite(bias)
    weights, bias = fit_logistic(np.array([[1.0], [2.0]]), [0, 0])
    assert weights.tolist() == [0.0]
    assert sigmoid(bias) == pytest.approx(0.5 / 3)
    with pytest.raises(BadOption, match="above 0, not 0"):
        fit_logistic(np.ones((2, 1)), [0, 1], 0)
    with pytest.raises(BadOption, match="as many labels as rows"):
        fit_logistic(np.ones((2, 1)), [0])


# Training


def test_a_gate_learns_where_debate_pays() -> None:
    gate = train_gate(world(300))
    assert gate.agents == SEATS
    assert gate.n == 300
    for answers, opens in [("55666", True), ("55556", False), ("55555", False)]:
        (case,) = cases_of([debated(0, list(answers), list(answers))])
        forecast = gate.forecast(case.transcript.question, case.drafts)
        assert (forecast.gain > gate.threshold) == opens, (answers, forecast)
    assert gate.mends.tested is not None
    assert gate.mends.tested.auc is not None
    assert gate.mends.tested.auc > 0.8
    assert gate.mends.tested.ece < 0.08
    split_drafts = cases_of([debated(0, list("55666"), list("5"))])[0]
    assert gate.forecast(split_drafts.transcript.question, split_drafts.drafts).mends == pytest.approx(
        0.8, abs=0.1
    )


def test_it_is_reproducible_and_depends_on_its_seed() -> None:
    records = world(90)
    assert train_gate(records, seed=4) == train_gate(records, seed=4)
    assert train_gate(records, seed=4).mends.calibration != train_gate(records, seed=5).mends.calibration


def test_slack_holds_fewer_debates() -> None:
    records, fresh = world(200), world(200, seed=1)
    counts = [
        savings(fresh, partial(gated, gate=train_gate(records, slack=slack))).debated
        for slack in (0.0, 0.1, 1.0)
    ]
    assert counts[0] >= counts[1] >= counts[2] == 0


@given(
    st.lists(st.tuples(st.floats(-1, 1), st.sampled_from(["up", "down", "same"])), min_size=1, max_size=12)
)
def test_the_threshold_loses_nothing_against_zero(rows: list[tuple[float, str]]) -> None:
    kinds = {"up": ("66", "55"), "down": ("55", "66"), "same": ("55", "55")}
    cases = cases_of(
        [debated(n, list(kinds[kind][0]), list(kinds[kind][1])) for n, (_, kind) in enumerate(rows)]
    )
    gains = np.array([gain for gain, _ in rows])

    def worth(threshold: float) -> float:
        pairs = zip(cases, gains, strict=True)
        return sum(c.debate if gain > threshold else c.vote for c, gain in pairs)

    found = threshold_of(gains, cases)
    assert 0 <= found <= 1
    assert worth(found) >= worth(0) - 1e-9
    assert all(worth(other) < worth(0) - 1e-9 for other in gains if other > found)


@pytest.mark.parametrize(
    ("records", "options", "says"),
    [
        (world(10), {}, "20 recorded questions with gold or more, and there are 10"),
        (world(30), {"folds": 1}, "in 2 to 30 folds, not 1"),
        (world(30), {"slack": 2}, "Slack is a share of accuracy between 0 and 1, not 2"),
        (world(30), {"ridge": -1}, "above 0, not -1"),
        ([*world(30), debated(99, list("56"), list("55"))], {}, "of different agents"),
        (
            [debated(n, list("55"), list("55")) for n in range(30)],
            {},
            "nothing to learn, and `vote` does as well",
        ),
    ],
)
def test_what_cannot_be_trained(records: list[Transcript], options: dict[str, Any], says: str) -> None:
    with pytest.raises(BadOption, match=says):
        train_gate(records, **options)


# Savings


def test_savings_by_hand() -> None:
    # Sure and right at once: 1 call of 8. Disputed: all 8, and the debate mends it. Sure and wrong: 1 call,
    # where the debate would have mended it.
    records = [
        debated(0, list("5555"), list("5555"), sure=0.95),
        debated(1, list("5666"), list("5555"), sure=0.95),
        debated(2, list("6555"), list("5555"), sure=0.95),
    ]
    found = savings(records, cascade)
    assert (found.questions, found.debated) == (3, 0)
    assert found.adaptive.calls == 1
    found = savings(records, partial(cascade, start=2))
    assert (found.debated, found.adaptive.calls, found.always.calls, found.never.calls) == (2, 6.0, 8.0, 4.0)
    assert (found.adaptive.rate.right, found.always.rate.right, found.never.rate.right) == (3, 3, 2)
    assert found.adaptive.tokens == 660
    assert found.saved == pytest.approx(0.25)
    assert found.against_always.mean == 0
    assert found.against_never.mean == pytest.approx(1 / 3)
    assert found.tokens_against_always.mean == pytest.approx(-220)
    assert found.told().startswith("25 % of the tokens saved against always debating, accuracy +0.0 [")


def test_voting_and_debating_are_the_two_ends() -> None:
    records = world(60)
    ends = savings(records, vote)
    assert (ends.debated, ends.adaptive) == (0, ends.never)
    opened = train_gate(records).model_copy(update={"threshold": -1.0})
    ends = savings(records, partial(gated, gate=opened, then={"debate": {"until": "never"}}))
    assert (ends.debated, ends.adaptive) == (60, ends.always)
    assert ends.saved == 0


def test_a_loss_is_told() -> None:
    records = [debated(n, list("6665"), list("5555"), sure=0.95) for n in range(12)]
    found = savings(records, partial(cascade, start=2))
    assert found.against_always.points.startswith("-100.0 [")
    assert "(less accurate, n = 12)" in found.told()


def test_any_protocol_that_drafts_can_be_replayed() -> None:
    records = [debated(n, list("55556"), list("55555")) for n in range(4)]
    found = savings([t for t in records for _ in range(2)], partial(dylan, waves="round", keep=4))
    assert (found.debated, found.adaptive.calls) == (0, 5)


def test_the_gate_saves_without_losing_on_fresh_questions() -> None:
    found = savings(world(300, seed=1), partial(gated, gate=train_gate(world(300))))
    assert found.saved is not None
    assert found.saved > 0.2
    assert found.against_always.mean > 0
    assert found.against_never.mean > 0.1
