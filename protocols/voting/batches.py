"""Many elections at once: for sweeps over recorded answers, where one call a question would be slow.

Answers are numbers, -1 abstains, and winners are a mask:

    votes   = [[0, 1, 0], [1, 1, -1]]      2 elections of 3 votes
    winners = [[True, False], [False, True]]
"""

from __future__ import annotations

import numpy as np

from quorate.errors import BadOption
from quorate.protocols.voting.pairs import widest_paths

AT_ONCE = 20_000
"""Elections that are held in memory together."""


def plurality_many(votes: np.ndarray, answers: int | None = None) -> np.ndarray:
    """Return the winners of many plurality votes.

    Parameters
    ----------
    votes : integer array of shape (elections, seats)
        The answer of every seat, from 0; -1 abstains.
    answers : int, optional
        How many answers there are; one more than the largest when left out.

    Returns
    -------
    boolean array of shape (elections, answers)
        All winners; none where everybody abstains.

    Raises
    ------
    BadOption
        For votes that are not such numbers.

    Examples
    --------
    >>> plurality_many(np.array([[0, 1, 0], [1, 0, -1], [-1, -1, -1]])).tolist()
    [[True, False], [True, True], [False, False]]
    """
    votes = np.asarray(votes)
    if votes.ndim != 2 or votes.dtype.kind not in "iu":
        raise BadOption("Votes are whole numbers in an array of shape (elections, seats).")
    size = int(votes.max(initial=-1)) + 1 if answers is None else answers
    if votes.size and not -1 <= votes.min() <= votes.max() < size:
        raise BadOption(f"Votes are numbers from 0 to {size - 1}, or -1; got {votes.min()} to {votes.max()}.")
    tally = np.zeros((len(votes), size), dtype=np.int32)
    for answer in range(size):
        (votes == answer).sum(axis=1, out=tally[:, answer])
    most = tally.max(axis=1, keepdims=True, initial=0)
    return np.asarray((tally == most) & (most > 0))


def schulze_many(places: np.ndarray) -> np.ndarray:
    """Return the winners of many elections by Schulze's rule, with margins.

    Parameters
    ----------
    places : integer array of shape (elections, seats, answers)
        The place of every answer in the ranking of every seat, the lowest being best; equal ones are tied.

    Returns
    -------
    boolean array of shape (elections, answers)
        All winners.

    Raises
    ------
    BadOption
        For places that are not such numbers.

    Examples
    --------
    >>> schulze_many(np.array([[[0, 1, 2], [1, 2, 0], [0, 2, 1]]])).tolist()
    [[True, False, False]]
    """
    places = np.asarray(places)
    if places.ndim != 3 or places.dtype.kind not in "iu":
        raise BadOption("Places are whole numbers in an array of shape (elections, seats, answers).")
    parts = [_schulze(places[start : start + AT_ONCE]) for start in range(0, len(places), AT_ONCE)]
    return np.concatenate(parts) if parts else np.zeros((0, places.shape[2]), dtype=bool)


def _schulze(places: np.ndarray) -> np.ndarray:
    margins = np.zeros((len(places), places.shape[2], places.shape[2]), dtype=np.int32)
    for seat in range(places.shape[1]):
        ranked = places[:, seat]
        above = ranked[:, :, None] < ranked[:, None, :]
        margins += above
        margins -= above.transpose(0, 2, 1)
    paths = widest_paths(np.maximum(margins, 0))
    return np.asarray((paths >= paths.transpose(0, 2, 1)).all(axis=2))
