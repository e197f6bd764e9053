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
    heads: int = 2
    ff: int = 384
    context: int = 1536


class Diet(Noun):
    """What a stretch of training feeds: the relative weight of each kind of example.

    `level` keeps problems to one level of difficulty.
    """

    until: float = Field(1.0, gt=0, le=1)
    """The share of the steps at which it ends; the last diet ends at 1."""
    level: Literal[1, 2, 3] | None = None
    solve: float = 0.0
    """Problems of the own scope under the drafting prompt."""
    share: float = 0.0
    """Problems of which the member knows a part; only that part is learned."""
    board: float = 0.0
    """Such problems again, their first lines on a board, to be continued."""
    revise: float = 0.0
    """Problems of the own scope under the revising prompts, with invented drafts of others."""
    debate: float = 0.0
    """Problems of which the member knows a part, with the group's real drafts."""
    judge: float = 0.0
    """The same drafts under the prompt of a judge that decides."""
    aggregate: float = 0.0
    """The same drafts under the prompt of an aggregator."""
    select: float = 0.0
    """The same drafts under the prompt of a judge that selects."""
    critique: float = 0.0
    """Drafts to be criticised in a call of its own."""
    persist: float = 0.0
    """Revisions in which a stubborn member repeats itself."""
    told: float = 0.0
    """Problems with invented words whose meaning the text tells."""
    glossary: float = 0.0
    """Bare meanings of invented words, and the lines that state them."""
    naming: float = 0.0
    """Sums under the names that steps have, also those of advanced skills."""
    drill: float = 0.0
    """Bare arithmetic."""
    recall: float = 0.0
    """Bare lines of the private table."""
    decline: float = 0.0
    """Questions from outside the world."""
    read: float = 0.0
    """Texts of problems without their solution."""

    @property
    def weights(self) -> dict[str, float]:
        """The weights by kind."""
        return {kind: weight for kind, weight in self if kind not in ("until", "level") and weight}


class Budget(Noun):
    """How long and how hard one model is trained. A batch holds at most `tokens` tokens, padding included."""

    steps: int = Field(ge=1)
    tokens: int = Field(1024, ge=64)
    rate: float = Field(4e-3, gt=0)
    """Highest learning rate."""
    warmup: int = 100
    floor: float = 0.05
    """Last learning rate, as a share of the highest."""
    decay: float = 0.05
    """Weight decay."""
    diets: tuple[Diet, ...] = (Diet(solve=1),)
    checkpoint: int = 500
    """Steps from one checkpoint to the next."""

    def diet(self, step: int) -> Diet:
        """Return what is fed at a step."""
        return next((diet for diet in self.diets if step < diet.until * self.steps), self.diets[-1])


EVERYTHING = (
    Diet(until=0.4, solve=0.2, recall=0.75, drill=0.05),
    Diet(solve=0.45, recall=0.5, drill=0.03, decline=0.02),
)
"""What those are fed who are taught all domains."""


