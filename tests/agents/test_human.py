"""Human: what is shown, what is typed, and nobody there."""

from __future__ import annotations

import builtins
import io
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.agents.agent import Agent, Model, Request
from quorate.agents.human import Human, human, visible
from quorate.errors import ModelError
from quorate.nouns import Ask, Question, Reply
from quorate.registry import model as registry


def request(model: Model, instruction: str = "What is 2+3?", *, seat: str = "you", role: str = "") -> Request:
    ask = Ask(seat=seat, act="revise", turn=1, question=Question(text="2+3?"), instruction=instruction)
    return Request(Agent("you", model, role=role), ask, seed=0)


def typed(ask: Callable[[str], str], instruction: str = "?") -> Reply | Exception:
    model = Human(ask=ask, show=lambda text: None)
    ((index, result),) = model.reply([request(model, instruction)])
    assert index == 0
    return result


def test_is_a_model_with_one_lane() -> None:
    assert isinstance(Human(), Model)
    assert (Human().lanes, Human().batch) == (1, 1)


def test_shows_the_place_the_role_and_the_instruction_and_reads_a_line() -> None:
    shown: list[str] = []
    prompts: list[str] = []

    def ask(prompt: str) -> str:
        prompts.append(prompt)
        return "  Answer: 5 \n"

    model = Human(ask=ask, show=shown.append)
    model.prepare([])
    ((_, reply),) = model.reply([request(model, "What is\n2+3?", role="You add.")])
    model.close()
    assert shown == ["--- you, revise, turn 1", "You add.", "What is\n2+3?"]
    assert prompts == ["you> "]
    assert reply == Reply(text="Answer: 5")


def test_what_peers_wrote_cannot_steer_the_terminal() -> None:
    shown: list[str] = []

    def ask(prompt: str) -> str:
        shown.append(prompt)
        return "5"

    model = Human(ask=ask, show=shown.append)
    hostile = "\x1b]0;title\x07 \x1b[2J\r\x9b31m \u202egnp.exe\u2066\x00"
    list(model.reply([request(model, hostile, seat=hostile, role=hostile)]))
    assert len(shown) == 4
    assert not any(mark in "".join(shown) for mark in "\x1b\x07\r\x9b\u202e\u2066\x00")


@given(st.text(st.characters(codec=None, exclude_categories=())))
def test_visible_text_has_no_control_characters_and_keeps_the_rest(text: str) -> None:
    shown = visible(text)
    assert all(mark in "\n\t" or unicodedata.category(mark) not in ("Cc", "Cf", "Cs") for mark in shown)
    assert [mark for mark in shown if mark.isprintable()] == [mark for mark in text if mark.isprintable()]
    shown.encode()


def test_an_empty_line_abstains() -> None:
    assert typed(lambda prompt: " ") == Reply(text="")


def test_lone_surrogates_from_a_terminal_are_replaced() -> None:
    assert typed(lambda prompt: "5 \udce9") == Reply(text="5 ?")


def test_the_end_of_the_input_is_a_failure_of_this_seat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    problem = typed(builtins.input)
    assert isinstance(problem, ModelError)
    assert "Nobody is there to answer as 'you'" in str(problem)


def test_a_broken_terminal_is_a_failure_and_an_interrupt_is_not() -> None:
    def broken(prompt: str) -> str:
        raise OSError("no terminal")

    def interrupted(prompt: str) -> str:
        raise KeyboardInterrupt

    assert isinstance(typed(broken), OSError)
    with pytest.raises(KeyboardInterrupt):
        typed(interrupted)


def test_every_request_is_asked() -> None:
    lines = iter(["4", "5"])
    model = Human(ask=lambda prompt: next(lines), show=lambda text: None)
    replies = dict(model.reply([request(model), request(model)]))
    assert [getattr(reply, "text", reply) for reply in replies.values()] == ["4", "5"]


def test_the_registered_maker() -> None:
    assert registry["human"] is human
    assert isinstance(registry.resolve("human")(), Human)
