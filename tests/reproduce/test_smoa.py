"""SMoA against MoA: the same first drafts, and the judge, the moderator and k taken away one by one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from quorate.nouns import Message
from quorate.reproduce import find_reproduction
from quorate.reproduce.cast import seat_pool
from quorate.reproduce.reproducing import stage
from quorate.transcript_files import load_transcripts
from quorate.transcripts import Transcript

VOICES = [{"model": {"scripted": {"script": "Answer: 5"}}}]
FOLDERS = {"MoA": "moa", "SMoA": "smoa", "no judge": "smoa-no-judge", "no moderator": "smoa-no-moderator"}
FOLDERS |= {"k=1": "smoa-k-1", "k=3": "smoa-k-3", "Self-MoA": "self-moa"}


def debates(folder: Path, arm: str) -> list[Transcript]:
    return list(load_transcripts(folder / "arms" / FOLDERS[arm] / "seed-0").transcripts)


def messages(one: Transcript) -> list[Message]:
    return [*(m for held in one.rounds for m in held.messages), *one.rest]


def heard_at_last(one: Transcript) -> int:
    """How many answers the aggregator read."""
    assert one.heard is not None
    return len(one.heard[messages(one)[-1].number])


def test_the_aggregator_reads_all_answers_or_those_that_were_chosen(held: Callable[[str], Any]) -> None:
    _, folder = held("smoa")
    read = {arm: {heard_at_last(one) for one in debates(folder, arm)} for arm in FOLDERS}
    assert read["MoA"] == read["no judge"] == {5}
    assert read["SMoA"] == read["no moderator"] == {2}
    assert read["k=1"] == {1}
    assert max(read["k=3"]) <= 3


def test_only_a_moderator_ends_it_before_the_last_layer(held: Callable[[str], Any]) -> None:
    _, folder = held("smoa")
    layers = {arm: {len(one.rounds) for one in debates(folder, arm)} for arm in FOLDERS}
    assert layers["MoA"] == layers["no moderator"] == {2}
    assert layers["SMoA"] == {1, 2}
    acts = {arm: {m.act for one in debates(folder, arm) for m in messages(one)} for arm in FOLDERS}
    assert "select" in acts["SMoA"] & acts["no moderator"]
    assert "select" not in acts["MoA"] | acts["no judge"]


def test_the_mixtures_start_from_the_same_drafts_and_the_strongest_samples_its_own(
    held: Callable[[str], Any],
) -> None:
    found, folder = held("smoa")
    first = [{s: m.text for s, m in t.rounds[0].answers.items()} for t in debates(folder, "MoA")]
    for arm in ("SMoA", "no judge", "no moderator", "k=1", "k=3"):
        assert [{s: m.text for s, m in t.rounds[0].answers.items()} for t in debates(folder, arm)] == first
    cost = {column.name: column.cost for column in found.comparison.columns}
    assert cost["MoA"].calls == 5 * 2 + 1
    assert cost["Self-MoA"].calls == 5 + 1
    assert cost["majority"].calls == 5
    assert {m.seat for one in debates(folder, "Self-MoA") for m in messages(one)} == {"fay", "judge"}


def test_on_the_pool_the_judge_solves_instead_of_writing_lists(miniature_pool: Path) -> None:
    experiment = stage("smoa", pool=miniature_pool, count=1).experiment
    members = [agent.adapter for agent in experiment.agents]
    assert members == ["rates", "money", "polymath"] * 2
    options = {arm.name: getattr(arm.protocol, "keywords", {}).get("select") for arm in experiment.everything}
    assert (options["SMoA"], options["SMoA, no judge"]) == ("match", "off")
    written = stage("smoa", voices=VOICES, problems={"arithmetic": {}}, count=1).experiment
    assert getattr(written.everything[1].protocol, "keywords", {})["select"] == "judge"
    seated = seat_pool(find_reproduction("smoa").cast, miniature_pool)
    assert seated["offices"]["judge"]["adapter"] == "judge"
