"""Compares our rules with those of pref_voting on random profiles, and records its verdicts as a fixture.

pref_voting pins libraries that ours does not, so it lives in an environment of its own:

    python -m venv ~/pref && ~/pref/bin/pip install pref_voting pydantic pyyaml
    PYTHONPATH=. ~/pref/bin/python tests/tools/record_pref_voting.py --profiles 10000
    PYTHONPATH=. ~/pref/bin/python tests/tools/record_pref_voting.py --profiles 300 --write

A third of the profiles are linear orders, a third have ties, and a third leave answers out too. They are
small (2 to 5 answers, 1 to 9 voters), so that ties between answers, pairs and rounds are common.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import signal
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

FIXTURE = Path(__file__).resolve().parents[1] / "protocols" / "pref_voting.json.gz"
LETTERS = "ABCDE"
PATIENCE = 1
"""Seconds after which a verdict of pref_voting is given up: its ranked pairs tries all orders of pairs."""

Rows = list[list[list[int]]]
Grades = list[dict[str, int]]


def draw_rankings(rng: random.Random, style: str) -> tuple[int, Rows]:
    """Draw the tiers of every voter over a number of answers."""
    size, voters = rng.randint(2, 5), rng.randint(1, 9)
    rows: Rows = []
    for _ in range(voters):
        order = rng.sample(range(size), size)
        kept = order if style != "partial" else order[: rng.randint(1, size)]
        tiers = [[kept[0]]]
        for answer in kept[1:]:
            if style != "linear" and rng.random() < 0.3:
                tiers[-1].append(answer)
            else:
                tiers.append([answer])
        rows.append([sorted(tier) for tier in tiers])
    return size, rows


def draw_grades(rng: random.Random, most: int) -> tuple[int, Grades]:
    """Draw the grades of every voter, from 0 to `most`."""
    size, voters = rng.randint(2, 5), rng.randint(1, 9)
    return size, [{LETTERS[answer]: rng.randint(0, most) for answer in range(size)} for _ in range(voters)]


def oracles() -> dict[str, tuple[str, Callable[[Any], list[int]]]]:
    """Return the rules that both have: our name and options, the styles, and pref_voting's function."""
    from pref_voting import (  # type: ignore[import-not-found]
        c1_methods,
        iterative_methods,
        margin_based_methods,
        other_methods,
        scoring_methods,
    )
    from pref_voting.scoring_methods import domination_borda_scores, non_domination_borda_scores  # type: ignore[import-not-found]

    def borda(scores: Any = None) -> Callable[[Any], list[int]]:
        given = {"borda_scores": scores} if scores else {}
        return lambda profile: scoring_methods.borda_for_profile_with_ties(profile, **given)

    def condorcet(profile: Any) -> list[int]:
        winner = profile.condorcet_winner()
        return [] if winner is None else [winner]

    return {
        "plurality": ("linear", scoring_methods.plurality),
        "majority": ("linear", other_methods.absolute_majority),
        "borda": ("all", borda()),
        "borda ties=dominated": ("all", borda(domination_borda_scores)),
        "borda ties=undominated": ("all", borda(non_domination_borda_scores)),
        "bradley_terry": ("linear", other_methods.bradley_terry),
        "condorcet": ("all", condorcet),
        "copeland": ("all", c1_methods.copeland),
        "minimax": ("all", margin_based_methods.minimax),
        "minimax strength=winning": (
            "all",
            lambda profile: _best(margin_based_methods.minimax_scores(profile, score_method="winning")),
        ),
        "minimax strength=opposition": (
            "all",
            lambda profile: _best(
                margin_based_methods.minimax_scores(profile, score_method="pairwise_opposition")
            ),
        ),
        "schulze": ("all", margin_based_methods.beat_path),
        "schulze strength=winning": (
            "all",
            lambda profile: margin_based_methods.beat_path(profile, strength_function=profile.support),
        ),
        "ranked_pairs": ("all", margin_based_methods.ranked_pairs),
        "ranked_pairs stacks": (
            "all",
            lambda profile: margin_based_methods.ranked_pairs(profile, algorithm="from_stacks"),
        ),
        "kemeny": ("all", lambda profile: other_methods.kemeny_young(profile, algorithm="marginal")),
        "instant_runoff": ("all", iterative_methods.instant_runoff_put),
        "instant_runoff ties=split": (
            "all",
            lambda profile: iterative_methods.instant_runoff_put(profile, score_method="split"),
        ),
        "smith": ("all", c1_methods.smith_set if hasattr(c1_methods, "smith_set") else c1_methods.top_cycle),
    }


def _best(scores: dict[int, float]) -> list[int]:
    return [answer for answer, score in scores.items() if score == max(scores.values())]


def graded() -> dict[str, tuple[int, Callable[[Any], list[str]]]]:
    """Return the rules over grades that both have, with the highest grade."""
    from pref_voting import grade_methods

    return {
        "approval": (1, grade_methods.approval),
        "range": (5, grade_methods.score_voting),
        "majority_judgement by=gauge": (5, grade_methods.majority_judgement),
        "majority_judgement": (5, grade_methods.majority_judgement),
    }


def theirs(size: int, rows: Rows, linear: bool) -> Any:
    """Return a profile of pref_voting."""
    if linear:
        from pref_voting.profiles import Profile  # type: ignore[import-not-found]

        return Profile([[tier[0] for tier in row] for row in rows])
    from pref_voting.profiles_with_ties import ProfileWithTies  # type: ignore[import-not-found]

    ranks = [{answer: place for place, tier in enumerate(row, 1) for answer in tier} for row in rows]
    profile = ProfileWithTies(ranks, candidates=list(range(size)))
    profile.use_extended_strict_preference()
    return profile


