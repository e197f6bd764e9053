"""Dynamics of real runs (scripted models), told in the terminal, as text and as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from quorate import Agent, Definition, Scripted, cli
from quorate.errors import BadOption
from quorate.evaluate import Problem
from quorate.evaluate.dynamics import Course, Dynamics, read_dynamics
from quorate.evaluate.dynamics.courses import UNHEARD
from quorate.nouns import Ask, Message, Question, Reply, Stretch
from quorate.report.debates import read_run
from quorate.report.standing import standing
from quorate.transcript_files import load_transcripts
from quorate.transcripts import Transcript

PROBLEMS = [
    Problem(question=Question(id=f"q{n}", text=f"What is {n} + 3?"), gold=str(n + 3)) for n in range(4)
]


@pytest.mark.parametrize(("keep", "kept"), [("last", 0.0), ("surest", 1.0)])
def test_seats_stand_by_what_their_protocol_lets_them_keep(tmp_path: Path, keep: str, kept: float) -> None:
    def wavering(ask: Ask, seed: int) -> Reply:
        first = ask.act == "draft"
        return Reply(text=f"Answer: {right(ask) if first else 99}", confidence=0.9 if first else 0.3)

    seats = [Agent(name, Scripted(wavering)) for name in ("ada", "bo")]
    protocol = {"debate": {"rounds": 2, "critique": "off", "keep": keep, "until": "never"}}
    Definition(seats, protocol=protocol).run(PROBLEMS, record=tmp_path / "run")
    found = read_dynamics(tmp_path / "run")
    assert [held.plurality.share for held in found.rounds if held.plurality] == [1.0, kept]
    assert found.turnover is not None
    assert found.turnover.lost == len(PROBLEMS) * (1 - kept)
    recorded = read_run(tmp_path / "run")
    assert {debate.keep for debate in recorded.debates} == {keep}
    after = [standing(debate)[-1]["ada"] == debate.gold for debate in recorded.debates]
    assert after == [bool(kept)] * len(PROBLEMS)


def right(ask: Ask) -> str:
    return str(int(ask.question.id[1:]) + 3)


def stubborn(ask: Ask, seed: int) -> str:
    return f"Answer: {right(ask)}"


def follower(ask: Ask, seed: int) -> str:
    """Say 99, then whatever the first peer heard said."""
    return f"Answer: {ask.heard[0].answer}" if ask.heard else "Answer: 99"


def failing(ask: Ask, seed: int) -> str:
    raise RuntimeError("the server is gone")


def mumbling(ask: Ask, seed: int) -> str:
    return f"It must be {right(ask)}"


@pytest.fixture
def chain(tmp_path: Path) -> Path:
    """In a chain ada, who is right, is heard by bo, bo by cy, cy by di; these three follow."""
    agents = [
        Agent("ada", Scripted(stubborn)),
        *(Agent(name, Scripted(follower)) for name in ("bo", "cy", "di")),
    ]
    graph = {"chain": {"directed": True}}
    definition = Definition(agents, topology=graph, protocol={"debate": {"rounds": 4, "until": "never"}})
    definition.run(PROBLEMS, record=tmp_path / "run")
    return tmp_path / "run"


def test_the_graph_of_the_run_says_who_heard_whom(chain: Path) -> None:
    found = read_dynamics(chain)
    assert found.assumed == 0
    assert [held.plurality.share if held.plurality else None for held in found.rounds] == [0, 0.5, 1, 1]
    assert [step.seats.gained for step in found.steps] == [4, 4, 4]  # the answer walks down the chain
    pulls = {m.name: m.influence.pull for m in found.members}
    assert {name: (rate.right, rate.of) for name, rate in pulls.items() if rate} == {
        "ada": (4, 4),
        "bo": (4, 4),
        "cy": (4, 4),
    }
    unheard = {m.name: m.influence.unheard for m in found.members}
    assert unheard["ada"] is not None
    assert (unheard["ada"].right, unheard["ada"].of) == (0, 12)  # nobody guesses it
    assert found.conformity is not None
    assert found.conformity.given_right is not None
    assert found.conformity.given_right.share == 1
    assert found.consensus.after == {4: 4}
    assert found.outcomes.decided is not None
    assert found.outcomes.decided.share == 1
    assert found.drift is not None
    assert found.drift.tested
    assert found.drift.past_agreement == 0


def test_without_the_graph_everybody_is_taken_to_have_heard_all(chain: Path) -> None:
    found = Dynamics.of([replace(t, heard=None) for t in load_transcripts(chain).transcripts])
    assert found.assumed == 4
    assert "everybody is taken to have heard all others" in str(found)
    pulled = next(m.influence.pull for m in found.members if m.name == "ada")
    assert pulled is not None
    assert (pulled.right, pulled.of) == (12, 24)


def test_what_was_heard_is_read_from_the_record(chain: Path) -> None:
    (heard,) = (t.heard for t in load_transcripts(chain).transcripts if t.question.id == "q0")
    assert heard is not None
    assert [heard[number] for number in range(8)] == [(), (), (), (), (), (0,), (1,), (2,)]


def test_what_was_heard_may_be_said_apart(chain: Path) -> None:
    transcripts = load_transcripts(chain).transcripts
    nobody = Course.of(transcripts, [{}] * 4).hearings.heard
    assert (nobody == UNHEARD).all()
    assert not (Course.of(transcripts).hearings.heard == UNHEARD).all()
    with pytest.raises(BadOption, match="1 for 4 transcripts"):
        Course.of(transcripts, [None])


def test_nothing_recorded_is_refused() -> None:
    with pytest.raises(BadOption, match="no recorded question"):
        Dynamics.of([])
    with pytest.raises(BadOption, match="no recorded question"):
        read_dynamics()


def test_seeds_of_one_problem_set_are_taken_together(chain: Path) -> None:
    once, twice = read_dynamics(chain), read_dynamics(chain, chain)
    assert (twice.questions, twice.assumed) == (8, 0)
    assert once.drift is not None
    assert twice.drift is not None
    assert once.drift.total is not None
    assert twice.drift.total is not None
    assert once.drift.total.questions == twice.drift.total.questions == 4


def test_a_vote_is_one_round(tmp_path: Path) -> None:
    agents = [
        Agent("ada", Scripted(stubborn)),
        Agent("bo", Scripted(follower)),
        Agent("cy", Scripted(stubborn)),
    ]
    Definition(agents, protocol="vote").run(PROBLEMS, record=tmp_path / "run")
    found = read_dynamics(tmp_path / "run")
    assert (len(found.rounds), found.steps, found.conformity, found.drift, found.assumed) == (
        1,
        (),
        None,
        None,
        0,
    )
    assert found.outcomes.last is not None
    assert found.outcomes.last.share == 1
    assert [m.contribution.decisive for m in found.members] == [4, 0, 4]
    told = str(found)
    assert "Flips" not in told
    assert "pull" not in told


def test_failures_and_texts_nobody_can_read(tmp_path: Path) -> None:
    agents = [
        Agent("ada", Scripted(stubborn)),
        Agent("bo", Scripted(failing)),
        Agent("cy", Scripted(mumbling)),
    ]
    definition = Definition(agents, protocol={"debate": {"rounds": 2}})
    definition.run(PROBLEMS, record=tmp_path / "run")
    found = read_dynamics(tmp_path / "run")
    total = found.readers.total
    assert (total.asked, total.failed, total.silent) == (24, 8, 8)
    assert (total.texts, total.strict, total.lenient) == (16, 8, 0)
    assert (found.readers.rescued, found.readers.rescued_right) == (8, 8)
    assert [m.unread.failed for m in found.members] == [0, 8, 0]
    assert found.drift is not None
    assert found.drift.tested  # a failure is no choice of the seats'
    lenient = read_dynamics(tmp_path / "run", reading="lenient")
    assert lenient.readers.total.silent == 0
    assert lenient.rounds[0].agents is not None
    assert lenient.rounds[0].agents.right == 8


def test_a_relay_asks_only_those_whose_board_is_open(tmp_path: Path) -> None:
    def speak(ask: Ask, seed: int) -> Reply:  # ada finds the first step, bo what follows it
        first = "5*8=40" if ask.seat == "ada" else "5*8=35"
        text = "40+2=42\nAnswer: 42" if ask.board else f"{first}\nAnswer: 44"
        sure = (0.9, 0.2) if ask.seat == "ada" else (0.9, 0.9) if ask.board else (0.3, 0.3)
        ends = (text.index("\n"), len(text))
        stretches = [Stretch(end=end, confidence=c) for end, c in zip(ends, sure, strict=True)]
        return Reply(text=text, stretches=tuple(stretches))

    agents = [Agent(name, Scripted(speak)) for name in ("ada", "bo")]
    problem = Problem(question=Question(id="q", text="What is 5*8+2?"), gold="42")
    Definition(agents, protocol="relay").run([problem], record=tmp_path / "run")
    found = read_dynamics(tmp_path / "run")
    assert [held.any_right.right if held.any_right else None for held in found.rounds] == [0, 1]
    assert found.steps[0].seats.gained == 2
    assert found.outcomes.decided is not None
    assert found.outcomes.decided.right == 1


def said(*answers: str | None, seat: str = "abc") -> Transcript:
    messages = [
        Message(number=n, seat=seat[n % 3], act="draft", turn=n // 3, text="", answer=answer)
        for n, answer in enumerate(answers)
    ]
    return Transcript.of(Question(id="q", text="2+3?"), seat, messages)


def test_without_gold_what_can_be_told_is_told() -> None:
    found = Dynamics.of([said("5", "6", "6", "6", "6", "6")])
    assert (found.with_gold, found.drift, found.turnover, found.outcomes.last) == (0, None, None, None)
    told = str(found)
    assert "vote right" not in told
    assert "right to wrong" not in told
    assert "Drift" not in told
    assert "all seats agreed on 100.0" in told
    assert "pull" in told


def test_names_are_untrusted() -> None:
    names = ("a\x1b[31m", "b\nc", "[bold]" + "d" * 500)
    messages = [
        Message(number=n, seat=name, act="draft", turn=0, text="", answer="5") for n, name in enumerate(names)
    ]
    told = str(Dynamics.of([Transcript.of(Question(text="2+3?"), names, messages, gold="5")]))
    assert "\x1b" not in told
    assert "b·c" in told
    assert max(map(len, told.splitlines())) < 200


def test_a_question_that_nobody_answered() -> None:
    empty = Transcript.of(Question(text="2+3?"), "ab", [], gold="5")
    found = Dynamics.of([empty])
    assert found.rounds[0].plurality is not None
    assert found.rounds[0].plurality.right == 0
    assert str(found)


Quorate = Callable[..., tuple[int, str, str]]


@pytest.fixture
def quorate(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Quorate:
    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["quorate", "dynamics", *arguments])
        with pytest.raises(SystemExit) as end:
            cli.main()
        printed = capsys.readouterr()
        return (end.value.code if isinstance(end.value.code, int) else 0), printed.out, printed.err

    return call


def test_the_command_writes_plain_text_into_a_pipe(quorate: Quorate, chain: Path) -> None:
    code, out, _ = quorate(str(chain))
    assert code == 0
    assert out == f"{read_dynamics(chain)}\n"
    assert (
        "the vote of the seats: 0.0 [0.0, 49.0] % after the first drafts, 100.0 [51.0, 100.0] % at the end"
        in out
    )


def test_the_command_writes_json(quorate: Quorate, chain: Path) -> None:
    code, out, _ = quorate(str(chain), "--json")
    assert code == 0
    assert Dynamics.model_validate(json.loads(out)) == read_dynamics(chain)


@pytest.mark.parametrize("columns", ["80", "160"])
def test_the_command_draws_tables_on_a_terminal(
    quorate: Quorate, chain: Path, monkeypatch: pytest.MonkeyPatch, columns: str
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", columns)
    code, out, _ = quorate(str(chain))
    assert code == 0
    assert "────" in out
    assert (
        "100.0 [51.0, 100.0]" in out.replace("\x1b[0m", "").split("Flips")[0].split("Round by round")[1]
    ) == (columns == "160")


def test_the_command_names_what_it_cannot_read(quorate: Quorate, tmp_path: Path) -> None:
    code, _, err = quorate(str(tmp_path / "nowhere"))
    assert code == 1
    assert "nowhere" in err
    rows = [{"id": "q", "gold": "5", "candidates": [{"model": "x", "answer": "5"}]}]
    file = tmp_path / "out.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows) + "{torn\n" * 9)
    code, out, _ = quorate(str(file))
    assert code == 0
    assert "left out: " in out
    assert "left out: 4 more that cannot be read" in out
