"""The critic's worth: how often it finds the wrong step of a draft, and leaves right drafts alone."""

from __future__ import annotations

import re
from random import Random

from quorate.agents.agent import Request
from quorate.evaluate.statistics import Rate
from quorate.lab.evaluation.seating import Seating
from quorate.lab.training.examples import criticism
from quorate.lab.training.recipe import Recipe
from quorate.lab.world import generate
from quorate.nouns import Ask, Noun, Question, Reply, derive_seed

_LINE = re.compile(r"^(.+): (?:(right)|step (\d+) wrong)$", re.MULTILINE)


class Pointing(Noun):
    """How a critic does, by kind of draft."""

    wrong_step: Rate
    """Faulty drafts whose first wrong step it names."""
    faulty: Rate
    """Faulty drafts that it finds faulty, whatever step it names."""
    right: Rate
    """Right drafts that it finds right."""


def pointing(seating: Seating, recipe: Recipe, count: int, *, seed: int, split: str) -> Pointing:
    """Ask the critic about `count` problems with drafts that are right or corrupted, half of each."""
    rng = Random(derive_seed("critic", seed))
    items = generate(
        split,
        count,
        seed=derive_seed(seed, "critic"),
        advanced_share=recipe.advanced_share,
        private_share=recipe.private_share,
        world=recipe.world,
    )
    examples = [criticism(item, rng, recipe.domains) for item in items]
    critic = seating.agent("critic")
    critic.model.prepare([critic])
    asks = [
        Ask(
            seat="critic",
            act="critique",
            turn=1,
            question=Question(text="?"),
            instruction=example.instruction,
        )
        for example in examples
    ]
    texts = [""] * count
    for index, reply in critic.model.reply([Request(critic, ask, seed) for ask in asks]):
        texts[index] = reply.text if isinstance(reply, Reply) else ""
    hits, found, cleared, faults, sound = 0, 0, 0, 0, 0
    for example, text in zip(examples, texts, strict=True):
        said = {name: (right, step) for name, right, step in _LINE.findall(text)}
        for name, right, step in _LINE.findall(example.text):
            mine = said.get(name, ("", ""))
            faults, sound = faults + (not right), sound + bool(right)
            cleared += bool(right) and bool(mine[0])
            found += not right and bool(mine[1])
            hits += not right and mine[1] == step
    return Pointing(
        wrong_step=Rate.count(hits, faults),
        faulty=Rate.count(found, faults),
        right=Rate.count(cleared, sound),
    )
