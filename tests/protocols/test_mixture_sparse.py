"""Sparse mixtures: who is passed on, who ends it, what is drawn by lot, and hostile judges."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quorate.errors import BadOption, UnknownName
from quorate.nouns import Ask, Message, Table
from quorate.protocols import moa, smoa
from quorate.protocols.mixture import read_end, read_roles
from tests.protocols.conftest import (
    PAGE,
    QUESTION,
    SEATS,
    TABLE,
    acts,
    chooses,
    heard,
    judge,
    notes,
    numbers_of,
    play,
    says,
)

# The published form


def test_one_call_after_each_layer_selects_and_only_the_selected_are_heard() -> None:
    outcome, waves = play(smoa(QUESTION, TABLE), chooses("6", "7", end=False))
    assert acts(waves) == [["draft"] * 4, ["select"], ["revise"] * 4, ["select"], ["fuse"]]
    assert [ask.seat for wave in waves for ask in wave if ask.act in ("select", "fuse")] == ["solon"] * 3
    assert {ask.seat: heard(ask) for ask in waves[2]} == {
        "ada": ["bo", "di"],
        "bo": ["di"],
        "cy": ["bo", "di"],
        "di": ["bo"],
    }
    reminded = [ask.seat for ask in waves[2] if "Your last answer" in ask.instruction]
    assert reminded == ["bo", "di"]
    assert heard(waves[4][0]) == ["bo", "di"]
    assert (outcome.answer, outcome.calls) == ("5", 11)
    assert outcome.reason == "2 layers held; solon aggregated 2 answers, 2 of 4 votes for its own"
    assert notes(waves) == [("selected", "solon chose 2 of 4: bo, di")] * 2


def test_the_moderator_ends_it_and_what_was_selected_is_aggregated() -> None:
    outcome, waves = play(smoa(QUESTION, TABLE, layers=3), chooses("5", "7", end=True))
    assert acts(waves) == [["draft"] * 4, ["select"], ["fuse"]]
    assert (outcome.calls, outcome.rounds) == (6, 1)
    assert outcome.reason.startswith("solon ended it after layer 1 of 3; solon aggregated 2 answers")
    assert [kind for kind, _ in notes(waves)] == ["selected", "stopped"]


def test_a_flag_after_the_last_layer_ends_nothing_that_has_not_ended() -> None:
    outcome, _ = play(smoa(QUESTION, TABLE, layers=1), chooses("5", "7", end=True))
    assert outcome.reason.startswith("1 layer held")


def test_the_page_has_no_names_and_an_order_that_the_seed_decides() -> None:
    orders = set()
    for seed in range(12):
        table = Table(SEATS, offices={"judge": "solon"}, seed=seed)
        _, waves = play(smoa(QUESTION, table, layers=1), chooses("6", "7"))
        [ask] = waves[1]
        assert not any(name in ask.instruction for name in SEATS)
        orders.add(tuple(PAGE.findall(ask.instruction)))
        assert heard(waves[-1][0]) == ["bo", "di"]
    assert len(orders) > 4


# What cannot be followed


@pytest.mark.parametrize(
    "text", ["", None, "All are fine.", "Chosen: 0, 1", "Chosen: 1, 9", '{"chosen": [5]}']
)
def test_unreadable_picks_are_drawn_by_lot_and_counted(text: str | None) -> None:
    drawn = set()
    for seed in range(8):
        table = Table(SEATS, offices={"judge": "solon"}, seed=seed)
        outcome, waves = play(smoa(QUESTION, table, moderate=False), says(text))
        assert len(heard(waves[-1][0])) == 2
        assert "2 of 2 picks could not be followed" in outcome.reason
        assert [kind for kind, _ in notes(waves)] == ["fallback", "fallback"]
        drawn.add(tuple(heard(waves[-1][0])))
    assert len(drawn) > 2


def test_more_than_k_are_thinned_by_lot_among_those_chosen_and_fewer_are_allowed() -> None:
    outcome, waves = play(smoa(QUESTION, TABLE, layers=1), chooses("5", "6", "7"))
    assert len(heard(waves[-1][0])) == 2
    assert "solon chose too many, by lot 2 of 4" in notes(waves)[0][1]
    assert "1 of 1 picks could not be followed" in outcome.reason
    outcome, waves = play(smoa(QUESTION, TABLE, layers=1), chooses("7"))
    assert heard(waves[-1][0]) == ["di"]
    assert "followed" not in outcome.reason


def test_a_missing_flag_ends_nothing_and_is_counted() -> None:
    outcome, waves = play(smoa(QUESTION, TABLE), chooses("5", "7"))
    assert len(waves) == 5
    assert "1 of 1 end flags missing" in outcome.reason


def test_the_lot_is_the_tables_own() -> None:
    one, other = (play(smoa(QUESTION, TABLE), says("?"))[1] for _ in range(2))
    assert [heard(ask) for wave in one for ask in wave] == [heard(ask) for wave in other for ask in wave]


@pytest.mark.parametrize(
    "text",
    [
        '```json\n{"reasoning": "r", "chosen responses": [NUMBERS], "end debate": true}\n```\nThat is all.',
        '{"chosen responses": ["Response A", B], "end debate": "true"}',
        'I think {so}. {"chosen_responses": "NOT", "chosen": [A, "B"], "end": "yes"}',
        "The two add up.\nChosen: A and B\nEnd: yes",
        "**Chosen responses:** A, B\n**End debate:** true",
    ],
)
def test_choices_are_read_however_they_are_written(text: str) -> None:
    def verdict(ask: Ask) -> str:
        a, b = numbers_of(ask, "6", "7")
        numbers = f"{a}, {b}"
        return (
            text.replace("NUMBERS", numbers)
            .replace("A,", f"{a},")
            .replace(" A ", f" {a} ")
            .replace(' A"', f' {a}"')
            .replace("[A", f"[{a}")
            .replace(" B]", f" {b}]")
            .replace('"B"', f'"{b}"')
            .replace(" B\n", f" {b}\n")
        )

    outcome, waves = play(smoa(QUESTION, TABLE), judge(verdict))
    assert heard(waves[-1][0]) == ["bo", "di"]
    assert len(waves) == 3
    assert "followed" not in outcome.reason


hostile = st.one_of(
    st.text(max_size=200),
    st.sampled_from(
        [
            "[" * 5000,
            "{" * 5000,
            '{"chosen responses": ' + "[" * 3000,
            '{"chosen responses": [1e999, -1, null, true, {"a": [1]}], "end debate": [true]}',
            '{"chosen responses": [' + "9" * 5000 + "]}",
            '{"chosen responses": [1, 1, 1, 1, 1, 1, 1]}',
            "Chosen: ²,³",
            "\x00\x1b[2J\u202eChosen: 1\ud800",
            "End: yes" * 4000,
            "x" * 300_000,
        ]
    ),
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5)),
        lambda inner: st.one_of(
            st.lists(inner, max_size=4),
            st.dictionaries(
                st.sampled_from(["chosen responses", "end debate", "chosen", "x"]), inner, max_size=4
            ),
        ),
        max_leaves=10,
    ).map(json.dumps),
)


@settings(max_examples=150, deadline=None)
@given(text=hostile, moderation=st.sampled_from(["joint", "apart"]), k=st.integers(1, 4))
def test_no_text_of_a_judge_breaks_it_or_passes_on_more_than_k(text: str, moderation: Any, k: int) -> None:
    text = text.encode("utf-8", "replace").decode()
    outcome, waves = play(smoa(QUESTION, TABLE, k=k, moderation=moderation), says(text))
    assert 1 <= len(heard(waves[-1][0])) <= k
    assert outcome.answer == "5"
    assert all(len(ask.heard) <= k for wave in waves for ask in wave if ask.act in ("revise", "fuse"))


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ('{"end debate": true}', True),
        ('{"end debate": false} or rather {"end_debate": "True"}', True),
        ('{"end debate": "no"}', False),
        ('{"end debate": 1}', None),
        ('{"trend": true, "weekend": true}', None),
        ("End: yes", True),
        ("> **End the debate**: no", False),
        ("End debate: yes\nEnd debate: no", False),
        ("Verdict: consensus\nAnswer: 5", True),
        ("In the end: yes, but", None),
        ("", None),
    ],
)
def test_the_end_flag(text: str, end: bool | None) -> None:
    said = Message(number=0, seat="solon", act="moderate", turn=0, text=text)
    assert read_end(said) is end


# Parts, one by one


def test_without_the_moderator_it_is_only_selected() -> None:
    outcome, waves = play(smoa(QUESTION, TABLE, moderate=False), chooses("5", "7", end=True))
    assert acts(waves) == [["draft"] * 4, ["select"], ["revise"] * 4, ["select"], ["fuse"]]
    assert not any("end debate" in ask.instruction for wave in waves for ask in wave)
    assert "missing" not in outcome.reason


def test_without_the_judge_it_is_only_moderated_and_everything_is_passed_on() -> None:
    speak = says('{"end debate": false}')
    outcome, waves = play(smoa(QUESTION, TABLE, select="off"), speak)
    assert acts(waves) == [["draft"] * 4, ["moderate"], ["revise"] * 4, ["fuse"]]
    assert [len(ask.heard) for ask in waves[2]] == [3] * 4
    assert not any("chosen responses" in ask.instruction for wave in waves for ask in wave)
    outcome, waves = play(smoa(QUESTION, TABLE, select="off"), says('{"end debate": true}'))
    assert acts(waves) == [["draft"] * 4, ["moderate"], ["fuse"]]
    assert len(waves[-1][0].heard) == 4
    assert outcome.reason.startswith("solon ended it after layer 1 of 2")


def test_judge_and_moderator_may_be_asked_apart_at_the_same_time() -> None:
    table = Table(SEATS, offices={"judge": "solon", "moderator": "pia", "aggregator": "max"})

    def verdict(ask: Ask) -> str:
        if ask.act == "moderate":
            return '{"end debate": false}'
        return json.dumps({"chosen responses": numbers_of(ask, "6", "7")})

    _, waves = play(smoa(QUESTION, table, moderation="apart"), judge(verdict))
    assert [[(ask.seat, ask.act) for ask in wave] for wave in waves if len(wave) < 4] == [
        [("solon", "select"), ("pia", "moderate")],
        [("solon", "select")],
        [("max", "fuse")],
    ]
    assert heard(waves[-1][0]) == ["bo", "di"]


def test_the_aggregator_judges_where_nobody_else_does() -> None:
    table = Table(SEATS, offices={"aggregator": "max"})
    _, waves = play(smoa(QUESTION, table, layers=1), chooses("6", "7"))
    assert [ask.seat for wave in waves[1:] for ask in wave] == ["max", "max"]


def test_a_proposer_may_judge_the_others_and_hears_over_the_graph() -> None:
    star = nx.DiGraph([("bo", "ada"), ("cy", "ada"), ("ada", "di")])
    table = Table(SEATS, star)
    _, waves = play(smoa(QUESTION, table, layers=1, aggregator="ada"), chooses("6", "5"))
    assert heard(waves[1][0]) == ["bo", "cy"]
    assert len(PAGE.findall(waves[1][0].instruction)) == 3


def test_with_no_more_than_k_answers_only_the_moderator_is_asked() -> None:
    _, waves = play(smoa(QUESTION, TABLE, k=4), says('{"end debate": false}'))
    assert acts(waves) == [["draft"] * 4, ["moderate"], ["revise"] * 4, ["fuse"]]
    _, waves = play(smoa(QUESTION, TABLE, k=4, moderate=False), says("?"))
    assert acts(waves) == [["draft"] * 4, ["revise"] * 4, ["fuse"]]


def test_failed_answers_are_not_on_the_page_and_none_at_all_asks_nobody() -> None:
    def speak(ask: Ask) -> str | None:
        if ask.seat in ("ada", "cy"):
            return None
        return chooses("6", end=False)(ask)

    _, waves = play(smoa(QUESTION, TABLE, k=1), speak)
    assert len(PAGE.findall(waves[1][0].instruction)) == 2
    outcome, waves = play(smoa(QUESTION, TABLE), lambda ask: "Answer: 5" if ask.act == "fuse" else None)
    assert acts(waves) == [["draft"] * 4, ["revise"] * 4, ["fuse"]]
    assert outcome.answer == "5"


# What is refused


@pytest.mark.parametrize(
    ("seats", "options", "sentence"),
    [
        (SEATS, {"k": 5}, r"k=5 answers cannot be passed on from layer 1, which has 4 agents: lower k"),
        (SEATS, {"k": 2, "layers": [SEATS, ["bo"]]}, "from layer 2, which has 1 agent:"),
        (SEATS, {"k": 0}, "whole number of at least 1, not 0"),
        (SEATS, {"k": True}, "whole number of at least 1"),
        (SEATS, {"k": "2"}, "whole number of at least 1"),
        (SEATS, {"select": "juge"}, "Did you mean 'judge'"),
        (SEATS, {"moderation": "jont"}, "Did you mean 'joint'"),
        (SEATS, {"moderate": "yes"}, "true or false"),
        (
            ("ada",),
            {"k": 1, "aggregator": "ada"},
            "'ada' is the only proposer of layer 1 and would judge itself",
        ),
        (("ada",), {"aggregator": "ada"}, "would judge itself: add agents"),
        (("ada",), {"aggregator": "ada", "select": "off"}, "would judge itself"),
    ],
)
def test_bad_options_are_sentences(seats: Sequence[str], options: dict[str, Any], sentence: str) -> None:
    offices = {} if "aggregator" in options else {"judge": "solon"}
    with pytest.raises(BadOption, match=sentence):
        next(smoa(QUESTION, Table(seats, offices=offices), **options))


def test_a_judge_that_is_the_only_proposer_is_no_trouble_where_nobody_is_judged() -> None:
    table = Table(["ada"])
    outcome, _ = play(
        smoa(QUESTION, table, aggregator="ada", select=False, moderate=False),
        lambda ask: "Answer: 5",
    )
    assert outcome.answer == "5"


def test_two_referees_cannot_be_asked_in_one_call() -> None:
    table = Table(SEATS, offices={"judge": "solon", "moderator": "pia"})
    with pytest.raises(BadOption, match=r"'solon' judges and 'pia' moderates.*moderation='apart'"):
        next(smoa(QUESTION, table))
    next(smoa(QUESTION, table, moderate=False))
    next(smoa(QUESTION, table, select="off"))


def test_nobody_who_judges_is_a_sentence() -> None:
    with pytest.raises(BadOption, match="needs somebody who aggregates"):
        next(smoa(QUESTION, Table(SEATS)))
    with pytest.raises(BadOption, match="needs somebody who aggregates"):
        next(smoa(QUESTION, Table(SEATS), decide="plurality"))
    with pytest.raises(UnknownName):
        next(smoa(QUESTION, TABLE, decide="plurallity"))


def test_selection_without_asking_and_a_rule_need_nobody_outside_the_graph() -> None:
    outcome, waves = play(
        smoa(QUESTION, Table(SEATS), select="agreement", moderate=False, decide="plurality"), says("?")
    )
    assert acts(waves) == [["draft"] * 4, ["revise"] * 4]
    assert outcome.answer == "5"


@settings(max_examples=40, deadline=None)
@given(
    part=st.sampled_from(["select", "moderate", "roles"]),
    seed=st.integers(0, 5),
    layers=st.integers(1, 3),
)
def test_each_part_changes_only_what_it_is_for(part: str, seed: int, layers: int) -> None:
    """One part on, the others off: the asks that MoA makes too are the same but for that part."""
    table = Table(SEATS, offices={"judge": "solon"}, seed=seed)
    roles = {seat: f"You are {seat}." for seat in SEATS}
    off: dict[str, Any] = {"select": "off", "moderate": False, "roles": None}
    on: dict[str, Any] = {"select": "judge", "moderate": True, "roles": roles}
    speak = chooses("5", "7", end=False) if part == "select" else says('{"end debate": false}')
    _, dense = play(moa(QUESTION, table, layers=layers), speak)
    _, sparse = play(smoa(QUESTION, table, layers=layers, **{**off, part: on[part]}), speak)
    asked = [ask for wave in sparse for ask in wave if ask.act not in ("select", "moderate")]
    same = [ask for wave in dense for ask in wave]
    assert [(ask.seat, ask.act, ask.turn) for ask in asked] == [(a.seat, a.act, a.turn) for a in same]
    if part == "moderate":
        assert [ask.digest() for ask in asked] == [ask.digest() for ask in same]
    if part == "roles":
        tails = [
            ask.instruction.split("\n\n", 1)[1] if ask.seat in SEATS else ask.instruction for ask in asked
        ]
        assert tails == [ask.instruction for ask in same]
    if part == "select":
        assert [ask.digest() for ask in asked[:4]] == [ask.digest() for ask in same[:4]]
        assert all(len(ask.heard) <= 2 for ask in asked)


def test_roles_kept_in_a_list_are_given_in_order(tmp_path: Path) -> None:
    file = tmp_path / "roles.json"
    roles = [{"name": "Auditor", "text": "You audit."}, {"name": "Sailor", "text": "You sail."}]
    file.write_text(json.dumps({"task": "sums", "roles": roles}), "utf-8")
    assert read_roles(file, ["ada", "bo"]) == {"ada": "You audit.", "bo": "You sail."}
    with pytest.raises(BadOption, match="role for '2'"):
        read_roles(file, ["ada"])
