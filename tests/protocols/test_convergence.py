"""Stop checks, each over histories that are written down, and inside a debate."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta, betabinom

from quorate import registry
from quorate.answers import canonical
from quorate.errors import BadOption
from quorate.nouns import Message, Question, Table
from quorate.protocols import debate
from quorate.protocols.convergence import (
    Mixture,
    all_of,
    any_of,
    beta_certain,
    budget,
    low_entropy,
    mixture_stable,
    never,
    quorum,
    resolve_stop,
    settled_after,
    similar,
    stable,
    unanimous,
)
from quorate.protocols.convergence.certainty import standings
from quorate.protocols.convergence.mixtures import Beta
from quorate.protocols.history import History

QUESTION = Question(text="What is a half?")


def history(*rounds: str, failed: Sequence[tuple[int, str]] = (), texts: Sequence[str] = ()) -> History:
    """Write one letter a seat a round; "-" abstains, and (round, seat) in `failed` could not answer."""
    seats = [f"s{place}" for place in range(len(rounds[0]))]
    found = History(QUESTION, Table(seats))
    for turn, letters in enumerate(rounds):
        said = {}
        for seat, letter in zip(seats, letters, strict=True):
            message = Message(
                number=len(found.messages),
                seat=seat,
                act="revise" if turn else "draft",
                turn=turn,
                text=texts[len(found.messages)] if texts else f"I say {letter}",
                answer=None if letter == "-" else letter,
                error="broken" if (turn, seat) in failed else None,
            )
            found.messages.append(message)
            said[seat] = message
            if not message.failed:
                found.standing[seat] = message
        found.rounds.append(said)
    return found


def test_spellings_of_one_value_are_one_answer() -> None:
    spelt = [canonical(QUESTION, raw) for raw in ("1/2", "0.50", r"\frac{1}{2}", "two")]
    found = History(QUESTION, Table(["a", "b", "c", "d"]))
    for seat, answer in zip("abcd", spelt, strict=True):
        found.standing[seat] = Message(number=0, seat=seat, act="draft", turn=0, text="", answer=answer)
    assert quorum(found, share=0.75) == "3 of 4 agree (quorum 75%)"
    assert quorum(found, share=0.76) is None
    assert unanimous(found) is None


def test_a_quorum_is_of_all_seats() -> None:
    assert quorum(history("aa--")) is None
    assert quorum(history("aab")) is not None
    assert stable(history("ab", "ab")) == "answers stable for 2 rounds"
    assert stable(history("ab", "ab", "aa")) is None


@pytest.mark.parametrize(
    ("letters", "bits", "stops"),
    [
        ("aaaa", 0.0, True),
        ("aaab", 0.75, False),
        ("aaaab", 0.75, True),
        ("aabb", 1.0, True),
        ("aab-", 1.0, False),
        ("a---", 1.0, False),
        ("----", 9.0, False),
    ],
)
def test_entropy(letters: str, bits: float, stops: bool) -> None:
    assert (low_entropy(history(letters), bits=bits) is not None) is stops


def test_beta_certain_follows_the_paper() -> None:
    assert beta_certain(history("aaa")) is None
    said = beta_certain(history("aaaa"))
    assert said == f"4 to 0: the lead is safe with a probability of {beta.sf(0.5, 5, 1):.3f}"
    assert beta_certain(history("aaab-"), threshold=0.8) is not None
    assert beta_certain(history("aaab-"), threshold=0.85) is None, "0.8125, abstentions do not count"
    assert beta_certain(history("aaa", "aaa"), over="rounds") is not None
    assert beta_certain(history("aaa", "aaa")) is None
    assert beta_certain(history("--"), threshold=0.51) is None


def test_standings_keep_what_a_failed_seat_said_before() -> None:
    found = history("ab", "cd", "ef", failed=[(1, "s0"), (2, "s1")])
    assert [list(held.values()) for held in standings(found)] == [["a", "b"], ["a", "d"], ["e", "d"]]
    found.restate("s0", "z", "z", None)
    assert standings(found)[-1] == {"s0": "z", "s1": "d"}


@given(st.integers(1, 30), st.floats(0.05, 40), st.floats(0.05, 40))
def test_beta_binomials_are_those_of_scipy(n: int, a: float, b: float) -> None:
    assert np.allclose(Beta(a, b).chances(n), betabinom(n, a, b).pmf(np.arange(n + 1)), atol=1e-9)


@given(st.lists(st.integers(0, 7), min_size=1, max_size=30))
def test_mixtures_are_distributions_of_the_counts_alone(counts: list[int]) -> None:
    found = Mixture.fit(counts, 7)
    assert math.isclose(sum(found.chances()), 1, rel_tol=1e-9)
    assert min(found.chances()) > 0
    assert found.distance(Mixture.fit(counts[::-1], 7)) == 0


def test_a_mixture_finds_the_parts_it_was_drawn_from() -> None:
    rng = np.random.default_rng(0)
    parts = [betabinom(10, 2, 12).rvs(600, random_state=rng), betabinom(10, 12, 2).rvs(400, random_state=rng)]
    found = Mixture.fit([int(k) for k in np.concatenate(parts)], 10)
    truth = 0.6 * betabinom(10, 2, 12).pmf(np.arange(11)) + 0.4 * betabinom(10, 12, 2).pmf(np.arange(11))
    assert found.share == pytest.approx(0.6, abs=0.05)
    assert np.abs(np.cumsum(found.chances()) - np.cumsum(truth)).max() < 0.03


def test_ten_thousand_seats_have_no_overflow() -> None:
    assert math.isclose(sum(Beta(3.0, 2.0).chances(10_000)), 1, rel_tol=1e-6)


def test_mixture_stability_needs_agreement_to_stay() -> None:
    assert mixture_stable(history("aab", "aab")) is None, "two small distances need three rounds"
    assert mixture_stable(history("aab", "aab", "aab", "aab")) is not None
    assert mixture_stable(history("abc", "aab", "aaa")) is None
    assert mixture_stable(history("aaabc", "bbbac", "cccab", "aaabc")) is not None, (
        "it counts, whoever agrees"
    )
    assert mixture_stable(history("--", "--", "--")) is None


def test_the_published_form_counts_over_a_batch() -> None:
    moving = [[0, 1, 2, 3, 4], [2, 3, 4, 5, 6], [4, 5, 6, 7, 7]]
    assert settled_after(moving, 7) is None
    assert settled_after([*moving, moving[-1], moving[-1], moving[-1]], 7) == 5
    assert settled_after([*moving, moving[-1], moving[-1]], 7, rounds=1) == 4


def vectors(texts: Sequence[str]) -> Any:
    return np.array([{"up": (1, 0), "right": (0, 1), "both": (1, 1)}[text] for text in texts])


def test_similar_drafts() -> None:
    def check(*texts: str, **options: Any) -> str | None:
        return similar(history("a" * len(texts), texts=texts), model=vectors, **options)

    assert check("up", "up", threshold=1.0) == "drafts alike: least cosine similarity 1.000"
    assert check("up", "both", threshold=0.7) is not None
    assert check("up", "both", threshold=0.71) is None
    assert check("up", "up", "both", threshold=0.75) is None
    assert check("up", "up", "both", threshold=0.8, of="mean") is not None
    lonely = history("aa", failed=[(0, "s1")], texts=("up", "up"))
    assert similar(lonely, model=vectors, threshold=0.1) is None, "a seat that said nothing resembles nobody"


@pytest.mark.parametrize(
    ("spec", "sentence"),
    [
        ({"quorum": {"share": 0.5}}, "above 0.5 and up to 1, not 0.5"),
        ({"quorum": {"share": 1.01}}, "not 1.01"),
        ({"quorum": {"share": "most"}}, "option of the stop check 'quorum' has a wrong type"),
        ({"quorum": {"sahre": 0.7}}, "Did you mean 'share'?"),
        ({"stable": {"rounds": 1}}, "at least 2 rounds"),
        ({"low_entropy": {"bits": -1}}, "0 or more bits, not -1"),
        ({"low_entropy": {"bits": math.nan}}, "not nan"),
        ({"beta_certain": {"threshold": 0.5}}, "above 0.5 and below 1, not 0.5"),
        ({"beta_certain": {"threshold": 95}}, "not 95"),
        ({"beta_certain": {"over": "all"}}, "'all'. Known: rounds, standing."),
        ({"mixture_stable": {"distance": 1}}, "between 0 and 1, not 1"),
        ({"mixture_stable": {"rounds": 0}}, "at least 1 round, not 0"),
        ("similar", "give its folder"),
        ({"similar": {"model": "x", "threshold": 0}}, "not 0"),
        ({"similar": {"model": "x", "of": "median"}}, "'median'"),
        ("budget", "needs a limit"),
        ({"any": ["unanimous", {"budget": {"tokens": 0}}]}, "lets nobody speak"),
        ({"any": "unanimous"}, "a list of stop checks"),
        ({"all": []}, "give at least one"),
    ],
)
def test_bad_options_are_refused_before_anybody_is_asked(spec: Any, sentence: str) -> None:
    with pytest.raises(BadOption) as refused:
        next(debate(QUESTION, Table(["ada", "bo"]), until=spec))
    assert sentence in str(refused.value)


def test_checks_go_by_name_mapping_and_partial_and_combine() -> None:
    held = history("aaaa")
    checks: dict[str, Any] = {"unanimous": unanimous, "quorum": quorum, "low_entropy": low_entropy}
    for name, check in checks.items():
        by_name, by_mapping = resolve_stop(name), resolve_stop({name: {}})
        assert by_name(held) == by_mapping(held) == check(held)
    assert resolve_stop({"low_entropy": {"bits": 0.1}})(held) == partial(low_entropy, bits=0.1)(held)
    both = all_of("beta_certain", {"budget": {"rounds": 1}})
    either = any_of(never, partial(budget, rounds=9), "unanimous")
    assert _reason(both(held)) == (
        "4 to 0: the lead is safe with a probability of 0.969 and budget spent: 1 of 1 rounds"
    )
    assert _reason(either(held)) == "all 4 agree"


def _reason(turns: Any) -> Any:
    with pytest.raises(StopIteration) as end:
        next(turns)
    return end.value.value


def test_every_check_is_registered() -> None:
    known = {"beta_certain", "budget", "judge_agrees", "low_entropy", "mixture_stable", "never", "quorum"}
    assert known | {"similar", "stable", "unanimous"} <= set(registry.stop)


def test_a_check_of_somebody_else_may_count_on_something_said() -> None:
    def eager(history: History) -> str | None:
        return str(history.rounds[-1])

    eager.__module__ = "elsewhere"
    registry.stop._makers["eager"] = eager
    try:
        assert resolve_stop("eager") is eager
    finally:
        del registry.stop._makers["eager"]
