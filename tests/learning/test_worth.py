"""Worth: what a first draft adds to what the others know or decide, from records alone."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quorate import Agent, Definition, Scripted
from quorate.elections import Election, share_right
from quorate.errors import BadOption, BadQuestion
from quorate.evaluate import Problem
from quorate.learning import learn_from_records, learn_from_transcripts, worth_of_agents
from quorate.learning.worth import EXACT, Drafts
from quorate.nouns import Ask, Message, Question
from quorate.protocols import plurality
from quorate.transcripts import Transcript

Problems = Callable[[int], list[Problem]]
SEATS = ("ada", "bo", "cy", "di")


def transcript(answers: Sequence[str | None], name: str = "q", seats: Sequence[str] = SEATS) -> Transcript:
    said = [
        Message(number=n, seat=seat, act="draft", turn=0, text="", answer=answer)
        for n, (seat, answer) in enumerate(zip(seats, answers, strict=True))
    ]
    return Transcript.of(Question(text="2+3?", id=name), seats, said, gold="5")


drafts = st.lists(st.sampled_from(["5", "5", "6", "7", None]), min_size=4, max_size=4)
scores = st.sampled_from(["oracle", "plurality", "majority"])


def by_all_orders(one: Drafts, agent: str, others: Sequence[str], given: frozenset[str]) -> float:
    """Return a Shapley value as it is defined."""
    added = []
    for order in itertools.permutations([agent, *others]):
        before = given | set(order[: order.index(agent)])
        added.append(one.value(before | {agent}) - one.value(before))
    return fmean(added)


@settings(deadline=None, max_examples=60)
@given(answers=drafts, of=scores)
def test_a_share_is_the_mean_over_all_orders(answers: list[str | None], of: str) -> None:
    one = Drafts(transcript(answers), of)
    for given_ in (frozenset[str](), frozenset({"di"})):
        for agent in ("ada", "bo", "cy"):
            others = [seat for seat in ("ada", "bo", "cy") if seat != agent]
            expected = by_all_orders(one, agent, others, given_)
            assert one.share(agent, others, given_) == pytest.approx(expected, abs=1e-12)


@settings(deadline=None, max_examples=30)
@given(rows=st.lists(drafts, min_size=1, max_size=6), of=scores)
def test_the_shares_of_all_add_up_to_what_the_group_is_worth(rows: list[list[str | None]], of: str) -> None:
    found = [transcript(answers, f"q{n}") for n, answers in enumerate(rows)]
    everybody = fmean(Drafts(one, of).value(frozenset(SEATS)) for one in found)
    assert sum(one.shapley.mean for one in worth_of_agents(found, of=of)) == pytest.approx(everybody)
    if of == "plurality":
        voted = [share_right(Election.of(one).decide(plurality).winners, "5") for one in found]
        assert everybody == pytest.approx(fmean(voted))


def test_more_seats_than_can_be_tried_in_every_group_are_drawn_in_orders() -> None:
    seats = [f"s{n}" for n in range(EXACT + 3)]
    found = [transcript(["5" if n in (1, 4, 6) else "6" if n == 2 else None for n in range(11)], seats=seats)]
    oracle, vote = worth_of_agents(found), worth_of_agents(found, of="plurality")
    assert [round(one.shapley.mean, 6) for one in oracle if one.shapley.mean] == [0.333333] * 3
    assert sum(one.shapley.mean for one in vote) == pytest.approx(1)
    assert vote == worth_of_agents(found, of="plurality")
    exact = worth_of_agents([transcript(["5", "5", "5", "6"])], of="plurality")
    assert [vote[place].shapley.mean for place in (1, 4, 6, 2)] == pytest.approx(
        [one.shapley.mean for one in exact], abs=0.1
    )


def test_who_knows_what_another_knows_shares_it_and_is_not_missed() -> None:
    found = [transcript(["5", "5", "6", "5" if n < 50 else None], f"q{n}") for n in range(100)]
    ada, bo, cy, di = worth_of_agents(found)
    assert ada.shapley.mean == bo.shapley.mean == pytest.approx((1 / 3 + 1 / 2) / 2)
    assert (ada.left_out.mean, ada.alone.mean, di.alone.mean) == (0, 1, 0.5)
    assert (cy.shapley.mean, cy.left_out.sign, cy.questions) == (0, 0, 100)


def test_repeated_questions_count_once() -> None:
    rows = [transcript(["5", None, None, None] if n < 20 else [None] * 4, f"q{n}") for n in range(40)]
    once, often = worth_of_agents(rows)[0], worth_of_agents(rows * 5)[0]
    assert often.shapley.mean == once.shapley.mean
    assert often.shapley.high - often.shapley.low > 0.8 * (once.shapley.high - once.shapley.low)
    assert often.questions == 40


def specialised(ask: Ask, seed: int) -> str:
    """Di alone knows every fifth question, and nobody believes her; of the others two know everything else.

    Cy knows nothing of her own; ada and bo each take from the other what she does not know.
    """
    number = int(ask.question.text.split("+")[0].split()[-1])
    heard = {said.seat: said.answer for said in ask.heard}
    if ask.seat == "di":
        return f"Answer: {number + 1 if number % 5 == 0 else -1}"
    knows = number % 5 in {"ada": (1, 2), "bo": (3, 4), "cy": ()}[ask.seat]
    other = {"ada": "bo", "bo": "ada", "cy": "ada"}[ask.seat]
    if not knows and heard.get(other) == str(number + 1):
        return f"Answer: {number + 1}"
    return f"Answer: {number + 1 if knows else -7}"


@pytest.fixture
def table() -> Definition:
    debate = {"debate": {"rounds": 2, "until": "never"}}
    return Definition([Agent(name, Scripted(specialised)) for name in SEATS], protocol=debate)


def heard(graph: Any) -> set[str]:
    return {edge.heard for edge in graph.kept()}


def test_a_specialist_whom_nobody_believes_is_seen(
    table: Definition, problems: Problems, tmp_path: Path
) -> None:
    table.run(problems(100), record=tmp_path / "run")
    assert heard(learn_from_records(tmp_path / "run", keep="if_helpful")) == {"ada", "bo"}
    graph = learn_from_records(tmp_path / "run", keep="if_helpful", score="oracle")
    assert {edge.hearer for edge in graph.kept() if edge.heard == "di"} == {"ada", "bo", "cy"}
    assert heard(graph) == {"ada", "bo", "di"}
    edge = next(edge for edge in graph.turns[0].edges if (edge.heard, edge.hearer) == ("di", "ada"))
    assert edge.gain == pytest.approx(0.2)
    assert (edge.cases, edge.why) == (100, "helps, by drafts")
    assert graph.about["score"] == "oracle"
    assert [(one["agent"], one["left_out"]["mean"]) for one in graph.about["agents"]] == [
        ("ada", pytest.approx(0.4)),
        ("bo", pytest.approx(0.4)),
        ("cy", 0),
        ("di", pytest.approx(0.2)),
    ]


def test_drafts_without_any_debate_are_enough(table: Definition, problems: Problems, tmp_path: Path) -> None:
    vote = Definition(table.agents, protocol="vote")
    vote.run(problems(60), record=tmp_path / "vote")
    graph = learn_from_records(tmp_path / "vote", score="oracle", keep="if_helpful")
    assert len(graph.turns[0].edges) == 12
    assert heard(graph) == {"ada", "bo", "di"}
    few = learn_from_records(tmp_path / "vote", score="plurality", least=61)
    assert {edge.why for edge in few.turns[0].edges} == {"too few: drafted on 60 questions"}
    assert few.about["undecided"] == 12


def test_by_a_vote_a_seat_can_do_harm() -> None:
    rows = [["5", "6", "6", None] if n % 2 else ["5", None, "6", "5"] for n in range(60)]
    found = [transcript(answers, f"q{n}") for n, answers in enumerate(rows)]
    worth = {one.agent: one.shapley for one in worth_of_agents(found, of="plurality")}
    assert worth["ada"].sign == 1
    assert worth["cy"].sign == -1
    graph = learn_from_transcripts(found, score="plurality")
    assert heard(graph) == {"ada", "di"}
    assert {edge.why for edge in graph.turns[0].edges if not edge.kept} == {"harms, by drafts"}


def test_what_cannot_be_scored_is_said() -> None:
    found = [transcript(["5", "6", None, "5"])]
    with pytest.raises(BadOption, match=r"Nothing is scored by 'oracel'\. Did you mean 'oracle'\?"):
        learn_from_transcripts(found, score="oracel")
    with pytest.raises(
        BadOption, match="reads confidences, which the record does not hold: score by another"
    ):
        worth_of_agents(found, of="most_confident")
    with pytest.raises(BadOption, match="same for every turn"):
        learn_from_transcripts(found, score="oracle", per_turn=True)
    with pytest.raises(BadQuestion, match="hold no gold answer"):
        worth_of_agents([])