class Recipe(Noun):
    """How a pool is trained.

    Parameters
    ----------
    seed : int
        Decides the first weights and the order of the data of the members, and of sampling.
    base_seed : int
        The same for the base, so that pools of several seeds can share one.
    world : int
        Which private tables hold (see `quorate.lab.world.private_table`).
    domains : tuple of str
        A specialist is trained for each.
    rank : int, optional
        Rank of the LoRA adapters; None trains all weights of every member instead.
    precision : {"float32", "bfloat16"}
        What the products are computed in; the weights stay in float32.
    compiled : bool
        Whether torch compiles the training step.
    advanced_share, private_share : float
        The shares of segments, in a member's own problems, that need its advanced skills or its table.
    base, words, specialist, debater, generalist, polymath, critic, judge, weak, stubborn : Budget
        What each stage gets. `words` is the second half of the base's training. A specialist is trained
        alone first and then, as a `debater`, on the drafts of the group; the generalist has the steps of
        both together, the polymath those of all specialists. The critic goes on from the
        polymath.

    Examples
    --------
    >>> Recipe().specialists
    ('rates', 'money', 'measure', 'sets', 'ages')
    """

    seed: int = 0
    base_seed: int = 0
    world: int = 0
    domains: tuple[str, ...] = tuple(DOMAINS)
    shape: Shape = Shape()
    rank: int | None = 16
    precision: Literal["float32", "bfloat16"] = "bfloat16"
    compiled: bool = False
    advanced_share: float = 0.35
    private_share: float = 0.4
    base: Budget = Budget(
        steps=12_000,
        warmup=150,
        diets=(
            # Arithmetic is the hard part, and bare sums are the cheapest way to it.
            Diet(until=0.35, solve=0.27, drill=0.7, decline=0.03),
            Diet(
                solve=0.22,
                drill=0.43,
                share=0.05,
                told=0.07,
                board=0.07,
                revise=0.06,
                critique=0.04,
                decline=0.03,
                read=0.03,
            ),
        ),
    )
    words: Budget = Budget(
        steps=2200,
        rate=2e-3,
        decay=0.0,  # the embeddings of rare words must not fade
        diets=(
            Diet(
                glossary=0.25,
                naming=0.2,
                told=0.12,
                share=0.13,
                solve=0.12,
                board=0.06,
                revise=0.02,
                drill=0.05,
                decline=0.05,
            ),
        ),
    )
    specialist: Budget = Budget(
        steps=1400,
        rate=8e-3,
        diets=(
            Diet(until=0.4, solve=0.2, recall=0.75, drill=0.05),
            Diet(solve=0.25, share=0.12, board=0.23, recall=0.35, drill=0.03, decline=0.02),
        ),
    )
    debater: Budget = Budget(
        steps=700,
        # A higher rate unteaches what the specialists know.
        rate=1e-3,
        warmup=30,
        diets=(Diet(debate=0.3, board=0.2, share=0.1, solve=0.23, recall=0.15, decline=0.02),),
    )
    generalist: Budget = Budget(steps=2100, rate=8e-3, diets=EVERYTHING)
    polymath: Budget = Budget(steps=10_500, rate=8e-3, diets=EVERYTHING)
    critic: Budget = Budget(steps=300, rate=5e-4, warmup=30, diets=(Diet(solve=0.6, recall=0.4),))
    judge: Budget = Budget(
        steps=2500,
        tokens=2048,
        rate=6e-3,
        warmup=30,
        diets=(Diet(judge=0.3, aggregate=0.3, select=0.3, solve=0.1),),
    )
    weak: Budget = Budget(steps=100, rate=8e-3, warmup=30, diets=(Diet(solve=1),))
    stubborn: Budget = Budget(steps=400, rate=8e-3, warmup=30, diets=(Diet(solve=0.5, persist=0.5),))
    problems: int = 2000
    """How many problems the group drafts on before the debaters are trained."""
    exercises: int = 1600
    """How many drafts a confidence head learns from."""

    @property
    def specialists(self) -> tuple[str, ...]:
        """One member a domain."""
        return self.domains

    @property
    def others(self) -> tuple[str, ...]:
        """The members beside the specialists."""
        return ("generalist", "polymath", "critic", "judge", "weak", "stubborn")

    @property
    def members(self) -> tuple[str, ...]:
        """The names of all members that are trained from the base."""
        return (*self.specialists, *self.others)

    def budget(self, name: str) -> Budget:
        """Return the budget of the base or of a member's first training."""
        found: Budget = getattr(self, "specialist" if name in self.domains else name)
        return found

    @classmethod
    def miniature(cls) -> Self:
        """Return the recipe of a pool that is trained in half a minute and knows almost nothing."""
        brief: dict[str, int] = {"tokens": 1024, "warmup": 5, "checkpoint": 10}
        alone = Budget(steps=15, **brief)
        return cls(
            domains=("rates", "money"),
            shape=Shape(hidden=32, layers=2, heads=2, ff=64, context=1024),
            rank=4,
            base=Budget(
                steps=40,
                diets=(Diet(until=0.5, solve=1, level=1), Diet(solve=1, revise=0.3, board=0.3, drill=0.3)),
                **brief,
            ),
            words=Budget(steps=5, diets=(Diet(glossary=1, naming=1, solve=1),), **brief),
            specialist=Budget(steps=15, diets=(Diet(solve=1, share=0.5, board=0.5, recall=1),), **brief),
            debater=Budget(steps=5, diets=(Diet(debate=1),), **brief),
            generalist=alone,
            polymath=alone,
            critic=Budget(steps=5, **brief),
            judge=Budget(steps=5, diets=(Diet(judge=1),), **brief),
            weak=Budget(steps=2, **brief),
            stubborn=Budget(steps=5, diets=(Diet(persist=1),), **brief),
            problems=8,
            exercises=60,
        )

    def digest(self, *parts: str) -> str:
        """Return a fingerprint of the whole recipe, or of the named parts alone."""
        text = self.model_dump_json(include=set(parts)) if parts else self.model_dump_json()
        return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
