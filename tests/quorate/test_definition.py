"""Definitions from Python, YAML and Python files, and what is wrong with bad ones."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

import networkx as nx
import pytest

from quorate import registry
from quorate.agents import Agent, Scripted
from quorate.definition import Definition, deliberate
from quorate.definition_file import build, load_definition
from quorate.errors import BadDefinition, BadGraph, BadOption, QuorateError, UnknownName
from quorate.topologies import ring
from quorate.topologies.learned_graphs import LearnedEdge, LearnedGraph, LearnedTurn

YAML = """
models:
  shared: {scripted: {script: ["Answer: 4", "Answer: 5"]}}
agents:
  - {name: ada, model: shared, role: You add., sampling: {temperature: 0}}
  - {name: bo, model: shared}
  - {name: cy, model: {scripted: {script: "Answer: 5"}}}
offices:
  judge: {name: solon, model: {scripted: {script: "Verdict: consensus\\nAnswer: 5"}}}
topology: {ring: {k: 1}}
protocol: {debate: {rounds: 3, until: {any: [unanimous, judge_agrees]}, decide: judge_decides}}
seed: 3
"""


def panel(*names: str) -> list[Agent]:
    model = Scripted("Answer: 5")
    return [Agent(name, model) for name in names or ("ada", "bo", "cy")]


def test_yaml_says_everything(tmp_path: Path) -> None:
    (tmp_path / "study.yaml").write_text(YAML)
    definition = load_definition(tmp_path / "study.yaml")
    assert [agent.name for agent in definition.agents] == ["ada", "bo", "cy"]
    assert definition.agents[0].model is definition.agents[1].model
    assert definition.agents[0].sampling.temperature == 0
    outcome = definition.ask("What is 2+3?")
    assert outcome.answer == "5"
    assert outcome.reason.startswith("judge solon declared consensus")


def test_python_files_set_definition(tmp_path: Path) -> None:
    path = tmp_path / "study.py"
    path.write_text(
        "from quorate import Agent, Definition, Scripted\n"
        "definition = Definition([Agent('ada', Scripted('Answer: 5'))], protocol='vote')\n"
    )
    definition = load_definition(path)
    assert definition.source is not None
    assert definition.source["python"] == str(path)
    assert definition.ask("2+3?").answer == "5"
    path.write_text("definition = 5\n")
    with pytest.raises(BadDefinition, match="must set `definition`"):
        load_definition(path)
    path.write_text("definition = 1/0\n")
    with pytest.raises(BadDefinition, match="could not be run: ZeroDivisionError"):
        load_definition(path)


AGENTS: list[Any] = [{"name": "ada", "model": {"scripted": {"script": "Answer: 5"}}}]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"agents": AGENTS, "topolgy": "ring"}, "unknown key 'topolgy'. Did you mean 'topology'"),
        (
            {"agents": [{**AGENTS[0], "modle": "x"}]},
            r"unknown key 'modle' in agents\.0\. Did you mean 'model'",
        ),
        ({"agents": [{**AGENTS[0], "sampling": {"temprature": 1}}]}, "Did you mean 'temperature'"),
        ({"agents": [{"name": "ada"}]}, r"agents\.0\.model: field required"),
        ({"agents": []}, "agents: list should have at least 1 item"),
        ({"agents": AGENTS, "seed": "one"}, "seed: "),
        ([], "a definition is a mapping"),
        ({"agents": AGENTS * 2}, "Two agents share the name 'ada'"),
        ({"agents": AGENTS, "topology": "rign"}, "Did you mean 'ring'"),
        (
            {"agents": AGENTS, "protocol": {"debate": {"rouds": 2}}},
            "has no option 'rouds'. Did you mean 'rounds'",
        ),
        (
            {"agents": [{"name": "ada", "model": {"scriptd": {}}}]},
            "no model called 'scriptd'. Did you mean 'scripted'",
        ),
        ({"agents": AGENTS, "offices": {"judge": AGENTS[0]}}, "name it apart"),
    ],
)
def test_bad_definitions_are_sentences(data: Any, sentence: str) -> None:
    with pytest.raises(QuorateError, match=sentence):
        build(data).rules  # noqa: B018


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        ("study.yaml", "agents: [", "not valid YAML"),
        ("study.yaml", "protocol: vote\nprotocol: debate\n", "'protocol' is given twice"),
        ("study.txt", "x", "neither YAML"),
        ("none.yaml", None, "There is no definition file"),
    ],
)
def test_bad_files_are_sentences(tmp_path: Path, name: str, text: str | None, sentence: str) -> None:
    if text is not None:
        (tmp_path / name).write_text(text)
    with pytest.raises(BadDefinition, match=sentence):
        load_definition(tmp_path / name)


def test_what_a_merge_brings_may_be_given_again(tmp_path: Path) -> None:
    (tmp_path / "study.yaml").write_text(
        "agents:\n"
        "  - &ada {name: ada, model: {scripted: {script: 'Answer: 5'}}, role: You are brief.}\n"
        "  - {<<: *ada, name: bo}\n"
    )
    ada, bo = load_definition(tmp_path / "study.yaml").agents
    assert (ada.name, bo.name, bo.role) == ("ada", "bo", "You are brief.")


@pytest.mark.parametrize(
    "topology",
    [
        "ring",
        {"ring": {"k": 1}},
        ring,
        partial(ring, k=1),
        nx.cycle_graph(["ada", "bo", "cy"]),
        nx.cycle_graph(3),
    ],
)
def test_a_topology_is_a_name_a_mapping_a_maker_or_a_graph(topology: Any) -> None:
    definition = Definition(panel(), topology)
    assert definition.table.hears("ada", 1) == ("bo", "cy")


def test_a_graph_must_be_about_the_agents() -> None:
    with pytest.raises(BadGraph, match="cyy"):
        Definition(panel(), nx.DiGraph([("ada", "bo"), ("bo", "cyy")]))


def test_an_isolated_agent_is_a_warning() -> None:
    graph = nx.DiGraph([("ada", "bo")])
    graph.add_node("cy")
    with pytest.warns(UserWarning, match="Nobody hears cy and they hear nobody"):
        Definition(panel(), graph)


@pytest.mark.parametrize("options", [{}, {"sample": True}])
def test_a_learned_graph_leaves_agents_out_without_a_warning(options: dict[str, Any]) -> None:
    edges = (LearnedEdge(heard="ada", hearer="bo", probability=1.0),)
    turns = (LearnedTurn(edges=edges, dropped=("cy",)),)
    graph = LearnedGraph(seats=("ada", "bo", "cy"), turns=turns, method="agentdropout")
    definition = Definition(panel(), {"learned": {"file": graph, **options}})  # a warning would be an error
    assert definition.table.hears("bo", 1) == ("ada",)


def pair(seats: Sequence[str], *, first: int = 0) -> nx.DiGraph[str]:
    """Let one hear the next; the others are left out."""
    graph = nx.DiGraph([(seats[first], seats[first + 1])])
    graph.add_nodes_from(seats)
    return graph


def test_any_topology_may_declare_that_it_leaves_agents_out(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "pair" not in list(registry.topology)
    for kept in ("_makers", "_declared"):
        monkeypatch.setattr(registry.topology, kept, dict(getattr(registry.topology, kept)))
    registry.topology(registry.Declaration(leaves_out=True))(pair)
    for topology in ("pair", {"pair": {"first": 0}}, pair, partial(pair, first=0)):
        assert Definition(panel(), topology).table.hears("bo", 1) == ("ada",)  # a warning would be an error


@pytest.mark.parametrize("name", ["pair", "learned"])
def test_a_topology_that_declares_nothing_is_warned_of_whatever_its_name(name: str) -> None:
    def maker(seats: Sequence[str]) -> nx.DiGraph[str]:
        return pair(seats)

    maker.__name__ = name
    with pytest.warns(UserWarning, match="Nobody hears cy"):
        Definition(panel(), maker)


@pytest.mark.parametrize(
    ("options", "error", "sentence"),
    [
        ({"reading": "strickt"}, BadOption, "Did you mean 'strict'"),
        ({"at_once": 0}, BadOption, "at least 1"),
        ({"timeout": -1}, BadOption, "positive number of seconds"),
        ({"topology": {"ring": {"k": 1}, "star": {}}}, BadOption, "got 2 names: ring, star"),
        ({"topology": 5}, BadOption, "not int"),
        ({"protocol": "debat"}, UnknownName, "Did you mean 'debate'"),
    ],
)
def test_bad_options_are_sentences(options: dict[str, Any], error: type[Exception], sentence: str) -> None:
    with pytest.raises(error, match=sentence):
        Definition(panel(), **options).ask("2+3?")


def test_an_agent_needs_a_name_and_a_table_agents() -> None:
    with pytest.raises(BadOption, match="printable name"):
        Agent("\x1b[2J", Scripted("x"))
    with pytest.raises(BadOption, match="nobody at the table"):
        Definition([])


def test_reading_is_strict_unless_asked_otherwise() -> None:
    agents = [Agent("ada", Scripted("I think it is 5"))]
    assert deliberate("What is 2+3?", agents).answer is None
    assert deliberate("What is 2+3?", agents, reading="lenient").answer == "5"


def test_run_scores_against_gold_and_sums_up() -> None:
    from quorate.evaluate import parse_problems

    problems = parse_problems(
        [
            '{"id": "a", "text": "2+3?", "gold": "5"}',
            '{"id": "b", "text": "3+3?", "gold": 6}',
            '{"text": "?!"}',
        ],
        "x",
    )
    run = Definition(panel()).run(problems)
    assert (run.accuracy, run.scored) == (0.5, 2)
    assert run.summary()[1] == "accuracy 50.0% (1 of 2 with a gold answer)"
    with pytest.raises(BadOption, match="Two problems share the id 'a'"):
        Definition(panel()).run([*problems, problems[0]])
