"""`quorate filters` and `protocols`, `--filter`, and filters in a definition file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from quorate import registry
from quorate.cli import tables
from quorate.errors import BadOption
from quorate.events import Noted
from quorate.record import read_events
from tests.conftest import Quorate


def test_the_list_names_every_filter_with_its_source(quorate: Quorate) -> None:
    code, out, _ = quorate("filters")
    assert code == 0
    assert all(name in out for name in registry.filter)
    assert "arXiv:2502.04790" in out


def test_one_filter_is_explained(quorate: Quorate) -> None:
    code, out, _ = quorate("filters", "top_k")
    assert code == 0
    assert "Let every seat hear the k best of those it hears." in out
    assert "options  k=2, by='confidence'" in out
    assert "Examples" not in out
    code, _, err = quorate("filters", "topk")
    assert code == 1
    assert "Did you mean 'top_k'?" in err


def test_protocols_are_listed_and_explained_alike(quorate: Quorate) -> None:
    code, out, _ = quorate("protocols")
    assert code == 0
    assert all(name in out for name in registry.protocol)
    code, out, _ = quorate("protocols", "smoa")
    assert code == 0
    assert "Do as `moa`, but pass on only the k best answers of a layer" in out
    assert "k=2" in out
    code, _, err = quorate("protocols", "smao")
    assert code == 1
    assert "Did you mean 'smoa'?" in err


def test_a_definition_file_names_filters_with_their_options(quorate: Quorate, tmp_path: Path) -> None:
    script = {"ada": "Answer: 5", "bo": "Answer: 5", "cy": "Answer: 6"}
    filters = ["redundant", {"top_k": {"k": 1, "by": "agreement"}}]
    definition = {
        "models": {"said": {"scripted": {"script": script}}},
        "agents": [{"name": name, "model": "said"} for name in script],
        "topology": "complete",
        "protocol": {"debate": {"rounds": 2, "until": "never", "filters": filters}},
    }
    (tmp_path / "study.yaml").write_text(yaml.safe_dump(definition))
    (tmp_path / "problems.jsonl").write_text(json.dumps({"id": "q1", "text": "2+3?", "gold": "5"}) + "\n")
    code, out, err = quorate("run", "study.yaml", "problems.jsonl", "-o", "run", "--view", "plain")
    assert code == 0
    assert "pruned   nobody hears bo any more; bo no longer hears ada (redundant)" in out + err
    assert [event.kind for event in read_events("run") if isinstance(event, Noted)] == ["pruned"]
    code, out, err = quorate("watch", "run", "--view", "plain", "--speed", "0")
    assert "pruned   nobody hears bo any more" in out + err
    definition["protocol"] = {"debate": {"filters": [{"top_k": {"k": 9}}]}}
    (tmp_path / "study.yaml").write_text(yaml.safe_dump(definition))
    code, _, err = quorate("run", "study.yaml", "problems.jsonl", "-o", "other", "--view", "quiet")
    assert code == 1
    assert "there are only 3 agents; lower k or add agents" in " ".join(err.split())


def test_filters_on_the_command_line_are_what_a_definition_file_would_say() -> None:
    filters = [tables.spec(text, "filter") for text in ("redundant", "top_k: {k: 2, by: agreement}")]
    data = tables.debating(None, None, None, None, filters)
    assert data["protocol"]["debate"]["filters"] == ["redundant", {"top_k": {"k": 2, "by": "agreement"}}]
    assert "filters" not in tables.debating(None, None, None, None)["protocol"]["debate"]
    with pytest.raises(BadOption, match="--filter is a name"):
        tables.spec("top_k: {k: 2", "filter")
