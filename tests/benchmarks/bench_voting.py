"""How fast votes are counted: a million pluralities, many Schulze elections, and single ones of any size.

Run by `make bench`. Where pref_voting can be imported, it counts a part of the same elections in the same
run; it pins libraries that ours does not, so it lives in an environment of its own:

    PYTHONPATH=. ~/pref/bin/python tests/benchmarks/bench_voting.py
"""

from __future__ import annotations

import importlib.util
import random
import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import numpy as np

from quorate.nouns import Ballot
from quorate.protocols.voting import (
    borda,
    instant_runoff,
    kemeny,
    plurality,
    plurality_many,
    ranked_pairs,
    schulze,
    schulze_many,
)
from quorate.registry import label

PLURALITIES, VOTERS = 1_000_000, 5
SCHULZES, SEATS, ANSWERS = 100_000, 7, 5
PART = 1_000
"""Elections counted one by one, and by pref_voting."""


def seconds(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def rankings(places: np.ndarray) -> list[Ballot]:
    orders = (np.argsort(row).tolist() for row in places)
    return [
        Ballot(seat=str(seat), answer=None, ranking=tuple((str(answer),) for answer in order))
        for seat, order in enumerate(orders)
    ]


def batches(rng: np.random.Generator) -> None:
    votes = rng.integers(0, 4, size=(PLURALITIES, VOTERS))
    took = min(seconds(lambda: plurality_many(votes)) for _ in range(3))
    single = [[Ballot(seat=str(s), answer=str(vote)) for s, vote in enumerate(row)] for row in votes[:PART]]
    each = seconds(lambda: [plurality(ballots) for ballots in single]) / PART
    print(
        f"plurality: {PLURALITIES:,} votes of {VOTERS} in {took:.2f} s; one by one {each * 1e6:.0f} us each"
    )

    places = rng.permuted(np.tile(np.arange(ANSWERS), (SCHULZES, SEATS, 1)), axis=2)
    took = min(seconds(lambda: schulze_many(places)) for _ in range(3))
    profiles = [rankings(election) for election in places[:PART]]
    each = seconds(lambda: [schulze(ballots) for ballots in profiles]) / PART
    print(
        f"schulze: {SCHULZES:,} elections of {ANSWERS} answers and {SEATS} voters in {took:.2f} s; "
        f"one by one {each * 1e6:.0f} us each"
    )
    beside_pref_voting(votes[:PART], places[:PART], took / SCHULZES)


def beside_pref_voting(votes: np.ndarray, places: np.ndarray, ours: float) -> None:
    if importlib.util.find_spec("pref_voting") is None:
        print("pref_voting is not importable here")
        return
    from pref_voting.margin_based_methods import beat_path  # type: ignore[import-not-found]
    from pref_voting.profiles import Profile  # type: ignore[import-not-found]

    profiles = [Profile(np.argsort(election, axis=1).tolist()) for election in places]
    beat_path(profiles[0])  # compiles
    took = seconds(lambda: [beat_path(profile) for profile in profiles]) / len(profiles)
    made = seconds(lambda: [Profile(np.argsort(e, axis=1).tolist()) for e in places]) / len(places)
    same = all(
        beat_path(profile) == np.flatnonzero(mask).tolist()
        for profile, mask in zip(profiles, schulze_many(places), strict=True)
    )
    print(
        f"pref_voting beat_path: {took * 1e6:.0f} us each and {made * 1e6:.0f} us to make the profile, over "
        f"{len(places):,} of them: {SCHULZES * (took + made):.0f} s for {SCHULZES:,}, "
        f"{(took + made) / ours:.0f} times ours; {'the same' if same else 'DIFFERENT'} winners"
    )


def timed(rules: Iterable[Callable[[list[Ballot]], object]], ballots: list[Ballot]) -> str:
    return ", ".join(f"{label(rule)} {seconds(partial(rule, ballots)):.2f} s" for rule in rules)


def sizes() -> None:
    rng = random.Random(1)
    for name, voters, answers in (("10,000 voters of 10", 10_000, 10), ("10 voters of 500", 10, 500)):
        ballots = rankings(np.array([rng.sample(range(answers), answers) for _ in range(voters)]))
        print(f"{name} answers: {timed((borda, schulze, instant_runoff), ballots)}")
    for answers in (8, 12, 16):
        wheel = np.array([[(place + at) % answers for place in range(answers)] for at in range(answers)])
        print(f"a cycle of {answers} equal majorities: {timed((kemeny, ranked_pairs), rankings(wheel))}")


if __name__ == "__main__":
    batches(np.random.default_rng(1))
    sizes()
