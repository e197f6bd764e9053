"""Splits: which problems may be trained on, and which are held out so that accuracy means generalisation.

Two things never occur in training, whatever the seed:

- **number combinations**: of all ways to fill the slots of a skill, a stable hash gives 10 % to `test`, 10 %
  to `development` and 80 % to `train`. No segment of a training problem has a held-out combination; the last
  segment of every other problem has one;
- **ordered pairs of skills**: 15 % of all pairs (a skill, then another one that uses its result) occur in
  `development` and `test` only, where they are as frequent as all others.

Names, objects and the choice of words play no part in it.
"""

from __future__ import annotations

import hashlib
from functools import cache
from typing import get_args

from quorate.errors import BadOption, did_you_mean
from quorate.lab.world.items import Split

TEST_SHARE = 0.10
DEVELOPMENT_SHARE = 0.10
PAIR_SHARE = 0.15
SPLITS: tuple[Split, ...] = get_args(Split)


def check_split(name: str) -> Split:
    """Return the split of that name; BadOption when there is none."""
    for split in SPLITS:
        if split == name:
            return split
    raise BadOption(f"There is no split '{name}'. {did_you_mean(name, SPLITS)}")


def split_of(combination: str) -> Split:
    """Return the split that a combination of a skill and its numbers belongs to.

    Examples
    --------
    >>> split_of("rates.drive 40 3"), split_of("rates.drive 41 3")
    ('development', 'train')
    """
    place = _share("numbers", combination)
    if place < TEST_SHARE:
        return "test"
    return "development" if place < TEST_SHARE + DEVELOPMENT_SHARE else "train"


@cache
def held_out_pair(first: str, second: str) -> bool:
    """Tell whether two skills in this order are kept out of training.

    Examples
    --------
    >>> held_out_pair("rates.drive", "money.wage"), held_out_pair("money.wage", "rates.drive")
    (False, False)
    """
    return _share("pair", first, second) < PAIR_SHARE


def _share(*parts: str) -> float:
    """Map parts to [0, 1) evenly, the same everywhere."""
    digest = hashlib.blake2b("\x1f".join(parts).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") / 2**64
