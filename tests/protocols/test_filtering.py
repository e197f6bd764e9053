"""Debates whose graph thins itself: who is heard, who is asked, what is noted, what a judge picks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import networkx as nx
import pytest

from quorate.contracts import check_protocol
from quorate.errors import BadOption, ProtocolError, UnknownName
from quorate.nouns import Ask, Hearing, Message, Outcome, Question, Table
from quorate.protocols import debate, relay, resolve_filters
from quorate.protocols.filtering import judge_picks
from quorate.protocols.history import History, Turns
from quorate.topologies import redundant
from tests.protocols.conftest import drive

QUESTION = Question(id="q1", text="What is 2+3?")
SEATS = ("ada", "bo", "cy", "di")
Speaker = Callable[[Ask], "str | None"]


def play(
    turns: Turns, speak: Speaker, sure: dict[str, float] | None = None
) -> tuple[Outcome, list[list[Ask]]]:
    """Answer every ask with `speak` (None fails the seat) and return the outcome and all waves."""
    return drive(turns, lambda ask, number: message(ask, number, speak(ask), (sure or {}).get(ask.seat)))


def message(ask: Ask, number: int, text: str | None, sure: float | None = None) -> Message:
    place: dict[str, Any] = {"number": number, "seat": ask.seat, "act": ask.act, "turn": ask.turn}
    if text is None:
        return Message(text="", finish="error", error="the model raised", **place)
    answer = text.removeprefix("Answer: ") if ask.expects == "answer" and text != "dunno" else None
    return Message(text=text, answer=answer, confidence=sure, tokens_in=10, tokens_out=2, **place)


def says(**lines: str | Sequence[str]) -> Speaker:
    def speak(ask: Ask) -> str:
        line = lines[ask.seat]
        line = line if isinstance(line, str) else line[min(ask.turn, len(line) - 1)]
        return line if ask.act == "select" else f"Answer: {line}"

    return speak


def heard(wave: Sequence[Ask]) -> dict[str, str]:
    return {ask.seat: " ".join(m.seat for m in ask.heard) for ask in wave}


def test_a_seat_hears_only_whom_the_filters_leave() -> None:
    speak = says(ada="5", bo="5", cy="6", di="6")
    outcome, waves = play(
        debate(QUESTION, Table(SEATS), rounds=2, filters=["redundant"], until="never"), speak
    )
    assert [len(told.split()) for told in heard(waves[1]).values()] == [1, 1, 1, 1]
    assert heard(waves[1])["ada"] in ("cy", "di")
    assert heard(waves[1])["cy"] in ("ada", "bo")
    (note,) = waves[1][0].notes
    assert (note.kind, set(note.seats), len(note.edges)) == ("pruned", set(SEATS), 8)
    assert note.text.endswith("(redundant)")
    assert all(("bo", "ada") in note.edges for _ in [0])
    assert "quoted below" in waves[1][0].instruction
    assert outcome.calls == 8


def test_filters_work_one_after_the_other() -> None:
    sure = {"ada": 0.9, "bo": 0.8, "cy": 0.7, "di": 0.6}
    speak = says(ada="5", bo="5", cy="6", di="7")
    filters = ["redundant", {"top_k": {"k": 1}}]
    _, waves = play(debate(QUESTION, Table(SEATS), rounds=2, filters=filters, until="never"), speak, sure)
    assert heard(waves[1]) == {"ada": "cy", "bo": "cy", "cy": "ada", "di": "ada"}
    first, second = waves[1][0].notes
    assert first.text.endswith("(redundant)")
    assert second.text.endswith("(top_k: k 1)")
    turned = list(reversed(filters))
    _, waves = play(debate(QUESTION, Table(SEATS), rounds=2, filters=turned, until="never"), speak, sure)
    assert heard(waves[1]) == {"ada": "", "bo": "", "cy": "ada", "di": "ada"}


def test_who_hears_nobody_any_more_keeps_its_answer_and_is_not_asked() -> None:
    speak = says(ada="5", bo="5", cy="5", di=["6", "5"])
    arrow = nx.DiGraph([("ada", "bo"), ("bo", "cy"), ("di", "ada"), ("ada", "di")])
    options: dict[str, Any] = {"rounds": 4, "filters": "redundant", "until": "never"}
    _, asked = play(debate(QUESTION, Table(SEATS, arrow), **options), speak)
    assert [len(wave) for wave in asked] == [4, 4, 4, 4]
    outcome, waves = play(debate(QUESTION, Table(SEATS, arrow), silent="keep", **options), speak)
    assert [list(heard(wave)) for wave in waves] == [list(SEATS), ["ada", "di"]]
    assert outcome.reason.startswith("the filters leave nobody anything to hear")
    assert [(note.kind, note.text) for note in outcome.notes][-1] == (
        "stopped",
        "the filters leave nobody anything to hear",
    )
    assert (outcome.answer, outcome.rounds, outcome.calls) == ("5", 2, 6)


def test_a_silent_seat_without_an_answer_and_one_alone_in_the_graph_are_asked() -> None:
    def speak(ask: Ask) -> str | None:
        return None if ask.seat == "bo" and not ask.turn else f"Answer: {'65'[ask.seat == 'ada']}"

    graph = nx.DiGraph([("ada", "bo"), ("ada", "cy")])
    graph.add_node("di")
    nobody: Any = lambda floor, hearing: {}  # noqa: E731
    turns = debate(QUESTION, Table(SEATS, graph), filters=[nobody], silent="keep", rounds=2, until="never")
    _, waves = play(turns, speak)
    assert list(heard(waves[1])) == ["ada", "bo", "di"]


def test_critiques_pass_along_the_same_edges() -> None:
    speak = says(ada="5", bo="5", cy="6", di="6")
    only_cy: Any = lambda floor, hearing: {s: [n for n in h if n == "cy"] for s, h in hearing.items()}  # noqa: E731
    turns = debate(QUESTION, Table(SEATS), filters=only_cy, critique="apart", rounds=2, until="never")
    _, waves = play(turns, speak)
    assert [wave[0].act for wave in waves] == ["draft", "critique", "revise"]
    assert heard(waves[1]) == {"ada": "cy", "bo": "cy", "di": "cy"}
    assert heard(waves[2])["ada"] == "cy"
    assert [bool(wave[0].notes) for wave in waves] == [False, True, False]


def test_a_debate_without_filters_asks_as_ever_and_says_nothing_new() -> None:
    speak = says(ada="5", bo="5", cy="6", di="6")
    plain, waves = play(debate(QUESTION, Table(SEATS), rounds=3), speak)
    filtered, again = play(debate(QUESTION, Table(SEATS), rounds=3, filters=()), speak)
    assert [ask.digest() for wave in waves for ask in wave] == [a.digest() for wave in again for a in wave]
    assert plain == filtered
    assert plain.notes == ()
    assert not any(ask.notes for wave in waves for ask in wave)


def test_notes_are_no_part_of_what_an_ask_is() -> None:
    history = History(QUESTION, Table(SEATS))
    (bare, *_) = history.drafts()
    history.note("gated", "worth a debate")
    (noted, *rest) = history.noted(history.drafts())
    assert noted.notes[0].text == "worth a debate"
    assert not any(ask.notes for ask in rest)
    assert noted.digest(7) == bare.digest(7)
    assert not history.noted(history.drafts())[0].notes


@pytest.mark.parametrize(
    ("text", "kept", "kind"),
    [
        ("Picks: 1, 2", 2, "selected"),
        ("Picks: 4", 1, "selected"),
        ("Picks: 1, 2, 3", 2, "fallback"),
        ("All are fine.", 2, "fallback"),
        ("Picks: 7", 2, "fallback"),
    ],
)
def test_a_judge_picks_whom_all_hear(text: str, kept: int, kind: str) -> None:
    table = Table(SEATS, offices={"judge": "solon"})
    speak = says(ada="5", bo="6", cy="7", di="8", solon=text)
    turns = debate(QUESTION, table, filters="judge_picks", rounds=2, until="never")
    outcome, waves = play(turns, speak)
    assert [wave[0].act for wave in waves] == ["draft", "select", "revise"]
    (ask,) = waves[1]
    assert (ask.seat, ask.turn, {m.seat for m in ask.heard}) == ("solon", 1, set(SEATS))
    note = waves[2][0].notes[0]
    assert note.kind == kind
    chosen = set(note.seats)
    assert len(chosen) == kept
    assert {seat: set(told.split()) for seat, told in heard(waves[2]).items()} == {
        seat: chosen - {seat} for seat in SEATS
    }
    assert (" picks " in outcome.reason) == (kind == "fallback")


def test_drafts_are_shown_to_a_judge_without_names_in_an_order_of_their_own() -> None:
    table = Table(SEATS, offices={"judge": "solon"})
    speak = says(ada="5", bo="6", cy="7", di="8", solon="Picks: 1")
    turns = debate(QUESTION, table, filters={"judge_picks": {"k": 1}}, rounds=2, until="never")
    _, waves = play(turns, speak)
    (ask,) = waves[1]
    shown = [line.removeprefix("> Answer: ") for line in ask.instruction.splitlines() if "> Answer" in line]
    assert sorted(shown) == ["5", "6", "7", "8"]
    assert [m.answer for m in ask.heard] == shown
    assert not any(seat in ask.instruction for seat in SEATS)
    assert waves[2][0].notes[0].seats == (ask.heard[0].seat,)


def test_a_judge_picks_for_each_and_is_not_asked_about_k_drafts() -> None:
    graph = nx.DiGraph([("ada", "di"), ("bo", "di"), ("cy", "di"), ("ada", "bo"), ("bo", "cy")])
    table = Table(SEATS, graph, offices={"judge": "solon"})
    speak = says(ada="5", bo="6", cy="7", di="8", solon="nonsense")
    turns = debate(
        QUESTION, table, filters={"judge_picks": {"k": 1, "whom": "each"}}, rounds=3, until="never"
    )
    outcome, waves = play(turns, speak)
    assert [wave[0].act for wave in waves] == ["draft", "select", "revise", "select", "revise"]
    assert len(waves[1]) == 1
    assert {m.seat for m in waves[1][0].heard} == {"ada", "bo", "cy"}
    assert {seat: len(told.split()) for seat, told in heard(waves[2]).items()} == {
        "ada": 0,
        "bo": 1,
        "cy": 1,
        "di": 1,
    }
    assert "2 of 2 picks unreadable" in outcome.reason


def test_a_judge_that_fails_is_a_fallback() -> None:
    table = Table(SEATS, offices={"judge": "solon"})

    def speak(ask: Ask) -> str | None:
        return None if ask.seat == "solon" else f"Answer: {ask.seat}"

    outcome, waves = play(debate(QUESTION, table, filters="judge_picks", rounds=2, until="never"), speak)
    assert waves[2][0].notes[0].kind == "fallback"
    assert outcome.failed == ("solon",)


def test_what_cannot_work_is_refused_before_anybody_is_asked() -> None:
    def first(**options: Any) -> Any:
        return next(debate(QUESTION, Table(SEATS, offices=options.pop("offices", None)), **options))

    with pytest.raises(BadOption, match=r"'top_k' is to keep 5, and there are only 4 agents; lower k or add"):
        first(filters=[{"top_k": {"k": 5}}])
    with pytest.raises(BadOption, match="is to keep 5"):
        first(filters=[{"judge_picks": {"k": 5}}], offices={"judge": "solon"})
    with pytest.raises(BadOption, match=r"needs a judge, and nobody holds that office"):
        first(filters=["judge_picks"])
    with pytest.raises(BadOption, match="Did you mean 'each'"):
        first(filters=[{"judge_picks": {"whom": "eech"}}], offices={"judge": "solon"})
    with pytest.raises(UnknownName, match="Did you mean 'redundant'"):
        first(filters=["redundnat"])
    with pytest.raises(BadOption, match="has no option 'n'"):
        first(filters=[{"top_k": {"n": 2}}])
    with pytest.raises(BadOption, match="wrong type"):
        first(filters=[{"cortex": {"credibility": 5}}])
    with pytest.raises(BadOption, match="given as a list"):
        first(filters=7)
    with pytest.raises(BadOption, match="cannot 'sleep'"):
        first(silent="sleep")


def test_a_filter_that_adds_an_edge_or_returns_nonsense_is_refused() -> None:
    speak = says(ada="5", bo="6", cy="7", di="8")

    def adds(floor: Any, hearing: Hearing) -> Hearing:
        return {**hearing, "ada": (*hearing["ada"], "ada")} if floor.standing else hearing

    def breaks(floor: Any, hearing: Hearing) -> Any:
        return None

    with pytest.raises(ProtocolError, match="'adds' lets ada hear ada"):
        play(debate(QUESTION, Table(SEATS), filters=[adds]), speak)
    with pytest.raises(ProtocolError, match="'breaks' returned NoneType"):
        play(debate(QUESTION, Table(SEATS), filters=[breaks]), speak)


def test_a_filter_of_ones_own_may_count_on_something_said() -> None:
    def first_only(floor: Any, hearing: Hearing) -> Hearing:
        best = next(iter(floor.standing.values())).seat
        return {seat: tuple(n for n in names if n == best) for seat, names in hearing.items()}

    _, waves = play(
        debate(QUESTION, Table(SEATS), filters=[first_only]), says(ada="5", bo="6", cy="7", di="8")
    )
    assert heard(waves[1]) == {"ada": "", "bo": "ada", "cy": "ada", "di": "ada"}


@pytest.mark.parametrize(
    "options",
    [
        {"filters": ["redundant", {"drop_edges": {"p": 0.3}}], "silent": "keep"},
        {"filters": [{"top_k": {"k": 1}}, "cortex"], "critique": "apart"},
        {"filters": [{"judge_picks": {"k": 1}}, {"diverse": {"k": 1}}]},
        {"filters": [{"judge_picks": {"k": 1, "whom": "each"}}, "drop_agents"], "memory": "transcript"},
    ],
)
def test_filtered_debates_keep_the_contract_of_protocols(options: dict[str, Any]) -> None:
    check_protocol(partial(debate, **options))


def test_a_board_does_not_pass_along_a_pruned_edge() -> None:
    check_protocol(partial(relay, filters=[{"top_k": {"k": 1}}]))
    table = Table(("ada", "bo"), seed=1)
    speak = says(ada="5", bo="6")
    nobody: Any = lambda floor, hearing: {}  # noqa: E731
    _, open_ = play(relay(QUESTION, table, rounds=2), speak, {"ada": 0.9, "bo": 0.1})
    outcome, apart = play(relay(QUESTION, table, rounds=2, filters=[nobody]), speak, {"ada": 0.9, "bo": 0.1})
    assert {ask.board[0].seat for ask in open_[1]} == {"ada"} if len(open_) > 1 else True
    for wave in apart[1:]:
        assert all(line.seat == ask.seat for ask in wave for line in ask.board)
    told = [*outcome.notes, *(note for wave in apart for ask in wave for note in ask.notes)]
    assert any(note.kind == "pruned" and "bo" in note.text for note in told)


def test_one_filter_need_not_be_a_list_and_functions_may_have_options_bound() -> None:
    table = Table(SEATS)
    assert resolve_filters("redundant", QUESTION, table) == (redundant,)
    bound = partial(redundant, by="text", threshold=0.5)
    assert resolve_filters(bound, QUESTION, table) == (bound,)
    assert resolve_filters((), QUESTION, table) == ()
    assert judge_picks.__name__ == "judge_picks"
