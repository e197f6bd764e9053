"""Comparing: the same drafts for all, equal costs, and a folder that survives everything."""

from __future__ import annotations

import itertools
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from quorate.agents import Agent, Scripted
from quorate.errors import BadDefinition, ProtocolError, QuorateError, RecordBusy, RecordError
from quorate.evaluate import Problem
from quorate.events import Event, Said
from quorate.experiments import CONTROLS, Experiment, Folder, compare, read_comparison, read_results
from quorate.nouns import Ask, Message, Question, Reply, Table
from quorate.protocols import vote
from quorate.protocols.history import Turns
from quorate.record import read_events, read_manifest

Study = Callable[..., Experiment]


def drafts(folder: Path, arm: str, seed: int = 0) -> dict[tuple[str, str], Message]:
    said: dict[tuple[str, str], Message] = {}
    for event in read_events(Folder(folder).arm(arm, seed)):
        if isinstance(event, Said) and event.message.act == "draft":
            said.setdefault((event.question, event.message.seat), event.message)
    return said


def test_all_arms_hear_the_very_same_first_drafts(tmp_path: Path, study: Study) -> None:
    drawn = itertools.count()

    def never_twice(ask: Ask, seed: int) -> str:
        return f"Thought {next(drawn)}. Answer: {seed % 3}"

    arms = {
        "ring": {"topology": "ring", "rounds": 2, "until": "never"},
        "relay": {"protocol": "relay"},
        "two": {"agents": ["cy", "ada"], "rounds": 2},
    }
    compare(study(script=never_twice, arms=arms, seeds=(0, 1)), tmp_path / "x")
    for seed in (0, 1):
        common = drafts(tmp_path / "x", "ring", seed)
        assert len(common) == 6 * 3
        for arm in ("relay", "two", "vote", "best_single", "self_refinement", "noise_peers"):
            theirs = drafts(tmp_path / "x", arm, seed)
            assert theirs
            for key, message in theirs.items():
                assert message.text == common[key].text
                assert message.tokens_out == common[key].tokens_out


def test_drafts_are_asked_once_and_charged_to_everybody(tmp_path: Path, study: Study) -> None:
    asked: Counter[str] = Counter()

    def counted(ask: Ask, seed: int) -> str:
        asked[ask.act] += 1
        return "Answer: 1"

    off = {"self_consistency_calls": False, "self_consistency_tokens": False}
    table = compare(study(script=counted, controls=off), tmp_path / "x")
    assert asked["draft"] == 6 * 3
    calls = {column.name: column.cost.calls for column in table.columns}
    assert calls["vote"] == 3
    assert calls["best_single"] == 1
    assert calls["ring"] == 9


def test_controls_at_equal_cost_spend_what_the_most_expensive_arm_spent(tmp_path: Path, study: Study) -> None:
    compare(study(), tmp_path / "x")
    results = {(r.arm, r.problem): r for r in read_results(tmp_path / "x")}
    folder = Folder(tmp_path / "x").arm("self_consistency_tokens", 0)
    samples: dict[str, list[int]] = {}
    for event in read_events(folder):
        if isinstance(event, Said):
            cost = event.message.tokens_in + event.message.tokens_out
            samples.setdefault(event.question, []).append(cost)
    for n in range(6):
        arm = results["ring", f"q{n}"]
        same = results["self_consistency_tokens", f"q{n}"].cost.tokens
        assert 0 <= same - arm.cost.tokens < max(samples[f"q{n}"])
        assert results["self_consistency_calls", f"q{n}"].cost.calls == arm.cost.calls
        assert results["self_refinement", f"q{n}"].rounds == arm.rounds


def test_the_budget_may_be_a_named_arms(tmp_path: Path, study: Study) -> None:
    table = compare(study(budget="apart"), tmp_path / "x")
    results = {(r.arm, r.problem): r for r in read_results(tmp_path / "x")}
    for n in range(6):
        calls = results["apart", f"q{n}"].cost.calls
        assert results["self_consistency_calls", f"q{n}"].cost.calls == calls
    assert any("the named arm 'apart'" in note for note in table.notes)


