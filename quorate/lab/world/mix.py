"""Mixes: what a stream of problems is made of, and how one problem of it is drawn.

A level is drawn first, then a domain and a kind for every segment, then skills, then numbers until they work
out and belong to the split, and last the words.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random
from typing import NamedTuple

from quorate.errors import BadOption
from quorate.lab.world.chain import Segment, spell, tell, work
from quorate.lab.world.chance import pick
from quorate.lab.world.domains import find_domains
from quorate.lab.world.items import Item, Level, Split
from quorate.lab.world.skills import Kind, Skill
from quorate.lab.world.slots import Misfit
from quorate.lab.world.split import held_out_pair, split_of

TRIES_A_SEGMENT = 60
MISFITS_A_SEGMENT = 8
TRIES_A_SHAPE = 300
PATIENCE = 50
"""So many shapes in a row that come to nothing mean that no problem fits the options."""


class Difficulty(NamedTuple):
    """What a level allows: numbers of segments, most steps, largest number, share of each slot's range."""

    segments: tuple[int, ...]
    steps: int
    largest: int
    scale: float


LEVELS: dict[Level, Difficulty] = {
    1: Difficulty((1,), 3, 200, 0.5),
    2: Difficulty((1, 2), 6, 300, 0.75),
    3: Difficulty((2, 3), 9, 500, 1.0),
}


class Shape(NamedTuple):
    """What is drawn first: a level and, for every segment, the skills to choose from."""

    level: Level
    pools: list[tuple[Skill, ...]]


@dataclass(frozen=True)
class Mix:
    """What a stream is made of; see `stream` for the options."""

    split: Split
    names: Sequence[str] | None
    level: int | None
    advanced_share: float
    private_share: float
    mixed_share: float | None
    world: int

    def __post_init__(self) -> None:
        for name in ("advanced_share", "private_share", "mixed_share"):
            share = getattr(self, name)
            if share is not None and not 0 <= share <= 1:
                raise BadOption(f"`{name}` is a share from 0 to 1, not {share}.")
        if self.advanced_share + self.private_share > 1:
            raise BadOption("`advanced_share` and `private_share` add up to more than 1; lower one of them.")
        if self.level is not None and self.level not in LEVELS:
            raise BadOption(f"There is no level {self.level}; the levels are 1, 2 and 3.")
        if not self.pools:
            raise BadOption("Problems need at least one domain.")
        if self.mixed_share and not self.can_mix:
            raise BadOption("Mixed problems need two domains and a level above 1; leave `mixed_share` out.")

    @cached_property
    def pools(self) -> dict[str, dict[Kind, tuple[Skill, ...]]]:
        """The skills of every domain by kind."""
        kinds: tuple[Kind, ...] = ("basic", "advanced", "private")
        return {
            domain.name: {kind: domain.of_kind(kind) for kind in kinds} for domain in find_domains(self.names)
        }

    @cached_property
    def rooms(self) -> list[tuple[Level, tuple[int, ...]]]:
        """The levels to draw from, with their numbers of segments."""
        return [(level, rule.segments) for level, rule in LEVELS.items() if self.level in (None, level)]

    @cached_property
    def can_mix(self) -> bool:
        """Whether there are two domains, and a level with room for both."""
        return len(self.pools) > 1 and any(max(segments) > 1 for _, segments in self.rooms)

    @cached_property
    def mixing(self) -> float:
        """The share of mixed problems."""
        if self.mixed_share is not None:
            return self.mixed_share
        return 0.5 if self.can_mix else 0.0

    def items(self, rng: Random) -> Iterator[Item]:
        """Yield items without end."""
        failures = 0
        while failures < PATIENCE:
            shape = self._shape(rng)
            # Trying again with the same shape keeps the shares as they were asked for.
            for _ in range(TRIES_A_SHAPE):
                chain = self._chain(rng, shape)
                if chain is not None:
                    failures = 0
                    yield self._told(rng, shape.level, chain)
                    break
            else:
                failures += 1
        raise BadOption("No problem fits these options; allow more levels, domains or kinds of skills.")

    def _shape(self, rng: Random) -> Shape:
        """Draw the level, and the domain and kind of every segment."""
        mixed = rng.random() < self.mixing
        least = 2 if mixed else 1
        level, segments = pick(rng, [room for room in self.rooms if max(room[1]) >= least])
        count = pick(rng, [number for number in segments if number >= least])
        names = list(self.pools)
        domains = [pick(rng, names)]
        while len(domains) < count:
            others = [name for name in names if name != domains[-1]]
            domains.append(pick(rng, others) if mixed else domains[0])
        return Shape(level, [self.pools[domain][self._kind(rng)] for domain in domains])

    def _kind(self, rng: Random) -> Kind:
        place = rng.random() - self.private_share
        return "private" if place < 0 else "advanced" if place < self.advanced_share else "basic"

    def _chain(self, rng: Random, shape: Shape) -> list[Segment] | None:
        """Draw skills and numbers; None when they do not work out or belong to another split."""
        skills = [pick(rng, pool) for pool in shape.pools]
        rule = LEVELS[shape.level]
        if sum(skill.length for skill in skills) > rule.steps or not self._may_follow(skills):
            return None
        chain: list[Segment] = []
        for skill in skills:
            segment = self._segment(rng, skill, rule, chain, last=len(chain) == len(skills) - 1)
            if segment is None:
                return None
            chain.append(segment)
        return chain

    def _may_follow(self, skills: list[Skill]) -> bool:
        """Tell whether skills may stand in this order: no repetition, no pair that is held out."""
        names = [skill.name for skill in skills]
        if len(set(names)) < len(names):
            return False
        return self.split != "train" or not any(map(held_out_pair, names, names[1:]))

    def _segment(
        self, rng: Random, skill: Skill, rule: Difficulty, before: list[Segment], *, last: bool
    ) -> Segment | None:
        carried = before[-1].result if before else None
        if carried is not None and not skill.accepts(carried):
            return None
        held_to_split = last or self.split == "train"
        misfits = 0
        for _ in range(TRIES_A_SEGMENT):
            try:
                values = skill.draw(rng, scale=rule.scale, carried=carried)
                # Looking at the split first is cheap and rules out most numbers of a held-out split.
                if held_to_split and split_of(spell(skill, values)) != self.split:
                    continue
                numbers = skill.numbers(values, largest=rule.largest, world=self.world)
                return Segment(skill, values, numbers[skill.plan.result])
            except Misfit:
                misfits += 1
                if misfits == MISFITS_A_SEGMENT:
                    break
        return None

    def _told(self, rng: Random, level: Level, chain: list[Segment]) -> Item:
        steps = work(chain, self.world)
        text = tell(chain, rng)
        digest = hashlib.blake2b(f"{self.world}\x1f{text}".encode(), digest_size=7).hexdigest()
        return Item(
            id=f"{self.split}-{digest}",
            split=self.split,
            text=text,
            answer=steps[-1].value,
            domains=tuple(segment.skill.domain for segment in chain),
            skills=tuple(segment.skill.name for segment in chain),
            level=level,
            steps=tuple(steps),
            world=self.world,
        )
