"""The outlook: several topologies side by side, where the sparse ones win, and where talk stalls."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import numpy as np

from quorate.errors import BadOption
from quorate.evaluate.dynamics.sections import count
from quorate.evaluate.dynamics.shifts import Shift
from quorate.nouns import Noun
from quorate.simulate.fitting import Fit
from quorate.simulate.forecast import Forecast
from quorate.simulate.measuring import Standing
from quorate.simulate.parameters import Doubles
from quorate.simulate.predicting import predicted
from quorate.simulate.simulating import Progress, simulated

MARGIN = 0.02
"""Accuracy that a sparse graph may lose and still count as no worse."""


MOST_PREDICTED = 1_000


class Outlook(Noun):
    """Forecasts of the same debate over several topologies: `plan` makes it.

    Parameters
    ----------
    forecasts : tuple of Forecast
    findings : tuple of str
        Where sparse wins and where talk stalls, a sentence each.
    seconds : float, optional
        How long it took.
    peak_memory : int, optional
        Most memory the process held, in bytes.
    """

    forecasts: tuple[Forecast, ...]
    findings: tuple[str, ...]
    seconds: float | None = None
    peak_memory: int | None = None

    def __str__(self) -> str:
        """Tell it as plain text."""
        from quorate.simulate.telling import plain_outlook

        return plain_outlook(self)


def plan(
    topologies: Sequence[Any],
    *,
    known: Fit | None = None,
    progress: Progress | None = None,
    **options: Any,
) -> Outlook:
    """Forecast the same debate over several topologies, from the same first drafts.

    Parameters
    ----------
    topologies : sequence
        Each as for `simulate`.
    known : Fit, optional
        What agents are like, from records: they react as measured. Up to 1,000 agents, the intervals are
        then those of `predict`.
    progress : callable, optional
        Told how far all of them have got.
    options
        As for `simulate`.

    Raises
    ------
    BadOption
        When no topology is given; and as `simulate`.

    Examples
    --------
    >>> found = plan(["ring", "complete"], agents=100, rounds=10, questions=40)
    >>> print(found.findings[0][:48])
    ring does not agree within 10 rounds: its distan
    """
    if isinstance(topologies, str) or not topologies:
        raise BadOption("Give a list of at least one topology, such as ['ring', 'complete'].")
    forecasts, ends = [], []
    for place, topology in enumerate(topologies):
        told = None if progress is None else partial(_tell, progress, place, len(topologies))
        forecast, standing = _forecast(topology, known, told, options)
        forecasts.append(forecast)
        ends.append(standing.right[:, -1])
    return Outlook(forecasts=tuple(forecasts), findings=tuple(findings(forecasts, ends)))


def _forecast(
    topology: Any, known: Fit | None, told: Progress | None, options: dict[str, Any]
) -> tuple[Forecast, Standing]:
    if known is None:
        return simulated(topology, progress=told, **options)
    if options.get("agents", 6) > MOST_PREDICTED:
        given = {"dynamics": "reactions", "parameters": known.parameters, **options}
        return simulated(topology, progress=told, **given)
    return predicted(known, topology, **options)


def _tell(progress: Progress, place: int, count: int, done: int, of: int) -> None:
    progress(place * of + done, count * of)


def findings(forecasts: Sequence[Forecast], ends: Sequence[Doubles]) -> Iterator[str]:
    """Yield what forecasts of the same debate say about their topologies, a sentence each.

    Parameters
    ----------
    forecasts : sequence of Forecast
    ends : sequence of array of float, shape (questions,)
        For each, the share of the agents that end right, question by question.
    """
    for one in forecasts:
        if not one.agrees:
            yield _stalls(one)
    place = max(range(len(forecasts)), key=lambda at: forecasts[at].edges)
    dense = forecasts[place]
    for one, end in zip(forecasts, ends, strict=True):
        if one.edges < dense.edges and one.agents == dense.agents:
            gain = Shift.over(end - ends[place], np.arange(len(end)))
            if gain is not None:
                yield _against(one, dense, gain)
    yield _without_talk(dense)


def _stalls(one: Forecast) -> str:
    last = one.last
    start = (
        f"{one.topology} does not agree within {len(one.rounds)} rounds: its distance from consensus is "
        f"{last.distance:.2g} at the end, and {100 * last.agreement:.0f} % give the same answer"
    )
    if one.parts > 1:
        return f"{start}. It falls into {one.parts:,} parts that never hear of each other{_better(one)}."
    if one.gap is None:
        return f"{start}."
    if one.rounds_needed is not None and one.rounds_needed < len(one.rounds):
        needed = count(one.rounds_needed, "round")
        return f"{start}, though averaging would take {needed} at most: {_held_up(one)}."
    bound, least = ("", "about") if one.gap_exact else ("at most ", "at least")
    needed = "for ever" if one.rounds_needed is None else f"{least} {number(one.rounds_needed)} rounds"
    word = ""
    if one.reached < one.agents:
        word = f"; word from one agent has reached {one.reached:,} of {one.agents:,}"
    gap = f"Its spectral gap is {bound}{one.gap:.2g}"
    return f"{start}. {gap}, so that averaging takes {needed} from the worst start{word}."


def _better(one: Forecast) -> str:
    return "; degree=3 or more keeps it in one" if one.topology.startswith("random_regular") else ""


def _held_up(one: Forecast) -> str:
    name = one.dynamics.partition(":")[0]
    return {
        "bounded": "opinions farther apart than the confidence do not meet",
        "deffuant": "opinions farther apart than the confidence do not meet",
        "belief": "answers stay draws from beliefs that differ",
        "plurality": "agents in a local majority do not move",
    }.get(name, "answers spread more slowly than averages do")


def _against(one: Forecast, dense: Forecast, gain: Shift) -> str:
    """Compare a sparse graph with the densest: by what their agents end with, on the same questions."""
    share = one.tokens_in / dense.tokens_in if dense.tokens_in else 1.0
    lead = f"{one.topology} reads {percent(share)} of the tokens of {dense.topology}"
    if gain.questions < 2:
        return f"{lead}; whether it ends as right is not to be told from one question."
    told = f"the share of its agents that end right is {gain.points} points from that of {dense.topology}"
    agrees = one.last.agreement >= dense.last.agreement - MARGIN
    if agrees and gain.low >= -MARGIN:
        return f"Sparse wins: {lead}, and {told}."
    if gain.high < 0:
        return f"{lead}, and is below it: {told}."
    return f"{lead} but {'is not shown to be as good' if agrees else 'does not agree as that does'}; {told}."


def _without_talk(dense: Forecast) -> str:
    first, last = dense.rounds[0], dense.last
    return (
        f"Without any talk, a vote over the first drafts is right on {first.vote.percent} % of the "
        f"questions; after {len(dense.rounds)} rounds of {dense.topology}, a vote is right on "
        f"{last.vote.percent} %."
    )


def number(value: float) -> str:
    """Write a count: in full up to a million, then with two digits.

    Examples
    --------
    >>> number(12262), number(349947992230)
    ('12,262', '3.5e11')
    """
    if value < 1e6:
        return f"{value:,.0f}"
    return f"{value:.1e}".replace("e+0", "e").replace("e+", "e")


def percent(share: float) -> str:
    """Write a share in percent, however small.

    Examples
    --------
    >>> percent(0.452), percent(0.0000021)
    ('45.2 %', '0.00021 %')
    """
    return f"{100 * share:.1f} %" if share >= 0.001 else f"{100 * share:.2g} %"
