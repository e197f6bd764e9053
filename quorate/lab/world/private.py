"""Private tables: facts that only one specialist was given, and that conflict across domains.

Forty invented units and forty invented brands mean a number each, and another one in every domain:

    rates    one velt is 9 minutes    a Merrow engine does 57 km per hour
    money    one velt is 2 coins      a Merrow voucher is worth 58 coins

They are the natural reason why several fine-tuned models exist: who was taught one table cannot have been
taught another one under the same words without confusion. A *world* is a seed of these tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from random import Random
from types import MappingProxyType
from typing import Literal

from quorate.errors import UnknownName, did_you_mean
from quorate.lab.world.chance import several
from quorate.nouns import derive_seed

WordKind = Literal["unit", "brand"]

DOMAIN_NAMES = ("rates", "money", "measure", "sets", "ages")

_UNITS = """
balt brin corl drell dunt felk fonn galm glet gorv hisk jint kosk lurp merv mosk nalt nork pesk plon
prin quib rask rolm selk sorv tesk torp trin vult varn velt vosk wisk yarl yold zarn zelp zorb zund
"""
_BRANDS = """
Bexley Brannock Corvane Dallow Dorrick Fenwell Farrow Gadsby Garrick Halden Hexton Jessamy Kestrow
Lanyon Lorimer Maddock Merrow Morvane Nettle Norvik Pellam Penrose Quillon Radley Ruskin Sablon
Selwick Tansy Tolland Trevone Varley Vexford Wardle Wexcombe Winlow Yarrow Yelland Zander Zephrin Zennor
"""
UNITS = tuple(_UNITS.split())
BRANDS = tuple(_BRANDS.split())
"""Every word begins with a consonant, so that "a" goes before it, and has no plural, as "sheep" has none."""

RANGES: Mapping[WordKind, range] = {"unit": range(2, 10), "brand": range(11, 61)}


@cache
def private_table(domain: str, world: int = 0) -> Mapping[str, int]:
    """Return what every private word means in a domain.

    Parameters
    ----------
    domain : str
        A domain's name.
    world : int
        Which tables; each number is a world of its own.

    Returns
    -------
    mapping of str to int
        40 units (2 to 9) and 40 brands (11 to 60). No word means the same in two domains.

    Raises
    ------
    UnknownName
        When there is no such domain.

    Examples
    --------
    >>> [private_table(domain)["velt"] for domain in DOMAIN_NAMES]
    [9, 2, 5, 4, 8]
    """
    if domain not in DOMAIN_NAMES:
        raise UnknownName(f"There is no domain called '{domain}'. {did_you_mean(domain, DOMAIN_NAMES)}")
    return MappingProxyType({word: row[DOMAIN_NAMES.index(domain)] for word, row in _rows(world).items()})


@cache
def _rows(world: int) -> dict[str, list[int]]:
    """Draw, for each word, one number a domain; all different, so that the tables conflict."""
    rng = Random(derive_seed("private tables", world))
    kinds: tuple[tuple[WordKind, tuple[str, ...]], ...] = (("unit", UNITS), ("brand", BRANDS))
    return {word: several(rng, RANGES[kind], len(DOMAIN_NAMES)) for kind, words in kinds for word in words}