def test_the_table_has_every_arm_and_control_with_intervals_and_claims(tmp_path: Path, study: Study) -> None:
    table = compare(study(seeds=(0, 1)), tmp_path / "x")
    assert [column.name for column in table.columns] == ["ring", "apart", *CONTROLS]
    assert [column.control for column in table.columns] == [False, False] + [True] * 6
    for column in table.columns:
        assert column.strict is not None
        assert column.strict.of == 6
        assert column.strict.low <= column.strict.share <= column.strict.high
        assert set(column.seeds) == {0, 1}
    assert {claim.rival for claim in table.claims if claim.arm == "ring"} == set(CONTROLS)
    assert table.detectable is not None
    assert read_comparison(tmp_path / "x") == table
    assert len(read_results(tmp_path / "x")) == 8 * 2 * 6
    depth = {column.name: column.cost.depth for column in table.columns}
    assert (depth["ring"], depth["vote"], depth["self_consistency_calls"]) == (3, 1, 1)
    assert depth["apart"] > 2


def test_the_best_agent_is_chosen_on_the_development_sample(tmp_path: Path, study: Study) -> None:
    some = [
        Problem(question=Question(id=f"q{n}", text=f"Once more, {n}?"), gold=str(n % 5))
        for n in range(90, 99)
    ]
    script = {
        "ada": "Answer: 9",
        "bo": "Answer: 9",
        "cy": lambda ask, seed: f"Answer: {int(ask.question.id[1:]) % 5}",
    }
    table = compare(study(script=script, development=some), tmp_path / "x")
    assert "The best agent is cy, chosen on 9 drafts on a development sample" in table.notes[0]
    honest = compare(study(script=script), tmp_path / "y")
    assert "on the test problems themselves, which flatters it" in honest.notes[0]


def test_agents_that_controls_name_are_not_chosen_and_flatter_nobody(tmp_path: Path, study: Study) -> None:
    some = [Problem(question=Question(id="d1", text="Once more?"), gold="1")]
    singles = ("best_single", "self_consistency_calls", "self_consistency_tokens", "self_refinement")
    named = {name: {"agent": "cy"} for name in singles}
    table = compare(study(controls=named, development=some), tmp_path / "x")
    assert not any("best agent" in note or "flatters" in note for note in table.notes)
    told = ", ".join(f"'{name}'" for name in singles)
    assert f"The single agent of {told} is cy: the experiment names it." in table.notes
    assert not (tmp_path / "x" / "development").exists()
    some_named = {**named, "best_single": True}
    mixed = compare(study(controls=some_named, development=some), tmp_path / "y")
    assert any(note.startswith("The best agent is") for note in mixed.notes)


def test_a_lenient_reader_that_harms_is_explained(tmp_path: Path, study: Study) -> None:
    script = {
        "ada": lambda ask, seed: f"Answer: {int(ask.question.id[1:]) % 5}",
        "bo": "I do not know. My first number was 77.",
        "cy": "Nor do I, perhaps it was 77.",
    }
    table = compare(study(script=script), tmp_path / "x")
    rate = {column.name: column for column in table.columns}["vote"]
    assert rate.strict is not None
    assert rate.lenient is not None
    assert (rate.strict.right, rate.lenient.right) == (6, 0)
    (note,) = (note for note in table.notes if note.startswith("The lenient reader makes"))
    assert "'vote'" in note
    assert "'best_single'" not in note


def sure(answer: str, confidence: float) -> Reply:
    return Reply(text=answer, confidence=confidence)


def test_the_lenient_reader_decides_by_the_arms_own_rule(tmp_path: Path, study: Study) -> None:
    script = {
        "ada": lambda ask, seed: sure(f"Answer: {int(ask.question.id[1:]) % 5}", 0.9),
        "bo": lambda ask, seed: sure("I do not know. My first number was 77.", 0.2),
        "cy": lambda ask, seed: sure("Nor do I, perhaps it was 77.", 0.2),
    }
    arms = {"surest": {"rounds": 2, "until": "never", "decide": "most_confident"}, "plain": {"rounds": 2}}
    table = compare(study(script=script, arms=arms), tmp_path / "x")
    rates = {column.name: column.lenient for column in table.columns}
    assert rates["surest"] is not None
    assert rates["plain"] is not None
    assert (rates["surest"].right, rates["plain"].right) == (6, 0)


def test_an_agent_keeps_its_name_in_the_notes(tmp_path: Path, study: Study, panel: Any) -> None:
    table = compare(study(agents=panel()[:1], arms={"alone": {"rounds": 2}}), tmp_path / "x")
    assert table.notes[0] == "'ada' is the only agent."


def test_a_finished_experiment_is_shown_again_without_a_model(tmp_path: Path, study: Study) -> None:
    table = compare(study(), tmp_path / "x")

    def broken(ask: Ask, seed: int) -> str:
        raise AssertionError("nothing is left to be asked")

    watched: list[tuple[str, int]] = []

    def watch(arm: str, seed: int, event: Event) -> None:
        watched.append((arm, seed))

    again = compare(study(script=broken), tmp_path / "x", watch=watch)
    assert again == table
    assert ("ring", 0) in watched


