"""The README's blocks run, and print what it says; every example runs."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from contextlib import redirect_stdout
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
import yaml

from quorate.cli import app
from quorate.definition_file import _DefinitionSpec
from quorate.nouns import Question, Table
from quorate.protocols.filtering import resolve_filters

ROOT = Path(__file__).resolve().parents[2]
GROUPS = [
    group.name or group.typer_instance.info.name for group in app.registered_groups if group.typer_instance
]
README = (ROOT / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", README, re.S | re.M)


def test_the_python_blocks_print_what_they_say() -> None:
    scope: dict[str, object] = {}
    for block in blocks("python"):
        expected = re.findall(r"^# > (.*)$", block, re.M)
        printed = io.StringIO()
        with redirect_stdout(printed):
            exec(compile(block, "README.md", "exec"), scope)
        assert printed.getvalue().splitlines() == expected


def titled(title: str) -> Any:
    """Return the YAML block of the README that begins with this comment."""
    [found] = [block for block in blocks("yaml") if block.startswith(f"# {title}\n")]
    return yaml.safe_load(found)


def test_the_filters_are_known() -> None:
    [block] = [block for block in blocks("yaml") if block.startswith("protocol:")]
    options = yaml.safe_load(block)["protocol"]["debate"]
    assert len(resolve_filters(options["filters"], Question(text="?"), Table(["ada", "bo", "cy"]))) == 2


def test_the_definition_is_one() -> None:
    spec = _DefinitionSpec.model_validate(titled("study.yaml"))
    assert [agent.name for agent in spec.agents] == ["ada", "bo", "cy"]


def test_the_experiment_is_the_example() -> None:
    example = (ROOT / "examples" / "compare.yaml").read_text("utf-8")
    assert titled("examples/compare.yaml") == yaml.safe_load(example)


def test_the_commands_exist() -> None:
    lines = "".join(blocks("console")).splitlines()
    assert [line.split("#")[0].split() for line in lines[:2]] == [
        ["$", "make", "demo"],
        ["$", "make", "test"],
    ]
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for line in lines:
        words = line.split("#")[0].split()
        assert words[0] == "$"
        if words[1] == "make":
            assert re.search(rf"^{words[2]}:", makefile, re.M)
        elif words[1] == "python":
            assert find_spec(words[3])
        elif words[1] != "inspect":
            assert words[1] == "quorate"
            command = words[2:4] if words[2] in GROUPS else words[2:3]
            page = subprocess.run(
                [sys.executable, "-m", "quorate", *command, "--help"], capture_output=True, text=True,
                env={**os.environ, "COLUMNS": "200"}, check=True,
            ).stdout  # fmt: skip
            for option in re.findall(r"\s(--?[a-z][\w-]*)", line.split("#")[0]):
                assert option in page


def test_every_file_the_readme_links_to_is_there() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert target.startswith("http") or (ROOT / target).exists(), target


@pytest.mark.parametrize("script", sorted((ROOT / "examples").glob("*.py")), ids=lambda path: path.stem)
def test_every_example_runs(script: Path, tmp_path: Path) -> None:
    if script.stem == "mixed_table":
        pytest.importorskip("openai")
        pytest.importorskip("uvicorn")
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "HF_HUB_OFFLINE": "1", "TMPDIR": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, str(script)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env=environment,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip()
    assert script.stem in EXPECTED
    for words in EXPECTED[script.stem]:
        assert words in done.stdout


EXPECTED = {
    "debate_only_where_it_pays": ["gate: ", "against always debating"],
    "learned_graph": ["no longer hears mal", "of 200 other problems"],
    "smoa_against_moa": ["SMoA minus MoA", "by the formulas"],
    "ten_line_debate": ["answer: "],
    "ring_against_complete": ["144 calls", "fewer tokens (the formula says"],
    "mixed_table": ["solon decided", "failures: ()"],
    "adversaries": ["1 confidently_wrong at hub costs the honest", "helps on complete against"],
    "custom_protocol": ["51 after 4 calls: the minority was heard; plurality, 3 of 3 votes"],
    "graphs_that_thin_themselves": ["of the input saved", "(unlike_me)"],
    "custom_topology": ["di hears ada, cy, eve"],
    "plan_a_million_agents": ["ring does not agree within 25 rounds", "Sparse wins: random_regular:degree=4"],
    "resume_after_crash": ["20 questions decided", "asked twice: 0"],
    "why_sparse_beats_dense": ["ring minus complete", "fewer tokens"],
    "when_does_debate_beat_the_vote": ["basic problems", "mixed problems", "relay minus surest draft"],
    "train_your_own_specialist": ["the shipped specialist:", "your own:"],
    "full_study": ["have an interval that excludes 0", "page:"],
    "weigh_the_votes": ["against its best member", "without any gold, by EM", "area under the curve"],
}
