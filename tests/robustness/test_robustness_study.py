"""Studies: which arms there are, what is refused, and that files and folders give them again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

from quorate.agents import Agent, Scripted
from quorate.agents.adversaries.adversary import part_of
from quorate.definition import Definition
from quorate.errors import BadDefinition, BadOption, QuorateError, RecordError
from quorate.evaluate import Problem
from quorate.nouns import Question
from quorate.robustness import Study, build_study, load_study, plant, reopen_study
from quorate.robustness.robustness import begin

Sums = Callable[[int], list[Problem]]
Make = Callable[..., list[Agent]]


def test_every_graph_has_its_clean_arm_first_and_planted_seats_grow(sums: Sums, table: Make) -> None:
    study = Study("s", sums(2), table(), counts=(0, 2, 1), topologies=["star", "ring"])
    assert [trial.arm for trial in study.trials] == [
        "star",
        "star, 1 confidently_wrong at hub",
        "star, 1 confidently_wrong at leaf",
        "star, 2 confidently_wrong at hub",
        "star, 2 confidently_wrong at leaf",
        "ring",
        "ring, 1 confidently_wrong at any",
        "ring, 2 confidently_wrong at any",
    ]
    assert study.trials[3].seats == ("ada", "bo")
    assert {trial.clean for trial in study.trials} == {"star", "ring"}


def test_planted_arms_differ_from_the_table_only_in_who_is_planted(sums: Sums, table: Make) -> None:
    agents = table()
    study = Study("s", sums(2), agents, kinds=["stubborn"], counts=[2], topologies=["complete"])
    clean, attacked = study.experiment.everything
    assert clean.agents == tuple(agents)
    assert (clean.shares_drafts, attacked.shares_drafts) == (True, False)
    assert [part_of(agent.model) for agent in attacked.agents] == ["stubborn", "stubborn", None, None, None]
    assert [agent.name for agent in attacked.agents] == [agent.name for agent in agents]
    assert attacked.agents[0].model is attacked.agents[1].model


def test_filters_are_options_of_the_protocol_one_a_time(sums: Sums, table: Make) -> None:
    given = [{"top_k": {"k": 1}}, ["redundant", "top_k"], "none"]
    study = Study("s", sums(2), table(), counts=[0], topologies=["ring"], filters=given)
    assert [trial.arm for trial in study.trials] == ["ring", "ring, top_k (k 1)", "ring, redundant + top_k"]
    bound = [getattr(arm.protocol, "keywords", {}) for arm in study.experiment.everything]
    assert [options.get("filters") for options in bound] == [
        None,
        [{"top_k": {"k": 1}}],
        ["redundant", "top_k"],
    ]


def test_a_protocol_without_filters_says_so(sums: Sums, table: Make) -> None:
    with pytest.raises(BadOption, match="protocol 'vote' has no option 'filters'"):
        Study("s", sums(2), table(), protocol="vote", filters=["top_k"])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"counts": [5]}, "Of 5 agents 0 to 4 can be adversaries"),
        ({"counts": [1, 1]}, "different numbers"),
        ({"counts": [True]}, "True cannot"),
        ({"kinds": ["stuborn"]}, "Did you mean 'stubborn'"),
        ({"kinds": []}, "The kinds of a study are a list with one entry or more"),
        ({"places": "hub"}, "The places of a study are a list"),
        ({"places": ["hup"]}, "Did you mean 'hub'"),
        ({"topologies": ["rnig"]}, "Did you mean 'ring'"),
    ],
)
def test_what_cannot_be_studied_is_a_sentence(
    options: dict[str, Any], message: str, sums: Sums, table: Make
) -> None:
    with pytest.raises(QuorateError, match=message):
        Study("s", sums(2), table(), **options)


def test_gold_and_honest_agents_are_needed(sums: Sums, table: Make) -> None:
    with pytest.raises(BadOption, match="gold answers"):
        Study("s", [Problem(question=Question(text="2+3?"))], table())
    with pytest.raises(BadOption, match="'bo' is an adversary already"):
        Study("s", sums(2), plant(table(), {"bo": "stubborn"}))
    with pytest.raises(BadOption, match=r"no agent 'adda' to plant\. Did you mean 'ada'"):
        plant(table(), {"adda": "stubborn"})


def test_graphs_that_are_given_are_called_by_their_place(sums: Sums, table: Make) -> None:
    graphs = [nx.path_graph(["ada", "bo", "cy"]), nx.cycle_graph(["ada", "bo", "cy"])]
    study = Study(
        "s", sums(2), table(names=["ada", "bo", "cy"]), counts=[1], topologies=graphs, places=["hub"]
    )
    assert [trial.arm for trial in study.trials if not trial.seats] == ["graph 1", "graph 2"]
    assert study.trials[1].seats == ("bo",)


def test_a_study_is_made_of_a_definition(sums: Sums, table: Make) -> None:
    judge = Agent("solon", Scripted("Verdict: continue"))
    options = {"rounds": 2, "decide": "confidence_weighted"}
    definition = Definition(table(), protocol={"debate": options}, offices={"judge": judge}, seed=7)
    study = Study.of(definition, sums(2), "s", counts=[0], topologies=["ring"])
    (arm,) = study.experiment.everything
    assert arm.protocol.keywords == options
    assert (arm.offices, study.seeds) == ({"judge": judge}, (7,))


FILE = """
name: sums under attack
problems: {arithmetic: {form: a+b}, count: 4}
agents:
  - {name: ada, model: {scripted: {script: "Answer: 5"}}}
  - {name: bo, model: {scripted: {script: "Answer: 6"}}}
  - {name: cy, model: {scripted: {script: "Answer: 5"}}}
