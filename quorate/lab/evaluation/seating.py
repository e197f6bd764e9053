"""Seating a pool: its members as agents on one shared base, and the problems they are tested on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from quorate.agents.agent import Model
from quorate.agents.remembered import Remembered
from quorate.lab.members import GREEDY, LONGEST, Pool
from quorate.lab.training.recipe import Recipe
from quorate.lab.world import Item, generate
from quorate.nouns import derive_seed

__all__ = ["GREEDY", "LONGEST", "Seating", "problem_sets"]


def problem_sets(recipe: Recipe, count: int, *, seed: int = 0, split: str = "test") -> dict[str, list[Item]]:
    """Return `count` held-out problems of each kind.

    The kinds are "basic" (basic skills of all domains), each domain (its advanced skills and private table
    too, in the shares of the recipe) and "mixed" (chains of two or three domains, the same shares).
    """
    shares = {"advanced_share": recipe.advanced_share, "private_share": recipe.private_share}
    kinds: dict[str, dict[str, Any]] = {"basic": {"advanced_share": 0.0}}
    kinds |= {domain: {"domains": [domain], **shares} for domain in recipe.domains}
    kinds["mixed"] = {"domains": recipe.domains, "mixed_share": 1.0, **shares}
    return {
        kind: generate(split, count, seed=derive_seed(seed, kind), world=recipe.world, **options)
        for kind, options in kinds.items()
    }


class Seating(Pool):
    """The members of a pool, ready to sit at tables; what they were asked once they are not asked again."""

    def _open(self, folder: Path) -> Model:
        return Remembered(super()._open(folder))
