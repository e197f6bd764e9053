"""What the talk of each arm did: the dynamics of its debates, over all its seeds."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import groupby

from quorate.evaluate.dynamics import Dynamics
from quorate.evaluate.dynamics.rounds import Round
from quorate.report.debates import Debate, Recorded
from quorate.report.study import Study

Each = Callable[[str, int, Recorded], None]


def read_talk(study: Study, each: Each | None = None) -> dict[str, Dynamics]:
    """Read every run once and find out what the talk of each arm did.

    Parameters
    ----------
    study : Study
    each : callable, optional
        Called with arm, seed and record of every run as it is read: one arm at a time is held.
    """
    found = {}
    for arm, runs in groupby(study.recorded(), key=lambda run: run[0]):
        decided: list[Debate] = []
        for _, seed, recorded in runs:
            decided += recorded.decided
            if each is not None:
                each(arm, seed, recorded)
        if decided:
            found[arm] = Dynamics.of([debate.transcript for debate in decided])
    return found


def with_rounds(talk: Mapping[str, Dynamics]) -> dict[str, Dynamics]:
    """Return the arms that held several rounds on more than one question with a gold answer."""
    return {arm: found for arm, found in talk.items() if len(found.rounds) > 1 and found.with_gold > 1}


def curves(talk: Mapping[str, Dynamics]) -> dict[str, Sequence[Round]]:
    """Return how things stood after each round, of the same arms."""
    return {arm: found.rounds for arm, found in with_rounds(talk).items()}
