"""Recipes: how a graph is learned by policy gradient, as data, with the published ones.

AGENTPRUNE.model_copy(update={"token_price": 0.05})        what a thousand tokens cost, in right answers
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from quorate.errors import BadOption, did_you_mean
from quorate.nouns import Noun


class Phase(Noun):
    """One stretch of learning, with edges of its own to begin with.

    Parameters
    ----------
    iterations : int
        Steps of the optimiser.
    batch : int
        Questions of a step, in the order of the problems, from the first again when they run out.
    prune : float
        Share of the edges left that is taken away every `every` iterations, the least likely first, at least
        one; 0 takes none.
    every : int
        Iterations between prunings.
    drop : float
        Share of the agents that is taken out of each turn at the end, those whose edges are the least likely
        on average, at least one; 0 drops nobody.
    low_rank : bool
        Add the nuclear norm of the probabilities, and how far they are from the full graph (Frobenius) beyond
        `delta`, to the loss.
    delta : float
        How far is free.
    """

    iterations: int = Field(ge=1)
    batch: int = Field(ge=1)
    prune: float = Field(0.0, ge=0, lt=1)
    every: int = Field(5, ge=1)
    drop: float = Field(0.0, ge=0, lt=1)
    low_rank: bool = False
    delta: float = Field(0.1, ge=0)


class Recipe(Noun):
    """How a graph is learned by policy gradient.

    Parameters
    ----------
    name : str
    phases : tuple of Phase
        In their order; agents dropped in one stay dropped in the next.
    per_turn : bool
        Learn a graph for every turn, or one for all (drawn anew in each).
    learning_rate : float
        Of Adam.
    first : float
        Probability of every edge to begin with.
    graphs : int
        Graphs tried on each question of a batch.
    baseline : {"none", "moving_average"}
        What is subtracted from the utility of a graph: nothing, or the mean utility of the last `window`
        graphs before its batch (of its batch itself in the first). It changes no expectation, only noise.
    window : int
    token_price : float
        What a thousand tokens, read or written, cost, in right answers: subtracted from the utility.
    source : str
        Where it is published.
    """

    name: str
    phases: tuple[Phase, ...] = Field(min_length=1)
    per_turn: bool = False
    learning_rate: float = Field(0.1, gt=0)
    first: float = Field(0.5, gt=0, lt=1)
    graphs: int = Field(1, ge=1)
    baseline: Literal["none", "moving_average"] = "none"
    window: int = Field(10, ge=1)
    token_price: float = Field(0.0, ge=0)
    source: str = ""

    @property
    def iterations(self) -> int:
        """The iterations of all phases."""
        return sum(phase.iterations for phase in self.phases)

    @property
    def trials(self) -> int:
        """How many debates are held in all."""
        return sum(phase.iterations * phase.batch for phase in self.phases) * self.graphs


AGENTPRUNE = Recipe(
    name="agentprune",
    phases=(Phase(iterations=10, batch=4, prune=0.25, every=5),),
    source="Zhang et al. 2024, arXiv:2410.02506, and the released code",
)
AGENTDROPOUT = Recipe(
    name="agentdropout",
    phases=(
        Phase(iterations=2, batch=20, drop=0.2),
        Phase(iterations=4, batch=10, prune=0.25, every=2, low_rank=True),
    ),
    per_turn=True,
    source="Wang et al. 2025, arXiv:2503.18891, and the released code",
)
# Nothing is pruned: load what was learned with a threshold, or draw from it.
GPTSWARM = Recipe(
    name="gptswarm",
    phases=(Phase(iterations=100, batch=4),),
    baseline="moving_average",
    source="Zhuge et al. 2024, arXiv:2402.16823, and the released code",
)
RECIPES = {recipe.name: recipe for recipe in (AGENTPRUNE, AGENTDROPOUT, GPTSWARM)}


def recipe_called(name: str | Recipe) -> Recipe:
    """Return a published recipe by its name, or the recipe itself.

    Examples
    --------
    >>> recipe_called("agentprune").trials
    40
    >>> recipe_called("gptswam")
    Traceback (most recent call last):
    ...
    quorate.errors.BadOption: There is no recipe 'gptswam'. Did you mean 'gptswarm'?
    """
    if isinstance(name, Recipe):
        return name
    if name not in RECIPES:
        raise BadOption(f"There is no recipe '{name}'. {did_you_mean(str(name), RECIPES)}")
    return RECIPES[name]
