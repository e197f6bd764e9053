"""Scopes: what each member of a pool is taught.

base          the basic skills of all domains, every prompt, arithmetic, and when to decline
rates ...     the advanced skills and the private table of one domain
generalist    everything, in the budget of one specialist
polymath      everything, in the budget of all specialists together
critic        as the polymath: it finds a wrong step by how unlikely it is
judge         to solve with the drafts of others in sight, and to choose among them
weak          as the first specialist, for a tenth of the time
stubborn      as the first specialist, then to repeat itself
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from quorate.lab.training.examples import (
    Example,
    continuation,
    declined,
    draft,
    exercise,
    facts,
    glossary,
    naming,
    revision,
    told,
)
from quorate.lab.training.offices import aggregation, criticism, judgement, persistence, selection
from quorate.lab.training.recipe import Diet, Recipe
from quorate.lab.world import SKILLS, Item, stream
from quorate.lab.world.chance import pick
from quorate.nouns import derive_seed

TOLD_WORLDS = 200
"""How many other worlds the told meanings come from: too many to learn by heart."""
OWN_SHARE = 0.6
"""How many of a specialist's problems stay in its domain; the others are mixed or basic."""


@dataclass(frozen=True)
class Drafted:
    """A problem of the training split and what every specialist drafted on it."""

    item: Item
    texts: Mapping[str, str]

    def write(self) -> str:
        """Write it as a line of JSON."""
        return json.dumps({"item": self.item.model_dump(mode="json"), "texts": dict(self.texts)})

    @classmethod
    def read(cls, line: str) -> Drafted:
        """Read a line of JSON."""
        data = json.loads(line)
        return cls(Item.model_validate(data["item"]), data["texts"])


@dataclass(frozen=True)
class Scope:
    """What a member is taught; `drafted` are drafts of the group, for stages that come after them."""

    recipe: Recipe
    member: str
    drafted: Sequence[Drafted] = field(default=(), repr=False)

    @property
    def domain(self) -> str | None:
        """The domain whose advanced skills and table the member learns; None for none, or for all."""
        kin = {"weak": self.recipe.domains[0], "stubborn": self.recipe.domains[0]}
        name = kin.get(self.member, self.member)
        return name if name in self.recipe.domains else None

    @property
    def knows_all(self) -> bool:
        """Whether the member is taught all domains."""
        return self.member in ("generalist", "polymath", "critic")

    def knows(self, skill: str) -> bool:
        """Tell whether a skill is basic, of the own domain, or one of all when all are taught."""
        found = SKILLS[skill]
        return found.kind == "basic" or self.knows_all or found.domain == self.domain

    def examples(self, seed: int, diet: Diet) -> Iterator[Example]:
        """Yield examples without end; the same seed gives the same ones."""
        rng = Random(derive_seed("examples", self.member, seed))
        items, mixed = self.items(seed, diet.level), self.mixed(seed, diet.level)
        others, reading = _told_items(seed, diet.level), self._any("read", seed, diet.level)
        seats = self.recipe.domains
        makers: dict[str, Callable[[], Example]] = {
            "solve": lambda: draft(next(items)),
            "share": lambda: draft(next(mixed), self.knows),
            "board": lambda: continuation(next(mixed), rng, seats, self.knows),
            "revise": lambda: revision(next(items), rng, seats, seat=self.member),
            "debate": lambda: self._debate(rng),
            "judge": lambda: self._told(rng, judgement),
            "aggregate": lambda: self._told(rng, aggregation),
            "select": lambda: self._told(rng, selection),
            "critique": lambda: criticism(next(items), rng, seats),
            "persist": lambda: persistence(next(items), rng, seats),
            "told": lambda: told(next(others)),
            "glossary": lambda: glossary(rng, _other_world(rng)),
            "naming": lambda: naming(rng),
            "drill": lambda: exercise(rng),
            "recall": lambda: self._facts(rng),
            "decline": lambda: declined(rng, next(reading).text),
            "read": lambda: Example.of("", next(reading).text),
        }
        weights = diet.weights
        while True:
            [kind] = rng.choices(list(weights), list(weights.values()))
            yield makers[kind]()

    def items(self, seed: int, level: int | None = None, split: str = "train") -> Iterator[Item]:
        """Yield problems that this member is taught to solve from beginning to end."""
        if self.knows_all:
            return self._any("all", seed, level, split)
        if self.domain is None:
            return self._stream("basic", seed, level, split, advanced_share=0.0)
        own = self._stream("own", seed, level, split, domains=[self.domain], **self._shares)
        mixed = (item for item in self._any("mixed", seed, level, split) if all(map(self.knows, item.skills)))
        rng = Random(derive_seed("own", self.member, seed))
        return (next(own if rng.random() < OWN_SHARE else mixed) for _ in itertools.count())

    def mixed(self, seed: int, level: int | None = None) -> Iterator[Item]:
        """Yield problems of which the member knows a part at least."""
        source = self._any("shared", seed, level)
        if self.domain is None and not self.knows_all:
            return self._stream(
                "shared", seed, level, advanced_share=0.0, private_share=self.recipe.private_share
            )
        return (item for item in source if self.domain is None or self.domain in item.domains)

    def _debate(self, rng: Random) -> Example:
        found = pick(rng, self.drafted)
        return revision(found.item, rng, list(found.texts), self.knows, seat=self.domain, texts=found.texts)

    def _told(self, rng: Random, office: Callable[[Item, Mapping[str, str]], Example]) -> Example:
        """Return how an office is asked about the group's real drafts."""
        found = pick(rng, self.drafted)
        return office(found.item, found.texts)

    def _facts(self, rng: Random) -> Example:
        domain = self.domain or pick(rng, self.recipe.domains)
        return facts(domain, rng, self.recipe.world)

    @property
    def _shares(self) -> dict[str, float]:
        return {"advanced_share": self.recipe.advanced_share, "private_share": self.recipe.private_share}

    def _any(self, name: str, seed: int, level: int | None, split: str = "train") -> Iterator[Item]:
        """Yield problems of all kinds."""
        return self._stream(name, seed, level, split, **self._shares)

    def _stream(
        self, name: str, seed: int, level: int | None, split: str = "train", **options: object
    ) -> Iterator[Item]:
        root = derive_seed(name, self.member, seed)
        return stream(split, seed=root, level=level, world=self.recipe.world, **options)  # type: ignore[arg-type]


def _other_world(rng: Random) -> int:
    return 10_000 + rng.randrange(TOLD_WORLDS)


def _told_items(seed: int, level: int | None) -> Iterator[Item]:
    """Yield problems with private words, each from another world than the pool's."""
    rng = Random(derive_seed("told", seed))
    while True:
        world = _other_world(rng)
        source = stream(
            "train", seed=rng.getrandbits(62), level=level, advanced_share=0, private_share=0.6, world=world
        )
        yield from itertools.islice(filter(lambda item: item.facts, source), 4)
