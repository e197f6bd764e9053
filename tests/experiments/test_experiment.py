"""Experiments as data: arms, grids, controls, and complaints that say what was meant."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from quorate.agents import Agent
from quorate.errors import BadDefinition, BadOption, QuorateError
from quorate.evaluate import Problem
from quorate.experiments import CONTROLS, Experiment, compare
from quorate.experiments.experiment import slug

Study = Callable[..., Experiment]


@pytest.mark.parametrize("off", [False, None, "off"])
@pytest.mark.parametrize("name", CONTROLS)
def test_controls_are_there_unless_switched_off_by_name(study: Study, name: str, off: Any) -> None:
    assert list(study().kept) == list(CONTROLS)
    assert list(study(controls={name: off}).kept) == [known for known in CONTROLS if known != name]


def test_what_is_switched_off_is_not_run_and_the_table_says_so(tmp_path: Path, study: Study) -> None:
    controls = dict.fromkeys(("noise_peers", "self_refinement", "self_consistency_tokens"), False)
    table = compare(study(controls=controls), tmp_path / "x")
    names = [column.name for column in table.columns]
    assert names == ["ring", "apart", "best_single", "vote", "self_consistency_calls"]
    assert not (tmp_path / "x" / "arms" / "noise_peers").exists()
    switched = "Switched off by name: 'self_consistency_tokens', 'self_refinement', 'noise_peers'."
    assert switched in table.notes


def test_all_controls_can_be_off(tmp_path: Path, study: Study) -> None:
    off = dict.fromkeys(CONTROLS, False)
    table = compare(study(controls=off), tmp_path / "x")
    assert [column.name for column in table.columns] == ["ring", "apart"]
    assert table.claims == ()
    pair = compare(study(controls=off, reference="apart"), tmp_path / "y")
    assert [(claim.arm, claim.rival) for claim in pair.claims] == [("ring", "apart")]


@pytest.mark.parametrize(
    ("given", "complaint"),
    [
        ({"controls": {"noise_peer": False}}, "Did you mean 'noise_peers'"),
        ({"controls": {"vote": "on"}}, "is off, or has options"),
        ({"controls": {"vote": {"decid": "borda"}}}, "Did you mean 'decide'"),
        ({"controls": {"best_single": {"agent": "adda"}}}, "Did you mean 'ada'"),
        ({"controls": {"noise_peers": {"of": "rign"}}}, "Did you mean 'ring'"),
        ({"reference": "votes"}, "Did you mean 'vote'"),
        ({"budget": "rings"}, "Did you mean 'ring'"),
        ({"seeds": (1, 1)}, "different numbers"),
        ({"seeds": ()}, "different numbers"),
        ({"problems": []}, "no problem"),
        ({"arms": {}}, "no arm"),
        ({"name": "a\nb"}, "printable name"),
        ({"at_once": 0}, "at least 1"),
        ({"arms": {"vote": {"topology": "ring"}}}, "name of a control"),
        ({"arms": {"Vote!": {}}}, "share a folder"),
        ({"arms": {"a b": {}, "a/b": {}}}, "'a/b' and the arm 'a b' would share a folder"),
        ({"arms": {"x": {"topologie": "ring"}}}, "Did you mean 'topology'"),
        ({"arms": {"x": {"protocol": "debat"}}}, "Did you mean 'debate'"),
        ({"arms": {"x": {"roundz": 2}}}, "Did you mean 'rounds'"),
        ({"arms": {"x": {"agents": ["ada", "bob"]}}}, "Did you mean 'bo'"),
        ({"arms": {"x": {"agents": "everybody"}}}, "none of the pools"),
        ({"arms": {"x": "ring"}}, "is a mapping"),
        ({"arms": {"x": {"shares_drafts": "no"}}}, "true or false"),
        ({"grids": {"g": {"rounds": []}}}, "lists no value for rounds"),
        ({"arms": {"a": {}, "g": {}}, "grids": {"g": {"rounds": [2]}}}, "Two arms are called 'g'"),
    ],
)
def test_what_cannot_be_is_refused_with_the_fix(study: Study, given: dict[str, Any], complaint: str) -> None:
    with pytest.raises(QuorateError, match=complaint):
        study(**given)


def test_a_topology_that_does_not_exist_names_the_arm(tmp_path: Path, study: Study) -> None:
    with pytest.raises(BadOption, match=r"The arm 'x'.*Did you mean 'ring'"):
        compare(study(arms={"x": {"topology": "rimg"}}), tmp_path / "x")


def test_long_and_foreign_names_become_folders_of_their_own() -> None:
    assert slug("größe, 3 Runden") == "größe-3-runden"
    assert slug("...") == "arm"
    one, other = slug("x" * 300 + "1"), slug("x" * 300 + "2")
    assert one != other
    assert len(one) == len(other) == 100


def test_grids_make_one_arm_for_each_combination(study: Study) -> None:
    grid = {
        "protocol": ["debate", {"debate": {"critique": "apart"}}],
        "topology": ["ring", "complete"],
        "rounds": [2, 3],
        "agents": ["small", "large"],
        "decide": "plurality",
    }
    pools = {"small": ["ada", "bo"], "large": ["ada", "bo", "cy"]}
    made = study(arms={}, grids={"g": grid}, pools=pools).everything
    assert len(made) == 16
    assert len({arm.name for arm in made}) == 16
    assert made[0].name == "g, debate, ring, rounds 2, small"
    assert [agent.name for agent in made[0].agents] == ["ada", "bo"]
    assert made[0].protocol.keywords == {"rounds": 2, "decide": "plurality"}


def test_a_grid_over_pools_shares_drafts(tmp_path: Path, study: Study) -> None:
    pools = {"small": ["ada", "bo"], "large": ["ada", "bo", "cy"]}
    grid = {"agents": ["small", "large"], "rounds": [2]}
    table = compare(study(arms={}, grids={"g": grid}, pools=pools), tmp_path / "x")
    assert [column.name for column in table.columns][:2] == ["g, small", "g, large"]


def test_officers_sit_in_every_arm_unless_it_seats_its_own(
    study: Study, panel: Callable[..., list[Agent]], problems: list[Problem]
) -> None:
    solon, minos = (Agent(name, panel()[0].model) for name in ("solon", "minos"))
    arms = {"a": {}, "b": {"offices": {"judge": minos}}, "c": {"offices": {}}}
    held = {arm.name: arm.offices for arm in study(arms=arms, offices={"judge": solon}).everything}
    assert held == {"a": {"judge": solon}, "b": {"judge": minos}, "c": {}}


def test_an_experiment_without_gold_still_has_a_table(tmp_path: Path, study: Study) -> None:
    blind = [problem.model_copy(update={"gold": None}) for problem in study().problems]
    table = compare(study(problems=blind), tmp_path / "x")
    assert all(column.strict is None for column in table.columns)
    assert table.claims == ()
    assert "no gold" in table.notes[0]


def test_development_problems_that_are_test_problems_are_refused(tmp_path: Path) -> None:
    from quorate.experiments import build_experiment

    data = {
        "name": "x",
        "problems": {"arithmetic": {"form": "a+b"}, "count": 5},
        "development": {"arithmetic": {"form": "a+b"}, "count": 3},
        "agents": [{"name": "ada", "model": {"scripted": {"script": "Answer: 5"}}}],
        "arms": {"ring": {}},
    }
    with pytest.raises(BadDefinition, match="are test problems too"):
        build_experiment(data)
