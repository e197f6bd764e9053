"""`quorate debate --protocol`: any registered protocol, on the pool or on models."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from quorate.cli import tables
from quorate.errors import BadOption, UnknownName
from quorate.record import read_events, read_manifest
from tests.conftest import Quorate

QUESTION = "A bus keeps to 40 km per hour for 3 hours. How many kilometres does it go?"


@pytest.fixture
def debate(quorate: Quorate, miniature_pool: Path) -> Quorate:
    """`quorate debate` on the miniature pool, unless models are named."""

    def call(*arguments: str) -> tuple[int, str, str]:
        pool = [] if "--model" in arguments else ["--pool", str(miniature_pool), "--max-tokens", "8"]
        return quorate("debate", QUESTION, *pool, *arguments)

    return call


@pytest.mark.parametrize(
    ("protocol", "maker"),
    [
        ("smoa: {k: 1}", {"smoa": {"k": 1}}),
        ("one_by_one", "one_by_one"),
        ("moa: {layers: 1}", {"moa": {"layers": 1}}),
    ],
)
def test_a_protocol_is_held_by_the_pool_with_its_judge(debate: Quorate, protocol: str, maker: Any) -> None:
    code, out, err = debate("-p", protocol, "-o", "one", "--view", "plain")
    assert code == 0, err
    assert "recorded in one" in out
    setup = read_manifest(Path("one"))["setup"]
    assert setup["protocol"] == maker
    assert setup["topology"]["maker"] == "complete"
    assert setup["offices"]["judge"]["adapter"] == "judge"
    assert {event.seat for event in read_events("one") if event.type == "asked"} == {
        "rates",
        "money",
        "judge",
    }


def test_a_protocol_is_drawn_live(debate: Quorate) -> None:
    code, out, err = debate("--protocol", "moa: {layers: 2}", "--view", "live")
    assert code == 0, err
    assert "moa" in out + err


def test_filters_may_ask_the_judge_of_the_pool(debate: Quorate) -> None:
    code, _, err = debate("-f", "judge_picks: {k: 1}", "-o", "one", "--view", "quiet")
    assert code == 0, err
    setup = read_manifest(Path("one"))["setup"]
    assert setup["protocol"]["relay"]["rounds"] == 4
    assert list(setup["offices"]) == ["judge"]


def test_the_usual_relay_has_no_idle_judge(debate: Quorate) -> None:
    assert debate("-p", "relay", "-o", "one", "--view", "quiet")[0] == 0
    setup = read_manifest(Path("one"))["setup"]
    assert setup["protocol"] == {"relay": {"rounds": 4, "threshold": 0.8}}
    assert setup["topology"]["maker"] == "ring"
    assert setup["offices"] == {}


def test_one_member_is_sampled_at_a_temperature_and_the_judge_stays_greedy(miniature_pool: Path) -> None:
    data = tables.of_pool(miniature_pool, None, None, None, {}, protocol="self_consistency")
    assert {agent["sampling"]["temperature"] for agent in data["agents"]} == {0.6}
    assert data["offices"]["judge"]["sampling"]["temperature"] == 0
    cool = tables.of_pool(miniature_pool, None, None, None, {"temperature": 0.1}, protocol="self_moa")
    assert {agent["sampling"]["temperature"] for agent in cool["agents"]} == {0.1}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["-p", "smoaa"], "There is no protocol called 'smoaa'. Did you mean 'smoa'"),
        (["-p", "smoa: {layrs: 3}"], "'smoa' has no option 'layrs'. Did you mean 'layers'?"),
        (["-p", "smoa: {k: 2"], "--protocol is a name, or a name with its options"),
        (["-p", ""], "--protocol is a name, or a name with its options"),
        (["-p", "[smoa]"], "--protocol is a name, or a name with its options"),
        (["-p", "{smoa: {}, moa: {}}"], "got 2 names: smoa, moa"),
        (
            ["-p", "smoa", "--rounds", "2"],
            "--rounds goes with debate, dylan, group_debate, one_by_one, relay; 'smoa' has no rounds: "
            "leave it out. Options of 'smoa' are given as --protocol \"smoa: {option: value}\": layers, k,",
        ),
        (["-p", "dylan", "-f", "redundant"], "--filter goes with debate, relay; 'dylan' has no filters"),
        (["-p", "vote", "--until", "quorum"], "'vote' has no until"),
        (
            ["-p", "dylan: {rounds: 3}", "-r", "4"],
            "--rounds and the option rounds in --protocol say the same: give one of them.",
        ),
        (["-p", "smoaa", "--model", "x"], "Did you mean 'smoa'"),
        (["-p", "vote", "--model", "x", "--until", "quorum"], "'vote' has no until"),
    ],
)
def test_mistakes_are_sentences(debate: Quorate, arguments: list[str], sentence: str) -> None:
    code, _, err = debate(*arguments)
    assert code == 1
    assert sentence in " ".join(err.split())


@pytest.mark.parametrize(
    ("protocol", "flags", "expected"),
    [
        (None, {}, {"topology": "ring", "protocol": {"debate": {"rounds": 3, "until": "unanimous"}}}),
        ("smoa", {}, {"topology": "complete", "protocol": {"smoa": {}}}),
        ("smoa", {"topology": "star"}, {"topology": "star", "protocol": {"smoa": {}}}),
        ({"smoa": None}, {"judge": "x"}, {"topology": "complete", "protocol": {"smoa": {}}}),
        (
            {"dylan": {"keep": 1}},
            {"rounds": 4},
            {"topology": "complete", "protocol": {"dylan": {"keep": 1, "rounds": 4}}},
        ),
        (
            {"debate": {"critique": "off"}},
            {"judge": "x", "filters": ["redundant"]},
            {
                "topology": "ring",
                "protocol": {
                    "debate": {
                        "rounds": 3,
                        "critique": "off",
                        "filters": ["redundant"],
                        "until": {"any": ["unanimous", "judge_agrees"]},
                        "decide": "judge_decides",
                    }
                },
            },
        ),
    ],
)
def test_models_deliberate_as_a_definition_file_would_say(
    protocol: Any, flags: dict[str, Any], expected: dict[str, Any]
) -> None:
    given = {"topology": None, "rounds": None, "until": None, "judge": None, **flags}
    assert tables.debating(**given, protocol=protocol) == expected


def test_the_judge_of_a_debate_leaves_a_rule_that_is_named() -> None:
    data = tables.debating(None, None, None, "x", protocol={"debate": {"decide": "plurality"}})
    assert data["protocol"]["debate"]["decide"] == "plurality"


def test_an_unknown_protocol_is_refused_before_the_flags_are() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'vote'"):
        tables.bound("vot", {}, rounds=2, until=None, filters=())
    with pytest.raises(BadOption, match="--until goes with"):
        tables.bound("vote", {}, rounds=None, until="quorum", filters=())


def test_help_shows_an_example_of_each(debate: Quorate) -> None:
    code, out, _ = debate("--help")
    assert code == 0
    page = " ".join(out.split())
    assert "-p smoa" in page
    assert '-p "smoa: {layers: 3, k: 1}"' in page
    assert '-f "top_k: {k: 2, by: agreement}"' in page
