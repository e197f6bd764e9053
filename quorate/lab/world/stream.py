"""Streams of problems, and lists of them.

generate("test", 500, seed=0, level=3, private_share=0.4)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random

from quorate.errors import BadOption
from quorate.lab.world.items import Item
from quorate.lab.world.mix import Mix
from quorate.lab.world.split import check_split
from quorate.nouns import derive_seed

REPETITIONS = 5_000
"""So many problems in a row that were there before mean that there are no others."""


def stream(
    split: str,
    *,
    seed: int,
    domains: Sequence[str] | None = None,
    level: int | None = None,
    advanced_share: float = 0.3,
    private_share: float = 0.0,
    mixed_share: float | None = None,
    world: int = 0,
) -> Iterator[Item]:
    """Yield problems without end; the same arguments give the same problems on every machine.

    Parameters
    ----------
    split : {"train", "development", "test"}
        What is held out from training is said in `quorate.lab.world.split`.
    seed : int
        Another seed gives other problems of the same kind.
    domains : sequence of str, optional
        The domains to draw from; all by default.
    level : {1, 2, 3}, optional
        The difficulty; all by default.
    advanced_share, private_share : float
        The shares of segments that need an advanced skill or a private table. The rest is basic.
    mixed_share : float, optional
        The share of problems that chain two or three domains; the others stay in one. Half by default, or
        none when the level or the domains leave no room for it.
    world : int
        Which private tables hold.

    Yields
    ------
    Item
        The same problem may come twice (`generate` leaves repetitions out).

    Raises
    ------
    BadOption
        For an unknown split or level, a share outside [0, 1], or options that no problem fits.
    UnknownName
        For an unknown domain.

    Examples
    --------
    >>> item = next(stream("train", seed=1, domains=["money"], level=1, advanced_share=0))
    >>> item.skills, item.answer
    (('money.bill',), 14)
    """
    mix = Mix(check_split(split), domains, level, advanced_share, private_share, mixed_share, world)
    return mix.items(Random(derive_seed("world", split, seed)))


def generate(
    split: str,
    count: int,
    *,
    seed: int,
    domains: Sequence[str] | None = None,
    level: int | None = None,
    advanced_share: float = 0.3,
    private_share: float = 0.0,
    mixed_share: float | None = None,
    world: int = 0,
) -> list[Item]:
    """Return `count` different problems; the other parameters are those of `stream`.

    Raises
    ------
    BadOption
        As `stream` does, and when there are not that many different problems.

    Examples
    --------
    >>> len({item.text for item in generate("test", 50, seed=0, level=2)})
    50
    """
    if count < 0:
        raise BadOption(f"A count of {count} problems cannot be made; give 0 or more.")
    source = stream(
        split,
        seed=seed,
        domains=domains,
        level=level,
        advanced_share=advanced_share,
        private_share=private_share,
        mixed_share=mixed_share,
        world=world,
    )
    items: dict[str, Item] = {}
    repeated = 0
    while len(items) < count:
        item = next(source)
        repeated = repeated + 1 if item.id in items else 0
        items.setdefault(item.id, item)
        if repeated > REPETITIONS:
            raise BadOption(f"These options give only about {len(items)} different problems, not {count}.")
    return list(items.values())