protocol: {debate: {rounds: 2}}
kinds: [stubborn, {copying: {first: abstain}}]
counts: [0, 1]
topologies: [star]
places: [hub, [cy]]
"""


def test_a_file_says_the_same(tmp_path: Path) -> None:
    file = tmp_path / "attacks.yaml"
    file.write_text(FILE)
    study = load_study(file, limit=3)
    assert len(study.problems) == 3
    assert [trial.arm for trial in study.trials][1:] == [
        "star, 1 stubborn at hub",
        "star, 1 stubborn at cy",
        "star, 1 copying (first abstain) at hub",
        "star, 1 copying (first abstain) at cy",
    ]
    begin(study, tmp_path / "folder")
    again = reopen_study(tmp_path / "folder")
    assert again.trials == study.trials


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kind": ["stubborn"]}, "unknown key 'kind'. Did you mean 'kinds'"),
        ({"kinds": "stubborn"}, r"kinds is a list, such as kinds: \[...\]"),
        ({"protocol": {"debate": {"round": 2}}}, "no option 'round'"),
        ({"agents": []}, "Say who is at the common table"),
    ],
)
def test_a_wrong_file_names_the_place(change: dict[str, Any], message: str) -> None:
    import yaml

    with pytest.raises((BadDefinition, BadOption), match=f"^study: .*{message}"):
        build_study({**yaml.safe_load(FILE), **change})


def test_a_study_of_a_python_session_is_not_reopened(tmp_path: Path, sums: Sums, table: Make) -> None:
    begin(Study("s", sums(2), table()), tmp_path)
    assert json.loads((tmp_path / "study.json").read_text())["source"] is None
    with pytest.raises(RecordError, match="run that script again"):
        reopen_study(tmp_path)
    with pytest.raises(RecordError, match="no study of robustness"):
        reopen_study(tmp_path / "nowhere")


def test_arms_of_an_experiment_file_plant_adversaries(tmp_path: Path) -> None:
    from quorate.experiments import build_experiment

    model = {"scripted": {"script": "Answer: 5"}}
    listed = [{"name": name, "model": model} for name in ("ada", "bo")]
    attacked = {"agents": [{**listed[0], "adversary": "copying"}, "bo"], "shares_drafts": False}
    study = build_experiment(
        {
            "name": "sums",
            "problems": {"arithmetic": {"form": "a+b"}, "count": 2},
            "agents": listed,
            "arms": {"clean": {}, "attacked": attacked},
        }
    )
    assert [part_of(agent.model) for agent in study.everything[1].agents] == ["copying", None]
