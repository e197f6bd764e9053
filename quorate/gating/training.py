"""Training a gate on records: two logistic heads, calibrated and given their threshold out of fold."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from quorate.calibration import Calibration, Floats, Metrics
from quorate.errors import BadOption
from quorate.gating.cases import Case, cases_of
from quorate.gating.fitting import fit_logistic
from quorate.nouns import derive_seed
from quorate.protocols.gating import FEATURES, Gate, Head, features
from quorate.transcripts import Transcript

LEAST = 20
"""Fewest questions with gold to train on; with fewer, folds hold nothing."""
SIDES = ("mends", "spoils")


def train_gate(
    transcripts: Sequence[Transcript],
    *,
    ridge: float = 1.0,
    folds: int = 5,
    slack: float = 0.0,
    seed: int = 0,
) -> Gate:
    """Learn from recorded debates with gold where a debate pays.

    A debate *mends* a question where it is worth more than the vote over its own first drafts, and *spoils*
    it where it is worth less. Both are learned from the features of the drafts; questions are held out in
    folds to calibrate the heads and to set the threshold: the highest expected gain at which the held-out
    accuracy is not below that of debating wherever a gain is expected, less the slack. Where debates do not
    pay it stays shut.

    Parameters
    ----------
    transcripts : sequence of Transcript
        Debates of the same agents, of 2 rounds or more; see `quorate.transcript_files.load_transcripts`.
        Those that ended after the drafts, because all agreed, count as unchanged by debate.
    ridge : float
        How strongly weights are drawn towards 0.
    folds : int
        At least 2; all records of a question are in one.
    slack : float
        How much accuracy may be given up for fewer debates, in [0, 1]: 0.01 is one point.
    seed : int
        Of the folds.

    Returns
    -------
    Gate
        Fitted to all records. `mends.tested` and `spoils.tested` are out of fold; what the gate saves is for
        `savings` to say, on records that it was not trained on.

    Raises
    ------
    BadOption
        Without gold answers, for records of different agents, too few questions, or debates that changed
        nothing.

    Examples
    --------
    >>> train_gate([])
    Traceback (most recent call last):
    ...
    quorate.errors.BadOption: None of the 0 recorded questions has a gold answer, ...
    """
    cases = cases_of(transcripts)
    places = _folds(cases, folds, seed)
    _check(cases, slack)
    table, means, scales = _standardised(cases)
    labels = {
        "mends": np.array([case.debate > case.vote for case in cases], dtype=np.float64),
        "spoils": np.array([case.debate < case.vote for case in cases], dtype=np.float64),
    }
    names = list(means)
    heads, chances = {}, {}
    for side in SIDES:
        held_out = _held_out(table, labels[side], places, ridge)
        calibration = Calibration.fit(held_out, labels[side])
        chances[side] = calibration(held_out)
        weights, bias = fit_logistic(table, labels[side], ridge)
        heads[side] = Head(
            weights=dict(zip(names, map(float, weights), strict=True)),
            bias=bias,
            calibration=calibration,
            tested=Metrics.of(chances[side], labels[side]),
        )
    changed = int(sum(label.sum() for label in labels.values()))
    return Gate(
        agents=cases[0].transcript.seats,
        means=means,
        scales=scales,
        **heads,
        threshold=threshold_of(chances["mends"] - chances["spoils"], cases, slack),
        n=len(cases),
        changed=changed,
        ridge=ridge,
        folds=folds,
        slack=slack,
        seed=seed,
    )


def threshold_of(gains: Floats, cases: Sequence[Case], slack: float = 0.0) -> float:
    """Return the highest threshold of 0 or more that loses nothing against a threshold of 0, less the slack.

    Debating where the expected gain is positive is best where expectations are right; a higher threshold
    holds fewer debates, and the highest without a loss on these very cases is taken.

    Parameters
    ----------
    gains : array of float, shape (n,)
        Expected gain of each case.
    cases : sequence of Case
    slack : float
        How much accuracy may be lost, in [0, 1].
    """
    vote, debate = np.array([c.vote for c in cases]), np.array([c.debate for c in cases])
    floor = np.where(gains > 0, debate, vote).sum() - slack * len(cases) - 1e-9
    for threshold in np.unique(np.maximum(gains, 0.0))[::-1]:
        if np.where(gains > threshold, debate, vote).sum() >= floor:
            return float(threshold)
    return 0.0


def _folds(cases: Sequence[Case], folds: int, seed: int) -> npt.NDArray[np.int64]:
    """Return the fold of every case; all records of a question are in one."""
    names = list(dict.fromkeys(case.transcript.question.id for case in cases))
    if not 2 <= folds <= max(2, len(names)):
        raise BadOption(f"{len(names)} questions can be parted in 2 to {len(names)} folds, not {folds}.")
    if len(names) < LEAST:
        raise BadOption(
            f"A gate is trained on {LEAST} recorded questions with gold or more, and there are {len(names)}."
        )
    drawn = sorted(names, key=lambda name: derive_seed("fold", seed, name))
    fold = {name: at % folds for at, name in enumerate(drawn)}
    return np.array([fold[case.transcript.question.id] for case in cases])


def _check(cases: Sequence[Case], slack: float) -> None:
    if not 0 <= slack <= 1:
        raise BadOption(f"Slack is a share of accuracy between 0 and 1, not {slack:g}.")
    seats = cases[0].transcript.seats
    for case in cases:
        if set(case.transcript.seats) != set(seats):
            raise BadOption(
                f"The records are of different agents ({', '.join(seats)}; "
                f"{', '.join(case.transcript.seats)}); train one gate for each table."
            )
    if all(case.debate == case.vote for case in cases):
        raise BadOption(
            f"The debate changed what the answer was worth on none of the {len(cases)} questions: there is "
            "nothing to learn, and `vote` does as well."
        )


def _standardised(cases: Sequence[Case]) -> tuple[Floats, dict[str, float], dict[str, float]]:
    """Return the features in units of their spread, shape (n, features), without those that never vary."""
    found = [features(case.transcript.question, case.drafts) for case in cases]
    columns, means, scales = [], {}, {}
    for name in FEATURES:
        known = [value for row in found if (value := row[name]) is not None]
        mean, spread = (float(np.mean(known)), float(np.std(known))) if known else (0.0, 0.0)
        if spread > 1e-9:
            means[name], scales[name] = mean, spread
            values = [row[name] for row in found]
            columns.append([0.0 if value is None else (value - mean) / spread for value in values])
    return np.array(columns, dtype=np.float64).reshape(len(means), len(cases)).T, means, scales


def _held_out(table: Floats, labels: Floats, places: npt.NDArray[np.int64], ridge: float) -> Floats:
    """Return each case's log-odds by a fit to the other folds, shape (n,)."""
    logits = np.zeros(len(labels))
    for fold in np.unique(places):
        out = places == fold
        weights, bias = fit_logistic(table[~out], labels[~out], ridge)
        logits[out] = table[out] @ weights + bias
    return logits
