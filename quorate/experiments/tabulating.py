"""Tabulating: results into the table of an experiment, with intervals, claims, and notes for the reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean

from quorate.evaluate.claims import compare as claims_of
from quorate.evaluate.claims import detectable_among
from quorate.evaluate.results import Claim, Column, Comparison, Cost, Result
from quorate.evaluate.statistics import Estimate, Rate, average
from quorate.experiments.experiment import CONTROLS, Experiment
from quorate.experiments.scoring import Whole


def tabulate(
    experiment: Experiment,
    results: Mapping[str, Sequence[Result]],
    *,
    about: Mapping[str, str],
    scores: Mapping[str, Mapping[str, Whole]] | None = None,
    notes: Sequence[str] = (),
) -> Comparison:
    """Return the table of an experiment.

    Parameters
    ----------
    experiment : Experiment
    results : mapping of str to sequence of Result
        By arm, in the order of the table; every arm's in the same order of seeds and problems.
    about : mapping of str to str
        What each arm is, in a few words.
    scores : mapping of str to mapping, optional
        Scores of whole sets of answers (BLEU ...) and their intervals, by arm.
    notes : sequence of str
        What a reader must know.
    """
    columns = [_column(name, about.get(name, ""), held) for name, held in results.items()]
    columns = [_with_wholes(column, (scores or {}).get(column.name, {})) for column in columns]
    claims, detectable, corrected = _claims(experiment, results)
    return Comparison(
        title=experiment.name,
        problems=len(experiment.problems),
        seeds=tuple(experiment.seeds),
        columns=tuple(columns),
        claims=claims,
        detectable=detectable,
        detectable_corrected=corrected,
        notes=tuple(notes),
    )


def _column(name: str, about: str, results: Sequence[Result]) -> Column:
    seeds = dict.fromkeys(result.seed for result in results)
    averages = _averages(results)
    return Column(
        name=name,
        about=about,
        control=name in CONTROLS,
        strict=_rate(results, "worth"),
        lenient=_rate(results, "lenient"),
        seeds={
            seed: rate
            for seed in seeds
            if (rate := _rate([r for r in results if r.seed == seed], "worth")) is not None
        },
        scores={score: known.mean for score, known in averages.items()},
        intervals={score: (known.low, known.high) for score, known in averages.items() if known.of > 1},
        cost=Cost.mean(result.cost for result in results),
        rounds=fmean(result.rounds for result in results),
        unread=sum(result.unread for result in results),
        failed=sum(result.failed for result in results),
    )


def _with_wholes(column: Column, wholes: Mapping[str, Whole]) -> Column:
    """Put the scores of whole sets of answers in the place of the means of their texts."""
    scores = {**column.scores, **{name: score for name, (score, _) in wholes.items()}}
    kept = {name: ends for name, ends in column.intervals.items() if name not in wholes}
    known = {name: ends for name, (_, ends) in wholes.items() if ends is not None}
    return column.model_copy(update={"scores": scores, "intervals": {**kept, **known}})


def _averages(results: Sequence[Result]) -> dict[str, Estimate]:
    """Return the mean of every further score; whole problems are drawn for its interval."""
    found = {}
    for name in dict.fromkeys(score for r in results for score in r.scores):
        held = [(r.scores[name], r.problem) for r in results if name in r.scores]
        found[name] = average([value for value, _ in held], groups=[problem for _, problem in held])
    return found


def _rate(results: Sequence[Result], which: str) -> Rate | None:
    """Return the share right over the problems with gold; seeds of one problem count as their mean."""
    by_problem: dict[str, list[float]] = {}
    for result in results:
        value = getattr(result, which)
        if value is not None:
            by_problem.setdefault(result.problem, []).append(value)
    return Rate.mean([fmean(values) for values in by_problem.values()])


def _claims(
    experiment: Experiment, results: Mapping[str, Sequence[Result]]
) -> tuple[tuple[Claim, ...], float | None, float | None]:
    """Return the claims, and the smallest difference that shows: alone, and corrected for all of them."""
    worth = {name: [r.worth for r in held if r.worth is not None] for name, held in results.items()}
    if not any(worth.values()):
        return (), None, None
    first = next(iter(results.values()))
    problems = [result.problem for result in first if result.worth is not None]
    pairs = pairs_of(list(results), experiment.reference)
    if not pairs:
        return (), None, None
    seed = experiment.seeds[0]
    found = claims_of(worth, pairs, problems=problems, seed=seed)
    alone = detectable_among(worth, pairs, problems=problems)
    several = detectable_among(worth, pairs, problems=problems, corrected=True) if len(pairs) > 1 else None
    return found, alone, several


def pairs_of(names: Sequence[str], reference: str) -> list[tuple[str, str]]:
    """Return who is compared with whom: everybody with the reference, and every arm with every control.

    Examples
    --------
    >>> pairs_of(["ring", "vote", "best_single"], "vote")
    [('ring', 'vote'), ('best_single', 'vote'), ('ring', 'best_single')]
    """
    against = [(name, reference) for name in names if name != reference] if reference in names else []
    arms = [name for name in names if name not in CONTROLS]
    controls = [name for name in names if name in CONTROLS and name != reference]
    return against + [(arm, control) for arm in arms if arm != reference for control in controls]
