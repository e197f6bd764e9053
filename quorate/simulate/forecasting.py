"""Forecasting: from the measures of every question to the forecast of a debate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from quorate.evaluate.dynamics.shifts import student_quantile
from quorate.evaluate.statistics import wilson
from quorate.simulate.cost import Cost, Memory, cost_of_round
from quorate.simulate.forecast import Forecast, ForecastRound, Span
from quorate.simulate.measuring import Standing
from quorate.simulate.parameters import Doubles, Parameters
from quorate.simulate.spectrum import components, gap_of, reach
from quorate.simulate.wiring import Wiring

if TYPE_CHECKING:
    from quorate.simulate.simulating import Simulation

ALIKE = 1e-6
"""Spread of opinions that is none: beyond the digits of their numbers."""


def forecast_of(
    plan: Simulation,
    standing: Standing,
    parameters: Parameters,
    memory: Memory,
    tolerance: float,
    dynamics: str,
) -> Forecast:
    """Return the forecast that measures amount to, each of shape (questions, rounds)."""
    wiring, network = plan.wiring, plan.wiring.at(1)
    gap = gap_of(network) if wiring.lasting else None
    distances = _distances(standing)
    taken = next((turn for turn, far in enumerate(distances) if far <= tolerance), None)
    pairs = wiring.size * (wiring.size - 1)
    return Forecast(
        topology=wiring.name,
        dynamics=dynamics,
        agents=wiring.size,
        questions=len(standing.right),
        seed=plan.seed,
        parameters=parameters,
        memory=memory,
        until=plan.until,
        edges=network.edges,
        density=network.edges / pairs if pairs else 0.0,
        gap=None if gap is None else gap.value,
        gap_exact=gap is not None and gap.exact,
        rounds_needed=None if gap is None else gap.rounds(tolerance) if wiring.size > 1 else 0,
        rounds_taken=taken,
        parts=components(network).parts,
        reached=reach(network, plan.rounds - 1, seed=plan.seed),
        tolerance=tolerance,
        rounds=tuple(
            _round(plan, standing, turn, distances[turn], parameters, memory) for turn in range(plan.rounds)
        ),
    )


def _distances(standing: Standing) -> list[float]:
    """Return how far from consensus agents are after each round, over all questions."""
    spread = np.sqrt((standing.spread**2).mean(axis=0))
    if not spread[0] > ALIKE:  # no degrees, or all begin with the same opinion
        return [round(float(far), 9) for far in 1 - standing.agreement.mean(axis=0)]
    return [round(float(far), 9) for far in spread / spread[0]]


def _round(
    plan: Simulation, standing: Standing, turn: int, distance: float, parameters: Parameters, memory: Memory
) -> ForecastRound:
    ended = plan.until == "unanimous" and turn
    open_ = 1 - float(standing.unanimous[:, turn - 1].mean()) if ended else 1.0
    cost = _cost(plan.wiring, turn, parameters, memory)
    belief = float(standing.belief[:, turn].mean())
    return ForecastRound(
        number=turn + 1,
        agents=_span(standing.right[:, turn]),
        vote=_vote(standing.vote[:, turn]),
        agreement=round(float(standing.agreement[:, turn].mean()), 9),
        unanimous=round(float(standing.unanimous[:, turn].mean()), 9),
        distance=distance,
        belief=None if np.isnan(belief) else round(belief, 9),
        open=round(open_, 9),
        messages=cost.messages * open_,
        tokens_in=cost.tokens_in * open_,
        tokens_out=cost.tokens_out * open_,
    )


def _cost(wiring: Wiring, turn: int, parameters: Parameters, memory: Memory) -> Cost:
    edges = wiring.at(turn).edges if turn else 0
    return cost_of_round(
        turn,
        wiring.size,
        edges,
        question_tokens=parameters.question_tokens,
        reply_tokens=parameters.reply_tokens,
        revise_tokens=parameters.revise_tokens,
        memory=memory,
    )


def _span(shares: Doubles) -> Span:
    """Return the mean of shares with Student's interval over the questions."""
    mean, count = float(shares.mean()), len(shares)
    half = 1.0
    if count > 1:
        half = student_quantile(0.975, count - 1) * float(shares.std(ddof=1)) / count**0.5
    return Span(
        mean=round(mean, 6), low=round(max(0.0, mean - half), 6), high=round(min(1.0, mean + half), 6)
    )


def _vote(worth: Doubles) -> Span:
    """Return the share of questions got right with Wilson's interval."""
    low, high = wilson(float(worth.sum()), len(worth))
    return Span(mean=round(float(worth.mean()), 6), low=round(low, 6), high=round(high, 6))
