"""Private tables: facts that only one specialist was given, and that conflict across domains.

200 invented units and 200 invented brands mean a number each, and another one in every domain:

    rates    one velt is 4 minutes    a Merrow engine does 21 km per hour
    money    one velt is 2 coins      a Merrow voucher is worth 52 coins

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
balt bild bolk braft bralk bramp brarn brerd brilp brin brolt brork brulm cenk corl cralb crard creld crift
crolf crong crorv crulp darp derb desp dimp donk dord drell drix drond drosk drulf drump drurk dulp dunt
felk fonn frest fring frolp frorm frurn furn galm gard gink glax glelf glerd glet glolp glorn glusp gorv
grarv grint grirn grost grurg helf herk hisk holp hond hulb hurm jalp jarg jint jorf jusp keld kilf kirp
klalk klarm klasp klerv klilf kling klird klix klolt klork klulm klurb kosk larf lilp lont lurp merv molf
morm mosk muft muld murb nalt narm nork nost nusk pand pasp pesk plarf plern plest plold plomp plon plorv
plult plung plurm plusk pralp prarg prask prelm prild prin prosp prox pruft prulk purg quib rald rask reng
rerd rilk rolm sarb selk semp sern skalk skax skeng skirn skoft skord slerp slex slirk slisp slolk slond
slorb slulb solb sorv tarv tesk torp trant trerp trin trisp tronk trord varn velt vilb virf vosk vrasp vrent
vrerf vrolm vult vunk welb werf wisk woft wurv yalf yarl yift yilm yirk yold yulk zank zarn zeft zelp zirm
zorb zosp zulm zump zund
"""
_BRANDS = """
Barmond Barsty Belbury Belric Belward Bermore Berney Bexley Bordine Brannock Branrick Brindock Brinwell
Brinyon Calman Calrose Cambane Carden Casdane Casric Corbeck Corvane Corwell Crangate Cranmond Dallow
Dalmond Dalsty Dalvane Darshaw Darton Dellock Densty Dermere Derstead Dervard Dorrick Dunmond Dunsley
Dunwell Falford Falgrove Falric Farbury Fargate Farrow Farvane Fenden Fenshaw Fenstan Fenwell Finway Gadsby
Galvale Garmont Garrick Garsen Gilbeck Gilhurst Gortham Granlock Gransty Halden Harborne Harstan Havhurst
Havvane Hexton Holbeck Hollock Holvale Hulbury Hulvane Jargrove Jessamy Jorston Kelrose Kelsty Kelvale
Kenmont Kensley Kestrow Kirbeck Kirvin Lamham Lamstead Lamvin Lanrose Lanyon Linbane Linhurst Linman Lorbane
Lorborne Lorimer Lorward Maddock Marlake Melrick Melston Melvane Merlock Merrow Mershaw Merwell Milden
Milmore Monway Morlow Morvane Neldock Nettle Normond Norstan Norvik Palgate Parbane Parlow Pellam Pelway
Penrose Perkirk Perlan Perley Porford Quendane Quillon Radley Ralmore Ralshaw Ranbeck Ranvane Ranward
Ravlock Ravvin Ravway Rosden Rosley Ruddine Rudlin Rudvane Ruskin Sablon Saldane Sangate Selwell Selwick
Selworth Serdine Serpark Sersty Silmond Silsley Silsty Sorrose Taldine Talston Tansy Tarford Telney Tolland
Torlock Torstead Transtan Trevone Turbeck Tursley Valton Vanborne Vanlan Varley Verham Verric Vexford
Vildock Vilmere Vilsen Vorgrove Vorman Vorworth Walmont Wardle Waryon Wexcombe Winlock Winlow Winmond
Winworth Yarrow Yarvin Yelland Yorhurst Zallake Zalvard Zander Zennor Zephrin Zorkirk Zorric Zorwick
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
        200 units (2 to 9) and 200 brands (11 to 60). No word means the same in two domains.

    Raises
    ------
    UnknownName
        When there is no such domain.

    Examples
    --------
    >>> [private_table(domain)["velt"] for domain in DOMAIN_NAMES]
    [4, 2, 9, 3, 8]
    """
    if domain not in DOMAIN_NAMES:
        raise UnknownName(f"There is no domain called '{domain}'. {did_you_mean(domain, DOMAIN_NAMES)}")
    return MappingProxyType({word: row[DOMAIN_NAMES.index(domain)] for word, row in _rows(world).items()})


@cache
def _rows(world: int) -> dict[str, list[int]]:
    """Draw, for each word, one number a domain; all different, so that the tables conflict."""
    kinds: tuple[tuple[WordKind, tuple[str, ...]], ...] = (("unit", UNITS), ("brand", BRANDS))
    return {
        word: several(Random(derive_seed("private", world, word)), RANGES[kind], len(DOMAIN_NAMES))
        for kind, words in kinds
        for word in words
    }
