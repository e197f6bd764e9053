"""The page in a real browser: it clicks through debates, asks no network, and obeys nothing a model wrote."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from quorate.agents import Agent, Scripted
from quorate.definition import Definition
from quorate.evaluate import Problem
from quorate.nouns import Ask, Question
from quorate.report import write_report

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="there is no chromium on the path")

HOSTILE = (
    "<script>window.pwned = 1</script>",
    "</script><script>window.pwned = 2</script>",
    "]]> --> <!-- <img src=x onerror='window.pwned = 3'>",
    "'\"><svg onload=window.pwned=4>",
    "javascript:window.pwned=5",
    "safe\u202egnp.exe \u2066 \u2028 \u0007 \x1b[31m \ufeff",
    "{{ 7 * 7 }} ${7*7} {% raw %}",
    "a\u0301" + "\u0301" * 300,
    "x" * 100_000,
    "\U0001f600 عربي עברית 漢字",
)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A headless browser, started once."""
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_api.sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=sandbox)
        yield started
        started.close()


class Opened:
    """A page with everything that went wrong on it."""

    def __init__(self, browser: Any, path: Path, **options: Any) -> None:
        self.context = browser.new_context(**options)
        self.context.set_default_timeout(10_000)
        self.page = self.context.new_page()
        self.troubles: list[str] = []
        self.page.on("console", lambda said: self.troubles.append(f"{said.type}: {said.text}"))
        self.page.on("pageerror", lambda error: self.troubles.append(f"error: {error}"))
        self.page.on("request", self._asked)
        self.page.goto(path.resolve().as_uri())
        self.page.wait_for_selector("#list li")

    def open_longest(self, arm: str) -> Any:
        """Open the debate of an arm that took most rounds."""
        self.page.select_option("#by-arm", arm)
        self.page.select_option("#order", "most rounds")
        self.page.locator("#list button").first.click()
        self.page.wait_for_selector(f".where span:text-is('{arm}')")
        self.page.wait_for_selector(".message")
        return self.page

    def _asked(self, request: Any) -> None:
        if not request.url.startswith("data:") and request.resource_type != "document":
            self.troubles.append(f"asked for {request.url}")

    def close(self) -> None:
        """Close it, and complain of what went wrong."""
        loaded = self.page.evaluate("performance.getEntriesByType('resource').map((entry) => entry.name)")
        assert [name for name in loaded if not name.startswith("data:")] == []
        self.context.close()
        assert self.troubles == []


