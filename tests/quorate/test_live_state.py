"""The fold behind the live view, on hand-made streams."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.events import Asked, Decided, Event, Failed, Heard, Said, Started
from quorate.live.deliberation import Deliberation
from quorate.live.state import LINGER, RECENT, LiveState
from quorate.nouns import Message, Outcome, Question


def started(question: str = "q", at: float = 0.0) -> Started:
    return Started(question=question, asked=Question(id=question, text=f"What is {question}?"), at=at)


def asked(seat: str, turn: int = 0, act: str = "draft", question: str = "q", at: float = 0.0) -> Asked:
    return Asked(question=question, number=0, seat=seat, act=act, turn=turn, digest="", at=at)


def said(
    seat: str, answer: str | None, turn: int = 0, act: str = "draft", question: str = "q", **more: float
) -> Said:
    message = Message(number=0, seat=seat, act=act, turn=turn, text=f"I say {answer}", answer=answer, **more)
    return Said(question=question, message=message)


def failed(seat: str, turn: int = 0, act: str = "draft", question: str = "q", error: str = "down") -> Failed:
    return Failed(
        question=question, message=Message(number=0, seat=seat, act=act, turn=turn, text="", error=error)
    )


def decided(answer: str | None = "5", question: str = "q", rounds: int = 1) -> Decided:
    winners = () if answer is None else (answer,)
    return Decided(question=question, outcome=Outcome(winners=winners, answer=answer, rounds=rounds))


def folded(*events: Event) -> Deliberation:
    deliberation = Deliberation("q")
    for event in events:
        deliberation.fold(event)
    return deliberation


def test_rounds_hold_the_standing_answers_of_all_voices() -> None:
    deliberation = folded(
        started(), asked("ada"), asked("bo"), asked("cy"),
        said("ada", "5"), said("bo", "6"), said("cy", "5"),
        asked("bo", 1, "revise"), said("bo", "5", 1, "revise"),
    )  # fmt: skip
    first, second = deliberation.rounds()
    assert (dict(first.tally), first.agreement) == ({"5": 2, "6": 1}, 2 / 3)
    assert (second.turn, dict(second.tally), second.agreement) == (1, {"5": 3}, 1.0)


def test_a_change_is_told_against_the_answer_before() -> None:
    deliberation = folded(
        said("ada", "5"), said("bo", "6"), said("ada", "5", 1, "revise"), said("bo", "5", 1, "revise")
    )
    assert [(s.change, s.before) for s in deliberation.seats.values()] == [("kept", "5"), ("changed", "6")]
    assert folded(said("ada", "5")).seats["ada"].change == ""


def test_an_unreadable_answer_abstains_and_a_critique_does_not() -> None:
    deliberation = folded(
        said("ada", "5"), said("bo", "5"), said("bo", None, 1, "critique"), said("ada", None, 1, "revise")
    )
    assert deliberation.seats["ada"].answer is None
    assert deliberation.seats["ada"].change == "changed"
    assert deliberation.seats["bo"].answer == "5"
    assert deliberation.rounds()[-1].agreement == 0.5


def test_a_failure_leaves_the_answer_before_standing() -> None:
    deliberation = folded(said("ada", "5"), asked("ada", 1), failed("ada", 1, "revise"))
    seat = deliberation.seats["ada"]
    assert (deliberation.state(seat), seat.answer, seat.failures, seat.error) == ("failed", "5", {1}, "down")
    deliberation.fold(asked("ada", 2))
    assert deliberation.state(seat) == "thinking"
    deliberation.fold(said("ada", "6", 2, "revise"))
    assert (deliberation.state(seat), seat.error) == ("said", "")


def test_states_follow_a_seat_through_a_round() -> None:
    deliberation = folded(started(), asked("ada"), asked("bo"), said("ada", "5"))
    ada, bo = deliberation.seats.values()
    assert [deliberation.state(seat) for seat in (ada, bo)] == ["said", "thinking"]
    deliberation.fold(asked("bo", 1, "revise"))
    assert [deliberation.state(seat) for seat in (ada, bo)] == ["waiting", "thinking"]
    deliberation.fold(decided())
    assert [deliberation.state(seat) for seat in (ada, bo)] == ["said", "waiting"]


def test_a_seat_with_two_open_asks_thinks_until_both_are_answered() -> None:
    deliberation = folded(
        asked("ada", 1, "critique"), asked("ada", 1, "critique"), said("ada", None, 1, "critique")
    )
    assert deliberation.state(deliberation.seats["ada"]) == "thinking"


def test_a_judge_is_no_voice_but_a_debater_who_ranks_is() -> None:
    deliberation = folded(said("ada", "5"), said("solon", "6", 0, "judge"), said("ada", None, 1, "rank"))
    assert [seat.name for seat in deliberation.voices()] == ["ada"]
    assert deliberation.rounds()[-1].agreement == 1.0


@pytest.mark.parametrize("act", ["score", "rank", "approve", "resample", "trust", "object"])
def test_what_a_seat_says_besides_its_answer_does_not_replace_it(act: str) -> None:
    deliberation = folded(said("ada", "5"), said("ada", "A", 1, act))
    assert deliberation.seats["ada"].answer == "5"
    assert "A" not in deliberation.ranks


def test_a_tie_agrees_by_half() -> None:
    assert folded(said("ada", "5"), said("bo", "6")).rounds()[0].agreement == 0.5


def test_who_hears_whom_is_the_latest_graph() -> None:
    deliberation = folded(
        Heard(question="q", turn=1, edges=(("ada", "bo"), ("bo", "ada"))),
        Heard(question="q", turn=2, edges=(("ada", "bo"), ("cy", "bo"))),
    )
    assert (deliberation.hears("bo"), deliberation.hears("ada"), deliberation.edges_turn) == (
        ["ada", "cy"],
        [],
        2,
    )


def test_answers_keep_the_rank_of_their_first_appearance() -> None:
    deliberation = folded(said("ada", "6"), said("bo", "5"), said("ada", "5", 1, "revise"), decided("7"))
    assert deliberation.ranks == {"6": 0, "5": 1, "7": 2}


def test_a_second_start_wipes_the_question() -> None:
    deliberation = folded(started(), asked("ada"), said("ada", "5"), decided(), started(), asked("bo"))
    assert list(deliberation.seats) == ["bo"]
    assert deliberation.outcome is None
    assert deliberation.ranks == {}
    assert deliberation.text == "What is q?"


def fold(state: LiveState, *events: Event) -> LiveState:
    for event in events:
        state.fold(event)
    return state


def test_totals_count_every_call() -> None:
    state = fold(
        LiveState(), started(), asked("ada"), said("ada", "5", tokens_in=10, tokens_out=3), failed("bo"),
        said("cy", "5", tokens_in=5, tokens_out=2), decided(),
    )  # fmt: skip
    assert (state.calls, state.failures, state.tokens_in, state.tokens_out) == (3, 1, 15, 5)
    assert (state.decided, state.open) == (1, 0)


def test_accuracy_counts_only_questions_with_gold_and_no_decision_as_wrong() -> None:
    state = LiveState(gold={"a": "5", "b": "5", "c": "5"})
    assert state.accuracy() is None
    fold(state, decided("5", "a"), decided("6", "b"), decided(None, "c"), decided("5", "d"))
    accuracy = state.accuracy()
    assert accuracy is not None
    assert (accuracy.correct, accuracy.known, accuracy.share) == (1, 3, 1 / 3)
    assert [state.correct(name) for name in "abcd"] == [True, False, False, None]


def test_a_restarted_question_loses_its_verdict_and_keeps_its_cost() -> None:
    state = fold(LiveState(gold={"q": "5"}), started(), said("ada", "5", tokens_out=4), decided("6"))
    assert state.correct("q") is False
    fold(state, started())
    assert (state.decided, state.open, state.accuracy(), list(state.recent)) == (0, 1, None, [])
    fold(state, said("ada", "5", tokens_out=4), decided("5"))
    assert (state.decided, state.correct("q"), state.tokens_out) == (1, True, 8)
    assert [verdict.answer for verdict in state.recent] == ["5"]


def test_a_restart_of_an_open_question_in_the_background_forgets_its_first_attempt() -> None:
    state = fold(LiveState(), started("a"), started("b"), said("ada", "5", question="b"), started("b"))
    assert state.deliberation("b").seats == {}
    assert state.open == 2


def test_what_comes_after_the_decision_opens_nothing() -> None:
    state = fold(LiveState(), started(), decided(), said("ada", "5", tokens_out=2), asked("bo"))
    assert (state.open, state.decided, state.tokens_out) == (0, 1, 2)


def test_events_of_a_question_whose_start_was_missed_are_welcome() -> None:
    state = fold(LiveState(), asked("ada"), said("ada", "5"))
    assert state.focus is not None
    assert (state.focus.text, list(state.focus.seats)) == ("q", ["ada"])


def test_the_focus_stays_until_a_while_after_the_decision() -> None:
    state = fold(LiveState(), started("a"), started("b"), started("c"))
    state.refocus(0.0)
    fold(state, said("ada", "5", question="c"), said("bo", "6", question="b"))
    state.refocus(50.0)
    assert state.focus is not None
    assert state.focus.id == "a"
    fold(state, decided(question="a"))
    for now, expected in ((100.0, "a"), (100.0 + LINGER - 0.01, "a"), (100.0 + LINGER, "b")):
        state.refocus(now)
        assert state.focus is not None
        assert state.focus.id == expected
    assert [seat.answer for seat in state.focus.seats.values()] == ["6"]


def test_the_focus_stays_when_nothing_else_is_open() -> None:
    state = fold(LiveState(), started("a"), decided(question="a"))
    for now in (0.0, LINGER + 1):
        state.refocus(now)
        assert state.focus is not None
        assert state.focus.id == "a"
    fold(state, started("b"))
    state.refocus(LINGER + 2)
    assert state.focus is not None
    assert state.focus.id == "b"


def test_a_focus_that_starts_afresh_while_it_lingers_is_open_again() -> None:
    state = fold(LiveState(), started("a"), started("b"), decided(question="a"))
    state.refocus(0.0)
    fold(state, started("a"))
    state.refocus(LINGER + 1)
    assert state.focus is not None
    assert state.focus.id == "a"
    assert not state.focus.decided


names = st.sampled_from(["a", "b", "c"])
streams = st.lists(
    st.one_of(
        names.map(started),
        names.map(lambda name: decided(question=name)),
        st.builds(asked, st.sampled_from(["ada", "bo"]), st.integers(0, 3), question=names),
        st.builds(
            said,
            st.sampled_from(["ada", "bo"]),
            st.sampled_from(["5", "6", None]),
            st.integers(0, 3),
            question=names,
        ),
        st.builds(failed, st.sampled_from(["ada", "bo"]), st.integers(0, 3), question=names),
    ),
    max_size=40,
)


@given(streams)
def test_an_open_question_looks_the_same_in_focus_and_in_the_background(events: list[Event]) -> None:
    state = LiveState()
    for now, event in enumerate(events):
        state.fold(event)
        state.refocus(float(now))
    for name in "abc":
        alone = Deliberation(name)
        for event in events:
            if event.question == name:
                alone.fold(event)
        try:
            known = state.deliberation(name)
        except KeyError:
            continue
        if not known.decided:
            assert known.seats == alone.seats
            assert known.rounds() == alone.rounds()


@given(streams)
def test_decided_questions_are_those_whose_last_verdict_has_no_later_start(events: list[Event]) -> None:
    state = fold(LiveState(gold={"a": "5", "b": "6"}), *events)
    ended: set[str] = set()
    for event in events:
        if isinstance(event, Decided):
            ended.add(event.question)
        elif isinstance(event, Started):
            ended.discard(event.question)
    assert state.decided == len(ended)
    accuracy = state.accuracy()
    counted = (accuracy.correct, accuracy.known) if accuracy else (0, 0)
    assert counted == (len(ended & {"a"}), len(ended & {"a", "b"}))


def test_tokens_a_second_come_from_the_events_own_times() -> None:
    state = fold(LiveState(), started(at=1000.0))
    assert state.rate() is None
    fold(state, said("ada", "5", tokens_out=400, at=1010.0, seconds=10.0))
    assert state.rate() == pytest.approx(40.0)
    fold(state, said("bo", "5", tokens_out=600, at=1200.0))
    assert state.rate() == pytest.approx(10.0)


@pytest.mark.parametrize("odd", [float("nan"), float("inf"), float("-inf"), 1e300, -5.0])
def test_impossible_times_do_no_harm(odd: float) -> None:
    state = fold(
        LiveState(), started(at=odd), asked("ada", at=odd),
        said("ada", "5", tokens_out=9, at=odd, seconds=odd),
        said("bo", "5", tokens_out=9, at=100.0, seconds=odd), said("bo", "5", tokens_out=9, at=110.0),
    )  # fmt: skip
    assert state.rate() == pytest.approx(1.8)


def many(questions: int) -> Iterator[Event]:
    for number in range(questions):
        name = f"q{number}"
        yield started(name)
        for seat in ("ada", "bo", "cy"):
            yield asked(seat, question=name)
            message = Message(number=0, seat=seat, act="draft", turn=0, text="x" * 500, answer=str(number))
            yield Said(question=name, message=message)
        yield decided(question=name)


def test_memory_is_flat_but_for_a_verdict_a_question() -> None:
    state = LiveState()
    for event in many(200):
        state.fold(event)
        state.refocus(0.0)
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for event in many(2200):
            if int(event.question[1:]) >= 200:
                state.fold(event)
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert state.decided == 2200
    assert len(state.recent) == RECENT
    assert (after - before) / 2000 < 300


def test_without_a_stated_confidence_the_likelihood_of_the_words_is_shown() -> None:
    from quorate.live.table import _sure

    deliberation = Deliberation("q1")
    message = Message(number=0, seat="ada", act="draft", turn=0, text="5", answer="5", logprob=-0.5)
    deliberation.fold(Said(question="q1", message=message))
    (seat,) = deliberation.seats.values()
    assert [text for text, _ in _sure(seat)] == [" ~61 %"]
    deliberation.fold(Said(question="q1", message=message.model_copy(update={"confidence": 0.8})))
    assert [text for text, _ in _sure(seat)] == ["  80 %"]
