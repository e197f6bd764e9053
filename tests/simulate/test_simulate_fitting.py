"""What is fitted to simulated transcripts are the parameters they were made with; real records are read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from quorate import Agent, Definition, Question, Scripted
from quorate.errors import BadOption, RecordError
from quorate.evaluate import Problem
from quorate.evaluate.dynamics.courses import Heard
from quorate.nouns import Ask, Message
from quorate.simulate import (
    Draws,
    Network,
    Parameters,
    check,
    check_runs,
    drawn,
    dynamics,
    fit,
    fit_records,
    predict,
    predict_record,
    read_records,
    shapes,
)
from quorate.simulate.telling import check_section
from quorate.transcripts import Transcript

TRUE = Parameters(
    accuracy=0.55,
    correlation=0.25,
    wrong_answers=4,
    same_wrong=0.4,
    silent=0.15,
    given_right=0.7,
    given_wrong=0.3,
    restless=0.1,
    rescue=0.2,
    question_tokens=40,
    reply_tokens=20,
)


def debates(known: Parameters, network: Network, count: int, rounds: int, seed: int = 0) -> list[np.ndarray]:
    """Let agents with known parameters talk; return their answers, shape (questions, agents), by round."""
    numbers = range(count)
    talk = dynamics["reactions"](
        drawn(known, network.size, seed)(numbers), Draws(seed, numbers, "talk"), parameters=known
    )
    held = [talk.answers]
    for _ in range(1, rounds):
        talk.hear(network)
        held.append(talk.answers)
    return held


def written(
    held: Sequence[np.ndarray], network: Network, known: Parameters
) -> tuple[list[Transcript], list[Heard]]:
    """Write answers down as transcripts, with who heard whom and what it cost."""
    size, seats = network.size, [f"seat-{place}" for place in range(network.size)]
    heard: Heard = {
        size * turn + place: tuple(size * (turn - 1) + int(other) for other in network.row(place))
        for turn in range(1, len(held))
        for place in range(size)
    }
    transcripts = []
    for number in range(len(held[0])):
        said = [
            Message(
                number=size * turn + place,
                seat=seat,
                act="revise" if turn else "draft",
                turn=turn,
                text="",
                answer=None if held[turn][number, place] < 0 else str(held[turn][number, place]),
                tokens_in=int(40 + (turn > 0) * (10 + 20 * (1 + network.degrees[place]))),
                tokens_out=20,
            )
            for turn in range(len(held))
            for place, seat in enumerate(seats)
        ]
        question = Question(id=f"q{number}", text="2+3?")
        transcripts.append(Transcript.of(question, seats, said, gold="0"))
    return transcripts, [heard] * len(transcripts)


@pytest.mark.parametrize("network", [shapes.ring(8, k=2), shapes.complete(5)], ids=["ring", "complete"])
def test_fit_recovers_the_parameters(network: Network) -> None:
    transcripts, heard = written(debates(TRUE, network, 700, 4), network, TRUE)
    found = fit(transcripts, heard=heard, draws=10)
    close = {"accuracy": 0.04, "correlation": 0.05, "same_wrong": 0.05, "silent": 0.04}
    close |= {"given_right": 0.06, "given_wrong": 0.06, "restless": 0.04, "rescue": 0.06}
    for name, error in close.items():
        assert getattr(found.parameters, name) == pytest.approx(getattr(TRUE, name), abs=error), name
    assert found.parameters.wrong_answers == 4
    assert found.parameters.question_tokens == 40
    assert found.parameters.reply_tokens == 20
    assert found.parameters.revise_tokens == pytest.approx(50)
    assert len(found.spread) == 10
    assert found.answers == 700 * network.size * 3
    assert found.conformity is not None
    assert found.conformity.given_right is not None
    assert found.conformity.given_right.share == pytest.approx(0.7, abs=0.08)
    assert np.std([one.accuracy for one in found.spread]) == pytest.approx(0.01, abs=0.01)


def test_what_was_fitted_on_one_graph_predicts_another() -> None:
    ring, full = shapes.ring(8, k=1), shapes.complete(8)
    transcripts, heard = written(debates(TRUE, full, 600, 4), full, TRUE)
    known = fit(transcripts, heard=heard, draws=20)
    told = predict(known, "ring", agents=8, rounds=4, questions=400, runs=20, seed=1)
    real = debates(TRUE, ring, 400, 4, seed=9)
    for held, answers in zip(told.rounds, real, strict=True):
        assert held.agents.low - 0.02 <= (answers == 0).mean() <= held.agents.high + 0.02
        assert held.agents.low < held.agents.high


def test_cells_without_answers_lean_on_their_neighbours() -> None:
    network = shapes.ring(6)  # two are heard: never a share between
    transcripts, heard = written(debates(TRUE, network, 500, 3), network, TRUE)
    table = fit(transcripts, heard=heard, draws=0).parameters.table
    assert table.sum(axis=2) == pytest.approx(np.ones((3, 6)))
    assert table[1, 2, 0] == pytest.approx((table[1, 1, 0] + table[1, 3, 0]) / 2, abs=0.01)
    assert table[0, 0, 0] == 1  # nobody was ever left without a voice: one's own is kept


def test_agents_that_never_talk_are_taken_to_keep_their_answers() -> None:
    network = shapes.isolated(4)
    transcripts, _ = written(debates(TRUE, network, 50, 1), network, TRUE)
    found = fit(transcripts)
    assert found.conformity is None
    assert (found.parameters.restless, found.parameters.given_right, found.answers) == (0, 0, 0)


def test_agents_that_divide_the_questions_are_taken_as_independent() -> None:
    held = [np.array([[0, 1, 1, 1], [1, 0, 1, 1], [1, 1, 0, 1], [1, 1, 1, 0]] * 5, dtype=np.int8)]
    transcripts, _ = written(held, shapes.isolated(4), TRUE)
    assert fit(transcripts).parameters.correlation == 0


def test_records_without_gold_answers_are_refused() -> None:
    said = [Message(number=0, seat="ada", act="draft", turn=0, text="", answer="5")]
    with pytest.raises(BadOption, match="No recorded question has a gold answer"):
        fit([Transcript.of(Question(text="2+3?"), ["ada"], said)])
    with pytest.raises(BadOption, match="no recorded question"):
        fit([])
    with pytest.raises(BadOption, match="at least 2 runs"):
        predict(Parameters(), "ring", runs=1)


def problems(count: int) -> list[Problem]:
    return [
        Problem(question=Question(id=f"q{n}", text=f"{n}+1?", kind="number"), gold=str(n + 1))
        for n in range(count)
    ]


def fickle(seat: int) -> Scripted:
    """Answer well or badly by the question, and follow nobody in particular."""

    def answer(ask: Ask, seed: int) -> str:
        number = int(ask.question.id[1:])
        good = (number * 7 + seat * 5 + ask.turn * 3) % 5 > 1
        return f"Answer: {number + 1 if good else number + 2 + seat % 2}"

    return Scripted(answer)


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runs")
    for topology in ("ring", "complete"):
        agents = [Agent(f"seat-{place}", fickle(place)) for place in range(5)]
        rules = {"debate": {"rounds": 3, "until": "never"}}
        Definition(agents, topology=topology, protocol=rules).run(problems(24), record=folder / topology)
    return folder


def test_records_know_who_heard_whom(runs: Path) -> None:
    ring, full = read_records(runs / "ring", runs / "complete")
    assert (ring.name, ring.family, ring.agents) == ("ring", "debate", 5)
    assert ring.wiring.at(1).degrees.tolist() == [2] * 5
    assert full.wiring.at(2).edges == 20
    assert ring.is_steady
    assert not ring.same_graph(full)


def test_every_run_is_predicted_from_the_others(runs: Path) -> None:
    ring, full = check_runs(runs / "ring", runs / "complete", runs=20)
    assert (ring.fitted_on, full.fitted_on) == ("complete", "ring")
    assert ring.questions == 24
    first = ring.rounds[0]
    assert first.agents.mean == pytest.approx(first.agents_measured)  # the drafts are the recorded ones
    assert ring.error < 0.15
    assert len(ring.rounds) == 3
    tokens = [(held.tokens_in, held.tokens_in_measured) for held in ring.rounds]
    assert all(measured == pytest.approx(told, rel=0.35) for told, measured in tokens)


def test_one_run_alone_is_predicted_from_half_of_its_questions(runs: Path) -> None:
    (found,) = check_runs(runs / "ring", runs=10)
    assert found.fitted_on == "every other question"
    assert found.questions == 12
    assert "all agents react alike" in str(check_section(found))


def test_a_prediction_is_checked_round_by_round(runs: Path) -> None:
    (record,) = read_records(runs / "ring")
    told = predict_record(fit_records([record]), record, runs=20)
    found = check(told, record, fitted_on="itself")
    assert found.held <= 2
    assert found.rounds[1].holds == (found.held > 0 and found.rounds[1].holds)
    with pytest.raises(BadOption, match="for 6 agents, and 5 were recorded"):
        check(predict(Parameters(), "ring", agents=6, runs=2, questions=3), record)


def test_folders_that_hold_no_debate_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadOption, match="Give at least one folder"):
        read_records()
    with pytest.raises(RecordError, match="no run"):
        read_records(tmp_path)
    agents = [Agent(f"seat-{place}", fickle(place)) for place in range(3)]
    Definition(agents, protocol="vote").run(problems(2), record=tmp_path / "vote")
    with pytest.raises(BadOption, match="a debate of two rounds or more"):
        read_records(tmp_path / "vote")


def test_the_arms_of_an_experiment_are_read_without_its_controls(runs: Path, tmp_path: Path) -> None:
    for arm, source in (("sparse", "ring"), ("dense", "complete"), ("noise_peers", "ring")):
        place = tmp_path / "study" / "arms" / arm
        place.mkdir(parents=True)
        (place / "seed-0").symlink_to(runs / source, target_is_directory=True)
    (tmp_path / "study" / "experiment.json").write_text('{"setup": {"controls": {"noise_peers": {}}}}')
    assert sorted(record.name for record in read_records(tmp_path / "study")) == ["dense", "sparse"]
    (tmp_path / "study" / "experiment.json").write_text("{")
    with pytest.raises(RecordError, match="is damaged"):
        read_records(tmp_path / "study")
