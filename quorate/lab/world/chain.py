"""Chains: one to three segments, each a skill with its numbers, and how they are told as one problem.

The result of a segment gets a letter, and the next segment uses it:

    A bus keeps to 40 km per hour for 3 hours. How many kilometres does it cover? Call the answer N.
    Ivy has N coins and spends 35 on bread and 12 on tea. How many coins are left?
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from quorate.lab.world.chance import pick, several
from quorate.lab.world.plan import Step
from quorate.lab.world.skills import Skill
from quorate.lab.world.slots import Value
from quorate.lab.world.wording import PEOPLE, introduce

LETTERS = ("K", "N", "P", "R", "T", "W")
NAMING = ("Call the answer {letter}.", "Call this number {letter}.", "Let {letter} be the answer.")


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of a chain: its skill, what fills the slots, and what comes out."""

    skill: Skill
    values: dict[str, Value]
    result: int


def spell(skill: Skill, values: Mapping[str, Value]) -> str:
    """Spell a skill and its numbers: the combination that decides their split."""
    return f"{skill.name} {' '.join(map(str, values.values()))}"


def work(chain: Sequence[Segment], world: int) -> list[Step]:
    """Return the steps of all segments in order."""
    steps: list[Step] = []
    for segment in chain:
        steps += segment.skill.steps(segment.values, before=steps, world=world)
    return steps


def tell(chain: Sequence[Segment], rng: Random) -> str:
    """Tell a chain in words, with people and a wording drawn at random."""
    letters = several(rng, LETTERS, len(chain) - 1)
    wordings = [pick(rng, segment.skill.wordings) for segment in chain]
    people = iter(several(rng, PEOPLE, sum(wording.people for wording in wordings)))
    sentences: list[str] = []
    for index, (segment, wording) in enumerate(zip(chain, wordings, strict=True)):
        slots = segment.skill.slots
        values = {name: slots[name].write(value) for name, value in segment.values.items()}
        if index:
            letter = letters[index - 1]
            sentences.append(pick(rng, NAMING).format(letter=letter))
            values[segment.skill.first] = letter
        values.update(introduce([next(people) for _ in range(wording.people)]))
        sentences.append(wording.fill(values, rng))
    return " ".join(sentences)
