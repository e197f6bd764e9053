"""The nouns: what they refuse, what they derive, who hears whom."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from quorate.errors import BadGraph, BadOption, BadQuestion
from quorate.nouns import (
    Ask,
    Ballot,
    Cut,
    Dissent,
    Exchange,
    Message,
    Noun,
    Outcome,
    Question,
    Reply,
    Table,
    derive_seed,
)

SEATS = ("ada", "bo", "cy")
RING = nx.DiGraph([("ada", "bo"), ("bo", "cy"), ("cy", "ada")])
QUESTION = Question(text="What is 2+3?", id="q1")


def message(seat: str = "ada", **fields: Any) -> Message:
    return Message(**{"number": 0, "seat": seat, "act": "draft", "turn": 0, "text": "5", **fields})


def ask(**fields: Any) -> Ask:
    place = {"seat": "ada", "act": "draft", "turn": 0, "question": QUESTION, "instruction": "Solve."}
    return Ask(**{**place, **fields})


NOUNS: list[Noun] = [
    QUESTION,
    Question(text="Which?", choices=("red", "blue")),
    Cut(exchanges=1, tokens=20),
    Reply(text="5", tokens_out=3, logprob=-0.5, confidence=1.0, scores={"A": -1.0}, cut=Cut(tokens=2)),
    message(answer="5", seed=7, at=1.5, seconds=0.25),
    ask(heard=(message("bo"),), past=(Exchange(instruction="Solve.", message=message()),), expects="answer"),
    Ballot(seat="ada", answer=None, confidence=0.5),
    Outcome(
        question="q1", winners=("5",), answer="5", tally={"5": 2.0}, dissent=(Dissent(seat="cy", answer="6"),)
    ),
]


@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: type(noun).__name__)
def test_a_noun_survives_json_and_pickle(noun: Noun) -> None:
    assert type(noun).model_validate_json(noun.model_dump_json()) == noun
    assert pickle.loads(pickle.dumps(noun)) == noun


@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: type(noun).__name__)
def test_a_noun_is_frozen_and_refuses_unknown_fields(noun: Noun) -> None:
    field = next(iter(type(noun).model_fields))
    with pytest.raises(ValidationError, match="frozen"):
        setattr(noun, field, getattr(noun, field))
    with pytest.raises(ValidationError, match="gold"):
        type(noun).model_validate({**noun.model_dump(), "gold": "5"})


@pytest.mark.parametrize("text", ["", "  \n", None, 5])
def test_a_question_needs_text(text: Any) -> None:
    with pytest.raises(BadQuestion, match="empty"):
        Question(text=text)


def test_a_question_is_a_choice_when_it_has_choices() -> None:
    assert Question(text="Which?", choices=("red", "blue")).kind == "choice"
    assert Question(text="Which?", choices=("red", "blue"), kind="text").kind == "text"
    assert Question(text="Which?").kind == "auto"


@pytest.mark.parametrize("choices", [(), ("red",)])
def test_a_choice_needs_two_choices(choices: tuple[str, ...]) -> None:
    with pytest.raises(BadQuestion, match="fewer than 2"):
        Question(text="Which?", kind="choice", choices=choices)


def test_an_id_is_derived_from_the_text_and_the_choices() -> None:
    plain, same = Question(text="Which?"), Question(text="Which?")
    chosen = Question(text="Which?", choices=("red", "blue"))
    turned = Question(text="Which?", choices=("blue", "red"))
    assert plain.id == same.id
    assert len({plain.id, chosen.id, turned.id, Question(text="What?").id}) == 4
    assert Question(text="Which?", id="q7").id == "q7"


def test_labels_go_on_after_z() -> None:
    labels = Question(text="Which?", choices=tuple(map(str, range(703)))).labels
    assert (labels[0], labels[25], labels[26], labels[51], labels[52]) == ("A", "Z", "AA", "AZ", "BA")
    assert (labels[701], labels[702]) == ("ZZ", "AAA")
    assert len(set(labels)) == 703


def test_asking_for_labels_leaves_a_question_equal_to_itself() -> None:
    one, other = (Question(text="Which?", choices=("red", "blue")) for _ in range(2))
    assert one.labels == ("A", "B")
    assert one == other
    assert "labels" not in one.model_dump()


def test_a_question_is_made_of_a_text_or_of_itself() -> None:
    assert Question.of("Why?") == Question(text="Why?")
    assert Question.of(QUESTION) is QUESTION


@pytest.mark.parametrize("confidence", [-0.1, 1.1])
def test_a_confidence_lies_between_zero_and_one(confidence: float) -> None:
    with pytest.raises(ValidationError):
        Reply(text="5", confidence=confidence)


@pytest.mark.parametrize("field", ["tokens_in", "tokens_out", "tokens_cached"])
def test_tokens_are_not_negative(field: str) -> None:
    with pytest.raises(ValidationError, match=field):
        Reply.model_validate({"text": "5", field: -1})


def test_a_message_with_an_error_has_failed() -> None:
    assert message(text="", error="The server is down.").failed
    assert not message().failed


def test_winners_are_in_order_whatever_order_they_came_in() -> None:
    assert Outcome(winners=("b", "a", "c")).winners == ("a", "b", "c")


PAST = (Exchange(instruction="Solve.", message=message(text="4")),)


SEEN: list[dict[str, Any]] = [
    {},
    {"seat": "bo"},
    {"act": "revise"},
    {"turn": 1},
    {"instruction": "Solve it."},
    {"past": PAST},
    {"past": (Exchange(instruction="Solve.", message=message(text="3")),)},
    {"past": (Exchange(instruction="Try.", message=message(text="4")),)},
    {"past": PAST * 2},
]


def test_all_that_a_model_sees_is_in_the_digest() -> None:
    digests = [ask(**change).digest() for change in SEEN]
    assert len(set(digests)) == len(SEEN)
    assert digests == [ask(**change).digest() for change in SEEN]


def test_the_seed_is_in_the_digest_and_untrusted_text_breaks_nothing() -> None:
    assert ask().digest(1) != ask().digest(2)
    broken = ask(instruction="\ud800", past=(Exchange(instruction="\udfff", message=message(text="\ud800")),))
    assert len(broken.digest()) == len(ask().digest()) == 16


PARTS = st.integers() | st.text(max_size=5) | st.booleans()


@given(parts=st.lists(PARTS, max_size=4), more=PARTS)
def test_a_seed_follows_from_its_parts(parts: list[Any], more: Any) -> None:
    seed = derive_seed(*parts)
    assert seed == derive_seed(*parts)
    assert 0 <= seed < 2**63
    assert derive_seed(*parts, more) == derive_seed(*parts, str(more))


def test_seeds_are_the_same_on_every_machine_and_differ() -> None:
    assert derive_seed(0, "q1", 0, "ada") == 3235726798919643053
    assert len({derive_seed(run, "q1", turn, "ada") for run in range(50) for turn in range(50)}) == 2_500


def test_without_a_graph_everybody_hears_everybody_else() -> None:
    table = Table(SEATS)
    assert table.hears("bo", 1) == ("ada", "cy")
    assert table.hearing(3) == {"ada": ("bo", "cy"), "bo": ("ada", "cy"), "cy": ("ada", "bo")}


def test_the_head_of_an_edge_hears_its_tail() -> None:
    table = Table(SEATS, RING)
    assert table.hearing(1) == {"ada": ("cy",), "bo": ("ada",), "cy": ("bo",)}


def test_neighbours_of_an_undirected_graph_hear_each_other_in_seat_order() -> None:
    path: nx.Graph[str] = nx.Graph([("cy", "bo"), ("bo", "ada")])
    table = Table(SEATS, path)
    assert table.hearing(1) == {"ada": ("bo",), "bo": ("ada", "cy"), "cy": ("bo",)}


def test_nobody_hears_itself() -> None:
    looped = nx.DiGraph([("ada", "ada"), ("bo", "ada"), ("ada", "bo"), ("ada", "cy")])
    assert Table(SEATS, looped).hears("ada", 1) == ("bo",)


def test_a_graph_may_change_with_the_turn_and_is_asked_for_once() -> None:
    asked: list[int] = []

    def graph(turn: int) -> nx.DiGraph[str]:
        asked.append(turn)
        return RING if turn == 1 else nx.DiGraph(RING.reverse())

    table = Table(SEATS, graph)
    assert (table.hears("bo", 1), table.hears("bo", 2), table.hears("ada", 2)) == (("ada",), ("cy",), ("bo",))
    assert asked == [1, 2]


def _with_a_stranger(turn: int) -> nx.DiGraph[str]:
    return nx.DiGraph([("ada", "bo"), ("bo", "cyy")])


@pytest.mark.parametrize(
    ("graph", "complaint"),
    [
        (nx.DiGraph([("ada", "bo"), ("bo", "cyy")]), "'cyy' that is not an agent. Did you mean 'cy'"),
        (nx.DiGraph([("ada", "bo")]), "'cy' is not in the graph"),
        (_with_a_stranger, "'cyy'"),
    ],
)
def test_the_nodes_of_a_graph_are_the_seats(
    graph: nx.DiGraph[str] | Callable[[int], nx.DiGraph[str]], complaint: str
) -> None:
    with pytest.raises(BadGraph, match=complaint):
        Table(SEATS, graph).hears("ada", 1)


def test_who_failed_or_said_nothing_is_not_heard() -> None:
    table = Table(SEATS)
    said = {"bo": message("bo"), "cy": message("cy", text="", error="The server is down.")}
    assert table.heard_by("ada", said, 1) == (said["bo"],)
    assert table.heard_by("bo", said, 1) == ()


@pytest.mark.parametrize(
    ("seats", "complaint"), [((), "nobody"), (("ada", "bo", "ada"), "share the name 'ada'")]
)
def test_a_table_needs_seats_with_names_of_their_own(seats: tuple[str, ...], complaint: str) -> None:
    with pytest.raises(BadOption, match=complaint):
        Table(seats)


def test_an_office_is_held_or_the_error_says_how_to_fill_it() -> None:
    assert Table(SEATS, offices={"judge": "solon"}).office("judge") == "solon"
    with pytest.raises(BadOption, match="needs a judge, and nobody holds that office"):
        Table(SEATS).office("judge")


def test_the_randomness_of_a_table_is_its_own() -> None:
    draws = [Table(SEATS, seed=seed).rng("tie", turn).random() for seed in (0, 1) for turn in (0, 1)]
    assert len(set(draws)) == 4
    assert Table(SEATS, seed=1).rng("tie", 1).random() == draws[3]
