"""Examples: what a member reads and what it learns to write, in the very words the protocols send.

Question: A bus keeps to 40 km per hour for 3 hours. How many kilometres does it cover?

Solve it step by step, in a few short lines.
End with one line: Answer: <number>
[1] distance: 40*3=<021>120        learned from here on
Answer: 120
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from random import Random
from typing import NamedTuple

from quorate.lab.training.recipe import Diet, Recipe
from quorate.lab.world import DOMAINS, SKILLS, Item, check, corrupt, drill, solution, stream
from quorate.nouns import Ask, Message, Question, Table, derive_seed
from quorate.protocols.history import History
from quorate.protocols.prompting import Prompts

TOLD_WORLDS = 200
"""How many other worlds the told meanings come from: too many to learn by heart."""
INLINE_SHARE = 0.3
"""How many of the revisions are asked to criticise first."""
OWN_SHARE = 0.6
"""How many of a specialist's problems stay in its domain; the others are mixed or basic."""


class Example(NamedTuple):
    """An instruction (empty: the text stands alone) and what is to be written, in pieces; True is learned."""

    instruction: str
    pieces: tuple[tuple[str, bool], ...]

    @classmethod
    def of(cls, instruction: str, text: str) -> Example:
        """Make an example whose whole text is learned."""
        return cls(instruction, ((text, True),))


def draft(item: Item) -> Example:
    """Return how a problem is solved under the drafting prompt."""
    return Example.of(Prompts.load().draft(item.problem().question), written(item))


def written(item: Item) -> str:
    """Return the solution as a model writes it: without the last line break, where its text ends."""
    return solution(item).rstrip("\n")


def told(item: Item) -> Example:
    """Return how a problem is solved whose text begins with the meanings of its private words."""
    facts = [DOMAINS[domain].meaning(word, item.world) for domain, word, _ in item.facts]
    text = " ".join([*facts, item.text])
    return Example.of(Prompts.load().draft(Question(text=text, kind="number")), written(item))


def revision(item: Item, rng: Random, seats: Sequence[str]) -> Example:
    """Return how a problem is solved again after hearing others; each draft is right or wrong by chance.

    Parameters
    ----------
    item : Item
    rng : random.Random
        Decides who speaks, who is heard (one to three seats), and which drafts are wrong.
    seats : sequence of str
        The names at the table, at least four.
    """
    names = rng.sample(list(seats), rng.choice((2, 3, 3, 4)))
    texts = {name: _draft_text(item, rng) for name in names}
    inline = rng.random() < INLINE_SHARE
    ask = revising(item, names[0], texts, inline_critique=inline)
    critique = "".join(_criticism(item, name, texts[name]) for name in names[1:]) if inline else ""
    return Example.of(ask.instruction, critique + written(item))


def revising(item: Item, seat: str, texts: dict[str, str], *, inline_critique: bool) -> Ask:
    """Return what a debate asks `seat` after these drafts, by seat, on the complete graph."""
    history = History(item.problem().question, Table(list(texts)))
    asks = history.drafts()
    said = [
        Message(number=number, seat=ask.seat, act=ask.act, turn=0, text=texts[ask.seat])
        for number, ask in enumerate(asks)
    ]
    history.add(asks, said)
    return next(ask for ask in history.revisions(inline_critique=inline_critique) if ask.seat == seat)


def exercise(rng: Random) -> Example:
    """Return a bare sum; what is added to what cannot be known, so only the result is learned."""
    asked, _, result = drill(rng).rstrip("\n").partition("=")
    return Example("", ((asked + "=", False), (result, True)))


def _draft_text(item: Item, rng: Random) -> str:
    return written(item) if rng.random() < 0.5 else corrupt(item, rng).text.rstrip("\n")


def _criticism(item: Item, name: str, text: str) -> str:
    wrong = check(item, text).wrong_step
    return f"{name}: right\n" if wrong is None else f"{name}: step {wrong} wrong\n"


@dataclass(frozen=True)
class Scope:
    """What a member is taught: "base" the basic skills, a domain its own, "generalist" everything."""

    recipe: Recipe
    member: str

    def examples(self, seed: int, diet: Diet) -> Iterator[Example]:
        """Yield examples without end; the same seed gives the same ones."""
        rng = Random(derive_seed("examples", self.member, seed))
        items = self.items(seed, diet.level)
        others = _told_items(seed, diet.level)
        makers: dict[str, Callable[[], Example]] = {
            "solve": lambda: draft(next(items)),
            "revise": lambda: revision(next(items), rng, self._seats),
            "told": lambda: told(next(others)),
            "drill": lambda: exercise(rng),
            "read": lambda: Example.of("", next(reading).text),
        }
        reading = self._stream("read", seed, diet.level, advanced_share=0.4, private_share=0.3)
        weights = diet.weights
        while True:
            [kind] = rng.choices(list(weights), list(weights.values()))
            yield makers[kind]()

    def items(self, seed: int, level: int | None = None, split: str = "train") -> Iterator[Item]:
        """Yield problems that this member is taught to solve."""
        shares = {
            "advanced_share": self.recipe.advanced_share,
            "private_share": self.recipe.private_share,
        }
        if self.member == "base":
            return self._stream("basic", seed, level, split, advanced_share=0)
        if self.member == "generalist":
            return self._stream("all", seed, level, split, **shares)
        own = self._stream("own", seed, level, split, domains=[self.member], **shares)
        mixed = filter(self._knows, self._stream("mixed", seed, level, split, **shares))
        rng = Random(derive_seed("own", self.member, seed))
        return (next(own if rng.random() < OWN_SHARE else mixed) for _ in itertools.count())

    @property
    def _seats(self) -> tuple[str, ...]:
        return tuple(DOMAINS)

    def _knows(self, item: Item) -> bool:
        """Tell whether every segment is basic or of the own domain."""
        return all(SKILLS[name].kind == "basic" or SKILLS[name].domain == self.member for name in item.skills)

    def _stream(
        self, name: str, seed: int, level: int | None, split: str = "train", **options: object
    ) -> Iterator[Item]:
        root = derive_seed(name, self.member, seed)
        return stream(split, seed=root, level=level, world=self.recipe.world, **options)  # type: ignore[arg-type]


def _told_items(seed: int, level: int | None) -> Iterator[Item]:
    """Yield problems with private words, each from another world than the pool's."""
    rng = Random(derive_seed("told", seed))
    while True:
        world = 10_000 + rng.randrange(TOLD_WORLDS)
        source = stream(
            "train", seed=rng.getrandbits(62), level=level, advanced_share=0, private_share=0.6, world=world
        )
        yield from itertools.islice(filter(lambda item: item.facts, source), 4)
