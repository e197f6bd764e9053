"""Findings: harm and help are paired, what is named is told from chance, and folders go on."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from quorate.agents import Agent
from quorate.errors import RecordError
from quorate.evaluate import Problem
from quorate.evaluate.results import Claim
from quorate.evaluate.statistics import Difference, Rate
from quorate.events import Event, Said
from quorate.nouns import Ask
from quorate.robustness import Finding, Robustness, Study, read_robustness, robustness

Sums = Callable[[int], list[Problem]]
Make = Callable[..., list[Agent]]
ROUNDS = {"debate": {"rounds": 3, "critique": "off", "until": "never"}}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("robustness") / "run"


@pytest.fixture(scope="module")
def study(sums: Sums, table: Make) -> Study:
    return Study(
        "sums under attack",
        sums(12),
        table(),
        protocol=ROUNDS,
        kinds=["colluding"],
        counts=[0, 3],
        topologies=["star", "complete"],
        filters=[{"top_k": {"k": 1, "by": "agreement"}}],
    )


@pytest.fixture(scope="module")
def found(study: Study, folder: Path) -> Robustness:
    return robustness(study, folder=folder)


def by_arm(found: Robustness) -> dict[str, Finding]:
    return {one.arm: one for one in found.findings}


def test_colluders_do_harm_and_the_honest_drafts_stay_the_same(found: Robustness) -> None:
    arms = by_arm(found)
    clean, attacked = arms["complete"], arms["complete, 3 colluding at any"]
    assert clean.harm is None
    assert clean.attack == "clean"
    assert attacked.harm is not None
    assert attacked.harm.difference.sign < 0
    assert attacked.honest.share < clean.honest.share
    assert attacked.seats == ("ada", "bo", "cy")
    # two seats drafted honestly in both arms, and a plurality of them knew what it knew before the talk
    assert attacked.drafted.share > attacked.honest.share
    assert any(
        "All" in note and "first drafts under attack are those of the clean arms" in note
        for note in found.notes
    )


def test_harm_is_measured_on_the_seats_that_are_honest_in_both(
    sums: Sums, table: Make, tmp_path: Path
) -> None:
    """Without talk nothing is talked into anybody, however many votes are lost."""
    options = {"kinds": ["colluding"], "counts": [0, 3], "topologies": ["ring"], "protocol": "vote"}
    found = robustness(Study("s", sums(8), table(), **options), folder=tmp_path)  # type: ignore[arg-type]
    attacked = found.findings[1]
    assert attacked.harm is not None
    assert attacked.group_harm is not None
    assert (attacked.harm.difference.mean, attacked.harm.won, attacked.harm.lost) == (0, 0, 0)
    assert attacked.group_harm.sign < 0
    assert attacked.talk.mean == 0


def test_a_filter_is_compared_with_the_same_attack_without_it(found: Robustness) -> None:
    filtered = [one for one in found.findings if one.filter != "none"]
    assert len(filtered) == len(found.findings) / 2
    assert all(one.help is not None for one in filtered)
    one = by_arm(found)["star, top_k (k 1, by agreement), 3 colluding at leaf"]
    assert one.help is not None
    assert one.help.rival == "star, 3 colluding at leaf"
    assert {name.filter for name in found.helpful} <= {"top_k (k 1, by agreement)"}


def finding(
    attack: bool, low: float, high: float, *, adjusted: float = 0.001, filter: str = "top_k"
) -> Finding:
    gap = Difference(mean=(low + high) / 2, low=low, high=high)
    claim = Claim(arm="a", rival="b", difference=gap, p=0.0001, adjusted=adjusted, won=9, lost=1)
    rate = Rate.count(5, 10)
    return Finding(
        arm="a", topology="ring", filter=filter, kind="stubborn" * attack, place="hub" * attack,
        seats=("ada",) * attack, group=rate, honest=rate, drafted=rate, talk=gap, help=claim,
    )  # fmt: skip


def said(*findings: Finding) -> list[str]:
    return list(Robustness(title="t", problems=10, agents=("ada",), findings=findings).sentences())


def test_a_filter_that_helps_is_named_only_when_the_interval_excludes_zero() -> None:
    assert said(finding(True, 0.1, 0.3))[0].startswith(
        "top_k helps on ring against 1 stubborn at hub: 20.0 [10.0, 30.0] points"
    )
    assert said(finding(True, -0.1, 0.3)) == ["No filter helped against an attack: no interval lies above 0."]
    assert said(finding(True, -0.3, -0.1))[0].startswith("top_k does harm on ring against 1 stubborn")
    assert said(finding(False, 0.1, 0.3))[0].startswith("top_k helps on ring without adversaries")
    weak = said(finding(True, 0.1, 0.3, adjusted=0.2), finding(True, -0.1, 0.1))
    assert weak[0].endswith("not after the correction for 2 comparisons.")


def test_the_sheet_has_a_row_for_every_trial(found: Robustness, folder: Path) -> None:
    rows = list(csv.DictReader(io.StringIO((folder / "robustness.csv").read_text())))
    assert [row["arm"] for row in rows] == [one.arm for one in found.findings]
    attacked = next(row for row in rows if row["arm"] == "complete, 3 colluding at any")
    assert attacked["seats"] == "ada+bo+cy"
    assert float(attacked["harm"]) < 0
    assert next(row for row in rows if row["arm"] == "complete")["harm"] == ""


def test_a_finished_folder_is_not_asked_again(study: Study, found: Robustness, folder: Path) -> None:
    before = (folder / "compare" / "arms" / "star" / "seed-0" / "events.jsonl").read_bytes()
    assert robustness(study, folder=folder) == found == read_robustness(folder)
    assert (folder / "compare" / "arms" / "star" / "seed-0" / "events.jsonl").read_bytes() == before


def test_a_study_that_was_stopped_goes_on(sums: Sums, table: Make, tmp_path: Path) -> None:
    options = {"kinds": ["stubborn"], "counts": [0, 1], "topologies": ["ring"], "protocol": ROUNDS}

    def make() -> Study:
        return Study("s", sums(5), table(), **options)  # type: ignore[arg-type]

    whole = robustness(make(), folder=tmp_path / "whole")
    heard = 0

    def stop(arm: str, seed: int, event: Event) -> None:
        nonlocal heard
        heard += isinstance(event, Said)
        if heard == 40:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        robustness(make(), folder=tmp_path / "cut", watch=stop)
    assert read_robustness(tmp_path / "cut") is None
    assert robustness(make(), folder=tmp_path / "cut") == whole


def test_a_damaged_table_is_named(tmp_path: Path) -> None:
    (tmp_path / "study.json").write_text("{}")
    assert read_robustness(tmp_path) is None
    (tmp_path / "robustness.json").write_text("{")
    with pytest.raises(RecordError, match=r"robustness\.json cannot be read"):
        read_robustness(tmp_path)


def test_seeds_of_one_problem_count_once(sums: Sums, table: Make, tmp_path: Path) -> None:
    def waver(ask: Ask, seed: int) -> str:
        return f"Answer: {30 if seed % 2 else 31}"

    options = {"counts": [0, 1], "topologies": ["ring"], "seeds": (0, 1), "protocol": "vote"}
    found = robustness(Study("s", sums(4), table(waver), **options), folder=tmp_path)  # type: ignore[arg-type]
    assert found.findings[0].honest.of == 4
