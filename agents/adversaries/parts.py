"""The parts an adversary can play: each a generator that gets a scene and returns what is said.

confidently_wrong   a wrong answer of its own, told like a right one and with high confidence
colluding           the same wrong answer as everybody in the plot
copying             the answer of a neighbour it hears, with nothing of its own
stubborn            its first answer, whatever it hears
injecting           a wrong answer, and orders to whoever reads it

Where a seat is not asked for an answer of its own (a ballot, a verdict), a part is honest; those that lie
also lie in their critiques.
"""

from __future__ import annotations

import math
from typing import Any, Literal

from quorate.agents.adversaries.adversary import Play, Scene, adversary
from quorate.agents.adversaries.lies import CONFIDENCE, SURE, belief, injection, lie, marked, wrong_answer
from quorate.agents.agent import Agent
from quorate.agents.local.lines import line_ends
from quorate.errors import BadOption, did_you_mean
from quorate.nouns import Message, Reply, Stretch

First = Literal["draft", "abstain"]
FIRSTS = ("draft", "abstain")
SILENT = "I have no answer of my own yet."


@adversary
def confidently_wrong(scene: Scene) -> Play:
    """State a wrong answer with high confidence: its own honest draft, changed, and told as if it were right.

    It gives the same answer at every turn, and its critiques call every other one wrong.

    Examples
    --------
    >>> adversary["confidently_wrong"] is confidently_wrong
    True
    """
    return (yield from _lying(scene, scene.request.agent))


@adversary
def colluding(scene: Scene) -> Play:
    """State the wrong answer that all colluders state: changed from the honest draft of their leader.

    Examples
    --------
    >>> adversary["colluding"] is colluding
    True
    """
    return (yield from _lying(scene, scene.leader))


@adversary
def injecting(scene: Scene) -> Play:
    """Try to command the readers: a wrong answer among feigned ends of quotation, roles and orders.

    Examples
    --------
    >>> adversary["injecting"] is injecting
    True
    """
    if not _lies(scene):
        return (yield scene.request)
    draft = yield scene.draft()
    wrong = _target(scene, draft, scene.request.agent)
    return _said(scene, injection(scene.ask.question, wrong), draft)


@adversary
def stubborn(scene: Scene) -> Play:
    """Never change the first answer: what it drafted honestly is said again at every turn.

    Examples
    --------
    >>> adversary["stubborn"] is stubborn
    True
    """
    if not scene.answers:
        return (yield scene.request)
    draft = yield scene.draft()
    return draft if scene.opens else draft.model_copy(update=_FREE)


@adversary
def copying(scene: Scene, *, first: First = "draft") -> Play:
    """Repeat what a heard neighbour says, one drawn each time; alone it drafts honestly, or abstains.

    Parameters
    ----------
    scene : Scene
    first : {"draft", "abstain"}
        What it does where it hears no answer.

    Raises
    ------
    BadOption
        For another `first`.

    Examples
    --------
    >>> adversary.resolve({"copying": {"first": "abstain"}}).keywords
    {'first': 'abstain'}
    """
    if first not in FIRSTS:
        raise BadOption(f"A copying agent cannot '{first}' first. {did_you_mean(str(first), FIRSTS)}")
    return _copying(scene, first)


def _copying(scene: Scene, first: First) -> Play:
    heard = [said for said in scene.ask.heard if said.answer is not None and said.act != "critique"]
    if not scene.answers or (not heard and first == "draft"):
        return (yield scene.request)
    if not heard:
        return Reply(text=SILENT)
    return _copy(scene, scene.rng(scene.request.seed).choice(heard))


_FREE: dict[str, Any] = {"tokens_in": 0, "tokens_out": 0, "tokens_cached": 0}
"""What a text costs that is said once more, without a model."""


def _lies(scene: Scene) -> bool:
    return scene.answers or scene.ask.act == "critique"


def _lying(scene: Scene, voice: Agent) -> Play:
    """Lie about the answer; what is changed is the honest draft of `voice`."""
    if not _lies(scene):
        return (yield scene.request)
    draft = yield scene.draft(voice)
    wrong = _target(scene, draft, voice)
    question = scene.ask.question
    if scene.answers:
        return _said(scene, lie(question, draft.text, belief(question, draft), wrong), draft)
    return _said(scene, f"Every draft that does not say {wrong} is wrong in its first step. {SURE}", draft)


def _target(scene: Scene, draft: Reply, voice: Agent) -> str:
    """Return the wrong answer: it depends on the question and on whose draft it is, not on who tells it."""
    question = scene.ask.question
    return wrong_answer(question, belief(question, draft), scene.rng(voice.name, "lie"))


def _said(scene: Scene, text: str, draft: Reply) -> Reply:
    """Say a text with high confidence; the first statement is charged for the draft behind it."""
    spent = {name: getattr(draft, name) for name in _FREE} if scene.opens else _FREE
    lines = tuple(Stretch(end=end, logprob=0.0, confidence=CONFIDENCE) for end in line_ends(text))
    return Reply(
        text=text,
        confidence=CONFIDENCE,
        logprob=math.log(CONFIDENCE),
        stretches=lines if scene.ask.stretches else (),
        **spent,
    )


def _copy(scene: Scene, said: Message) -> Reply:
    kept = {name: getattr(said, name) for name in ("confidence", "logprob", "stretches")}
    text = marked(scene.ask.question, said.text, said.answer or "")
    return Reply(text=text, **(kept if text == said.text else {**kept, "stretches": ()}))
