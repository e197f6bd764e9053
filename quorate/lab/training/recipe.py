"""Recipes: everything that decides how a pool is trained, as data. Steps, sizes and seeds; never seconds.

Recipe()                 the shipped pool
Recipe.miniature()       the same stages in half a minute, for tests and for looking around
"""

from __future__ import annotations

import hashlib
from typing import Literal, Self

from pydantic import Field

from quorate.lab.world import DOMAINS
from quorate.nouns import Noun


class Shape(Noun):
    """The size of the base, a Llama with tied embeddings; `context` is its longest sequence in tokens."""

    hidden: int = 128
    layers: int = 4
    heads: int = 4
    ff: int = 384
    context: int = 1024


class Diet(Noun):
    """What a stretch of training feeds: the relative weight of each kind of example.

    `solve` are problems under the drafting prompt, `revise` problems under the revising prompts with drafts
    of others, `told` problems with invented words whose meaning the text tells, `drill` bare arithmetic,
    `read` texts of problems without their solution. `level` keeps problems to one level of difficulty.
    """

    until: float = Field(1.0, gt=0, le=1)
    """The share of the steps at which it ends; the last diet ends at 1."""
    solve: float = 1.0
    revise: float = 0.0
    told: float = 0.0
    drill: float = 0.0
    read: float = 0.0
    level: Literal[1, 2, 3] | None = None

    @property
    def weights(self) -> dict[str, float]:
        """The weights by kind."""
        return {kind: getattr(self, kind) for kind in ("solve", "revise", "told", "drill", "read")}


class Budget(Noun):
    """How long and how hard one model is trained. A batch holds at most `tokens` tokens, padding included."""

    steps: int = Field(ge=1)
    tokens: int = Field(2048, ge=64)
    rate: float = Field(3e-3, gt=0)
    """Highest learning rate."""
    warmup: int = 100
    floor: float = 0.05
    """Last learning rate, as a share of the highest."""
    decay: float = 0.05
    """Weight decay of AdamW."""
    diets: tuple[Diet, ...] = (Diet(),)
    checkpoint: int = 500
    """Steps from one checkpoint to the next."""

    def diet(self, step: int) -> Diet:
        """Return what is fed at a step."""
        return next((diet for diet in self.diets if step < diet.until * self.steps), self.diets[-1])


class Recipe(Noun):
    """How a pool is trained.

    Parameters
    ----------
    seed : int
        Decides the first weights and the order of the data.
    world : int
        Which private tables hold (see `quorate.lab.world.private_table`).
    domains : tuple of str
        A specialist is trained for each.
    rank : int, optional
        Rank of the LoRA adapters; None trains all weights of every member instead.
    precision : {"float32", "bfloat16"}
        What the products are computed in; the weights stay in float32.
    base, specialist : Budget
        The generalist gets the budget of one specialist.
    advanced_share, private_share : float
        The shares of segments, in a member's own problems, that need its advanced skills or its table.

    Examples
    --------
    >>> Recipe().members
    ('rates', 'money', 'measure', 'sets', 'ages', 'generalist')
    """

    seed: int = 0
    world: int = 0
    domains: tuple[str, ...] = tuple(DOMAINS)
    shape: Shape = Shape()
    rank: int | None = 16
    precision: Literal["float32", "bfloat16"] = "bfloat16"
    advanced_share: float = 0.4
    private_share: float = 0.3
    base: Budget = Budget(
        steps=8000,
        rate=3e-3,
        warmup=150,
        floor=0.1,
        diets=(
            # Arithmetic is the hard part, and bare sums are the cheapest way to it.
            Diet(until=0.25, solve=0.03, drill=0.96, read=0.01),
            Diet(until=0.65, solve=0.17, told=0.04, drill=0.78, read=0.01),
            Diet(until=1.0, solve=0.22, told=0.06, revise=0.04, drill=0.67, read=0.01),
        ),
    )
    specialist: Budget = Budget(
        steps=500, rate=6e-3, warmup=40, floor=0.02, diets=(Diet(solve=0.85, revise=0.1, drill=0.05),)
    )

    @property
    def members(self) -> tuple[str, ...]:
        """The names of all members that are trained from the base."""
        return (*self.domains, "generalist")

    @classmethod
    def miniature(cls) -> Self:
        """Return the recipe of a pool that is trained in half a minute and knows almost nothing."""
        brief = {"tokens": 1024, "warmup": 5, "checkpoint": 10}
        return cls(
            domains=("rates", "money"),
            shape=Shape(hidden=32, layers=2, heads=2, ff=64, context=768),
            rank=4,
            base=Budget(steps=40, diets=(Diet(until=0.5, level=1), Diet(revise=0.3, drill=0.3)), **brief),
            specialist=Budget(steps=15, **brief),
        )

    def digest(self) -> str:
        """Return a fingerprint: equal recipes have equal digests."""
        return hashlib.blake2b(self.model_dump_json().encode(), digest_size=8).hexdigest()
