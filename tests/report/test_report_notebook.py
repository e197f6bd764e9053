"""Outcomes and runs in a notebook, and the command `quorate report`."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from typer.testing import CliRunner

from quorate.cli import app
from quorate.definition import Run
from quorate.nouns import BoardLine, Dissent, Outcome

HOSTILE = "</td><script>alert(1)</script><img src=x onerror=alert(1)>\u202e"


class Tags(HTMLParser):
    """Counts the tags of a text, and holds that they are closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        """Take in the beginning of an element."""
        self.seen.append(tag)
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Take in the end of an element."""
        assert self.open.pop() == tag


def tags(html: str | None) -> list[str]:
    assert html is not None
    found = Tags()
    found.feed(html)
    found.close()
    assert found.open == []
    return found.seen


def hostile() -> Outcome:
    return Outcome(
        question="q1",
        winners=(HOSTILE, "b"),
        answer=HOSTILE,
        tie_break=HOSTILE,
        tally={HOSTILE: 2.0, "b": 2.0, "c": 0.0},
        reason=HOSTILE,
        dissent=(Dissent(seat=HOSTILE, answer=HOSTILE, text=HOSTILE * 1000),),
        failed=(HOSTILE,),
        board=(BoardLine(seat=HOSTILE, text=HOSTILE),),
    )


def test_an_outcome_shows_itself_and_obeys_nothing() -> None:
    shown = hostile()._repr_html_()
    assert not set(tags(shown)) & {"script", "img"}
    assert shown is not None
    assert "\u202e" not in shown
    assert len(shown) < 20_000


def test_an_outcome_without_an_answer_says_so() -> None:
    shown = Outcome()._repr_html_()
    assert shown is not None
    assert "no answer" in shown


def test_a_run_shows_its_sum_and_first_questions() -> None:
    outcomes = {f"q{n}": Outcome(question=f"q{n}", answer="5", reason=HOSTILE, calls=3) for n in range(40)}
    shown = Run(outcomes, {name: "5" if name != "q0" else "6" for name in outcomes})._repr_html_()
    assert tags(shown).count("tr") == 11
    assert shown is not None
    assert "97.5 %" in shown
    assert "and 30 more" in shown
    assert "script" not in tags(shown)


def test_an_empty_run_shows_itself() -> None:
    assert "table" not in tags(Run()._repr_html_())


def test_without_templates_a_notebook_falls_back_on_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert Outcome(answer="5")._repr_html_() is None


def test_importing_quorate_loads_no_report() -> None:
    code = (
        "import sys, quorate\nfrom quorate import Agent, Definition, Scripted\n"
        "assert not {'jinja2', 'matplotlib', 'pandas', 'quorate.report'} & set(sys.modules)\n"
        "import quorate.report\nassert not {'matplotlib', 'pandas', 'pyarrow', 'torch'} & set(sys.modules)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_command_writes_what_the_suffixes_say(experiment: Path, tmp_path: Path) -> None:
    wanted = [tmp_path / "page.html", tmp_path / "table.tex"]
    options = [part for path in wanted for part in ("-o", str(path))]
    done = CliRunner().invoke(app, ["report", str(experiment), *options])
    assert done.exit_code == 0, done.output
    assert re.findall(r"(\w+\.\w+)  \d+ kB", done.output.replace("\n", "")) == ["page.html", "table.tex"]
    assert wanted[0].read_text("utf-8").startswith("<!doctype html>")


def test_the_page_lies_in_the_folder_unless_said_otherwise(run_folder: Path) -> None:
    done = CliRunner().invoke(app, ["report", str(run_folder)])
    assert done.exit_code == 0, done.output
    assert (run_folder / "report.html").is_file()
    (run_folder / "report.html").unlink()
