"""Skills: what a domain can ask, each a plan, a few wordings and the slots for its numbers.

    rates.basic(
        "drive",
        "distance = speed * hours",
        "A bus keeps to {speed} km per hour for {hours} hours. How many kilometres does it cover?",
        speed=span(20, 90),
        hours=span(2, 6),
    )

A *basic* skill is for everybody, an *advanced* one only for the domain's specialist, and a *private* one
needs the specialist's private table.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from random import Random
from typing import Literal

from quorate.errors import BadDefinition, UnknownName, did_you_mean
from quorate.lab.world.plan import Plan, Step
from quorate.lab.world.private import private_table
from quorate.lab.world.slots import Private, Slot, Value
from quorate.lab.world.wording import PRONOUNS, ROLES, Wording

Kind = Literal["basic", "advanced", "private"]
LARGEST = 500
"""No number in any problem or solution is larger."""


@dataclass(frozen=True)
class Skill:
    """One kind of small problem, as described above; no number in it is above `largest`."""

    name: str
    domain: str
    kind: Kind
    plan: Plan
    wordings: tuple[Wording, ...]
    slots: Mapping[str, Slot]
    largest: int = LARGEST

    @cached_property
    def first(self) -> str:
        """The slot that an earlier segment may fill."""
        return next(iter(self.slots))

    @cached_property
    def length(self) -> int:
        """The number of steps of a solution."""
        return len(self.plan.moves) + len(self._words)

    @cached_property
    def _used(self) -> set[str]:
        """The slots that the plan needs, and that every wording must therefore tell."""
        operands = {operand for move in self.plan.moves for operand in (move.left, move.right)}
        return {name for name in self.slots if name in operands}

    @cached_property
    def _words(self) -> tuple[str, ...]:
        """The slots that hold private words."""
        return tuple(name for name, slot in self.slots.items() if isinstance(slot, Private))

    def accepts(self, carried: int) -> bool:
        """Tell whether the result of an earlier segment may fill the first slot."""
        return self.slots[self.first].accepts(carried)

    def draw(self, rng: Random, *, scale: float = 1.0, carried: int | None = None) -> dict[str, Value]:
        """Draw what fills the slots; Misfit when the numbers do not go together."""
        values: dict[str, Value] = {}
        for name, slot in self.slots.items():
            if carried is not None and not values:
                values[name] = carried
            else:
                values[name] = slot.draw(rng, values, scale)
        return values

    def numbers(
        self, values: Mapping[str, Value], *, largest: int = LARGEST, world: int = 0
    ) -> dict[str, int]:
        """Return all numbers that come up for given values; Misfit when they do not work out."""
        table = private_table(self.domain, world) if self._words else {}
        given = {name: table[value] if isinstance(value, str) else value for name, value in values.items()}
        return self.plan.evaluate(given, min(largest, self.largest))

    def steps(
        self, values: Mapping[str, Value], *, before: Sequence[Step] = (), world: int = 0
    ) -> list[Step]:
        """Return the steps for given values; with steps `before`, the last of them fills the first slot."""
        numbers = self.numbers(values, world=world)
        words = {name: str(values[name]) for name in self._words}
        return self.plan.spell(numbers, words, before=before, carried=self.first if before else None)

    def answer(self, **values: Value) -> int:
        """Return the result for given values.

        Examples
        --------
        >>> from quorate.lab.world import SKILLS
        >>> SKILLS["rates.drive"].answer(speed=40, hours=3)
        120
        """
        return self.numbers(values)[self.plan.result]

    def complain(self) -> str | None:
        """Return what is wrong with this definition, as a sentence, or None."""
        known = {*self.slots, *ROLES, *PRONOUNS}
        for wording in self.wordings:
            if not wording.end.endswith("?"):
                return "Every wording ends with a question."
            if unknown := wording.names - known:
                return f"A wording has a gap {{{min(unknown)}}}, which is neither a slot nor a person."
            if missing := self._used - wording.names:
                return f"A wording does not tell {{{min(missing)}}}, which the plan needs."
            if leaked := wording.names & (set(self.slots) - self._used):
                return f"A wording tells {{{min(leaked)}}}, which the plan does not need."
        return None if self.wordings else "It has no wording."


@dataclass
class Domain:
    """A field of knowledge: its skills, and what private words mean in it (for people to read)."""

    name: str
    unit: str
    brand: str
    skills: dict[str, Skill] = field(default_factory=dict)

    def basic(self, name: str, plan: str, *wordings: str, largest: int = LARGEST, **slots: Slot) -> None:
        """Add a skill that the shared base model learns."""
        self._add("basic", name, plan, wordings, largest, slots)

    def advanced(self, name: str, plan: str, *wordings: str, largest: int = LARGEST, **slots: Slot) -> None:
        """Add a skill that only this domain's specialist learns."""
        self._add("advanced", name, plan, wordings, largest, slots)

    def private(self, name: str, plan: str, *wordings: str, largest: int = LARGEST, **slots: Slot) -> None:
        """Add a skill that needs this domain's private table."""
        self._add("private", name, plan, wordings, largest, slots)

    def of_kind(self, kind: Kind) -> tuple[Skill, ...]:
        """Return the skills of one kind."""
        return tuple(skill for skill in self.skills.values() if skill.kind == kind)

    def meaning(self, word: str, world: int = 0) -> str:
        """Say what a private word means here.

        Examples
        --------
        >>> from quorate.lab.world import DOMAINS
        >>> DOMAINS["money"].meaning("velt")
        'One velt is 2 coins.'
        """
        table = private_table(self.name, world)
        if word not in table:
            raise UnknownName(f"There is no private word '{word}'. {did_you_mean(word, table)}")
        sentence = self.unit if word.islower() else self.brand
        return sentence.format(word=word, number=table[word])

    def _add(
        self,
        kind: Kind,
        name: str,
        plan: str,
        wordings: tuple[str, ...],
        largest: int,
        slots: dict[str, Slot],
    ) -> None:
        try:
            parsed = Plan.parse(plan, list(slots))
        except BadDefinition as error:
            raise BadDefinition(f"{self.name}.{name}: {error}") from None
        told = tuple(map(Wording.parse, wordings))
        skill = Skill(f"{self.name}.{name}", self.name, kind, parsed, told, slots, largest)
        problem = skill.complain() or ("That name is taken." if name in self.skills else None)
        if problem:
            raise BadDefinition(f"{skill.name}: {problem}")
        self.skills[name] = skill