@pytest.fixture(scope="module")
def report(experiment: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of an experiment."""
    (path,) = write_report(experiment, tmp_path_factory.mktemp("page") / "report.html")
    return path


@pytest.fixture
def opened(browser: Any, report: Path) -> Iterator[Opened]:
    """The page on a wide screen."""
    page = Opened(browser, report, viewport={"width": 1280, "height": 900}, color_scheme="light")
    yield page
    page.close()


def test_it_steps_through_a_debate(opened: Opened) -> None:
    page = opened.open_longest("ring debate")
    assert page.get_by_role("tab").all_inner_texts() == ["Drafts", "Round 2", "Round 3", "Outcome"]
    assert page.locator(".message").count() == 5
    page.get_by_role("tab", name="Round 2").click()
    assert page.locator(".hears").count() == 5
    page.keyboard.press("ArrowRight")
    assert page.get_by_role("tab", name="Round 3").get_attribute("aria-selected") == "true"
    page.get_by_role("tab", name="Outcome").click()
    assert "decided" in page.locator(".outcome").inner_text()
    assert page.evaluate("location.hash").startswith("#debate-")


def test_choosing_a_seat_shows_whom_it_heard(opened: Opened) -> None:
    page = opened.open_longest("ring debate")
    page.get_by_role("tab", name="Round 2").click()
    page.locator(".node").filter(has_text="bo").click()
    assert page.locator(".stage p").inner_text() == "bo heard ada, cy."
    assert page.locator(".heard").count() == 2
    assert page.locator(".message").first.get_attribute("data-seat") == "1"
    page.locator(".message.chosen .hears button").first.click()
    assert page.get_by_role("tab", name="Drafts").get_attribute("aria-selected") == "true"


def test_changes_of_a_draft_are_marked_and_can_be_hidden(opened: Opened) -> None:
    page = opened.open_longest("complete debate")
    page.get_by_role("tab", name="Round 2").click()
    assert page.locator(".said-text ins").count() > 0
    kept = page.locator(".said-text").first.evaluate(
        "box => [...box.childNodes].filter(n => n.nodeName !== 'DEL').map(n => n.textContent).join('')"
    )
    page.uncheck("#differences")
    assert page.locator(".said-text ins, .said-text del").count() == 0
    assert page.locator(".said-text").first.evaluate("box => box.textContent") == kept


def test_filters_and_search_narrow_the_list(opened: Opened) -> None:
    page = opened.page
    status = page.locator("#count")
    assert status.inner_text() == "220 debates"
    page.select_option("#by-arm", "relay")
    assert status.inner_text() == "20 of 220 debates"
    page.select_option("#by-sign", "a board")
    opened.open_longest("relay")
    page.get_by_role("tab").nth(1).click()
    page.wait_for_selector(".board li")
    page.select_option("#by-sign", "anything")
    page.select_option("#by-arm", "all")
    page.fill("#search", "q0007")
    sync_api.expect(status).to_have_text("11 of 220 debates")
    page.fill("#search", "multiplication and it holds")
    page.wait_for_selector("#list .nothing")
    page.check("#deep")
    sync_api.expect(status).to_have_text(re.compile(r"^\d+ of 220 debates$"))
    assert int(status.inner_text().split()[0]) > 0


def test_flips_can_be_looked_for(opened: Opened) -> None:
    page = opened.page
    page.select_option("#by-state", "right → wrong")
    found = page.locator("#list .end:last-child span:last-child").all_inner_texts()
    assert set(found) == {"right → wrong"}
    assert page.locator("#count").inner_text() == f"{len(found)} of 220 debates"
    page.locator("#list button").last.click()
    sync_api.expect(page.locator(".story")).to_contain_text("✗ wrong")
    assert "the first drafts' vote was right" in page.locator(".story").inner_text()


def test_the_theme_can_be_turned_and_stays(opened: Opened) -> None:
    page = opened.page
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.click("#theme")
    page.click("#theme")
    assert page.locator("#theme").inner_text() == "Theme: dark"
    assert page.evaluate(ground) != light
    page.reload()
    page.wait_for_selector("#list li")
    assert page.evaluate(ground) != light


def test_it_follows_a_dark_system(browser: Any, report: Path) -> None:
    page = Opened(browser, report, color_scheme="dark")
    ground = page.page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert max(int(part) for part in ground.strip("rgb()").split(",")) < 60
    page.close()


def test_the_table_can_be_sorted(opened: Opened) -> None:
    page = opened.page
    page.get_by_role("button", name="calls", exact=True).click()
    cells = page.locator("#table tbody td:nth-child(3)").all_inner_texts()
    calls = [float(text.replace(",", "")) for text in cells]
    assert calls == sorted(calls, reverse=True)
    assert page.locator("#table th[aria-sort=descending]").count() == 1


def test_another_measure_of_cost_can_be_chosen(opened: Opened) -> None:
    shown = opened.page.locator("#charts .chart.broad:visible")
    first = shown.first.get_attribute("aria-label")
    opened.page.get_by_label("calls", exact=True).check()
    assert shown.first.get_attribute("aria-label") == "Accuracy against calls a problem"
    assert first == "Accuracy against tokens a problem"


def test_on_a_phone_the_list_makes_room_for_the_debate(browser: Any, report: Path) -> None:
    page = Opened(browser, report, viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    wide = "document.documentElement.scrollWidth"
    assert page.page.evaluate(wide) <= 390
    page.page.locator("#list button").nth(2).tap()
    page.page.wait_for_selector("#step .message")
    assert not page.page.locator("#list").is_visible()
    assert page.page.evaluate(wide) <= 390
    page.page.get_by_role("button", name="All debates").tap()
    assert page.page.locator("#list").is_visible()
    page.close()


def test_it_can_be_used_with_the_keyboard_alone(opened: Opened) -> None:
    page = opened.page
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.locator("#list button").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    sync_api.expect(page.locator("#list [aria-current]")).to_have_count(1)
    assert page.evaluate("document.activeElement.getAttribute('aria-current')") == "true"
    page.locator(".node").first.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.getAttribute('aria-pressed')") == "true"


def test_everything_has_a_name_and_contrast(opened: Opened) -> None:
    page = opened.page
    nameless = (
        "[...document.querySelectorAll('button, input, select')].filter((e) => "
        "!(e.textContent.trim() || e.getAttribute('aria-label') || (e.labels && e.labels.length))).length"
    )
    assert page.evaluate(nameless) == 0
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for selector in ("body", ".meta", ".notes p", "#count", ".right-mark", ".message .figures"):
            assert contrast(page, selector) >= 4.5, (scheme, selector)


def contrast(page: Any, selector: str) -> float:
    """Return the contrast of a text to the page, as WCAG 2.2 computes it."""
    pair = page.locator(selector).first.evaluate(
        "e => [getComputedStyle(e).color, getComputedStyle(document.body).backgroundColor]"
    )
    ink, paper = sorted((luminance(color) for color in pair), reverse=True)
    return float((ink + 0.05) / (paper + 0.05))


def luminance(color: str) -> float:
    """Return the relative luminance of "rgb(r, g, b)"."""
    parts = [int(part) / 255 for part in color.strip("rgb()").split(",")[:3]]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def hostile_run(folder: Path) -> Path:
    """Record a debate in which everything that can be text is hostile."""

    def say(ask: Ask, seed: int) -> str:
        return f"{HOSTILE[(seed + ask.turn) % len(HOSTILE)]}\nAnswer: {HOSTILE[seed % 5]}"

    agents = [Agent(name, Scripted(say)) for name in ("<b>ada</b>", "bo'\"", "cy&amp;")]
    questions = [
        Problem(question=Question(id=f"q{place}<i>", text=text[:300] + " ?", kind="text"), gold="</script>")
        for place, text in enumerate(HOSTILE)
        if "\u2028" not in text
    ]
    definition = Definition(agents, topology="ring", protocol={"debate": {"until": "never"}})
    definition.run(questions, record=folder)
    return folder


def test_hostile_texts_are_inert(browser: Any, tmp_path: Path) -> None:
    (path,) = write_report(hostile_run(tmp_path / "<script>alert(1)</script>"), tmp_path / "page.html")
    opened = Opened(browser, path, viewport={"width": 1280, "height": 900})
    page = opened.page
    for name in page.locator("#list .end:last-child span:first-child").all_inner_texts():
        page.locator("#list button", has_text=name).click()
        page.wait_for_selector(f".where span:text-is('{name}')")
        for tab in ("Drafts", "Round 2", "Outcome"):
            page.get_by_role("tab", name=tab).click()
    assert page.evaluate("window.pwned") is None
    assert page.locator("main img, main script, main svg[onload], main b, main i").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    opened.close()


def test_what_is_invisible_is_shown_and_what_is_long_is_folded(browser: Any, tmp_path: Path) -> None:
    said = ["safe\u202egnp.exe\nAnswer: 5", "x" * 100_000 + "\nAnswer: 5"]
    agents = [Agent(name, Scripted(text)) for name, text in zip(("ada", "bo"), said, strict=True)]
    Definition(agents, protocol="vote").run(["2+3?"], record=tmp_path / "run")
    (path,) = write_report(tmp_path / "run", tmp_path / "page.html")
    opened = Opened(browser, path)
    texts = opened.page.locator(".said-text")
    opened.page.wait_for_selector(".said-text")
    assert texts.nth(0).inner_text() == "safe‹202E›gnp.exe\nAnswer: 5"
    assert len(texts.nth(1).inner_text()) < 10_000
    opened.page.get_by_role("button", name="Show all 100,010 characters").click()
    assert len(texts.nth(1).inner_text()) == 100_010
    opened.close()


def test_the_policy_forbids_what_the_page_does_not_need(browser: Any, report: Path) -> None:
    opened = Opened(browser, report)
    page = opened.page
    refused = page.evaluate("fetch('http://127.0.0.1:9/').then(() => 'loaded', () => 'refused')")
    written = page.evaluate(
        "() => { try { document.body.innerHTML = '<p>x'; return 'written'; } catch { return 'refused'; } }"
    )
    run = page.evaluate(
        "() => { const s = document.createElement('script');"
        " try { s.textContent = 'window.ran = 1'; } catch {}"
        " document.body.append(s); return window.ran ?? 'refused'; }"
    )
    opened.context.close()
    assert (refused, written, run) == ("refused", "refused", "refused")
