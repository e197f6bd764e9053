"""The engine: batches over questions and agents, failures as data, seeds that do not depend on order."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quorate.agents import Agent, Request, Scripted
from quorate.definition import Definition
from quorate.errors import ProtocolError
from quorate.events import Asked, Decided, Event, Failed, Heard, Noted, Posted, Said, Started
from quorate.nouns import Ask, Outcome, Question, Reply, Table
from quorate.protocols import debate
from quorate.protocols.history import Turns
from quorate.run import Engine


class Echo:
    """A threaded model that answers with its own ask's turn and records how it was called."""

    def __init__(self, lanes: int = 1, batch: int | None = None, delay: float = 0.0) -> None:
        self.lanes, self.batch, self.delay = lanes, batch, delay
        self.calls: list[int] = []
        self.closed = 0
        self.inside = self.peak = 0
        self._lock = threading.Lock()

    def prepare(self, agents: Sequence[Agent]) -> None:
        pass

    def reply(self, requests: Sequence[Request]) -> Iterator[tuple[int, Reply | Exception]]:
        with self._lock:
            self.calls.append(len(requests))
            self.inside += 1
            self.peak = max(self.peak, self.inside)
        time.sleep(self.delay)
        for index, request in enumerate(requests):
            yield index, Reply(text=f"Answer: {request.ask.turn}", tokens_in=3, tokens_out=2)
        with self._lock:
            self.inside -= 1

    def describe(self) -> Mapping[str, Any]:
        return {"kind": "echo"}

    def close(self) -> None:
        self.closed += 1


def questions(count: int) -> list[Question]:
    return [Question(id=f"q{index}", text=f"What is {index}+1?") for index in range(count)]


def panel(model: Any, *names: str) -> list[Agent]:
    return [Agent(name, model) for name in names]


def test_one_batch_per_model_over_all_questions_and_agents() -> None:
    model = Echo()
    definition = Definition(
        panel(model, "ada", "bo", "cy"), protocol={"debate": {"rounds": 3, "until": "never"}}
    )
    run = definition.run(questions(20))
    assert model.calls == [60, 60, 60]
    assert [outcome.answer for outcome in run] == ["2"] * 20


def test_at_once_bounds_the_open_questions() -> None:
    model = Echo()
    definition = Definition(panel(model, "ada", "bo"), protocol="vote", at_once=4)
    assert len(list(definition.run(questions(10)))) == 10
    assert max(model.calls) <= 8
    assert sum(model.calls) == 20


def test_lanes_bound_the_calls_at_once_and_nothing_waits_for_a_barrier() -> None:
    model = Echo(lanes=4, batch=1, delay=0.02)
    definition = Definition(panel(model, "ada", "bo"), protocol={"debate": {"rounds": 2, "until": "never"}})
    definition.run(questions(6))
    assert model.peak == 4
    assert model.calls == [1] * 24


def test_slow_and_fast_models_work_at_the_same_time() -> None:
    both = threading.Barrier(2, timeout=20)

    class Waiting(Echo):
        """A model whose first answer comes when the other model is at work as well."""

        def reply(self, requests: Sequence[Request]) -> Iterator[tuple[int, Reply | Exception]]:
            both.wait()
            yield from super().reply(requests)

    definition = Definition([Agent("ada", Waiting()), Agent("bo", Waiting())], protocol="vote")
    assert [outcome.answer for outcome in definition.run(questions(3))] == ["0"] * 3


def test_the_events_tell_the_whole_story() -> None:
    events: list[Event] = []
    definition = Definition(
        panel(Scripted({"ada": "Answer: 1", "bo": ["Answer: 2", "Answer: 1"]}), "ada", "bo"), topology="ring"
    )
    definition.run(questions(1), listeners=[events.append])
    kinds = [type(event) for event in events]
    first, second = [Asked, Asked, Said, Said], [Heard, Asked, Asked, Said, Said]
    assert kinds == [Started, *first, *second, Noted, Decided]
    heard = next(event for event in events if isinstance(event, Heard))
    assert set(heard.edges) == {("ada", "bo"), ("bo", "ada")}
    revised = [event for event in events if isinstance(event, Asked)][2:]
    assert [(event.seat, event.heard) for event in revised] == [("ada", (1,)), ("bo", (0,))]


