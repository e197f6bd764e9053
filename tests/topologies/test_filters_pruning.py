"""Whom each filter leaves to be heard, seat by seat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest

from quorate.errors import BadOption
from quorate.nouns import Message, Question, Table
from quorate.protocols.history import History
from quorate.topologies.filters import (
    confident_only,
    cortex,
    diverse,
    drop_agents,
    drop_edges,
    near,
    redundant,
    top_k,
)
from quorate.topologies.filters.diversity import farthest

QUESTION = Question(id="q1", text="What is 2+3?")


def held(*rounds: Mapping[str, Mapping[str, Any] | None], seed: int = 0) -> History:
    """Return a history of rounds: what each seat said, None where it failed."""
    seats = list(rounds[0])
    history = History(QUESTION, Table(seats, seed=seed))
    for turn, said in enumerate(rounds):
        messages = []
        for number, seat in enumerate(seats):
            what = said[seat]
            place: dict[str, Any] = {"number": number, "seat": seat, "act": "draft", "turn": turn}
            if what is None:
                messages.append(Message(text="", finish="error", error="it broke", **place))
            else:
                messages.append(Message(**{"text": str(what.get("answer", "")), **what}, **place))
        history.add(history.drafts(), messages)
    return history


def answers(*given: str | None) -> dict[str, dict[str, Any]]:
    return {name: {"answer": answer} for name, answer in zip("abcdef", given, strict=False)}


def everybody(history: History) -> Mapping[str, tuple[str, ...]]:
    return history.table.hearing(1)


def test_the_surest_are_heard_and_who_states_nothing_comes_last() -> None:
    sure = {"a": 0.2, "b": None, "c": 0.9, "d": 0.5}
    history = held({seat: {"confidence": value} for seat, value in sure.items()})
    left = top_k(history, everybody(history), k=2)
    assert left == {"a": ("c", "d"), "b": ("c", "d"), "c": ("a", "d"), "d": ("a", "c")}


def test_those_whom_most_agree_with_are_heard() -> None:
    history = held(answers("5", "5", "5", "6", None))
    left = top_k(history, everybody(history), k=2, by="agreement")
    assert set(left["d"]) < {"a", "b", "c"}
    assert left["a"] == ("b", "c")
    assert "e" not in {name for heard in left.values() for name in heard}


def test_lots_are_the_same_for_all_hearers_and_change_with_the_seed() -> None:
    def heard(seed: int) -> set[str]:
        history = held(answers("5", "6", "7", "8", "9"), seed=seed)
        left = top_k(history, everybody(history), k=1, by="agreement")
        return {name for names in left.values() for name in names}

    found = [heard(seed) for seed in range(8)]
    assert all(len(names) == 2 for names in found)  # the first by lot, and whom the first hears
    assert len(set(map(tuple, map(sorted, found)))) > 1


def test_without_any_confidence_the_filters_say_what_they_do_instead() -> None:
    history = held(answers("5", "6", "7"))
    assert confident_only(history, everybody(history)) == everybody(history)
    assert all(len(heard) == 1 for heard in top_k(history, everybody(history), k=1).values())
    (ask, *_) = history.noted(history.revisions())
    assert [note.kind for note in ask.notes] == ["fallback", "fallback"]
    assert "nobody states a confidence" in ask.notes[0].text


def test_only_the_confident_are_heard() -> None:
    history = held({"a": {"confidence": 0.5}, "b": {"confidence": 0.49}, "c": {}, "d": None})
    left = confident_only(history, everybody(history), threshold=0.5)
    assert left == {"a": (), "b": ("a",), "c": ("a",), "d": ("a",)}


def test_the_surest_of_a_view_represents_it_and_abstentions_are_like_nobody() -> None:
    said: dict[str, dict[str, Any] | None] = dict(answers("5", "6", "6", None, None))
    said |= {"b": {"answer": "6", "confidence": 0.3}, "c": {"answer": "6", "confidence": 0.8}, "f": None}
    left = redundant(history := held(said), everybody(history))
    assert left["a"] == ("c", "d", "e")
    assert left["b"] == ("a", "d", "e")
    assert left["d"] == ("a", "c", "e")
    assert left["f"] == ("a", "c", "d", "e")


def test_texts_are_redundant_from_a_similarity_on() -> None:
    said = {"a": "It is five apples", "b": "It is five pears", "c": "Nothing of that"}
    history = held({seat: {"text": text} for seat, text in said.items()})
    assert redundant(history, everybody(history), by="text", threshold=0.75)["a"] == ("c",)
    assert redundant(history, everybody(history), by="text", threshold=0.76)["a"] == ("b", "c")


def test_texts_are_compared_by_an_embedding_of_ones_own() -> None:
    def embed(texts: Sequence[str]) -> Any:
        return np.array([[float(len(text)), 1.0] for text in texts])

    history = held({seat: {"text": "x" * size} for seat, size in zip("abcd", (1, 1, 50, 60), strict=True)})
    assert redundant(history, everybody(history), by="text", model=embed)["a"] in (("c",), ("d",))
    assert set(diverse(history, everybody(history), k=2, model=embed)["d"]) & {"a", "b"}


def test_the_drafts_that_differ_most_are_heard() -> None:
    said = {"a": "", "b": "one two three", "c": "one two three", "d": "one two four", "e": "five six"}
    history = held({seat: {"text": text} for seat, text in said.items()})
    chosen = diverse(history, everybody(history), k=3)["a"]
    assert {"d", "e"} < set(chosen)
    assert set(diverse(history, everybody(history), k=2)["a"]) in ({"b", "e"}, {"c", "e"}, {"d", "e"})


def test_subsets_are_compared_up_to_a_number_and_built_greedily_beyond() -> None:
    rng = np.random.default_rng(0)
    points = rng.random((40, 2))
    distances = np.linalg.norm(points[:, None] - points[None], axis=-1)
    few = farthest(distances, range(12), 3)
    assert sum(distances[a, b] for a in few for b in few) == pytest.approx(
        max(
            2 * (distances[a, b] + distances[a, c] + distances[b, c])
            for a in range(12)
            for b in range(a)
            for c in range(b)
        )
    )
    many = farthest(distances, range(40), 8)
    assert len(set(many)) == 8
    chance = np.mean([distances[np.ix_(c, c)].sum() for c in (rng.permutation(40)[:8] for _ in range(50))])
    assert distances[np.ix_(many, many)].sum() > 1.2 * chance


def test_what_is_closest_to_the_task_is_heard() -> None:
    said = {"a": "lunch", "b": "What is 2+3? 5", "c": "the sum of 2 and 3", "d": "so it is"}
    history = held({seat: {"text": text} for seat, text in said.items()})
    assert near(history, everybody(history), k=1)["a"] == ("b",)
    assert near(history, everybody(history), k=2)["d"] == ("b", "c")


def test_edges_of_cortex_below_the_mean_go() -> None:
    sure = {"a": 0.9, "b": 0.9, "c": 0.1, "d": 0.5}
    apart = {"a": "one", "b": "two", "c": "three", "d": "four"}
    history = held({seat: {"confidence": sure[seat], "text": apart[seat]} for seat in sure})
    # Nothing is alike, all are heard alike: the weights are the confidences.
    left = cortex(history, everybody(history))
    assert left == {"a": ("b", "d"), "b": ("a", "d"), "c": ("a", "b"), "d": ("a", "b")}
    trusted = cortex(history, everybody(history), credibility={"c": 20.0})
    assert trusted["a"] == ("c",)


def test_cortex_values_who_was_heard_more() -> None:
    first = {seat: {"text": text} for seat, text in zip("abcd", ("one", "two", "three", "four"), strict=True)}
    history = held(first)
    only_b = {seat: ("b",) if seat != "b" else ("a",) for seat in "abcd"}
    list(history.thin([lambda floor, hearing: only_b]))
    history.add(history.revisions(), list(held(first, first).rounds[1].values()))
    # b was heard three times, a once, c and d never: S is 1, 3, 4 and 4.
    assert cortex(history, everybody(history))["c"] == ("b",)
    assert cortex(history, everybody(history))["b"] == ("a",)


def test_dropout_is_drawn_anew_each_round_and_hits_about_its_share() -> None:
    seats = {f"s{number}": {"answer": "5"} for number in range(40)}
    history = held(seats)
    first = drop_edges(history, everybody(history), p=0.3)
    share = sum(map(len, first.values())) / (40 * 39)
    assert share == pytest.approx(0.7, abs=0.05)
    later = held(seats, seats)
    assert drop_edges(later, everybody(later), p=0.3) != first
    left = drop_agents(history, everybody(history), p=0.25)
    out = {seat for seat, heard in left.items() if not heard}
    assert 3 <= len(out) <= 18
    assert not out & {name for heard in left.values() for name in heard}


@pytest.mark.parametrize("filter_", [top_k, diverse, near])
@pytest.mark.parametrize("k", [0, -1, 4, True, 1.5, "2", None])
def test_k_is_a_number_of_the_agents(filter_: Any, k: object) -> None:
    history = held(answers("5", "6", "7"))
    with pytest.raises(BadOption, match=rf"'{filter_.__name__}' (keeps a whole number|is to keep 4)"):
        filter_(history, everybody(history), k=k)


@pytest.mark.parametrize(
    ("filter_", "options", "told"),
    [
        (top_k, {"by": "confidense"}, "Did you mean 'confidence'"),
        (redundant, {"by": "answers"}, "Did you mean 'answer'"),
        (redundant, {"threshold": 0}, "above 0"),
        (confident_only, {"threshold": 1.2}, "between 0 and 1"),
        (drop_edges, {"p": -0.1}, "between 0 and 1"),
        (drop_agents, {"p": True}, "between 0 and 1"),
        (cortex, {"credibility": {"zed": 1}}, "not at the table"),
        (cortex, {"credibility": {"a": 0}}, "above 0"),
    ],
)
def test_impossible_options_are_refused(filter_: Any, options: dict[str, Any], told: str) -> None:
    history = held(answers("5", "6", "7"))
    with pytest.raises(BadOption, match=told):
        filter_(history, everybody(history), **options)
