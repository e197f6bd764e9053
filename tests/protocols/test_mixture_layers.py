"""Mixtures, layer by layer: who is asked what, who hears whom, who aggregates, and what is refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quorate.errors import BadDefinition, BadOption, UnknownName
from quorate.nouns import Ask, Table
from quorate.protocols import Prompts, debate, moa, rmoa, self_moa, self_moa_seq, smoa
from quorate.protocols.history import Turns
from tests.protocols.conftest import QUESTION, play

SEATS = ("ada", "bo", "cy")
TABLE = Table(SEATS, offices={"aggregator": "solon"})


def by_seat(ask: Ask) -> str:
    """Answer 10 for ada, 11 for bo ... in layer 1, 20 and on in layer 2; 5 for who aggregates."""
    if ask.seat not in SEATS or ask.act == "fuse":
        return "Answer: 5"
    return f"Answer: {10 * (ask.turn + 1) + SEATS.index(ask.seat)}"


def heard(asks: Sequence[Ask]) -> list[tuple[str, list[int]]]:
    return [(ask.seat, [message.number for message in ask.heard]) for ask in asks]


def test_every_layer_hears_all_of_the_one_before_and_the_aggregator_the_last() -> None:
    outcome, waves = play(moa(QUESTION, TABLE, layers=2), by_seat)
    assert [[(ask.seat, ask.act, ask.turn, ask.expects) for ask in wave] for wave in waves] == [
        [(seat, "draft", 0, "answer") for seat in SEATS],
        [(seat, "revise", 1, "answer") for seat in SEATS],
        [("solon", "fuse", 2, "answer")],
    ]
    assert [heard(wave) for wave in waves[1:]] == [
        [("ada", [1, 2]), ("bo", [0, 2]), ("cy", [0, 1])],
        [("solon", [3, 4, 5])],
    ]
    assert (outcome.answer, outcome.calls, outcome.rounds) == ("5", 7, 2)
    assert outcome.tally == {"5": 0, "20": 1, "21": 1, "22": 1}
    assert {dissent.seat for dissent in outcome.dissent} == set(SEATS)


def test_the_default_is_the_published_one() -> None:
    _, waves = play(moa(QUESTION, TABLE), by_seat)
    assert [len(wave) for wave in waves] == [3, 3, 3, 1]


def test_layer_one_is_asked_as_a_debate_is_and_the_later_ones_in_the_words_of_a_revision() -> None:
    first = next(moa(QUESTION, TABLE))
    assert [ask.digest() for ask in first] == [ask.digest() for ask in next(debate(QUESTION, TABLE))]
    _, waves = play(moa(QUESTION, TABLE, layers=2), by_seat)
    _, talk = play(debate(QUESTION, TABLE, rounds=2, critique="off", until="never"), by_seat)
    assert [ask.instruction for ask in waves[1]] == [ask.instruction for ask in talk[1]]


@pytest.mark.parametrize("protocol", [moa, smoa, rmoa, self_moa, self_moa_seq])
def test_the_structure_of_the_papers_prompt_is_an_option(protocol: Callable[..., Turns]) -> None:
    def later(**options: bool) -> list[str]:
        _, waves = play(protocol(QUESTION, TABLE, **options), by_seat)
        return [ask.instruction for wave in waves for ask in wave if ask.act in ("revise", "fuse")]

    assert not any("Synthesise" in instruction for instruction in later())
    assert all("Synthesise" in instruction for instruction in later(synthesise=True))


def test_all_answers_stand_in_the_prompt_of_a_later_layer_and_of_the_aggregator() -> None:
    _, waves = play(moa(QUESTION, TABLE, layers=2), by_seat)
    for ask in waves[1]:
        assert all(f"> Answer: {10 + number}" in ask.instruction for number in range(3))
        assert "Your last answer:" in ask.instruction
    assert all(f"> Answer: {20 + number}" in waves[2][0].instruction for number in range(3))
    assert "Your last answer:" not in waves[2][0].instruction


def test_a_proposer_may_aggregate() -> None:
    table = Table(SEATS, offices={"judge": "solon"})
    outcome, waves = play(moa(QUESTION, table, layers=1, aggregator="bo"), by_seat)
    [ask] = waves[-1]
    assert (ask.seat, [message.seat for message in ask.heard]) == ("bo", ["ada", "cy"])
    assert "Your last answer:\n> Answer: 11" in ask.instruction
    assert (outcome.answer, outcome.rounds) == ("5", 1)
    assert next(d.answer for d in outcome.dissent if d.seat == "bo") == "11"


@pytest.mark.parametrize(
    ("offices", "named", "who"),
    [
        ({"aggregator": "pia", "judge": "solon"}, None, "pia"),
        ({"judge": "solon"}, None, "solon"),
        ({"aggregator": "pia", "judge": "solon"}, "solon", "solon"),
        ({}, "cy", "cy"),
    ],
)
def test_who_aggregates(offices: dict[str, str], named: str | None, who: str) -> None:
    _, waves = play(moa(QUESTION, Table(SEATS, offices=offices), layers=1, aggregator=named), by_seat)
    assert waves[-1][0].seat == who


def test_the_topology_decides_who_hears_whom_and_the_office_hears_everybody() -> None:
    table = Table(SEATS, nx.DiGraph([("ada", "bo"), ("bo", "cy"), ("cy", "ada")]), offices={"judge": "solon"})
    _, waves = play(moa(QUESTION, table, layers=2), by_seat)
    assert heard(waves[1]) == [("ada", [2]), ("bo", [0]), ("cy", [1])]
    assert heard(waves[2]) == [("solon", [3, 4, 5])]
    _, waves = play(moa(QUESTION, table, layers=1, aggregator="bo"), by_seat)
    assert heard(waves[1]) == [("bo", [0])]


def test_layers_may_have_other_proposers_and_only_the_last_ones_vote() -> None:
    layers = [["cy", "ada"], ["bo"]]
    outcome, waves = play(moa(QUESTION, TABLE, layers=layers), by_seat)
    assert [heard(wave) for wave in waves] == [
        [("ada", []), ("cy", [])],
        [("bo", [0, 1])],
        [("solon", [2])],
    ]
    assert outcome.tally == {"5": 0, "21": 1}
    voted, waves = play(moa(QUESTION, Table(SEATS), layers=layers, decide="plurality"), by_seat)
    assert len(waves) == 2
    assert (voted.answer, voted.invalid, voted.tally) == ("21", 0, {"21": 1})


def test_a_rule_may_decide_over_the_last_layer_and_nobody_aggregates_then() -> None:
    outcome, waves = play(
        moa(QUESTION, Table(SEATS), layers=2, decide="plurality", tie_break="seat_order"), by_seat
    )
    assert [len(wave) for wave in waves] == [3, 3]
    assert (outcome.answer, outcome.tie_break) == ("20", "seat_order")
    assert outcome.reason.startswith("2 layers held; plurality")


def test_a_judge_may_decide_over_the_last_layer() -> None:
    table = Table(SEATS, offices={"judge": "solon"})
    outcome, waves = play(
        moa(QUESTION, table, layers=1, decide="judge_decides"),
        lambda ask: "Answer: 12" if ask.act == "judge" else by_seat(ask),
    )
    assert (waves[-1][0].act, outcome.answer) == ("judge", "12")


def test_where_the_aggregator_gives_no_answer_the_last_layer_votes_and_the_outcome_says_so() -> None:
    for text, what in ((None, "failed"), ("I cannot say.", "gave no answer that can be read")):
        outcome, _ = play(
            moa(QUESTION, TABLE, layers=1),
            lambda ask, text=text: (  # type: ignore[misc]
                text if ask.act == "fuse" else f"Answer: {7 if ask.seat == 'ada' else 8}"
            ),
        )
        assert outcome.answer == "8"
        assert outcome.invalid == 1
        assert what in outcome.reason
        assert [note.kind for note in outcome.notes] == ["fallback"]


def test_who_fails_keeps_its_answer_of_the_layer_before() -> None:
    def speak(ask: Ask) -> str | None:
        return None if (ask.seat, ask.act) == ("bo", "revise") else by_seat(ask)

    outcome, waves = play(moa(QUESTION, TABLE, layers=2), speak)
    assert heard(waves[-1]) == [("solon", [3, 1, 5])]
    assert outcome.failed == ("bo",)


def test_who_never_answered_is_heard_by_nobody() -> None:
    def speak(ask: Ask) -> str | None:
        return None if ask.seat == "bo" else by_seat(ask)

    _, waves = play(moa(QUESTION, TABLE, layers=2), speak)
    assert heard(waves[1]) == [("ada", [2]), ("bo", [0, 2]), ("cy", [0])]
    assert "Your last answer" not in waves[1][1].instruction


def test_where_all_proposers_fail_the_aggregator_is_asked_for_a_first_draft() -> None:
    outcome, waves = play(
        moa(QUESTION, TABLE, layers=2), lambda ask: "Answer: 5" if ask.act == "fuse" else None
    )
    draft = Prompts.load().draft(QUESTION)
    assert {ask.instruction for wave in waves for ask in wave} == {draft}
    assert outcome.answer == "5"
    assert "had nothing to aggregate" in outcome.reason


def test_one_proposer_alone_checks_itself_and_may_aggregate() -> None:
    _, waves = play(moa(QUESTION, Table(["ada"]), layers=2, aggregator="ada"), by_seat)
    assert "Check every step again." in waves[1][0].instruction
    assert [len(wave) for wave in waves] == [1, 1, 1]


# Roles


def test_a_role_stands_at_the_head_of_each_of_a_proposers_prompts() -> None:
    roles = {"ada": "You check units.", "2": "You estimate first.", "cy": ""}
    _, waves = play(moa(QUESTION, TABLE, layers=2, roles=roles), by_seat)
    for wave in waves[:2]:
        assert wave[0].instruction.startswith("Answer in this role: You check units.\n\nQuestion:")
        assert wave[1].instruction.startswith("Answer in this role: You estimate first.\n\n")
        assert wave[2].instruction.startswith("Question:")
    assert "role" not in waves[2][0].instruction


def test_roles_come_from_a_file_that_may_be_written_anew(tmp_path: Any) -> None:
    path = tmp_path / "roles.json"
    path.write_text('{"task": "sums", "roles": {"1": "Clerk", "2": "Cook", "3": "Poet"}}')
    asks = next(moa(QUESTION, TABLE, roles=path))
    assert [ask.instruction.split("\n")[0][-5:] for ask in asks] == ["Clerk", " Cook", " Poet"]
    path.write_text('{"1": "A longer role", "2": "Cook", "3": "Poet"}')
    assert "A longer role" in next(moa(QUESTION, TABLE, roles=str(path)))[0].instruction


@pytest.mark.parametrize(
    "kept",
    [
        '["Clerk", "Cook", "Poet"]',
        '{"roles": ["Clerk", "Cook", "Poet"]}',
        '{"roles": [{"name": "a", "text": "Clerk"}, {"name": "b", "text": "Cook"}, "Poet"]}',
    ],
)
def test_roles_may_be_kept_as_a_list_in_the_order_of_the_seats(tmp_path: Any, kept: str) -> None:
    path = tmp_path / "roles.json"
    path.write_text(kept)
    asks = next(moa(QUESTION, TABLE, roles=path))
    assert [ask.instruction.split("\n")[0].split()[-1] for ask in asks] == ["Clerk", "Cook", "Poet"]


def test_a_role_cannot_carry_control_characters() -> None:
    roles = {"ada": "A clerk\x1b[2J\u202e\nwho counts", "bo": "x", "cy": "y"}
    told = next(moa(QUESTION, TABLE, roles=roles))[0].instruction
    assert told.startswith("Answer in this role: A clerk[2J\nwho counts\n\n")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "no file of roles"),
        ("[1, 2", "is no file of roles"),
        ("[]", "holds no roles"),
        ('{"roles": {}}', "holds no roles"),
        ('{"roles": [1, 2, 3]}', "roles.0: "),
        ("\xff", "is no file of roles"),
    ],
)
def test_bad_files_of_roles_are_sentences(tmp_path: Any, content: str | None, sentence: str) -> None:
    path = tmp_path / "roles.json"
    if content is not None:
        path.write_bytes(content.encode("latin-1"))
    with pytest.raises(BadDefinition, match=sentence):
        next(moa(QUESTION, TABLE, roles=path))


# What is refused


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"layers": 0}, "without layers"),
        ({"layers": -1}, "without layers"),
        ({"layers": []}, "without layers"),
        ({"layers": True}, "Layers are a number"),
        ({"layers": "ada"}, "Layers are a number"),
        ({"layers": 1.5}, "Layers are a number"),
        ({"layers": [["ada"], []]}, "Layer 2 has no agents"),
        ({"layers": ["ada"]}, "Layer 1 is a list"),
        ({"layers": [["ada", "b"]]}, "Layer 1: there is no agent 'b'. Did you mean 'bo'"),
        ({"layers": [["ada", "ada"]]}, "names somebody twice"),
        ({"aggregator": "solo"}, "no 'solo' at the table to aggregate. Did you mean 'solon'"),
        ({"quote_limit": 0}, "quote_limit"),
        ({"roles": {"ada": "x"}}, "no role for 'bo'"),
        ({"roles": {"ada": "x", "bo": "x", "cy": "x", "4": "y"}}, "a role for '4'"),
        ({"roles": {"ada": "x", "bo": 3, "cy": "x"}}, "The role of 'bo' is a text"),
        ({"roles": 7}, "Roles are a file, or a mapping"),
    ],
)
def test_bad_options_are_sentences(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadOption, match=sentence):
        next(moa(QUESTION, TABLE, **options))


def test_nobody_who_aggregates_is_a_sentence_that_says_whom_to_seat() -> None:
    with pytest.raises(BadOption, match=r"offices=\{'aggregator': agent\}.*aggregator='ada'"):
        next(moa(QUESTION, Table(SEATS)))


def test_an_unknown_rule_is_refused_before_anybody_is_asked() -> None:
    with pytest.raises(UnknownName, match="plurality"):
        next(moa(QUESTION, TABLE, decide="pluralty"))


# Everything off is MoA


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_sparse_mixture_with_all_parts_off_asks_word_for_word_what_the_dense_one_asks(
    data: st.DataObject,
) -> None:
    seats = SEATS[: data.draw(st.integers(1, 3), label="seats")]
    layers = data.draw(st.integers(1, 3), label="layers")
    seed = data.draw(st.integers(0, 9), label="seed")
    table = Table(seats, offices={"judge": "solon"}, seed=seed)
    texts: dict[tuple[str, int], str | None] = {}

    def speak(ask: Ask) -> str | None:
        place = (ask.seat, ask.turn)
        if place not in texts:
            texts[place] = data.draw(st.one_of(st.none(), st.text(max_size=20), st.just("Answer: 5")))
        return texts[place]

    dense, one = play(moa(QUESTION, table, layers=layers), speak)
    sparse, other = play(
        smoa(QUESTION, table, layers=layers, k=99, select="off", moderate=False, roles=None), speak
    )
    assert [[ask.digest(1) for ask in wave] for wave in one] == [
        [ask.digest(1) for ask in wave] for wave in other
    ]
    assert dense == sparse
