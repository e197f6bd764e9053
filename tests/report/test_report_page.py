"""The page as text: one file, everything escaped, a policy that fits, data that unfolds."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import pytest

from quorate.agents import Agent, Scripted
from quorate.definition import Definition
from quorate.evaluate import Problem, Rate
from quorate.evaluate.results import Claim, Column, Comparison
from quorate.evaluate.statistics import Difference
from quorate.nouns import Question
from quorate.report import page, read_study
from quorate.report.packing import unfold
from quorate.report.study import Study


@pytest.fixture(scope="module")
def html(experiment: Path) -> str:
    """The page of the experiment."""
    return page(read_study(experiment))


def folded(html: str) -> list[str]:
    return re.findall(r'<script type="text/plain" id="data-\d+">([^<]*)</script>', html)


def test_the_policy_names_the_script_and_the_style_that_are_there(html: str) -> None:
    (policy,) = re.findall(r'Content-Security-Policy" content="([^"]*)"', html)
    (style,) = re.findall(r"<style>(.*?)</style>", html, re.S)
    (script,) = re.findall(r"<script>(.*?)</script>", html, re.S)
    for kind, text in (("style", style), ("script", script)):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}';" in policy
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert "http" not in policy


def test_nothing_in_it_leads_to_a_network(html: str) -> None:
    addresses = set(re.findall(r"(?:https?:)?//[\w.-]+\.\w+[\w/.-]*", html))
    assert {address for address in addresses if "w3.org" not in address} == set()
    assert not re.search(r"<(?:link|img|script|iframe)[^>]+(?:src|href)=[\"'](?!data:|#)", html)


def test_no_style_or_handler_is_inline(html: str) -> None:
    markup = re.sub(r"<(script|style)[^>]*>.*?</\1>", "", html, flags=re.S)
    assert not re.search(r"<[^>]+\s(?:style|on\w+)=", markup)


def test_the_same_study_gives_the_same_page(experiment: Path, html: str) -> None:
    assert page(read_study(experiment)) == html


def test_all_debates_are_in_it_and_every_text_once(html: str) -> None:
    index, *chunks = map(unfold, folded(html))
    assert len(index["debates"]) == 11 * 20
    assert sorted(int(place) for chunk in chunks for place in chunk["debates"]) == list(range(220))
    for chunk in chunks:
        assert len(set(chunk["texts"])) == len(chunk["texts"])
    for number, problem in enumerate(index["problems"]):
        places = [str(at) for at, row in enumerate(index["debates"]) if row[0] == number]
        assert all(place in chunks[problem[4]]["debates"] for place in places)


def test_a_message_can_be_found_again(html: str, experiment: Path) -> None:
    index, *chunks = map(unfold, folded(html))
    _, _, recorded = next(read_study(experiment).recorded())
    debate = recorded.debates[3]
    (place,) = [
        at
        for at, row in enumerate(index["debates"])
        if row[1] == 0 and index["problems"][row[0]][0] == "q0003"
    ]
    chunk = chunks[index["problems"][index["debates"][place][0]][4]]
    told = chunk["debates"][str(place)]
    assert [chunk["texts"][said[3]] for said in told["said"]] == [said.text for said in debate.said]
    assert [tuple(said[8]) for said in told["said"]] == [debate.heard[said.number] for said in debate.said]


def test_names_and_notes_are_escaped() -> None:
    nasty = "<script>alert(1)</script> & \"'\u202e"
    table = Comparison(
        title=nasty,
        problems=2,
        columns=(Column(name=nasty, about=nasty, strict=Rate.count(1, 2), scores={nasty: 0.5}),),
        notes=(nasty,),
    )
    written = page(Study(nasty, Path(), table, {}))
    assert "<script>alert" not in written
    assert "\u202e" not in written
    assert written.count("&lt;script&gt;alert(1)&lt;/script&gt; &amp; &#34;&#39;‹202E›") >= 5


def claim(rival: str, low: float, high: float, adjusted: float, p: float = 0.01) -> Claim:
    between = Difference(mean=(low + high) / 2, low=low, high=high)
    return Claim(arm="debate", rival=rival, difference=between, p=p, adjusted=adjusted, won=3, lost=1)


def test_a_claim_is_made_only_when_its_interval_and_its_corrected_p_allow_it() -> None:
    claims = (
        claim("alone", 0.1, 0.3, 0.01),
        claim("vote", -0.3, -0.1, 0.01),
        claim("even", -0.1, 0.3, 0.01),
        claim("many", 0.1, 0.3, 0.2),
        claim("few", 0.1, 0.3, 0.2, p=0.06),
    )
    columns = tuple(Column(name=name, strict=Rate.count(5, 9)) for name in ("debate", "alone"))
    table = Comparison(title="t", problems=9, columns=columns, claims=claims)
    written = page(Study("t", Path(), table, {}))
    (claimed,) = re.findall(r'<ul class="claimed">(.*?)</ul>', written, re.S)
    assert re.findall("<li>(.*?)</li>", claimed) == [
        "debate beats alone by 20.0 points [10.0, 30.0].",
        "debate loses to vote by 20.0 points [10.0, 30.0].",
    ]
    assert re.findall(r'<td class="verdict">(.*?)</td>', written) == [
        "better",
        "worse",
        "none",
        "none once corrected",
        "none",
    ]


def test_a_single_question_without_gold_is_a_page_of_its_own(tmp_path: Path) -> None:
    agents = [Agent(name, Scripted("Answer: 5")) for name in ("ada", "bo")]
    Definition(agents).run([Problem(question=Question(id="q1", text="2+3?"))], record=tmp_path / "run")
    written = page(read_study(tmp_path / "run"))
    assert "1 question · 1 recorded debate · debate" in written
    assert 'id="charts"' not in written
    assert 'id="claims"' not in written
    assert '<td class="wide"' not in written


def test_a_run_is_shown_beside_the_vote_over_its_drafts(run_folder: Path) -> None:
    written = page(read_study(run_folder))
    assert "vote over the first drafts" in written
    assert 'id="claims"' in written
    assert 'id="talk"' in written
