"""Counting: how many calls an experiment takes at most, found by playing its protocols without a model."""

from __future__ import annotations

from quorate.definition import Definition
from quorate.experiments import Experiment
from quorate.experiments.drafts import first_asks
from quorate.nouns import Message, Question


def most_calls(experiment: Experiment) -> int:
    """Return the most calls that the arms make on one question, drafts that they share counted once.

    Nobody ever agrees with anybody: every protocol goes on for as long as it may. The controls are not in it;
    those at equal cost make about as many calls as the most expensive arm each.

    Examples
    --------
    >>> from quorate.agents import Agent, Scripted
    >>> from quorate.evaluate import Problem
    >>> agents = [Agent(name, Scripted("5")) for name in ("ada", "bo", "cy")]
    >>> arms = {"two": {"rounds": 2}, "three": {"rounds": 3}}
    >>> most_calls(Experiment("sums", [Problem(question=Question(text="2+3?"))], agents, arms))
    12
    """
    question, seed = experiment.problems[0].question, experiment.seeds[0]
    total = len(experiment.agents)
    for arm in experiment.everything:
        definition = experiment.definition(arm, seed)
        shared = len(first_asks(definition, question)[0]) if arm.shares_drafts else 0
        total += _played(definition, question) - shared
    return total


def _played(definition: Definition, question: Question) -> int:
    """Count the asks of a protocol when everybody always says something new."""
    turns, asked = definition.rules(question, definition.table), 0
    try:
        asks = next(turns)
        while True:
            said = [
                Message(number=n, seat=ask.seat, act=ask.act, turn=ask.turn, text="", answer=f"answer {n}")
                for n, ask in enumerate(asks, asked)
            ]
            asked += len(asks)
            asks = turns.send(said)
    except StopIteration:
        return asked
