"""The critic's limit: how unlikely a step must be to count as wrong, chosen on the development split."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from quorate.agents.agent import Agent, Request
from quorate.agents.local import LocalModel
from quorate.agents.verifying import Reading, read_drafts, save_critic
from quorate.lab.training.examples import invented
from quorate.lab.training.ledger import CRITIC
from quorate.lab.training.offices import criticising
from quorate.lab.training.recipe import Recipe
from quorate.lab.training.scope import Drafted
from quorate.lab.world import check, generate
from quorate.lab.world.chance import pick, several
from quorate.nouns import derive_seed
from quorate.protocols.prompting import Prompts

PROBLEMS = 200
LIMITS = tuple(-0.5 * step for step in range(1, 61))
"""The log-likelihoods, in nats, that are tried."""


def invented_drafts(recipe: Recipe, count: int, *, seed: int, split: str) -> list[Drafted]:
    """Return problems with one or two drafts each that are right, or hold one mistake: half of either."""
    rng = Random(derive_seed(seed, CRITIC, "drafts"))
    items = generate(
        split,
        count,
        seed=derive_seed(seed, CRITIC),
        advanced_share=recipe.advanced_share,
        private_share=recipe.private_share,
        world=recipe.world,
    )
    return [
        Drafted(item, {name: invented(item, rng) for name in several(rng, recipe.domains, pick(rng, (1, 2)))})
        for item in items
    ]


def calibrate_critic(recipe: Recipe, folder: Path) -> dict[str, Any]:
    """Choose the limit of a pool's critic, save it beside its adapter, and return what it was chosen by.

    The limit names the right step, or rightly none, in the most of the drafts; of equally good ones the
    middle is taken.
    """
    drafted = invented_drafts(recipe, PROBLEMS, seed=recipe.seed, split="development")
    model = LocalModel(folder)
    agent = Agent(CRITIC, model, adapter=str(folder / CRITIC))
    asks = [criticising(found.item, CRITIC, {**found.texts, CRITIC: ""}) for found in drafted]
    readings = read_drafts(model, [Request(agent, ask, 0) for ask in asks], Prompts.load().draft)
    model.close()
    pairs = [
        (reading, check(found.item, found.texts[reading.seat]).wrong_step)
        for found, heard in zip(drafted, readings, strict=True)
        for reading in heard
    ]
    hits = {least: _hits(pairs, least) for least in LIMITS}
    least = median(limit for limit, count in hits.items() if count == max(hits.values()))
    save_critic(folder / CRITIC, least)
    return {"least": least, "right": _hits(pairs, least), "drafts": len(pairs)}


def _hits(pairs: Sequence[tuple[Reading, int | None]], least: float) -> int:
    return sum(reading.wrong_step(least) == wrong for reading, wrong in pairs)