def test_metrics_may_change_without_asking_anything_again(tmp_path: Path, study: Study) -> None:
    compare(study(), tmp_path / "x")
    table = compare(study(metrics=["f1"], script="never asked"), tmp_path / "x")
    assert "f1" in table.columns[0].scores
    for column in table.columns:
        low, high = column.intervals["f1"]
        assert low <= column.scores["f1"] <= high


def test_a_newer_format_is_refused(tmp_path: Path, study: Study) -> None:
    compare(study(), tmp_path / "x")
    path = tmp_path / "x" / "experiment.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": 99}))
    with pytest.raises(RecordError, match="newer Quorate"):
        compare(study(), tmp_path / "x")
    with pytest.raises(RecordError, match="newer Quorate"):
        read_comparison(tmp_path / "x")


def test_a_newer_record_of_an_arm_is_refused(tmp_path: Path, study: Study) -> None:
    compare(study(), tmp_path / "x")
    manifest = Folder(tmp_path / "x").arm("ring", 0) / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "format": 99}))
    with pytest.raises(RecordError, match="newer Quorate"):
        compare(study(), tmp_path / "x")


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path: Path, study: Study) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(RecordError, match="something else"):
        compare(study(), tmp_path)
    assert (tmp_path / "notes.txt").read_text() == "mine"
    with pytest.raises(RecordError, match="There is no experiment"):
        read_comparison(tmp_path)


def test_two_processes_do_not_compare_in_one_folder(tmp_path: Path, study: Study) -> None:
    with Folder(tmp_path / "x").lock(), pytest.raises(RecordBusy):
        compare(study(), tmp_path / "x")


def test_resume_may_be_forbidden(tmp_path: Path, study: Study) -> None:
    compare(study(), tmp_path / "x")
    with pytest.raises(RecordError, match="already holds an experiment"):
        compare(study(), tmp_path / "x", resume=False)


def test_an_arm_that_cannot_share_is_refused_with_the_reason(tmp_path: Path, study: Study) -> None:
    other = [
        Agent("ada", Scripted("Answer: 1"), role="You are careful."),
        Agent("zed", Scripted("Answer: 1")),
    ]
    ring = {"topology": "ring"}
    with pytest.raises(BadDefinition, match="'ada' has another model than at the common table"):
        compare(study(arms={"ring": ring, "others": {"agents": other}}), tmp_path / "x")
    with pytest.raises(BadDefinition, match=r"'zed' is not at the common table.*shares_drafts: false"):
        compare(study(arms={"ring": ring, "others": {"agents": other[1:]}}), tmp_path / "x")
    with pytest.raises(BadDefinition, match="lenient way"):
        compare(study(arms={"ring": {**ring, "reading": "lenient"}}), tmp_path / "x")
    assert not (tmp_path / "x" / "experiment.json").exists()


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"metrics": ["accurcy"]}, "no metric called 'accurcy'. Did you mean 'accuracy'"),
        ({"controls": {"vote": {"decide": "pluralty"}}}, "The control 'vote': .* Did you mean 'plurality'"),
    ],
)
def test_a_wrong_metric_or_control_is_told_before_anything_is_asked(
    tmp_path: Path, study: Study, wrong: dict[str, Any], complaint: str
) -> None:
    asked: list[str] = []
    with pytest.raises(QuorateError, match=complaint):
        compare(study(**wrong), tmp_path / "x", watch=lambda arm, seed, event: asked.append(arm))
    assert not asked
    assert not (tmp_path / "x" / "experiment.json").exists()


def test_arms_apart_share_among_themselves(tmp_path: Path, study: Study) -> None:
    drawn = itertools.count()

    def never_twice(ask: Ask, seed: int) -> str:
        return f"Thought {next(drawn)}. Answer: {seed % 3}"

    others = [Agent(name, Scripted(never_twice)) for name in ("eve", "fay")]
    apart = {"agents": others, "shares_drafts": False, "rounds": 2, "until": "never"}
    arms = {"ring": {"topology": "ring"}, "pair": apart, "pair on a star": {**apart, "topology": "star"}}
    table = compare(study(arms=arms), tmp_path / "x")
    one, other = (drafts(tmp_path / "x", name) for name in ("pair", "pair on a star"))
    assert {key: message.text for key, message in one.items()} == {k: m.text for k, m in other.items()}
    why = "'pair' does not hear the common first drafts: its agent 'eve' is not at the common table."
    assert why in table.notes


