"""Criticism by reading: in every draft it hears, a model finds the first step that it would hardly write.

    score("[1] total: 48+26=74")  -0.1 nats        sets: step 2 wrong
    score("[2] place: 74-21=52")  -9.3 nats   ->   money: right

Who could solve a problem finds right steps likely, whoever wrote them, so nothing has to be written to check
one. It is as good as the model knows the way, and a right step on another way may be unlikely too.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate, pairwise
from pathlib import Path
from typing import NamedTuple, Protocol

from quorate.agents.agent import Request
from quorate.errors import ModelError
from quorate.nouns import Ask, Question, Reply

LONGEST_READ = 20_000
"""Characters of a draft that are read, from its beginning."""
MOST_STEPS = 100
"""Lines of a draft that are read; each is a step."""
CRITIC = "critic.json"
"""The file beside an adapter that says below which log-likelihood a step counts as wrong."""
NOTHING = "There is no draft to check."


class Scoring(Protocol):
    """A model that says how likely it finds given texts, as `LocalModel` does."""

    def score(self, requests: Sequence[Request], options: Sequence[Sequence[str]]) -> list[list[float]]:
        """Return the total log-likelihood of each option behind the prompt of its request, in nats."""
        ...

    def length(self, text: str) -> int:
        """Return how many tokens a text takes."""
        ...


class Reading(NamedTuple):
    """A draft and how likely each of its steps is behind those before it, in nats."""

    seat: str
    steps: tuple[float, ...]

    def wrong_step(self, least: float) -> int | None:
        """Return the number of the first step less likely than `least`, from 1; None when there is none.

        Examples
        --------
        >>> Reading("ada", (-0.1, -9.3, -20.0)).wrong_step(-5.0)
        2
        """
        return next((number for number, step in enumerate(self.steps, 1) if step < least), None)


def verdict_line(seat: str, wrong: int | None) -> str:
    """Say of a seat's draft which step is wrong, or that none is.

    Examples
    --------
    >>> verdict_line("ada", None), verdict_line("bo", 2)
    ('ada: right', 'bo: step 2 wrong')
    """
    return f"{seat}: right" if wrong is None else f"{seat}: step {wrong} wrong"


def steps_of(text: str) -> list[str]:
    r"""Return the lines of a draft that are read as its steps.

    Examples
    --------
    >>> steps_of("[1] 2+3=5\n\nAnswer: 5\n")
    ['[1] 2+3=5', 'Answer: 5']
    """
    lines = (line.strip() for line in text[:LONGEST_READ].splitlines())
    return [line for line in lines if line][:MOST_STEPS]


def read_drafts(
    model: Scoring, requests: Sequence[Request], asked: Callable[[Question], str]
) -> list[list[Reading]]:
    """Read the drafts that each ask hears, all in one pass through the model.

    Parameters
    ----------
    model : Scoring
    requests : sequence of Request
        The voice to read with, and what it hears (`Ask.heard`).
    asked : callable
        What somebody who solves the question is told: behind it a right draft is likely.

    Returns
    -------
    list of list of Reading
        Of every request the drafts, in the order in which they are heard.
    """
    solving = [_solving(request, asked) for request in requests]
    drafts = [[steps_of(message.text) for message in request.ask.heard] for request in requests]
    options = [[part for steps in heard for part in _beginnings(steps)] for heard in drafts]
    readings = []
    for request, heard, scores in zip(requests, drafts, model.score(solving, options), strict=True):
        found = iter(scores)
        readings.append(
            [
                Reading(message.seat, tuple(b - a for a, b in pairwise([0.0, *(next(found) for _ in steps)])))
                for message, steps in zip(request.ask.heard, heard, strict=True)
            ]
        )
    return readings


def criticise(
    model: Scoring, requests: Sequence[Request], asked: Callable[[Question], str], *, least: float
) -> Iterator[Reply | Exception]:
    r"""Say of each draft that an ask hears whether it is right, or which step is wrong.

    Parameters
    ----------
    model, requests, asked
        As for `read_drafts`.
    least : float
        The log-likelihood in nats below which a step counts as wrong.

    Yields
    ------
    Reply or Exception
        For every request in turn, a line a draft: "ada: right" or "bo: step 2 wrong", and "bo: not read" of
        one that the model cannot read, while it can read others. Reading writes no tokens, so `tokens_out`
        is 0. Where no draft can be read the exception is that request's.

    Examples
    --------
    >>> from quorate.agents.agent import Agent
    >>> from quorate.nouns import Message
    >>> class Adder:
    ...     def score(self, requests, options):
    ...         return [[-9.0 if "2+3=6" in text else -0.1 for text in texts] for texts in options]
    ...     def length(self, text):
    ...         return len(text.split())
    >>> texts = {"ada": "2+3=5\nAnswer: 5", "bo": "2+3=6\nAnswer: 6"}
    >>> heard = tuple(
    ...     Message(number=n, seat=seat, act="draft", turn=0, text=text)
    ...     for n, (seat, text) in enumerate(texts.items())
    ... )
    >>> question = Question(text="2+3?")
    >>> ask = Ask(seat="cy", act="critique", turn=1, question=question, instruction="Check.", heard=heard)
    >>> [reply] = criticise(Adder(), [Request(Agent("cy", None), ask, 0)], lambda q: q.text, least=-5.0)
    >>> print(reply.text)
    ada: right
    bo: step 1 wrong
    """
    try:
        readings = read_drafts(model, requests, asked)
    except Exception as problem:
        if len(requests) > 1:  # only what cannot be read alone has failed
            for request in requests:
                yield from criticise(model, [request], asked, least=least)
        elif len(requests[0].ask.heard) > 1:
            yield _draft_by_draft(model, requests[0], asked, least)
        else:
            yield problem
        return
    for request, drafts in zip(requests, readings, strict=True):
        told = (asked(request.ask.question), *(message.text[:LONGEST_READ] for message in request.ask.heard))
        lines = [verdict_line(reading.seat, reading.wrong_step(least)) for reading in drafts]
        yield Reply(text="\n".join(lines) or NOTHING, tokens_in=sum(map(model.length, told)), tokens_out=0)


def _draft_by_draft(
    model: Scoring, request: Request, asked: Callable[[Question], str], least: float
) -> Reply | Exception:
    """Criticise drafts one at a time, so that one that cannot be read does not shield the others."""
    heard = request.ask.heard
    alone = [replace(request, ask=request.ask.model_copy(update={"heard": (message,)})) for message in heard]
    replies = [reply for part in alone for reply in criticise(model, [part], asked, least=least)]
    read = [reply for reply in replies if isinstance(reply, Reply)]
    if not read:
        return replies[0]
    lines = [
        reply.text if isinstance(reply, Reply) else f"{message.seat}: not read"
        for message, reply in zip(heard, replies, strict=True)
    ]
    return Reply(text="\n".join(lines), tokens_in=sum(reply.tokens_in for reply in read), tokens_out=0)


def save_critic(folder: Path, least: float) -> Path:
    """Write beside an adapter below which log-likelihood, in nats, a step counts as wrong."""
    file = folder / CRITIC
    file.write_text(json.dumps({"least": least}) + "\n", encoding="utf-8")
    return file


def load_critic(folder: Path) -> float | None:
    """Return what `save_critic` wrote; None where nothing was written.

    Raises
    ------
    ModelError
        When the file says something else.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> load_critic(folder), load_critic(save_critic(folder, -5.5).parent)
    (None, -5.5)
    """
    file = folder / CRITIC
    if not file.is_file():
        return None
    try:
        least = float(json.loads(file.read_text("utf-8"))["least"])
    except (ValueError, TypeError, KeyError, RecursionError) as problem:
        raise ModelError(
            f'{file} is no critic\'s file, which reads {{"least": -5.5}}: {problem!r}.'
        ) from None
    if not math.isfinite(least):
        raise ModelError(f"{file}: a log-likelihood of {least} is no limit; write a number such as -5.5.")
    return least


def _solving(request: Request, asked: Callable[[Question], str]) -> Request:
    """Return the request to solve the question, in the same voice, without having heard anybody."""
    ask = request.ask
    draft = Ask(seat=ask.seat, act="draft", turn=0, question=ask.question, instruction=asked(ask.question))
    return replace(request, ask=draft)


def _beginnings(steps: Sequence[str]) -> Iterator[str]:
    """Yield a draft up to the end of each step: the last without the line break, where its text ends."""
    lines = [f"{step}\n" for step in steps[:-1]] + list(steps[-1:])
    return accumulate(lines)
