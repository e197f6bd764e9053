"""Wordings: how a problem is told, with gaps for numbers, people and synonyms.

"{a} {packs|wraps} {made} {it:cups|hats} in {hours} hours. How many {it} is that an hour?"

{made}         the number of a slot; a letter when an earlier segment found it
{a} {b} {c}    people, all different; {she} {her} {him} {She} {Her} stand for the first
{packs|wraps}  one of these
{it:cups|hats} one of these, and the same one wherever {it} comes again
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from random import Random

from quorate.lab.world.chance import pick

WOMEN = ("Ada", "Ana", "Clara", "Eva", "Fay", "Ida", "Ivy", "Mia", "Nora", "Zoe")
MEN = ("Ben", "Dan", "Emil", "Hugo", "Jon", "Leo", "Max", "Noah", "Omar", "Tom")
PEOPLE = WOMEN + MEN
ROLES = ("a", "b", "c")
PRONOUNS = ("she", "her", "him", "She", "Her")

_GAP = re.compile(r"\{(?:(\w+):)?([^{}]*)\}")


@dataclass(frozen=True, slots=True)
class Gap:
    """A gap after some literal text: the name of what fills it, or the options to choose from."""

    before: str
    name: str
    options: tuple[str, ...] = ()


@dataclass(frozen=True)
class Wording:
    """A text with gaps.

    Examples
    --------
    >>> Wording.parse("{a} has {n} {it:cats}, and {it} purr.").fill({"a": "Ada", "n": "3"}, Random(0))
    'Ada has 3 cats, and cats purr.'
    """

    gaps: tuple[Gap, ...]
    end: str

    @classmethod
    def parse(cls, text: str) -> Wording:
        """Split a text at its gaps."""
        gaps, at = [], 0
        for found in _GAP.finditer(text):
            options = tuple(found[2].split("|")) if found[1] or "|" in found[2] else ()
            name = (found[1] or "") if options else found[2]
            gaps.append(Gap(text[at : found.start()], name, options))
            at = found.end()
        return cls(tuple(gaps), text[at:])

    @cached_property
    def choices(self) -> dict[str, tuple[str, ...]]:
        """The named choices that it makes itself, with their options."""
        return {gap.name: gap.options for gap in self.gaps if gap.options and gap.name}

    @cached_property
    def names(self) -> set[str]:
        """The names that must be given to fill it: slots and people."""
        return {gap.name for gap in self.gaps if not gap.options} - set(self.choices)

    @cached_property
    def people(self) -> int:
        """How many different people it needs."""
        return max((place for place, role in enumerate(ROLES, 1) if role in self.names), default=0)

    def fill(self, values: Mapping[str, str], rng: Random) -> str:
        """Fill the gaps with values and choices."""
        known = dict(values)
        parts: list[str] = []
        for gap in self.gaps:
            if gap.options:
                known[gap.name] = pick(rng, gap.options)
            parts += (gap.before, known[gap.name])
        return "".join(parts) + self.end

    def spell(self, values: Mapping[str, tuple[str, ...]]) -> Iterator[str]:
        """Fill the gaps until every option of every gap was used, without going through all combinations."""
        given = {**values, **self.choices}
        ways = [gap.options or given[gap.name] for gap in self.gaps]
        for turn in range(max(map(len, ways), default=1)):
            filled = (
                gap.before + options[turn % len(options)]
                for gap, options in zip(self.gaps, ways, strict=True)
            )
            yield "".join(filled) + self.end


def introduce(names: Iterable[str]) -> dict[str, str]:
    """Return what stands for people in a wording, given their names.

    Examples
    --------
    >>> introduce(["Leo", "Ada"])
    {'a': 'Leo', 'b': 'Ada', 'she': 'he', 'her': 'his', 'him': 'him', 'She': 'He', 'Her': 'His'}
    """
    cast = dict(zip(ROLES, names, strict=False))
    if "a" in cast:
        she = ("she", "her", "her", "She", "Her")
        he = ("he", "his", "him", "He", "His")
        cast.update(zip(PRONOUNS, she if cast["a"] in WOMEN else he, strict=True))
    return cast