def test_prompts_of_an_arms_own_need_to_be_said(tmp_path: Path, study: Study) -> None:
    (tmp_path / "prompts").mkdir()
    (tmp_path / "prompts" / "draft.txt").write_text("# draft, version 2\n$question\nBe brief.\n$form\n")
    own = {"prompts": str(tmp_path / "prompts")}
    with pytest.raises(BadDefinition, match="the instruction for the draft of 'ada' is not the common one"):
        compare(study(arms={"brief": own}), tmp_path / "x")
    table = compare(study(arms={"brief": {**own, "shares_drafts": False}}), tmp_path / "x")
    assert any("'brief' does not hear the common first drafts" in note for note in table.notes)
    everywhere = compare(study(**own), tmp_path / "y")
    assert not any("does not hear" in note for note in everywhere.notes)
    setup = read_manifest(Folder(tmp_path / "y").arm("ring", 0))["setup"]
    assert setup["prompts"]["draft"].startswith("2 ")


def test_every_arm_is_an_ordinary_run_folder(tmp_path: Path, study: Study) -> None:
    from quorate.transcript_files import load_transcripts

    compare(study(), tmp_path / "x")
    folder = Folder(tmp_path / "x").arm("ring", 0)
    assert read_manifest(folder)["setup"]["protocol"] == {"debate": {"rounds": 3, "until": "never"}}
    loaded = load_transcripts(folder)
    assert len(loaded.transcripts) == 6
    assert not loaded.broken
    assert len(loaded.transcripts[0].rounds) == 3


def test_a_failing_agent_is_data_and_a_broken_protocol_names_its_arm(tmp_path: Path, study: Study) -> None:
    def fails(ask: Ask, seed: int) -> str:
        if ask.seat == "bo":
            raise RuntimeError("no power")
        return "Answer: 1"

    table = compare(study(script=fails), tmp_path / "x")
    assert next(column for column in table.columns if column.name == "vote").failed == 6

    def broken(question: Question, table: Any) -> Any:
        yield from ()
        raise RuntimeError("never mind")

    with pytest.raises(ProtocolError, match=r"The arm 'odd': .*RuntimeError: never mind"):
        compare(study(arms={"odd": {"protocol": broken}}), tmp_path / "y")
    with pytest.raises(ProtocolError, match=r"The arm 'odd' \(seed 0\): .*RuntimeError: half way"):
        compare(study(arms={"odd": {"protocol": breaks_later}}), tmp_path / "y")
    assert compare(study(), tmp_path / "z").columns


def breaks_later(question: Question, table: Table) -> Turns:
    yield from vote(question, table)
    raise RuntimeError("half way")


def test_a_broken_view_does_not_end_the_experiment(tmp_path: Path, study: Study) -> None:
    def watch(arm: str, seed: int, event: Event) -> None:
        raise ValueError("no terminal")

    with pytest.warns(RuntimeWarning, match="switched off"):
        table = compare(study(), tmp_path / "x", watch=watch)
    assert len(table.columns) == 8


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ('{"title": "sums", ', r"EOF while parsing .*\. Remove comparison.json, and `quorate compare"),
        (
            '{"title": "sums", "problems": 6, "medals": 3}',
            "does not know 'medals'; a newer one wrote it",
        ),
        ('{"title": "sums", "problems": "many"}', "problems: input should be a valid integer"),
        (b"\xff\xfe", "codec can't decode"),
    ],
)
def test_a_table_that_cannot_be_read_is_named_in_one_sentence(
    tmp_path: Path, study: Study, text: str | bytes, named: str
) -> None:
    compare(study(), tmp_path / "x")
    whole = (tmp_path / "x" / "comparison.json").read_bytes()
    (tmp_path / "x" / "comparison.json").write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(RecordError, match=named) as refused:
        read_comparison(tmp_path / "x")
    assert "\n" not in str(refused.value)
    with (tmp_path / "x" / "results.jsonl").open("ab") as file:
        file.write(b'{"arm": "ring"')
    with pytest.raises(RecordError, match=r"line 49: .*Remove results.jsonl") as refused:
        read_results(tmp_path / "x")
    assert "\n" not in str(refused.value)
    (tmp_path / "x" / "comparison.json").unlink()
    compare(study(script="never asked"), tmp_path / "x")
    assert (tmp_path / "x" / "comparison.json").read_bytes() == whole
