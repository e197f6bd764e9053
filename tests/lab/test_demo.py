"""The demo: problems found by deliberating, deliberated again, shown without scratch work."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from quorate.errors import BadOption
from quorate.events import Asked, Decided, Event, Posted, Said
from quorate.lab import demo
from quorate.lab.demo import (
    PROBLEMS,
    Found,
    Witness,
    deliberated,
    demo_items,
    find_demo_problems,
    pool_data,
    without_scratch,
    write_demo,
)
from quorate.lab.members import Pool
from quorate.lab.world import Item, generate
from quorate.nouns import BoardLine, Dissent, Message, Outcome, Stretch

ITEMS = generate("development", 6, seed=1, mixed_share=1)


def found(item: Item, right: int, *, solved: bool, authors: int = 1) -> Found:
    gold = str(item.answer)
    drafts = {f"s{place}": gold if place < right else None for place in range(3)}
    board = tuple(BoardLine(seat=f"s{place}", text="x") for place in range(authors))
    return Found(item, drafts, Outcome(answer=gold if solved else None, board=board))


def test_what_there_is_to_see() -> None:
    item = ITEMS[0]
    assert found(item, 0, solved=True).kind == "rescued"
    assert found(item, 1, solved=True).kind == "argued"
    assert found(item, 3, solved=True).kind == "plain"
    assert found(item, 3, solved=False).kind == "lost"
    assert found(item, 0, solved=True).sentence() == (
        f"no first draft right, and the group says {item.answer}: right"
    )
    assert found(item, 1, solved=False).sentence() == (
        f"1 of 3 first drafts right, and the group gives no answer: it is {item.answer}"
    )


def test_one_of_each_kind_is_chosen_and_the_busiest_board_first(
    miniature_pool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cases = [
        found(ITEMS[0], 3, solved=True),
        found(ITEMS[1], 0, solved=False),
        found(ITEMS[2], 0, solved=True),
        found(ITEMS[3], 0, solved=True, authors=3),
        found(ITEMS[4], 2, solved=True),
    ]
    monkeypatch.setattr(demo, "deliberated", lambda pool, items: cases)
    pool = Pool(miniature_pool)
    assert find_demo_problems(pool) == [ITEMS[4], ITEMS[3], ITEMS[1]]
    monkeypatch.setattr(demo, "deliberated", lambda pool, items: [cases[0], cases[2], cases[3]])
    first, second, third = find_demo_problems(pool)
    assert second == ITEMS[3]
    assert {first.id, third.id} == {ITEMS[0].id, ITEMS[2].id}
    with pytest.raises(BadOption, match="among 2"):
        find_demo_problems(pool, count=2)


def test_the_problems_are_held_out_and_kept_beside_the_pool(miniature_pool: Path, tmp_path: Path) -> None:
    shutil.copytree(miniature_pool, tmp_path / "mine")
    pool = Pool(tmp_path / "mine")
    before = demo_items(pool)
    assert len(before) == 3
    assert write_demo(pool, count=4) == pool.folder / PROBLEMS
    items = demo_items(pool)
    assert len({item.id for item in items}) == 3
    assert {item.split for item in items} == {"development"}
    assert {domain for item in items for domain in item.domains} <= set(pool.recipe.domains)


def test_the_demo_seats_members_and_takes_departures(miniature_pool: Path) -> None:
    pool = Pool(miniature_pool)
    data = pool_data(pool, members=["judge"], topology="star", sampling={"max_tokens": 7}, seed=3)
    [agent] = data["agents"]
    assert (agent["name"], agent["adapter"]) == ("judge", "judge")
    assert agent["sampling"] == {"temperature": 0, "max_tokens": 7}
    assert (data["topology"], data["seed"]) == ("star", 3)
    assert [agent["name"] for agent in pool_data(pool)["agents"]] == ["rates", "money"]


def test_witnesses_tell_drafts_and_outcomes(miniature_pool: Path) -> None:
    pool = Pool(miniature_pool)
    [one] = deliberated(pool, ITEMS[:1])
    assert set(one.drafts) == {"rates", "money"}
    assert one.outcome.question == ITEMS[0].id
    assert Witness().found(ITEMS) == []


def test_scratch_is_hidden_wherever_a_view_looks() -> None:
    raw, shown = "[1] cost: 7*6=<24>42\nAnswer: 42", "[1] cost: 7*6=42\nAnswer: 42"
    line = BoardLine(seat="ada", text="[1] cost: 7*6=<24>42", confidence=0.9)
    stretches = (Stretch(end=20, confidence=0.9), Stretch(end=len(raw), confidence=0.8))
    message = Message(number=0, seat="ada", act="draft", turn=0, text=raw, stretches=stretches)
    dissent = (Dissent(seat="bo", answer="41", text=raw),)
    seen: list[Event] = []
    hear = without_scratch(seen.append)
    hear(Said(question="q", message=message))
    hear(Posted(question="q", turn=1, seats=("ada",), board=(line,)))
    hear(Decided(question="q", outcome=Outcome(answer="42", board=(line,), dissent=dissent)))
    asked = Asked(question="q", number=1, seat="ada", act="draft", turn=0, digest="d")
    hear(asked)
    said, posted, decided, same = seen
    assert isinstance(said, Said)
    assert said.message.text == shown
    assert [shown[: stretch.end] for stretch in said.message.stretches] == ["[1] cost: 7*6=42", shown]
    assert isinstance(posted, Posted)
    assert posted.board[0].text == "[1] cost: 7*6=42"
    assert isinstance(decided, Decided)
    assert decided.outcome.board == posted.board
    assert decided.outcome.dissent[0].text == shown
    assert same is asked
    assert message.text == raw
