"""What a report shows of selections, prunings and stops."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from quorate.agents import Agent, Scripted
from quorate.definition import Definition
from quorate.nouns import Ask, Question
from quorate.report import write_report
from quorate.report.debates import read_run
from quorate.report.packing import detail

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recorded debate that prunes, falls back and ends when nobody has anything to hear."""

    def speak(ask: Ask, seed: int) -> str:
        if ask.act == "select":
            return "<img src=x onerror=alert(1)>"
        return "Answer: 5" if ask.turn or ask.seat != "cy" else "Answer: 6"

    model = Scripted(speak)
    folder = tmp_path_factory.mktemp("notes") / "run"
    Definition(
        [Agent(name, model) for name in ("ada", "bo", "cy")],
        topology="complete",
        offices={"judge": Agent("solon", model)},
        protocol={
            "debate": {
                "filters": [{"judge_picks": {"k": 1}}, "redundant"],
                "until": "never",
                "silent": "keep",
            }
        },
    ).run([Question(id="q1", text="What is 2+3?")], record=folder)
    return folder


def test_the_data_of_a_page_hold_every_note_with_its_edges(run: Path) -> None:
    (debate,) = read_run(run).debates
    notes = detail(debate)["notes"]
    assert [(turn, kind) for turn, kind, *_ in notes][:2] == [(1, "fallback"), (1, "pruned")]
    assert notes[-1][1] == "stopped"
    seats = detail(debate)["seats"]
    assert all(len(edge) == 2 and max(edge) < len(seats) for _, _, _, edges in notes for edge in edges)
    assert sum(len(edges) for _, _, _, edges in notes) >= 4


@pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on the path")
def test_a_round_lists_what_was_pruned_and_draws_it_dotted(run: Path, tmp_path: Path) -> None:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    (path,) = write_report(run, tmp_path / "report.html")
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    troubles: list[Any] = []
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=sandbox)
        page = browser.new_page()
        page.on("console", lambda told: troubles.append(told.text))
        page.on("pageerror", lambda error: troubles.append(error))
        page.goto(path.resolve().as_uri())
        page.locator("#list button").first.click()
        page.wait_for_selector(".message")
        assert page.locator(".done").count() == 0
        page.get_by_role("tab", name="Round 2").click()
        listed = page.locator(".done li").all_inner_texts()
        assert any("fallback" in line and "drawn at random" in line for line in listed)
        assert any("nobody hears" in line for line in listed)
        assert page.locator("path.pruned").count() >= 2
        assert "Dotted is what was pruned" in page.locator(".stage p").inner_text()
        browser.close()
    assert troubles == []
