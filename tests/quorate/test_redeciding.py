"""Records and files of outputs, decided again without a model."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from quorate import Agent, Definition, Scripted
from quorate.errors import BadOption, BadQuestion, RecordError
from quorate.evaluate import Problem
from quorate.nouns import Ask, Outcome, Question, Reply
from quorate.redeciding import redecide
from quorate.transcript_files import load_transcripts
from quorate.transcripts import Transcript

SCRIPT: Mapping[str, Sequence[str]] = {
    "ada": ["It is 5.\nAnswer: 5", "Answer: 6"],
    "bo": ["It must be 6", "Answer: 6"],
    "cy": ["Answer: 7\nConfidence: 90%", "Answer: 5\nConfidence: 90%"],
}


def agents(**more: Agent) -> list[Agent]:
    return [Agent(name, Scripted(list(said))) for name, said in SCRIPT.items()]


def run(folder: Path, protocol: Any = None, count: int = 3, **options: Any) -> Path:
    problems = [
        Problem(question=Question(id=f"q{at}", text=f"What is {at}+5?"), gold=("5", "6")[at % 2])
        for at in range(count)
    ]
    protocol = protocol or {"debate": {"rounds": 2, "until": "never"}}
    Definition(agents(), topology="complete", protocol=protocol, **options).run(problems, record=folder)
    return folder


def outputs(*rows: Mapping[str, Any]) -> str:
    return "".join(json.dumps(row) + "\n" for row in rows)


def row(name: str, *answers: str | None, gold: str | None = "5", **more: Any) -> dict[str, Any]:
    said = [{"model": f"m{place}", "answer": answer} for place, answer in enumerate(answers)]
    return {"id": name, "question": f"About {name}?", "gold": gold, "candidates": said, **more}


def transcripts(tmp_path: Path, text: str, **options: Any) -> tuple[Transcript, ...]:
    path = tmp_path / "outputs.jsonl"
    path.write_text(text, "utf-8")
    return load_transcripts(path, **options).transcripts


def test_a_run_is_read_back_as_it_was_held(tmp_path: Path) -> None:
    loaded = load_transcripts(run(tmp_path / "run", seed=7))
    assert loaded.broken == ()
    first = loaded.transcripts[0]
    assert (first.seats, first.gold, first.seed) == (("ada", "bo", "cy"), "5", 7)
    assert [{seat: said.answer for seat, said in held.answers.items()} for held in first.rounds] == [
        {"ada": "5", "bo": None, "cy": "7"},
        {"ada": "6", "bo": "6", "cy": "5"},
    ]
    assert [ballot.confidence for ballot in first.ballots()] == [None, None, 0.9]
    assert first.upto(1).history().answers() == {"5": 1, "7": 1}
    assert first.upto(5) is first


def test_the_recorded_rule_gives_the_recorded_outcome(tmp_path: Path) -> None:
    # A tie of all three: the random tie-break must draw what it drew.
    script = {"vote": {"tie_break": "random"}}
    loaded = load_transcripts(run(tmp_path / "run", script, count=12, seed=3))
    assert {held.outcome.answer for held in loaded.transcripts if held.outcome} == {"5", "7"}
    found = redecide(loaded.transcripts, tie_break="random")
    assert found.rules[0].rate == found.recorded
    assert found.rules[0].ties == 12


def test_rules_are_compared_with_plurality(tmp_path: Path) -> None:
    found = redecide(
        load_transcripts(run(tmp_path / "run", count=4)).transcripts, ["most_confident", "unanimity"]
    )
    named = {scored.rule: scored for scored in found.rules}
    assert list(named) == ["plurality", "most_confident", "unanimity"]
    shares = [scored.rate.share if scored.rate else None for scored in found.rules]
    assert shares == [0.5, 0.5, 0.0], "6, 5 and nothing, of 5, 6, 5, 6"
    assert named["most_confident"].same == 0
    assert named["unanimity"].undecided == 4
    against = named["unanimity"].against
    assert against is not None
    assert against.mean == -0.5
    assert (found.rounds, found.calls, found.best) == (2, 6, "ada")


def test_ties_count_by_their_share_or_are_broken(tmp_path: Path) -> None:
    held = transcripts(tmp_path, outputs(row("a", "5", "6"), row("b", "7", "5", "8"), row("c", None, None)))
    (shared,) = redecide(held).rules
    assert shared.rate is not None
    assert shared.rate.right == pytest.approx(1 / 2 + 1 / 3)
    assert (shared.ties, shared.undecided) == (2, 1)
    (broken,) = redecide(held, tie_break="seat_order").rules
    assert broken.rate is not None
    assert broken.rate.right == 1
    (left,) = redecide(held, tie_break="none").rules
    assert left.rate is not None
    assert left.rate.right == 0


def test_weights_decide_where_a_rule_reads_them(tmp_path: Path) -> None:
    held = transcripts(tmp_path, outputs(row("a", "5", "6", "6"), row("b", "5", "7", "7")))
    found = redecide(held, ["weighted_plurality"], weights={"m0": 3, "m1": 1, "m2": 1})
    assert [scored.rate.right for scored in found.rules if scored.rate] == [0, 2]
    assert redecide(held, ["weighted_plurality"]).left_out == {
        "weighted_plurality": "reads weights, and none were given"
    }
    decided = redecide(held, [{"weighted": {"weights": {"m0": 3, "m1": 1, "m2": 1}}}])
    assert [scored.rate.right for scored in decided.rules if scored.rate] == [0, 2]
    with pytest.raises(BadOption, match="'m2' is not among them"):
        redecide(held, weights={"m0": 1, "m1": 1})


def test_rules_without_their_ballots_are_left_out(tmp_path: Path) -> None:
    held = transcripts(tmp_path, outputs(row("a", "5", "5")))
    found = redecide(held, ["all", "judge_decides"])
    assert found.left_out["schulze"] == "reads rankings, which the record does not hold"
    assert found.left_out["most_confident"] == "reads confidences, which the record does not hold"
    assert found.left_out["judge_decides"].startswith("asks 'judge' to judge")
    assert "majority" in {scored.rule for scored in found.rules}


def test_recorded_rankings_and_scores_are_ballots(tmp_path: Path) -> None:
    said = [
        {"model": "ada", "answer": "5", "ranking": [["5"], ["6"], ["7"]], "scores": {"5": 9, "6": 8}},
        {"model": "bo", "answer": "7", "ranking": [["7"], ["6"], ["5"]], "scores": {"7": 9, "6": 8}},
        {"model": "cy", "answer": "6", "ranking": [["6"], ["5", "7"]], "confidence": 0.5},
    ]
    held = transcripts(tmp_path, outputs({"id": "a", "gold": "6", "candidates": said}))
    found = redecide(held, ["schulze", "range", "most_confident"])
    assert not found.left_out
    assert [scored.rate.right for scored in found.rules if scored.rate] == [pytest.approx(1 / 3), 1, 1, 1]


def test_ballots_that_were_asked_for_serve_every_rule(tmp_path: Path) -> None:
    rankings = {"ada": "A > B > C", "bo": "B > A > C", "cy": "B = C > A"}
    panel = [
        Agent(name, Scripted([f"Answer: {answer}", f"Ranking: {rankings[name]}"]))
        for name, answer in {"ada": "5", "bo": "6", "cy": "7"}.items()
    ]
    protocol = {"vote": {"decide": {"ranked": {"rule": "schulze"}}}}
    definition = Definition(panel, protocol=protocol, seed=2)
    definition.run([Problem(question=Question(id="q", text="2+3?"), gold="5")], record=tmp_path / "run")
    held = load_transcripts(tmp_path / "run").transcripts
    found = redecide(held, [{"ranked": {"rule": "schulze"}}, {"ranked": {"rule": "borda"}}, "approved"])
    assert [scored.rule for scored in found.rules[1:]] == [
        {"ranked": {"rule": "schulze"}},
        {"ranked": {"rule": "borda"}},
    ]
    assert found.rules[1].rate == found.recorded
    assert "to approve, and the record holds no answer" in found.left_out["approved"]


def test_samples_of_one_agent_vote_one_by_one(tmp_path: Path) -> None:
    protocol = {"self_consistency": {"samples": 5}}
    held = load_transcripts(run(tmp_path / "run", protocol, count=1)).transcripts
    assert held[0].seats == tuple(f"ada #{number}" for number in range(1, 6))
    assert redecide(held).rules[0].rate == redecide(held).recorded


def test_readings(tmp_path: Path) -> None:
    folder = run(tmp_path / "run")
    lenient = load_transcripts(folder, reading="lenient").transcripts[0]
    assert [said.answer for said in lenient.rounds[0].answers.values()] == ["5", "6", "7"]
    strict = load_transcripts(folder, reading="strict").transcripts[0]
    assert strict.rounds == load_transcripts(folder).transcripts[0].rounds
    texts = {"id": "a", "question": "2+3?", "gold": "5.0", "candidates": [{"model": "m", "text": "It is 5"}]}
    assert transcripts(tmp_path, outputs(texts))[0].ballots()[0].answer is None
    (read,) = transcripts(tmp_path, outputs(texts), reading="lenient")
    assert (read.ballots()[0].answer, read.gold) == ("5", "5")


def test_gold_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "gold.jsonl").write_text(
        '{"id": "q0", "gold": "6.0"}\n{"id": "q9", "text": "?", "answer": "1"}\n'
    )
    held = load_transcripts(run(tmp_path / "run"), gold=tmp_path / "gold.jsonl").transcripts
    assert [t.gold for t in held] == ["6", "6", "5"]
    (tmp_path / "other.jsonl").write_text('{"id": "x", "gold": "6"}\n')
    with pytest.raises(BadQuestion, match="No id in"):
        load_transcripts(tmp_path / "run", gold=tmp_path / "other.jsonl")
    (tmp_path / "bad.jsonl").write_text('{"id": "q0"}\n')
    with pytest.raises(BadQuestion, match="line 1 is no gold answer"):
        load_transcripts(tmp_path / "run", gold=tmp_path / "bad.jsonl")


def test_broken_lines_are_named_and_the_rest_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "outputs.jsonl"
    bad: list[Any] = [
        "{torn",
        "[1]",
        '{"id": "x"}',
        '{"id": "x", "candidates": [3]}',
        outputs(row("a", "6")).strip(),
        '{"id": "x", "candidates": [{"model": "m", "answer": [5]}]}',
        '{"id": "x", "candidates": [{"model": "m", "answer": "5", "confidence": 7}]}',
        '{"id": "x", "candidates": [{"model": "m", "answer": "5", "meta": {"round": 0}}]}',
        '{"id": "x", "candidates": [{"model": "m", "answer": "5", "ranking": [["5"], ["5"]]}]}',
        '{"id": "x", "options": ["one"], "candidates": [{"model": "m", "answer": "5"}]}',
        '{"id": "x", "candidates": [{"model": "m", "answer": "5", "meta": 3}]}',
        '{"id": "y", "seat": "m", "turn": "first", "text": "Answer: 5"}',
    ]
    path.write_text("\n".join([outputs(row("a", "5")).strip(), *bad, "", outputs(row("b", "5")).strip()]))
    loaded = load_transcripts(path)
    assert [t.question.id for t in loaded.transcripts] == ["a", "b"]
    assert len(loaded.broken) == len(bad)
    for number, sentence in enumerate(loaded.broken, 2):
        assert sentence.startswith(f"{path}, line {number}: ")
    assert "used twice" in loaded.broken[4]
    assert "confidence" in loaded.broken[6]


def test_files_that_end_too_soon(tmp_path: Path) -> None:
    path = tmp_path / "outputs.jsonl.gz"
    whole = gzip.compress(outputs(*(row(f"q{at}", "5") for at in range(2000))).encode())
    path.write_bytes(whole)
    assert len(load_transcripts(path).transcripts) == 2000
    path.write_bytes(whole[: len(whole) // 2])
    torn = load_transcripts(path)
    assert 0 < len(torn.transcripts) < 2000
    assert "damaged" in torn.broken[-1]
    latin = tmp_path / "latin.jsonl"
    latin.write_bytes(b'{"id": "\xe9"}\n')
    with pytest.raises(BadQuestion, match="no UTF-8"):
        load_transcripts(latin)


def test_nothing_to_decide_is_a_sentence(tmp_path: Path) -> None:
    for path, error in ((tmp_path / "none.jsonl", BadQuestion), (tmp_path, RecordError)):
        with pytest.raises(error):
            load_transcripts(path)
    (tmp_path / "empty.jsonl").write_text("")
    with pytest.raises(BadQuestion, match="no question that can be decided"):
        load_transcripts(tmp_path / "empty.jsonl")
    with pytest.raises(BadOption, match="Did you mean 'lenient'"):
        load_transcripts(tmp_path / "empty.jsonl", reading="lenien")  # type: ignore[arg-type]
    with pytest.raises(BadOption, match="no recorded question"):
        redecide([])


def test_flat_lines_are_put_together(tmp_path: Path) -> None:
    lines = [
        {"id": "a", "seat": "ada", "turn": 0, "text": "Answer: 5"},
        {"id": "a", "seat": "bo", "turn": 0, "text": "Answer: 6", "gold": "5"},
        {"id": "a", "seat": "bo", "turn": 1, "text": "Answer: 5", "question": "2+3?"},
    ]
    (held,) = transcripts(tmp_path, outputs(*lines))
    assert (held.question.text, held.gold, held.seats) == ("2+3?", "5", ("ada", "bo"))
    assert len(held.rounds) == 2
    assert held.history().answers() == {"5": 2}


def test_questions_without_an_outcome_are_named(tmp_path: Path) -> None:
    events = run(tmp_path / "run") / "events.jsonl"
    lines = events.read_text().splitlines(keepends=True)
    decided = [at for at, line in enumerate(lines) if '"decided"' in line]
    events.write_text("".join(line for at, line in enumerate(lines) if at != decided[0]) + '{"type":"sa')
    loaded = load_transcripts(tmp_path / "run")
    assert len(loaded.transcripts) == 2
    assert loaded.broken == (f"{tmp_path / 'run'}: 1 question is not decided yet.",)
    events.write_text("".join([lines[0], "broken\n", *lines[1:]]))
    with pytest.raises(RecordError, match="line 2, is not an event"):
        load_transcripts(tmp_path / "run")


def test_without_gold_the_rules_are_still_compared(tmp_path: Path) -> None:
    held = transcripts(tmp_path, outputs(row("a", "5", "6", gold=None), row("b", "5", "5", gold=None)))
    found = redecide(held, ["majority"])
    assert found.with_gold == 0
    assert found.rules[1].rate is None
    assert found.rules[1].against is None
    assert found.rules[1].same == 1


def test_bad_rules_get_a_sentence(tmp_path: Path) -> None:
    held = transcripts(tmp_path, outputs(row("a", "5")))
    for rule, sentence in (
        ("shulze", "Did you mean 'schulze'"),
        ({"supermajority": {"threshold": 0.4}}, "above 0.5"),
        ({"supermajority": {"threshold": "most"}}, "wrong type"),
        (7, "not int"),
    ):
        with pytest.raises(BadOption, match=sentence):
            redecide(held, [rule])
    with pytest.raises(BadOption, match="no tie_break"):
        redecide(held, tie_break="coin")


def test_the_recorded_outcome_of_a_shortened_record_is_not_reported(tmp_path: Path) -> None:
    held = load_transcripts(run(tmp_path / "run")).transcripts
    assert redecide(held).recorded is not None
    assert redecide([t.upto(1) for t in held]).recorded is None
    assert isinstance(held[0].outcome, Outcome)


@pytest.mark.parametrize(("keep", "stands_by"), [("last", "6"), ("surest", "5")])
def test_seats_stand_by_what_they_stood_by_in_the_run(tmp_path: Path, keep: str, stands_by: str) -> None:
    def speak(ask: Ask, seed: int) -> Reply:
        return Reply(text=f"Answer: {5 + ask.turn}", confidence=0.9 - ask.turn / 2)

    protocol = {"debate": {"rounds": 2, "keep": keep, "until": "never"}}
    table = [Agent(name, Scripted(speak)) for name in ("ada", "bo")]
    outcome = Definition(table, protocol=protocol).run(["2+3?"], record=tmp_path / "run").outcomes
    assert [found.answer for found in outcome.values()] == [stands_by]
    [found] = load_transcripts(tmp_path / "run").transcripts
    assert [ballot.answer for ballot in found.ballots()] == [stands_by, stands_by]
