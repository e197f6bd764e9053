"""Predicting: what agents like those of a record would do over another graph."""

from __future__ import annotations

from typing import Any

import numpy as np

from quorate.errors import BadOption
from quorate.nouns import derive_seed
from quorate.simulate.cost import Memory
from quorate.simulate.drafts import Drafting, drawn
from quorate.simulate.fitting import Fit
from quorate.simulate.forecast import Forecast, Span
from quorate.simulate.forecasting import forecast_of
from quorate.simulate.measuring import Standing
from quorate.simulate.parameters import Doubles, Parameters
from quorate.simulate.simulating import Simulation, Until, check_options, talking_by
from quorate.simulate.wiring import wire

RUNS = 40
QUESTIONS = 200


def predict(
    known: Fit | Parameters,
    topology: Any,
    *,
    agents: int = 6,
    rounds: int = 3,
    questions: int | None = None,
    runs: int = RUNS,
    memory: Memory = "last",
    until: Until = "never",
    seed: int = 0,
    drafts: Drafting | None = None,
) -> Forecast:
    """Predict a run over so many questions, by agents that react as `Parameters` say.

    Parameters
    ----------
    known : Fit or Parameters
        With a fit, every simulated run takes another of its estimates, so that the intervals know how much
        the record leaves open.
    topology, agents, rounds, memory, until, seed, drafts
        As for `simulate`.
    questions : int, optional
        Of the run that is predicted; as many as the fit has, or 200.
    runs : int
        Runs simulated. The intervals hold the accuracy of 95 % of them: what ONE run is expected to show.

    Raises
    ------
    BadOption, BadGraph, UnknownName
        As `simulate`; BadOption also for fewer than 2 runs.

    Examples
    --------
    >>> sceptics = Parameters(accuracy=0.6, given_right=0.8, given_wrong=0.1)
    >>> found = predict(sceptics, "ring", agents=6, rounds=3, runs=20)
    >>> found.last.agents.mean > found.rounds[0].agents.mean
    True
    """
    found, _ = predicted(
        known,
        topology,
        agents=agents,
        rounds=rounds,
        questions=questions,
        runs=runs,
        memory=memory,
        until=until,
        seed=seed,
        drafts=drafts,
    )
    return found


def predicted(
    known: Fit | Parameters,
    topology: Any,
    *,
    agents: int = 6,
    rounds: int = 3,
    questions: int | None = None,
    runs: int = RUNS,
    memory: Memory = "last",
    until: Until = "never",
    seed: int = 0,
    drafts: Drafting | None = None,
) -> tuple[Forecast, Standing]:
    """Return what `predict` does, and the measures it is made of, question by question of all runs."""
    check_options(rounds, questions, until=until)
    if isinstance(runs, bool) or not isinstance(runs, int) or runs < 2:
        raise BadOption(f"An interval needs at least 2 runs, not {runs!r}.")
    best = known.parameters if isinstance(known, Fit) else known
    several = known.spread if isinstance(known, Fit) and known.spread else (best,)
    count = questions or (known.questions if isinstance(known, Fit) else QUESTIONS)
    wiring = wire(topology, agents)
    held: list[Standing] = []
    for number in range(runs):
        root, these = derive_seed(seed, "run", number), several[number % len(several)]
        drafting = drafts or drawn(these, wiring.size, root)
        talking = talking_by("reactions", these)
        plan = Simulation(wiring, rounds, talking, drafting, until, root, None)
        held.append(plan.run(count))
    whole = Standing(*(np.concatenate(parts) for parts in zip(*(one.parts for one in held), strict=True)))
    found = forecast_of(plan, whole, best, memory, 0.01, "reactions")
    return _with_spans(found, held, count, seed), whole


def _with_spans(found: Forecast, held: list[Standing], count: int, seed: int) -> Forecast:
    """Give a forecast of many runs the intervals that hold most of them."""
    right = np.array([one.right.mean(axis=0) for one in held])
    vote = np.array([one.vote.mean(axis=0) for one in held])
    rounds = tuple(
        known.model_copy(update={"agents": _span(right[:, turn]), "vote": _span(vote[:, turn])})
        for turn, known in enumerate(found.rounds)
    )
    return found.model_copy(update={"rounds": rounds, "questions": count, "seed": seed})


def _span(means: Doubles) -> Span:
    low, high = np.quantile(means, [0.025, 0.975])
    return Span(mean=round(float(means.mean()), 6), low=round(float(low), 6), high=round(float(high), 6))
