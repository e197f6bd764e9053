"""Training of the embedded pool: from random weights to specialists that can deliberate.

    from quorate.lab.training import Recipe, evaluate, table, train

    train(Recipe(), "pool", progress=lambda progress: print(progress.line()))
    print(table(evaluate(Recipe(), "pool")))

What is trained are plain transformers and PEFT models; they load with `from_pretrained` like any other.
"""

from quorate.lab.training.card import write_card
from quorate.lab.training.evaluation import Report, evaluate, table
from quorate.lab.training.loop import Progress
from quorate.lab.training.recipe import Budget, Diet, Recipe, Shape
from quorate.lab.training.stages import train
from quorate.lab.training.tokenizer import make_tokenizer

__all__ = [
    "Budget",
    "Diet",
    "Progress",
    "Recipe",
    "Report",
    "Shape",
    "evaluate",
    "make_tokenizer",
    "table",
    "train",
    "write_card",
]