def test_boards_are_posted_when_they_change_and_equal_ones_together() -> None:
    def speak(ask: Ask, seed: int) -> str:
        return f"{ask.seat} at {len(ask.board)}\nmore\nAnswer: 1"

    events: list[Event] = []
    definition = Definition(
        panel(Scripted(speak), "ada", "bo", "cy"), topology={"chain": {"directed": True}}, protocol="relay"
    )
    [outcome] = definition.run(questions(1), listeners=[events.append]).outcomes.values()
    posted = [event for event in events if isinstance(event, Posted)]
    assert [(event.turn, event.seats, [line.text for line in event.board]) for event in posted] == [
        (1, ("ada", "bo"), ["ada at 0"]),
        (1, ("cy",), ["bo at 0"]),
        (2, ("ada", "bo"), ["ada at 0", "ada at 1"]),
        (2, ("cy",), ["ada at 0", "bo at 1"]),
    ]
    asked = [event for event in events if isinstance(event, Asked | Posted)]
    assert [type(event) for event in asked[3:6]] == [Posted, Posted, Asked]
    assert isinstance(events[-1], Decided)
    assert events[-1].outcome.board == outcome.board
    assert len(outcome.board) == 5


class Hostile(Echo):
    """Breaks the contract in every way a model can."""

    def reply(self, requests: Sequence[Request]) -> Iterator[tuple[int, Any]]:
        for index, request in enumerate(requests):
            what = request.agent.name
            if what == "raises":
                raise RuntimeError("out of cheese")
            if what == "rubbish":
                yield index, {"text": "Answer: 1"}
            elif what == "twice":
                yield index, Reply(text="Answer: 1")
                yield index, Reply(text="Answer: 2")
            elif what == "beyond":
                yield index + 99, Reply(text="Answer: 3")
            elif what == "error":
                yield index, ValueError("no")


@pytest.mark.parametrize("lanes", [0, 1])
def test_failures_are_data_and_the_others_go_on(lanes: int) -> None:
    names = ("raises", "rubbish", "twice", "beyond", "error", "silent")
    agents = [Agent(name, Hostile(lanes)) for name in names]
    events: list[Event] = []
    run = Definition([*agents, Agent("ada", Scripted("Answer: 1"))], protocol="vote").run(
        questions(2), listeners=[events.append]
    )
    for outcome in run:
        assert outcome.answer == "1"
        assert outcome.tally == {"1": 2.0}
        assert set(outcome.failed) == set(names) - {"twice"}
    errors = {e.message.seat: e.message.error for e in events if isinstance(e, Failed)}
    assert errors["raises"] == "RuntimeError: out of cheese"
    assert "returned a dict" in str(errors["rubbish"])
    assert "no reply" in str(errors["beyond"])


def test_a_question_nobody_could_answer_is_an_outcome() -> None:
    def broken(ask: Ask, seed: int) -> str:
        raise RuntimeError("down")

    (outcome,) = Definition(panel(Scripted(broken), "ada", "bo")).run(questions(1))
    assert outcome.answer is None
    assert outcome.failed == ("ada", "bo")


def test_a_hanging_call_fails_after_the_timeout_and_the_run_goes_on() -> None:
    release = threading.Event()

    class Hanging(Echo):
        def reply(self, requests: Sequence[Request]) -> Iterator[tuple[int, Reply | Exception]]:
            if requests[0].ask.question.id == "q0":
                release.wait(10)
            yield from super().reply(requests)

    model = Hanging(lanes=1, batch=1)
    agents = [Agent("ada", model), Agent("bo", Scripted("Answer: 0"))]
    run = Definition(agents, protocol="vote", timeout=0.1).run(questions(3))
    release.set()
    outcomes = run.outcomes
    assert outcomes["q0"].failed == ("ada",)
    assert outcomes["q0"].answer == "0"
    assert outcomes["q2"].failed == ()


def test_a_hanging_call_is_given_up_even_while_others_keep_answering() -> None:
    release = threading.Event()

    class Stuck(Echo):
        def reply(self, requests: Sequence[Request]) -> Iterator[tuple[int, Reply | Exception]]:
            release.wait(20)
            yield from super().reply(requests)

    busy = Echo(lanes=1, batch=1, delay=0.004)
    agents = [Agent("ada", Stuck()), Agent("bo", busy)]
    events: list[tuple[float, Event]] = []
    definition = Definition(agents, protocol="vote", timeout=0.1, at_once=60)
    start = time.perf_counter()
    definition.run(
        questions(60), listeners=[lambda event: events.append((time.perf_counter() - start, event))]
    )
    release.set()
    first_failure = next(at for at, event in events if isinstance(event, Failed))
    last_answer = max(at for at, event in events if isinstance(event, Said))
    assert first_failure < last_answer


