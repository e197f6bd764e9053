"""Judges: both orders and their bias, tournaments, lists, rubrics, panels, peer rank; hostile verdicts."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.errors import BadOption
from quorate.nouns import Ask, Message, Outcome, Question, Table
from quorate.protocols import vote
from quorate.protocols.balloting import read_better
from quorate.protocols.judging import (
    Comparison,
    duels,
    judges_of,
    position_bias,
    tournament,
)
from quorate.protocols.judging.tournaments import Tournament

TOURNAMENTS: tuple[Tournament, ...] = ("copeland", "wins", "bradley_terry")
QUESTION = Question(id="q1", text="What is 2+3?", kind="number")
SEATS = ("ada", "bo", "cy", "di")
DRAFTS = {"ada": "5", "bo": "6", "cy": "5", "di": "7"}
SHOWN = re.compile(r"^> Answer: (.*)\n> It is", re.M)
Judge = Callable[[Ask, list[str]], str]


def decided(
    judge: Judge,
    decide: Any,
    *,
    offices: Mapping[str, str] | None = None,
    seed: int = 0,
    drafts: Mapping[str, str] = DRAFTS,
) -> tuple[Outcome, list[Ask]]:
    """Draft, then let `judge` (who sees the answers in the order shown) decide."""
    table = Table(list(drafts), offices={"judge": "solon"} if offices is None else offices, seed=seed)
    turns = vote(QUESTION, table, decide=decide)
    said = [
        Message(number=0, seat=ask.seat, act="draft", turn=0, text=f"It is {answer}.", answer=answer)
        for ask, answer in zip(next(turns), drafts.values(), strict=True)
    ]
    asked: list[Ask] = []
    while True:
        try:
            asks = turns.send(said)
        except StopIteration as end:
            return end.value, asked
        asked += asks
        said = [
            Message(
                number=9,
                seat=ask.seat,
                act=ask.act,
                turn=ask.turn,
                text=judge(ask, SHOWN.findall(ask.instruction)),
            )
            for ask in asks
        ]


def prefers(order: str) -> Judge:
    """Return a judge that knows which answer is better, whatever the order."""

    def judge(ask: Ask, shown: list[str]) -> str:
        if ask.act == "score":
            return f"Scores: 1={9 - order.index(shown[0])}, 2={8 - order.index(shown[0])}"
        if ask.act == "rank":
            best = sorted(range(len(shown)), key=lambda place: order.index(shown[place]))
            return "Ranking: " + " > ".join("ABC"[place] for place in best)
        if shown[0] == shown[1]:
            return "Better: neither"
        return f"Better: draft {1 + (order.index(shown[0]) > order.index(shown[1]))}"

    return judge


def first_shown(ask: Ask, shown: list[str]) -> str:
    return "Ranking: " + " > ".join("ABC"[: len(shown)]) if ask.act == "rank" else "Better: draft 1"


# Pairs, both orders, bias


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("Better: draft 1", 1),
        ("I think so.\n**Better: Draft 2.**", -1),
        ("Better: neither", 0),
        ("Better: draft 3", None),
        ("Better: 1", None),
        ("Better: draft 1 or draft 2", None),
        ("Better: draft 1\nor not", None),
        ("> Better: draft 1", None),
        ("draft 1", None),
        ("", None),
    ],
)
def test_verdicts_on_pairs_are_read_strictly(text: str, verdict: int | None) -> None:
    said = Message(number=0, seat="solon", act="judge", turn=0, text=text)
    assert read_better(said) == verdict
    assert read_better(said.model_copy(update={"error": "it broke"})) is None


def test_a_judge_sees_every_pair_in_both_orders_and_no_names() -> None:
    outcome, asks = decided(prefers("756"), "judge_compares")
    shown = [tuple(SHOWN.findall(ask.instruction)) for ask in asks]
    assert sorted(shown) == [("5", "6"), ("5", "7"), ("6", "5"), ("6", "7"), ("7", "5"), ("7", "6")]
    assert not any(re.search(rf"\b{seat}\b", ask.instruction) for ask in asks for seat in SEATS)
    assert outcome.answer == "7"
    assert outcome.tally == {"5": 0, "6": -2, "7": 2}
    assert "judge solon compared pairs, position bias +0.00, 0 of 3 pairs flipped" in outcome.reason
    assert outcome.calls == 4 + 6


def test_a_judge_that_goes_by_the_place_decides_nothing_and_is_found_out() -> None:
    outcome, _ = decided(first_shown, "judge_compares")
    assert outcome.winners == ("5", "6", "7")
    assert set(outcome.tally.values()) == {0.0}
    assert "position bias +1.00, 3 of 3 pairs flipped" in outcome.reason


@given(
    st.floats(0, 1),
    st.lists(st.booleans(), min_size=1, max_size=30),
    st.randoms(use_true_random=False),
)
def test_both_orders_cancel_the_bias(bias: float, truths: list[bool], rng: Any) -> None:
    """A judge that goes by the place now and then, and by quality otherwise, never turns a pair around."""
    said = []
    for item, better in enumerate(truths):
        for first, second in (("x", "y"), ("y", "x")):
            honest = 1 if (first == "x") == better else -1
            said.append(Comparison("j", first, second, 1 if rng.random() < bias else honest, str(item)))
    settled = duels(said)
    for item, better in enumerate(truths):
        assert settled[str(item), "j", "x", "y"] in (1 if better else -1, 0)
    found = position_bias(said)
    assert found.pairs == len(truths)
    assert found.lean == pytest.approx(found.flipped / found.pairs)  # quality cancels, only flips are left


def test_the_bias_of_each_judge_is_told_apart() -> None:
    said = [Comparison("fair", "x", "y", 1), Comparison("fair", "y", "x", -1)]
    said += [Comparison("last", "x", "y", -1), Comparison("last", "y", "x", -1)]
    said += [Comparison("half", "x", "y", 1), Comparison("half", "y", "x", None)]
    assert position_bias(said, "fair").lean == 0
    assert position_bias(said, "last").lean == -1
    assert math.isnan(position_bias(said, "half").lean)
    assert str(position_bias(said, "half")) == "position bias unknown"
    whole = position_bias(said)
    assert (whole.pairs, whole.flipped, whole.unread, whole.lean) == (2, 1, 1, -0.5)
    assert duels(said) == {("", "fair", "x", "y"): 1, ("", "last", "x", "y"): 0, ("", "half", "x", "y"): None}


def test_a_win_needs_both_orders() -> None:
    assert duels([Comparison("j", "x", "y", 1), Comparison("j", "y", "x", 0)]) == {("", "j", "x", "y"): 0}
    assert duels([Comparison("j", "x", "y", 1)]) == {("", "j", "x", "y"): None}


@pytest.mark.parametrize(("how", "best"), [("copeland", 2.0), ("wins", 2.0), ("bradley_terry", 1.0)])
def test_tournaments(how: Any, best: float) -> None:
    outcome, _ = decided(prefers("756"), {"judge_compares": {"how": how}})
    assert outcome.winners == ("7",)
    assert outcome.tally["7"] == best


def test_bradley_terry_follows_the_odds() -> None:
    settled = {(str(item), "j", "x", "y"): 1 if item < 3 else -1 for item in range(4)}
    assert tournament(settled, ["x", "y"], "bradley_terry").tally == pytest.approx({"x": 0.75, "y": 0.25})


@given(st.lists(st.sampled_from([1, 0, -1, None]), min_size=6, max_size=6), st.permutations("xyzw"))
def test_tournaments_do_not_depend_on_names(values: list[int | None], renamed: list[str]) -> None:
    pairs = [(a, b) for a in "wxyz" for b in "wxyz" if a < b]
    settled = {("", "j", a, b): value for (a, b), value in zip(pairs, values, strict=True)}
    name = dict(zip("wxyz", renamed, strict=True))
    other = {}
    for (_, judge, a, b), value in settled.items():
        one, two = sorted((name[a], name[b]))
        other["", judge, one, two] = value if value is None or one == name[a] else -value
    for how in TOURNAMENTS:
        plain, turned = tournament(settled, "wxyz", how), tournament(other, "wxyz", how)
        assert {name[winner] for winner in plain.winners} == set(turned.winners)


@pytest.mark.parametrize("decide", ["judge_compares", "judge_ranks", "judge_scores", "peer_ranked"])
@pytest.mark.parametrize(
    "text", ["", "Better: A", "Ranking: Z", "Scores: 1=99, 2=1", "\x1b[2JBetter: draft 1?"]
)
def test_unreadable_verdicts_are_counted_and_plurality_decides(decide: str, text: str) -> None:
    outcome, asks = decided(lambda ask, shown: text, decide)
    assert outcome.answer == "5"
    assert outcome.invalid == len(asks) > 0
    assert f"{len(asks)} of {len(asks)} verdicts unreadable; plurality, 2 of 4 votes" in outcome.reason


def test_a_single_judge_that_cannot_be_read_is_counted_too() -> None:
    outcome, _ = decided(lambda ask, shown: "Answer: the first", "judge_decides")
    assert (outcome.answer, outcome.invalid) == ("5", 1)


def test_one_unreadable_verdict_settles_nothing_about_its_pair() -> None:
    def judge(ask: Ask, shown: list[str]) -> str:
        return "hm" if shown == ["7", "5"] else prefers("756")(ask, shown)

    outcome, _ = decided(judge, "judge_compares")
    assert outcome.tally == {"5": 1, "6": -2, "7": 1}
    assert outcome.invalid == 1
    assert "1 of 6 verdicts unreadable" in outcome.reason


# Panels, lists, rubrics

PANEL = {"judge2": "pia", "judge10": "zoe", "judge1": "solon", "moderator": "max"}


def panel(ask: Ask, shown: list[str]) -> str:
    return prefers("756" if ask.seat == "zoe" else "567")(ask, shown)


def test_a_panel_sits_in_numbered_offices() -> None:
    assert judges_of(Table(SEATS, offices=PANEL)) == ("solon", "pia", "zoe")
    with pytest.raises(BadOption, match="needs a judge"):
        judges_of(Table(SEATS, offices={"judgement": "pia"}))


def test_a_panel_decides_by_majority_and_by_weight() -> None:
    outcome, asks = decided(panel, "judge_compares", offices=PANEL)
    assert outcome.answer == "5"
    assert len(asks) == 18
    weights = {"solon": 1, "pia": 1, "zoe": 3}
    weighed, _ = decided(panel, {"judge_compares": {"weights": weights}}, offices=PANEL)
    assert weighed.answer == "7"
    with pytest.raises(BadOption, match="belong to other agents"):
        decided(panel, {"judge_compares": {"weights": {"ada": 1}}}, offices=PANEL)


@given(st.integers(0, 2**32))
def test_a_list_is_ranked_the_same_in_any_order(seed: int) -> None:
    outcome, asks = decided(prefers("675"), "judge_ranks", seed=seed)
    first, second = (SHOWN.findall(ask.instruction) for ask in asks)
    assert first == second[::-1]
    assert outcome.answer == "6"
    assert outcome.tally == decided(prefers("675"), "judge_ranks")[0].tally


def test_a_list_turned_upside_down_cancels_a_preference_for_the_first() -> None:
    outcome, _ = decided(first_shown, "judge_ranks")
    assert len(set(outcome.tally.values())) == 1
    assert "the one shown first was put first 2 of 2 times" in outcome.reason


def test_a_rubric_gives_means_over_criteria_and_judges() -> None:
    rubric = {"judge_scores": {"criteria": {"right": 3, "clear": 1}}}
    outcome, asks = decided(panel, rubric, offices=PANEL)
    assert "1. right\n2. clear" in asks[0].instruction
    assert outcome.answer == "5"
    mark = [(3 * (9 - place) + (8 - place)) / 4 for place in range(3)]
    assert outcome.tally["5"] == pytest.approx((mark[0] + mark[0] + mark[1]) / 3)
    assert "scored by 2 criteria" in outcome.reason


def test_an_unreadable_mark_does_not_pull_a_candidate_down() -> None:
    def judge(ask: Ask, shown: list[str]) -> str:
        unread = ask.seat == "pia" and shown == ["7"]
        return "Scores: 1=10, 2=eleven" if unread else prefers("756")(ask, shown)

    rubric = {"judge_scores": {"criteria": ["right", "clear"]}}
    outcome, _ = decided(judge, rubric, offices=PANEL)
    assert outcome.answer == "7"
    assert outcome.tally["7"] == 8.5
    assert outcome.invalid == 1


@pytest.mark.parametrize(
    ("decide", "sentence"),
    [
        ({"judge_compares": {"how": "copland"}}, "Did you mean 'copeland'"),
        ({"judge_compares": {"weights": {"solon": -1}}}, "not negative"),
        ({"judge_ranks": {"rule": "random_ballot"}}, "draws lots"),
        ({"judge_scores": {"criteria": "clear"}}, "needs criteria"),
        ({"judge_scores": {"criteria": {"clear": 0}}}, "needs criteria"),
        ({"judge_scores": {"criteria": ["clear", "clear"]}}, "needs criteria"),
        ({"judge_scores": {"low": 9, "high": 1}}, "leaves no room"),
        ({"peer_ranked": {"most": 3}}, "ask 4 seats about 12 pairs"),
        ({"peer_ranked": {"normalise": "max"}}, "no normalisation"),
    ],
)
def test_bad_options_are_sentences(decide: Any, sentence: str) -> None:
    with pytest.raises(BadOption, match=sentence):
        decided(prefers("756"), decide)


# Peer rank


def test_seats_judge_each_other_and_the_good_ones_weigh_more() -> None:
    def peer(ask: Ask, shown: list[str]) -> str:
        return prefers("765" if ask.seat == "di" else "756")(ask, shown)

    outcome, asks = decided(peer, "peer_ranked")
    assert {ask.seat for ask in asks} == set(SEATS)
    assert len(asks) == 4 * 12
    assert all(not ask.heard for ask in asks)
    assert outcome.answer == "7"
    assert outcome.tally["7"] == 1
    assert outcome.tally["6"] > outcome.tally["5"]  # di wins everything, so its taste alone counts
