"""Training a pool: a base, specialists, and the members that make a group of them, on the laboratory's world.

    recipe = Recipe(seed=0)
    train(recipe, "pool")                    the base and every member; goes on where it was interrupted

`Recipe.miniature()` does the same in a minute and knows next to nothing. `quorate.lab.evaluation` says how
good a pool is.
"""

from quorate.lab.training.loop import Progress
from quorate.lab.training.recipe import Budget, Diet, Recipe, Shape
from quorate.lab.training.stages import stages, train
from quorate.lab.training.tokenizer import make_tokenizer

__all__ = ["Budget", "Diet", "Progress", "Recipe", "Shape", "make_tokenizer", "stages", "train"]
