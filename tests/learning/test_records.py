"""Learning from records: what a run shows decides, without any model call."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

from quorate import Agent, Definition, Scripted
from quorate.errors import BadOption, BadQuestion
from quorate.evaluate import Problem
from quorate.experiments import Experiment, compare
from quorate.learning import learn_from_records
from quorate.nouns import Ask, derive_seed
from quorate.topologies import LearnedGraph

Problems = Callable[[int], list[Problem]]
Make = Callable[..., Definition]


def edges(graph: LearnedGraph, turn: int = 1) -> set[tuple[str, str]]:
    return {(edge.heard, edge.hearer) for edge in graph.kept(turn)}


def recorded(definition: Definition, topology: object, problems: list[Problem], folder: Path) -> Path:
    protocol = definition.protocol
    Definition(definition.agents, topology=topology, protocol=protocol, seed=7).run(problems, record=folder)
    return folder


def doubtful(ask: Ask, seed: int) -> str:
    """Mal is wrong. The others are right at first, and give in to mal in 2 of 3 cases."""
    gold = int(ask.question.text.split("+")[0].split()[-1]) + 1
    swayed = "mal" in {said.seat for said in ask.heard} and derive_seed(seed, "swayed") % 3
    return f"Answer: {gold + 100 if ask.seat == 'mal' or swayed else gold}"


@pytest.fixture
def swayed() -> Definition:
    debate = {"debate": {"rounds": 2, "until": "never"}}
    return Definition([Agent(n, Scripted(doubtful)) for n in ("ada", "bo", "cy", "mal")], protocol=debate)


def test_an_adversary_that_everybody_heard_is_found(
    swayed: Definition, problems: Problems, tmp_path: Path
) -> None:
    graph = learn_from_records(recorded(swayed, "complete", problems(60), tmp_path / "run"))
    harmed = [edge for edge in graph.turns[0].edges if not edge.kept]
    assert {(edge.heard, edge.hearer) for edge in harmed} == {("mal", name) for name in ("ada", "bo", "cy")}
    assert all(edge.why == "harms, credited" and edge.probability < 0.01 for edge in harmed)
    assert all(edge.high is not None and edge.high < 0 for edge in harmed)
    assert edges(graph) >= {("ada", "bo"), ("bo", "ada")}
    assert graph.about["questions"] == 60
    after = Definition(swayed.agents, topology={"learned": {"file": graph}}, protocol=swayed.protocol)
    assert after.run(problems(20)).accuracy == 1


def test_where_hearing_varied_it_is_compared(swayed: Definition, problems: Problems, tmp_path: Path) -> None:
    rng, runs = random.Random(0), []
    for number in range(6):
        graph = nx.DiGraph([("ada", "bo"), ("bo", "cy"), ("cy", "ada"), ("ada", "mal")])
        pairs = itertools.permutations(("ada", "bo", "cy", "mal"), 2)
        graph.add_edges_from(pair for pair in pairs if rng.random() < 0.5)
        runs.append(recorded(swayed, graph, problems(40), tmp_path / str(number)))
    learned = learn_from_records(*runs)
    harmed = [edge for edge in learned.turns[0].edges if not edge.kept]
    assert {edge.heard for edge in harmed} == {"mal"}
    assert {edge.why for edge in harmed} == {"harms, compared"}
    for edge in harmed:
        assert edge.gain == pytest.approx(-2 / 3, abs=0.15)


def test_if_helpful_keeps_only_what_was_shown_to_help(
    ruined: Make, problems: Problems, tmp_path: Path
) -> None:
    base = ruined()
    panel = Definition(base.agents[:3], protocol=base.protocol)  # without mal; ada learns from bo only
    run = recorded(panel, "complete", problems(40), tmp_path / "run")
    assert edges(learn_from_records(run, keep="if_helpful")) == {("bo", "ada"), ("cy", "ada")}
    assert len(edges(learn_from_records(run))) == 6  # nothing harms


def test_too_few_questions_leave_every_edge_where_it_is(
    swayed: Definition, problems: Problems, tmp_path: Path
) -> None:
    run = recorded(swayed, "complete", problems(12), tmp_path / "run")
    graph = learn_from_records(run, keep="if_helpful")
    assert len(edges(graph)) == 12
    assert {edge.why for edge in graph.turns[0].edges} == {"too few: heard on 12 questions"}
    assert graph.about["undecided"] == 12
    assert len(edges(learn_from_records(run, least=12))) == 9


def test_edges_that_were_never_tried_are_not_in_it(
    swayed: Definition, problems: Problems, tmp_path: Path
) -> None:
    run = recorded(swayed, {"ring": {"k": 1}}, problems(30), tmp_path / "run")
    assert {(e.heard, e.hearer) for e in learn_from_records(run).turns[0].edges} == set(
        Definition(swayed.agents, topology={"ring": {"k": 1}}).graph.edges
    )


def test_every_turn_is_judged_by_itself(problems: Problems, tmp_path: Path) -> None:
    def late(ask: Ask, seed: int) -> str:
        """Bo gives in to mal in the last round only."""
        gold = int(ask.question.text.split("+")[0].split()[-1]) + 1
        return f"Answer: {gold + 100 if ask.seat == 'mal' or (ask.turn == 2 and ask.heard) else gold}"

    debate = {"debate": {"rounds": 3, "until": "never"}}
    definition = Definition([Agent(name, Scripted(late)) for name in ("bo", "mal")], protocol=debate)
    graph = learn_from_records(
        recorded(definition, "complete", problems(30), tmp_path / "run"), per_turn=True
    )
    assert [edges(graph, turn) for turn in (1, 2)] == [
        {("bo", "mal"), ("mal", "bo")},
        {("bo", "mal")},
    ]


def test_the_arms_of_an_experiment_are_records_and_its_controls_are_not(
    swayed: Definition, problems: Problems, tmp_path: Path
) -> None:
    arms: dict[str, dict[str, Any]] = {
        "full": {"topology": "complete"},
        "ring": {"topology": {"ring": {"k": 1}}},
    }
    study = Experiment(
        "sway",
        problems(25),
        swayed.agents,
        {name: {**arm, "protocol": swayed.protocol} for name, arm in arms.items()},
    )
    compare(study, tmp_path / "study")
    graph = learn_from_records(tmp_path / "study")
    assert graph.seats == ("ada", "bo", "cy", "mal")
    assert graph.about["transcripts"] == 50
    assert learn_from_records(tmp_path / "study", arms=["ring"]).about["transcripts"] == 25
    with pytest.raises(BadOption, match=r"has no arm 'rign'\. Did you mean 'ring'\?"):
        learn_from_records(tmp_path / "study", arms=["rign"])


def test_what_cannot_be_learned_from_is_said(swayed: Definition, problems: Problems, tmp_path: Path) -> None:
    bare = [Problem(question=problem.question) for problem in problems(3)]
    with pytest.raises(BadQuestion, match="hold no gold answer"):
        learn_from_records(recorded(swayed, "complete", bare, tmp_path / "bare"))
    voted = Definition(swayed.agents, protocol="vote")
    voted.run(problems(3), record=tmp_path / "vote")
    with pytest.raises(BadQuestion, match="in the first round nobody hears anybody"):
        learn_from_records(tmp_path / "vote")
    one = recorded(swayed, "complete", problems(3), tmp_path / "one")
    fewer = Definition(swayed.agents[:3], protocol=swayed.protocol)
    other = recorded(fewer, "complete", problems(3), tmp_path / "other")
    with pytest.raises(
        BadQuestion, match="different agents: ada, bo, cy, mal in one, ada, bo, cy in another"
    ):
        learn_from_records(one, other)
    with pytest.raises(BadOption, match=r"Did you mean 'if_helpful'\?"):
        learn_from_records(one, keep="if_helpfull")  # type: ignore[arg-type]
    with pytest.raises(BadOption, match="between 0 and 1"):
        learn_from_records(one, level=95)
    with pytest.raises(BadOption, match="is no experiment"):
        learn_from_records(one, arms=["ring"])
    silent = recorded(swayed, "isolated", problems(3), tmp_path / "silent")
    with pytest.raises(BadQuestion, match="Nobody was heard"):
        learn_from_records(silent)


def test_recorded_outputs_say_not_who_was_heard(tmp_path: Path) -> None:
    import json

    rows = [
        {
            "id": f"q{n}",
            "question": "?",
            "gold": "1",
            "candidates": [
                {"model": seat, "answer": answer, "round": turn}
                for turn, said in ((1, "91"), (2, "99"))
                for seat, answer in zip("uv", said, strict=True)
            ],
        }
        for n in range(25)
    ]
    path = tmp_path / "outputs.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    graph = learn_from_records(path)
    assert graph.about["hearing_assumed"] == 25
    assert [(e.heard, e.kept) for e in graph.turns[0].edges] == [("u", False), ("v", True)]
