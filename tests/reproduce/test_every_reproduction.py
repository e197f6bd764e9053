"""What every reproduction is held to: its names fit together, it runs to its end, and it tells all it has."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from quorate.errors import BadOption, RecordMismatch, UnknownName
from quorate.evaluate.claims import compare
from quorate.evaluate.results import Claim
from quorate.experiments import CONTROLS
from quorate.reproduce import Reproduced, find_reproduction, recipes, reproduce, reproductions
from quorate.reproduce.account import account, verdict_on
from quorate.reproduce.published import CERTAINTIES, Finding
from quorate.reproduce.reproducing import stage

Hold = Callable[[str], Any]
NAMES = list(reproductions())
VOICES = [{"model": {"scripted": {"script": "Answer: 5"}}}]
SUMS = {"arithmetic": {"form": "a+b"}}


@pytest.mark.parametrize("name", NAMES)
def test_all_names_in_a_recipe_are_those_of_its_arms_and_controls(name: str) -> None:
    one = find_reproduction(name)
    known = {*one.arms, *(control for control in CONTROLS if one.controls.get(control) is not False)}
    named = {arm for column in one.published for arm in column.values}
    named |= {column.against for column in one.published if column.against}
    named |= {arm for finding in one.findings for arm in (finding.better, finding.worse)}
    assert {*named, *one.drifts, one.reference} <= known
    assert (Path(next(iter(recipes.__path__))) / f"{one.name}.py").is_file()
    assert "arXiv:" in one.source
    assert one.expected
    assert all(column.measure == "accuracy" or column.against for column in one.published)


@pytest.mark.parametrize("name", NAMES)
def test_it_runs_to_its_end_and_tells_everything(name: str, held: Hold) -> None:
    found, folder = held(name)
    one = find_reproduction(name)
    assert [seen.finding for seen in found.findings] == list(one.findings)
    assert all(seen.claim is not None for seen in found.findings)
    assert [drifted.arm for drifted in found.drifts] == list(one.drifts)
    for beside in found.beside:
        against = {column.against for column in beside.published}
        assert all(figure for arm, figure in beside.own.items() if arm not in against)
    text = str(found)
    for part in (one.source, "What was found", "Differences to expect", *(f.says for f in one.findings)):
        assert part in text
    told = {word for word, meaning in CERTAINTIES.items() if meaning in text}
    assert told == {c.certainty for c in one.published} | {f.certainty for f in one.findings}
    assert Reproduced.model_validate_json((folder / "reproduction.json").read_text()) == found


@pytest.mark.parametrize("name", NAMES)
def test_no_arm_needs_more_calls_than_are_announced(name: str, held: Hold) -> None:
    found, _ = held(name)
    one = find_reproduction(name)
    most = max(column.cost.calls for column in found.comparison.columns if column.name in one.arms)
    assert most <= one.calls


def test_it_goes_on_where_it_was_and_asks_nothing_again(held: Hold, calls: list[str]) -> None:
    found, folder = held("mad")
    before = len(calls)
    options: dict[str, Any] = {"voices": [{"model": "drawn_sums"}], "problems": SUMS}
    assert reproduce("mad", folder, count=8, **options) == found
    assert len(calls) == before
    with pytest.raises(RecordMismatch):
        reproduce("mad", folder, count=7, **options)


def test_a_file_of_problems_is_taken_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [{"id": f"q{n}", "text": f"2+{n}?", "gold": str(n + 2)} for n in range(3)]
    (tmp_path / "mine.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    monkeypatch.chdir(tmp_path)
    found = reproduce("reconcile", tmp_path / "run", voices=VOICES, problems="mine.jsonl")
    assert found.comparison.problems == 3
    assert "All seats hold one model, where the paper has different ones." in found.notes
    assert len(stage("mad", voices=VOICES, problems="mine.jsonl", count=2).experiment.problems) == 2


def test_models_that_cannot_do_it_are_told_so(tmp_path: Path) -> None:
    silent = [{"model": {"scripted": {"script": "I would rather not say."}}}]
    found = reproduce("du2023", tmp_path / "run", voices=silent, problems=SUMS, count=2)
    (note,) = found.notes
    assert "'3 agents, 2 rounds' (100%)" in note
    assert "do not do what the reproduction needs" in note
    (declined,) = account(find_reproduction("du2023"), tmp_path / "run", pooled=True).notes
    assert "Members of the pool decline what they do not know" in declined


def test_what_cannot_be_seated_is_refused_with_the_fix() -> None:
    with pytest.raises(BadOption, match="above 0, or 5 different models"):
        stage("debate_or_vote", voices=VOICES, problems=SUMS, sampling={"temperature": 0})
    with pytest.raises(BadOption, match=r"Give a temperature above 0\.$"):
        stage("adaptive_consistency", voices=VOICES, problems=SUMS, sampling={"temperature": 0})
    with pytest.raises(BadOption, match="1 seats, for 1 to 1 models or adapters, not 2"):
        stage("adaptive_consistency", voices=VOICES * 2, problems=SUMS)
    with pytest.raises(BadOption, match="Nobody judges"):
        stage("du2023", voices=VOICES, judge=VOICES[0], problems=SUMS)
    with pytest.raises(UnknownName, match="Did you mean 'reconcile'"):
        stage("reconcille", voices=VOICES)


def test_greedy_agents_that_differ_are_welcome() -> None:
    five = [{"model": {"scripted": {"script": f"Answer: {n}"}}} for n in range(5)]
    staged = stage("du2023", voices=five, problems=SUMS, count=1, sampling={"temperature": 0})
    assert {agent.sampling.temperature for agent in staged.experiment.agents} == {0}


def claimed(won: int, lost: int, same: int) -> Claim:
    worth = {"a": [1] * won + [0] * lost + [1] * same, "b": [0] * won + [1] * lost + [1] * same}
    (claim,) = compare(worth, [("a", "b")])
    return claim


@pytest.mark.parametrize(
    ("won", "lost", "same", "margin", "verdict"),
    [
        (40, 10, 50, 0.0, "seen"),
        (10, 40, 50, 0.0, "contrary"),
        (11, 9, 80, 0.0, "open"),
        (4, 0, 96, 0.0, "open"),  # 4 problems that differ prove nothing, all of them won
        (0, 0, 50, 0.02, "open"),  # 50 equal problems do not show that 2 points are never lost
        (0, 0, 500, 0.02, "seen"),
        (0, 9, 491, 0.02, "open"),
        (0, 60, 440, 0.02, "contrary"),
    ],
)
def test_a_finding_is_seen_only_when_the_problems_show_it(
    won: int, lost: int, same: int, margin: float, verdict: str
) -> None:
    finding = Finding(says="?", better="a", worse="b", source="?", certainty="paper", margin=margin)
    assert verdict_on(finding, claimed(won, lost, same)) == verdict
