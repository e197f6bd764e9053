"""Growing: new arms join what was compared, nothing is asked twice, and what may not change is named."""

from __future__ import annotations

import random
import re
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from quorate.agents import Agent, Scripted
from quorate.errors import RecordError, RecordMismatch
from quorate.evaluate import Problem
from quorate.evaluate.results import Result
from quorate.experiments import Experiment, compare, read_comparison, read_results
from quorate.nouns import Ask, Question, derive_seed

Study = Callable[..., Experiment]
RING = {"topology": "ring", "rounds": 3, "until": "never"}
APART = {"critique": "apart", "rounds": 2}
LONG = {"topology": "complete", "rounds": 5, "until": "never"}
OFF = {"noise_peers": "off"}


def events(folder: Path) -> dict[str, bytes]:
    """What was recorded, by place within the folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("events.jsonl")}


def timeless(folder: Path) -> list[Result]:
    return [
        result.model_copy(update={"cost": result.cost.model_copy(update={"seconds": 0.0})})
        for result in read_results(folder)
    ]


def everything_of(table: Any) -> list[Any]:
    return [(c.name, c.strict, c.cost.calls, c.cost.tokens) for c in table.columns]


def test_a_new_arm_joins_and_only_it_is_run(tmp_path: Path, study: Study) -> None:
    compare(study(arms={"ring": RING}), tmp_path / "x")
    before = events(tmp_path / "x")
    asked: Counter[tuple[str, int]] = Counter()

    def counted(ask: Ask, seed: int) -> str:
        asked[ask.act, ask.turn] += 1
        return f"Answer: {seed % 3}"

    arms = {"short": {"topology": "star", "rounds": 2, "until": "never"}, "ring": RING}
    table = compare(study(arms=arms, script=counted), tmp_path / "x")
    assert asked == {("revise", 1): 6 * 3}
    assert [column.name for column in table.columns][:2] == ["short", "ring"]
    after = events(tmp_path / "x")
    assert {place: after[place] for place in before} == before


def test_what_grew_has_the_results_of_what_was_begun_whole(tmp_path: Path, study: Study) -> None:
    arms = {"long": LONG, "ring": RING, "apart": APART}
    whole = compare(study(arms=arms, seeds=(0, 1)), tmp_path / "whole")
    compare(study(arms={"ring": RING}, controls=OFF, seeds=(0, 1)), tmp_path / "grown")
    compare(study(arms={"ring": RING, "apart": APART}, seeds=(0, 1)), tmp_path / "grown")
    grown = compare(study(arms=arms, seeds=(0, 1)), tmp_path / "grown")
    assert everything_of(grown) == everything_of(whole)
    assert grown.claims == whole.claims
    assert timeless(tmp_path / "grown") == timeless(tmp_path / "whole")


def test_controls_at_equal_cost_follow_the_most_expensive_arm_and_come_back(
    tmp_path: Path, study: Study
) -> None:
    first = compare(study(arms={"ring": RING}), tmp_path / "x")
    before = events(tmp_path / "x")
    second = compare(study(arms={"ring": RING, "long": LONG}), tmp_path / "x")
    calls = {column.name: column.cost.calls for column in second.columns}
    assert calls["self_consistency_calls"] == calls["long"] == 15
    assert any("the most expensive arm 'long' spent" in note for note in second.notes)
    kept = tmp_path / "x" / "aside" / "self_consistency_calls-of-ring" / "seed-0" / "events.jsonl"
    assert kept.read_bytes() == before["arms/self_consistency_calls/seed-0/events.jsonl"]

    third = compare(study(arms={"ring": RING}, script="never asked"), tmp_path / "x")
    assert everything_of(third) == everything_of(first)
    assert "Compared here before, and left out since: 'long'; the records are in aside/." in third.notes
    after = events(tmp_path / "x")
    assert {place: after[place] for place in before} == before


def test_an_arm_may_leave_and_return_unchanged_only(tmp_path: Path, study: Study) -> None:
    table = compare(study(arms={"ring": RING, "apart": APART}), tmp_path / "x")
    left = compare(study(arms={"ring": RING}, controls=OFF), tmp_path / "x")
    assert not {"apart", "noise_peers"} & {column.name for column in left.columns}
    assert not (tmp_path / "x" / "arms" / "apart").exists()
    with pytest.raises(RecordMismatch, match=r"arms\.apart\.protocol\.debate\.rounds was 2, now it is 4"):
        compare(study(arms={"ring": RING, "apart": {**APART, "rounds": 4}}), tmp_path / "x")
    again = compare(study(arms={"ring": RING, "apart": APART}, script="never asked"), tmp_path / "x")
    assert everything_of(again) == everything_of(table)
    assert not any("left out" in note for note in again.notes)


def test_while_new_arms_are_missing_the_old_table_is_not_shown(tmp_path: Path, study: Study) -> None:
    compare(study(arms={"ring": RING}), tmp_path / "x")

    def interrupted(arm: str, seed: int, event: Any) -> None:
        if arm == "apart":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        compare(study(arms={"ring": RING, "apart": APART}), tmp_path / "x", watch=interrupted)
    with pytest.raises(RecordError, match="is not finished"):
        read_comparison(tmp_path / "x")
    table = compare(study(arms={"ring": RING, "apart": APART}), tmp_path / "x")
    assert [column.name for column in table.columns][:2] == ["ring", "apart"]


@pytest.mark.parametrize("seed", range(4))
def test_a_kill_while_it_grows_changes_nothing(tmp_path: Path, study: Study, seed: int) -> None:
    arms = {"ring": RING, "apart": APART, "long": LONG}
    compare(study(arms=arms), tmp_path / "whole")
    compare(study(arms={"ring": RING}), tmp_path / "x")
    compare(study(arms=arms), tmp_path / "x")
    rng = random.Random(seed)
    for name in ("results.jsonl", "comparison.json"):
        (tmp_path / "x" / name).unlink()
    for run in [path.parent for path in sorted((tmp_path / "x" / "arms").glob("*/*/events.jsonl"))]:
        if run.parent.name in ("ring", "vote", "best_single"):
            continue
        if rng.random() < 0.4:
            shutil.rmtree(run.parent)
        else:
            whole = (run / "events.jsonl").read_bytes()
            (run / "events.jsonl").write_bytes(whole[: rng.randrange(len(whole))])
    compare(study(arms=arms), tmp_path / "x")
    assert timeless(tmp_path / "x") == timeless(tmp_path / "whole")


def test_arms_apart_keep_their_drafts_when_the_first_of_them_leaves(tmp_path: Path, study: Study) -> None:
    def make(*names: str) -> Experiment:
        others = [
            Agent(name, Scripted(lambda ask, seed: f"Answer: {derive_seed(seed, 'eve') % 3}"))
            for name in ("eve", "fay")
        ]
        apart = {"agents": others, "shares_drafts": False, "rounds": 2, "until": "never"}
        stars = {name: {**apart, "topology": name} for name in names}
        return study(arms={**stars, "ring": RING})

    compare(make("complete", "star"), tmp_path / "x")
    before = events(tmp_path / "x")
    compare(make("chain", "star"), tmp_path / "x")
    new = [place for place in events(tmp_path / "x") if place not in before]
    assert {place.split("/")[1] for place in new} == {"chain", "complete"}, "the founder's is aside now"
    assert not [place for place in new if place.startswith("drafts")]


def test_an_arm_that_reads_what_the_drafts_do_not_tell_is_refused(tmp_path: Path, study: Study) -> None:
    relay = {"protocol": "relay"}
    compare(study(arms={"ring": RING}), tmp_path / "x")
    before = (tmp_path / "x" / "experiment.json").read_bytes()
    with pytest.raises(RecordMismatch, match=r"do not say how sure each line is.*shares_drafts: false"):
        compare(study(arms={"ring": RING, "relay": relay}), tmp_path / "x")
    assert (tmp_path / "x" / "experiment.json").read_bytes() == before
    compare(study(arms={"ring": RING, "relay": {**relay, "shares_drafts": False}}), tmp_path / "x")

    compare(study(arms={"ring": RING, "relay": relay}), tmp_path / "y")
    table = compare(study(arms={"ring": RING}, script="never asked"), tmp_path / "y")
    assert "relay" not in [column.name for column in table.columns]


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"seeds": (0, 1)}, r"seeds was \[0\], now it is \[0, 1\]"),
        ({"count": 4}, "was begun with 6 problems, now there are 4"),
        ({"count": 9}, "was begun with 6 problems, now there are 9"),
        ({"gold": "3"}, "begun with other problems: of the 6, 'q2' is the first that differs"),
        ({"development": 3}, "development sample .* was begun with 0 problems, now there are 3"),
        (
            {"arms": {"ring": {**RING, "rounds": 4}}},
            r"arms\.ring\.protocol\.debate\.rounds was 3, now it is 4",
        ),
        ({"arms": {"ring": {**RING, "shares_drafts": False}}}, r"arms\.ring\.shares_drafts was true"),
        ({"controls": {"vote": {"tie_break": "order"}}}, r"controls\.vote\.tie_break was null"),
        ({"agents": 2}, r"configuration: table was"),
        ({"reading": "lenient"}, 'configuration: reading was "strict", now it is "lenient"'),
    ],
)
def test_what_may_not_change_is_named_and_nothing_is_written(
    tmp_path: Path, study: Study, sums: Callable[[int], list[Problem]], change: dict[str, Any], named: str
) -> None:
    compare(study(arms={"ring": RING}), tmp_path / "x")
    before = {path: path.read_bytes() for path in (tmp_path / "x").rglob("*.json*")}
    given: dict[str, Any] = {"arms": {"ring": RING}, **change}
    if "count" in change:
        given["problems"] = sums(given.pop("count"))
    if "gold" in change:
        given["problems"] = sums(6)
        given["problems"][2] = given["problems"][2].model_copy(update={"gold": given.pop("gold")})
    if "development" in change:
        given["development"] = [
            Problem(question=Question(id=f"d{n}", text=f"{n}?"), gold="1")
            for n in range(change["development"])
        ]
    if "agents" in change:
        given["agents"] = list(study().agents)[: change["agents"]]
    with pytest.raises(RecordMismatch) as refused:
        compare(study(**given), tmp_path / "x")
    assert re.search(named, str(refused.value)), refused.value
    assert {path: path.read_bytes() for path in (tmp_path / "x").rglob("*.json*")} == before
