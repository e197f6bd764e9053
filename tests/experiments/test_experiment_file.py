"""Experiments from files, and from the folders that they were begun in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from quorate.errors import BadDefinition, QuorateError, RecordError
from quorate.experiments import build_experiment, compare, load_experiment, reopen
from quorate.lab.standin import make_standin

SCRIPT = {"scripted": {"script": ["Answer: 4", "Answer: 5"]}}


def data(**changes: Any) -> dict[str, Any]:
    known = {
        "name": "sums",
        "problems": {"arithmetic": {"form": "a+b", "largest": 4}, "count": 4},
        "models": {"base": SCRIPT},
        "agents": [{"name": name, "model": "base"} for name in ("ada", "bo")],
        "arms": {"ring": {"topology": "ring", "rounds": 2}},
    }
    return {key: value for key, value in {**known, **changes}.items() if value is not None}


def written(folder: Path, **changes: Any) -> Path:
    path = folder / "study.yaml"
    path.write_text(yaml.safe_dump(data(**changes), sort_keys=False))
    return path


def test_a_file_becomes_an_experiment_whose_arms_share_one_model(tmp_path: Path) -> None:
    other = {"name": "zed", "model": "base", "role": "You are careful."}
    arms = {"ring": None, "others": {"agents": [other], "shares_drafts": False}}
    found = load_experiment(written(tmp_path, arms=arms, seeds=2, pools={"pair": ["ada", "bo"]}))
    assert found.seeds == [0, 1]
    models = {id(agent.model) for arm in found.everything for agent in arm.agents}
    assert len(models) == 1
    assert found.about["count"] == 4
    assert len(load_experiment(written(tmp_path), limit=2).problems) == 2


def test_relative_paths_start_at_the_file(tmp_path: Path) -> None:
    (tmp_path / "mine.jsonl").write_text('{"id": "q1", "text": "2+3?", "gold": "5"}\n')
    found = load_experiment(written(tmp_path, problems="./mine.jsonl"))
    assert [problem.gold for problem in found.problems] == ["5"]


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"arm": {}}, "unknown key 'arm'. Did you mean 'arms'"),
        ({"name": None}, "name: field required"),
        ({"agents": None}, "either `pool:` or `agents:`"),
        ({"pool": ["rates"]}, "either `pool:` or `agents:`"),
        (
            {"agents": [{"name": "ada", "model": "base", "rol": "x"}]},
            "unknown key 'rol'.*Did you mean 'role'",
        ),
        ({"arms": {"x": {"agents": [{"name": "a"}]}}}, "arm 'x', agents: model: field required"),
        ({"controls": {"noise": False}}, "no control 'noise'. Did you mean 'noise_peers'"),
        ({"problems": {"arithmetik": {}}}, "arithmetic"),
        ({"pools": {"p": ["adda"]}}, "no agent 'adda'.*Did you mean 'ada'"),
        ({"problems": ["a", "b"]}, "A source of problems is a file, the name of a set, or a mapping such as"),
        (
            {"controls": {"self_consistency_calls": {"sampling": {"temprature": 1}}}},
            "sampling of the control 'self_consistency_calls': .*Did you mean 'temperature'",
        ),
        ({"seeds": "many"}, "seeds"),
        ({"reading": "strickt"}, "reading"),
    ],
)
def test_what_is_wrong_is_named_with_the_file(
    tmp_path: Path, changes: dict[str, Any], complaint: str
) -> None:
    with pytest.raises(QuorateError, match=rf"study\.yaml: .*{complaint}"):
        load_experiment(written(tmp_path, **changes))


def test_what_is_no_experiment_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadDefinition, match="There is no experiment file"):
        load_experiment(tmp_path / "none.yaml")
    (tmp_path / "x.txt").write_text("")
    with pytest.raises(BadDefinition, match="neither YAML"):
        load_experiment(tmp_path / "x.txt")
    (tmp_path / "x.yaml").write_text("a: [")
    with pytest.raises(BadDefinition, match="not valid YAML"):
        load_experiment(tmp_path / "x.yaml")
    with pytest.raises(BadDefinition, match="is a mapping"):
        build_experiment(["ring"])


def test_an_experiment_is_opened_again_from_its_folder(tmp_path: Path) -> None:
    first = load_experiment(written(tmp_path))
    table = compare(first, tmp_path / "run")
    (tmp_path / "study.yaml").unlink()
    again = reopen(tmp_path / "run")
    assert again.problems == first.problems
    assert again.about == first.about
    assert compare(again, tmp_path / "run") == table


PYTHON = """
from quorate import Agent, Problem, Question, Scripted
from quorate.experiments import Experiment

sums = [Problem(question=Question(id=f"q{n}", text=f"{n}+1?"), gold=str(n + 1)) for n in range(3)]
experiment = Experiment("sums", sums, [Agent("ada", Scripted("Answer: 2"))], {"ring": {"rounds": 2}})
"""


def test_a_python_file_sets_experiment(tmp_path: Path) -> None:
    path = tmp_path / "study.py"
    path.write_text(PYTHON)
    found = load_experiment(path)
    compare(found, tmp_path / "run")
    assert reopen(tmp_path / "run").name == "sums"
    path.write_text(PYTHON + "experiment = 3\n")
    with pytest.raises(BadDefinition, match="must set `experiment`"):
        load_experiment(path)
    path.write_text("1/0")
    with pytest.raises(BadDefinition, match="ZeroDivisionError"):
        load_experiment(path)
    path.unlink()
    with pytest.raises(RecordError, match="run that script again"):
        reopen(tmp_path / "run")


def test_members_of_a_pool_are_a_table(tmp_path: Path) -> None:
    pool = make_standin(tmp_path / "pool", adapters=2)
    members = ["adapter-0", "adapter-1"]
    changes: dict[str, Any] = {
        "models": None,
        "agents": None,
        "pool": {"folder": str(pool), "members": members, "sampling": {"max_tokens": 8}},
        "problems": {"pool": {"kind": "mixed"}, "count": 2},
        "arms": {
            "debate": {"rounds": 2, "until": "never", "critique": "off"},
            "relay": {"protocol": "relay"},
        },
    }
    table = compare(load_experiment(written(tmp_path, **changes)), tmp_path / "run")
    costs = {column.name: column.cost for column in table.columns}
    assert costs["debate"].calls == 4
    assert costs["vote"].tokens < costs["debate"].tokens
    assert costs["self_consistency_tokens"].tokens >= max(costs["debate"].tokens, costs["relay"].tokens)
    assert any("temperature 0.6" in note for note in table.notes)