def ours(name: str, ballots: Sequence[Any]) -> list[str]:
    """Return our winners by a rule and its options, such as "borda ties=dominated"."""
    from quorate import registry

    if name == "smith":
        from quorate.protocols.voting import Profile, margins_of, smith_set

        profile = Profile.of(ballots)
        return sorted(profile.answers[index] for index in smith_set(margins_of(profile)))
    rule, *options = name.split()
    given = dict(option.split("=") for option in options if "=" in option)
    return list(registry.rule.resolve({rule: given})(ballots).winners)


def ranked_ballots(size: int, rows: Rows) -> list[Any]:
    """Return our ballots for rankings."""
    from quorate.nouns import Ballot

    names = tuple(LETTERS[:size])
    return [
        Ballot(
            seat=str(seat),
            answer=None,
            ranking=tuple(tuple(names[answer] for answer in tier) for tier in row),
            candidates=names,
        )
        for seat, row in enumerate(rows)
    ]


def scored_ballots(grades: Grades) -> list[Any]:
    """Return our ballots for grades; those of 0 and 1 are approvals too."""
    from quorate.nouns import Ballot

    return [
        Ballot(seat=str(seat), answer=None, scores={name: float(grade) for name, grade in given.items()})
        for seat, given in enumerate(grades)
    ]


def approving_ballots(grades: Grades) -> list[Any]:
    """Return our ballots for approvals."""
    from quorate.nouns import Ballot

    return [
        Ballot(
            seat=str(seat),
            answer=None,
            approved=tuple(name for name, grade in given.items() if grade),
            candidates=tuple(given),
        )
        for seat, given in enumerate(grades)
    ]


class _TooLong(Exception):
    pass


def _give_up(number: int, frame: FrameType | None) -> None:
    raise _TooLong


def verdict(function: Callable[[Any], Any], profile: Any) -> list[Any] | None:
    """Return pref_voting's winners, or None when it takes too long."""
    signal.signal(signal.SIGALRM, _give_up)
    signal.alarm(PATIENCE)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return list(function(profile))
    except (_TooLong, RuntimeError):  # the latter where its Bradley-Terry does not converge
        return None
    finally:
        signal.alarm(0)


def main() -> int:
    """Compare, print the counts, and write the fixture if asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--profiles", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--write", action="store_true", help=f"write {FIXTURE.name}")
    parser.add_argument("--only", nargs="*", default=None, help="only these rules")
    arguments = parser.parse_args()
    record: dict[str, Any] = {"rankings": {}, "grades": {}}
    wrong = 0
    for name, (styles, function) in oracles().items():
        if arguments.only is None or name in arguments.only:
            rows, differ = _rankings(name, styles, function, arguments)
            record["rankings"][name], wrong = rows, wrong + differ
    for name, (most, rate) in graded().items():
        if arguments.only is None or name in arguments.only:
            rows, differ = _grades(name, most, rate, arguments)
            if name != "majority_judgement":  # they compare by the gauge
                record["grades"][name], wrong = rows, wrong + differ
    if arguments.write:
        with gzip.GzipFile(FIXTURE, "wb", mtime=0) as file:
            file.write(json.dumps(record, separators=(",", ":")).encode())
        print(f"wrote {FIXTURE.name}, {FIXTURE.stat().st_size:,} bytes")
    return 1 if wrong else 0


def _rankings(
    name: str, styles: str, function: Callable[[Any], Any], arguments: Any
) -> tuple[list[Any], int]:
    rng, rows, differ, skipped, start = random.Random(f"{arguments.seed} {name}"), [], 0, 0, time.time()
    for number in range(arguments.profiles):
        style = "linear" if styles == "linear" else ("linear", "ties", "partial")[number % 3]
        size, tiers = draw_rankings(rng, style)
        found = verdict(function, theirs(size, tiers, style == "linear" and "borda" not in name))
        if found is None:
            skipped += 1
            continue
        expected = sorted(LETTERS[answer] for answer in found)
        rows.append([size, tiers, "".join(expected)])
        if ours(name, ranked_ballots(size, tiers)) != expected:
            differ += 1
            if differ <= 3:
                print(
                    f"  {name}: {size} {tiers}: they {expected}, we {ours(name, ranked_ballots(size, tiers))}"
                )
    _tell(name, rows, differ, skipped, start)
    return rows, differ


def _grades(name: str, most: int, function: Callable[[Any], Any], arguments: Any) -> tuple[list[Any], int]:
    from pref_voting.grade_profiles import GradeProfile  # type: ignore[import-not-found]

    rng, rows, differ, start = random.Random(f"{arguments.seed} {name}"), [], 0, time.time()
    for _ in range(arguments.profiles):
        size, grades = draw_grades(rng, most)
        profile = GradeProfile(grades, list(range(most + 1)), candidates=list(LETTERS[:size]))
        expected = sorted(function(profile))
        rows.append([[list(given.values()) for given in grades], "".join(expected)])
        made = approving_ballots(grades) if name == "approval" else scored_ballots(grades)
        voted = name != "approval" or any(map(any, (given.values() for given in grades)))
        if voted and ours(name, made) != expected:  # where nobody approves of anything, we elect nobody
            differ += 1
            if differ <= 3:
                print(f"  {name}: {grades}: they {expected}, we {ours(name, made)}")
    _tell(name, rows, differ, 0, start)
    return rows, differ


def _tell(name: str, rows: Sequence[Any], differ: int, skipped: int, start: float) -> None:
    late = f", {skipped} without a verdict of theirs" if skipped else ""
    print(f"{name}: {len(rows):,} profiles, {differ} differ{late}, {time.time() - start:.0f} s", flush=True)


if __name__ == "__main__":
    sys.exit(main())
