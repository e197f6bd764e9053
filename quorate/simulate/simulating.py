"""Simulating: agents draft, talk and think again over a network, question by question, in whole arrays."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import numpy as np

from quorate.errors import BadOption
from quorate.registry import label
from quorate.simulate.cost import Memory
from quorate.simulate.drafts import Drafting, drawn
from quorate.simulate.draws import Draws
from quorate.simulate.dynamics import Talk, dynamics
from quorate.simulate.forecast import Forecast
from quorate.simulate.forecasting import forecast_of
from quorate.simulate.measuring import Standing
from quorate.simulate.network import Bools, Network
from quorate.simulate.parameters import Doubles, Parameters
from quorate.simulate.wiring import Wiring, parse, wire

Until = Literal["never", "unanimous"]
Progress = Callable[[int, int], None]
"""Told how many of how many rounds of questions are done."""
AT_ONCE = 4_000_000
"""Most agents, or links, of all questions that are simulated at once."""
QUESTIONS = 1_000
"""Questions simulated of a small table; of larger ones so many that agents times questions are 4 million."""
MOST_ROUNDS = 10_000


def simulate(
    topology: Any,
    *,
    agents: int = 6,
    rounds: int = 3,
    dynamics: Any = "degroot",
    parameters: Parameters | None = None,
    questions: int | None = None,
    memory: Memory = "last",
    until: Until = "never",
    tolerance: float = 0.01,
    seed: int = 0,
    drafts: Drafting | None = None,
    progress: Progress | None = None,
) -> Forecast:
    """Forecast a debate of 1 to millions of agents over a topology, without a model.

    Parameters
    ----------
    topology : str, mapping, callable, networkx graph or path
        As for `wire`: "ring", "random_regular:degree=4", `{"ring": {"k": 2}}` ...
    agents : int
    rounds : int
        Answer rounds, the drafts included.
    dynamics : str, mapping or callable
        How opinions move: degroot, voter, plurality, bounded, deffuant, belief, reactions; with options as in
        "bounded:confidence=0.3".
    parameters : Parameters, optional
        What agents are like; `fit` estimates it from records.
    questions : int, optional
        Simulated; when left out, 1,000, or as many as make 4 million agents altogether.
    memory : {"last", "whole"}
        What agents read again: see `quorate.simulate.cost`.
    until : {"never", "unanimous"}
        Whether talk on a question ends once all agree, which saves its later rounds.
    tolerance : float
        Distance from consensus that counts as none.
    seed : int
        Root of every draw. The same seed gives all topologies the same first drafts.
    drafts : callable, optional
        What agents draft in place of what the parameters say, such as `recorded` drafts.
    progress : callable, optional
        Told how far it has got.

    Returns
    -------
    Forecast

    Raises
    ------
    UnknownName, BadOption, BadGraph
        When there is no such topology or dynamics, or a number is impossible.

    Examples
    --------
    >>> found = simulate("ring", agents=6, rounds=5, questions=200)
    >>> found.rounds_needed, [f"{held.distance:.2f}" for held in found.rounds]
    (12, ['1.00', '0.43', '0.28', '0.18', '0.12'])
    """
    found, _ = simulated(
        topology,
        agents=agents,
        rounds=rounds,
        dynamics=dynamics,
        parameters=parameters,
        questions=questions,
        memory=memory,
        until=until,
        tolerance=tolerance,
        seed=seed,
        drafts=drafts,
        progress=progress,
    )
    return found


def simulated(
    topology: Any,
    *,
    agents: int = 6,
    rounds: int = 3,
    dynamics: Any = "degroot",
    parameters: Parameters | None = None,
    questions: int | None = None,
    memory: Memory = "last",
    until: Until = "never",
    tolerance: float = 0.01,
    seed: int = 0,
    drafts: Drafting | None = None,
    progress: Progress | None = None,
) -> tuple[Forecast, Standing]:
    """Return what `simulate` does, and the measures it is made of, question by question."""
    parameters = parameters or Parameters()
    check_options(rounds, questions, tolerance, until)
    talking = talking_by(dynamics, parameters)
    wiring = wire(topology, agents)
    drafting = drafts or drawn(parameters, wiring.size, seed)
    plan = Simulation(wiring, rounds, talking, drafting, until, seed, progress)
    count = questions or max(1, min(QUESTIONS, AT_ONCE // wiring.size))
    standing = plan.run(count)
    return forecast_of(plan, standing, parameters, memory, tolerance, _named(dynamics)), standing


def check_options(rounds: Any, questions: Any = None, tolerance: Any = 0.01, until: Any = "never") -> None:
    """Complain about impossible options of a simulation; BadOption says what they should be."""
    if isinstance(rounds, bool) or not isinstance(rounds, int) or not 1 <= rounds <= MOST_ROUNDS:
        raise BadOption(f"A debate has 1 to {MOST_ROUNDS:,} rounds, the drafts first, not {rounds!r}.")
    if questions is not None and (isinstance(questions, bool) or not 1 <= questions <= 10_000_000):
        raise BadOption(f"Simulate at least 1 question, not {questions!r}.")
    if not 0 < tolerance < 1:
        raise BadOption(f"The tolerance lies between 0 and 1, not {tolerance!r}: 0.01 is usual.")
    if until not in ("never", "unanimous"):
        raise BadOption(f"Talk ends 'never' before the rounds are over, or once 'unanimous', not {until!r}.")


def talking_by(spec: Any, parameters: Parameters) -> Callable[..., Talk]:
    """Return what makes the talk of a batch of questions, by anything that names dynamics."""
    talking = _dynamics(spec)
    if label(talking) == "reactions":
        return partial(talking, **{"parameters": parameters, **_bound(talking)})
    return talking


def _dynamics(spec: Any) -> Callable[..., Talk]:
    return dynamics.resolve(parse(spec) if isinstance(spec, str) else spec)


def _bound(maker: Callable[..., Any]) -> dict[str, Any]:
    return dict(maker.keywords) if isinstance(maker, partial) else {}


def _named(spec: Any) -> str:
    if isinstance(spec, str):
        return spec
    maker = _dynamics(spec)
    options = ",".join(f"{key}={value}" for key, value in _bound(maker).items() if key != "parameters")
    return f"{label(maker)}:{options}" if options else label(maker)


@dataclass(frozen=True)
class Simulation:
    """What is simulated; `run` does it, in batches of questions that fit into memory."""

    wiring: Wiring
    rounds: int
    talking: Callable[..., Talk]
    drafting: Drafting
    until: Until
    seed: int
    progress: Progress | None

    def run(self, count: int) -> Standing:
        """Return the measures of so many questions, each of shape (questions, rounds)."""
        heaviest = max(self.wiring.size, self.wiring.at(1).heard.size)
        batch = max(1, min(count, AT_ONCE // heaviest))
        held = []
        for start in range(0, count, batch):
            chosen = range(start, min(start + batch, count))
            standings = []
            for turn, standing in enumerate(self._follow(chosen)):
                standings.append(standing)
                if self.progress is not None:
                    self.progress(start * self.rounds + (turn + 1) * len(chosen), count * self.rounds)
            held.append(
                [np.stack(parts, axis=1) for parts in zip(*(s.parts for s in standings), strict=True)]
            )
        return Standing(*(np.concatenate(parts) for parts in zip(*held, strict=True)))

    def _follow(self, questions: Sequence[int]) -> Iterator[Standing]:
        drafts = self.drafting(questions)
        talk = self.talking(drafts, Draws(self.seed, questions, "talk"))
        weights = _weights(self.wiring.at(1))
        now = Standing.of(talk, drafts.kinds, weights)
        yield now
        for turn in range(1, self.rounds):
            ended: Bools = (now.unanimous > 0) & (self.until == "unanimous")
            if not ended.all():
                talk.hear(self.wiring.at(turn))
                now = now.where(ended, Standing.of(talk, drafts.kinds, weights))
            yield now


def _weights(network: Network) -> Doubles:
    """Weigh opinions by how much they count in the end, where everybody who hears is heard.

    In the norm with these weights, averaging brings the spread down by |lambda_2| or more in every round.
    """
    weights = network.degrees + 1.0
    return np.asarray(weights / weights.sum())