def test_ctrl_c_tells_busy_models_to_give_up() -> None:
    model = Echo(delay=0.3)

    def interrupt(event: Event) -> None:
        if isinstance(event, Said) and event.message.seat == "bo":
            raise KeyboardInterrupt

    definition = Definition([Agent("ada", model), Agent("bo", Scripted("Answer: 1"))], protocol="vote")
    with pytest.raises(KeyboardInterrupt):
        definition.run(questions(1), listeners=[interrupt])
    assert model.closed == 1


def test_a_broken_view_is_switched_off_and_the_run_goes_on() -> None:
    def broken(event: Event) -> None:
        raise ValueError("cannot draw")

    definition = Definition(panel(Scripted("Answer: 1"), "ada"))
    with pytest.warns(RuntimeWarning, match="cannot draw"):
        run = definition.run(questions(2), listeners=[broken])
    assert [outcome.answer for outcome in run] == ["1", "1"]


def nothing(question: Question, table: Table) -> Turns:
    yield []
    return Outcome()


def stranger(question: Question, table: Table) -> Turns:
    yield [Ask(seat="bob", act="draft", turn=0, question=question, instruction="?")]
    return Outcome()


def wrong_return(question: Question, table: Table) -> Turns:
    yield [Ask(seat="bo", act="draft", turn=0, question=question, instruction="?")]
    return "5"  # type: ignore[return-value]


def broken(question: Question, table: Table) -> Turns:
    yield [Ask(seat="bo", act="draft", turn=0, question=question, instruction="?")]
    raise ZeroDivisionError("one over none")


@pytest.mark.parametrize(
    ("protocol", "sentence"),
    [
        (nothing, "yielded no asks on question 'q0'"),
        (stranger, "asked 'bob', who is not at the table. Did you mean 'bo'"),
        (wrong_return, "returned a str on question 'q0'"),
        (broken, "broke on question 'q0': ZeroDivisionError: one over none"),
    ],
)
def test_a_broken_protocol_is_named(protocol: Any, sentence: str) -> None:
    with pytest.raises(ProtocolError, match=sentence.replace("?", r"\?")):
        Definition(panel(Scripted("x"), "bo"), protocol=protocol).run(questions(1))


def drawn(definition: Definition, count: int) -> dict[tuple[str, str, int], int]:
    events: list[Event] = []
    definition.run(questions(count), listeners=[events.append])
    said = [(e.question, e.message) for e in events if isinstance(e, Said)]
    return {(question, m.seat, m.turn): m.seed for question, m in said}


@settings(max_examples=15, deadline=None)
@given(at_once=st.integers(1, 9), lanes=st.integers(1, 3), batch=st.sampled_from([None, 1, 2]))
def test_a_seed_reproduces_a_run_whatever_the_batch_order(
    at_once: int, lanes: int, batch: int | None
) -> None:
    def definition(model: Any, **options: Any) -> Definition:
        rounds = {"debate": {"rounds": 2, "until": "never"}}
        return Definition(
            panel(model, "ada", "bo", "cy"), topology="ring", protocol=rounds, seed=7, **options
        )

    expected = drawn(definition(Echo()), 6)
    assert drawn(definition(Echo(lanes, batch), at_once=at_once), 6) == expected
    assert len(set(expected.values())) == len(expected)


def test_first_drafts_draw_the_same_seeds_under_every_topology() -> None:
    def drafts(topology: str) -> dict[Any, int]:
        definition = Definition(panel(Echo(), "ada", "bo", "cy"), topology=topology)
        return {key: seed for key, seed in drawn(definition, 3).items() if key[2] == 0}

    assert drafts("ring") == drafts("complete") == drafts("chain")


def test_a_seat_asked_twice_in_one_wave_draws_twice() -> None:
    def sample(question: Question, table: Table) -> Turns:
        ask = Ask(seat="ada", act="draft", turn=0, question=question, instruction="?", expects="answer")
        said = yield [ask] * 5
        return Outcome(reason=" ".join(str(message.seed) for message in said))

    (outcome,) = Definition(panel(Scripted("x"), "ada"), protocol=sample).run(questions(1))
    assert len(set(outcome.reason.split())) == 5


def test_memory_is_flat_over_questions() -> None:
    import tracemalloc

    def peak(count: int) -> int:
        definition = Definition(panel(Scripted("Answer: 1 " + "x" * 500), "ada", "bo", "cy"), at_once=16)
        engine = Engine(debate, definition.table, definition.voices, at_once=16)
        source = (Question(id=f"q{index}", text=f"What is {index}+1?") for index in range(count))
        tracemalloc.start()
        for _ in engine.run(source):
            pass
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    peak(50)
    assert peak(1500) < 1.5 * peak(150)
