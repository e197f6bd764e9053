"""The model card: what the pool is, how it was made and how good it is, with every number read from files."""

from __future__ import annotations

import json
from pathlib import Path

from quorate.lab.training.evaluation import Report, table
from quorate.lab.training.recipe import Recipe

CARD = "CARD.md"
EVALUATION = "evaluation.json"
_TEXT = """# The embedded pool

A tiny Llama ({parameters}) and adapters for it, trained by `quorate.lab.training` on word problems from
`quorate.lab.world`. It solves problems of that world and nothing else: any other question it answers with
nonsense.

`base` knows the basic skills of all domains. Each specialist also knows the advanced skills and the private
table of its own domain. `generalist` was taught everything with the budget of one specialist.

## Accuracy

Greedy answers to held-out problems (split `{split}`, seed {seed}), percent with 95 % Wilson intervals. In a
domain's column {advanced:.0%} of the segments need an advanced skill and {private:.0%} the private table;
"mixed" problems chain two or three domains.

{table}

## Training

`python -m quorate.lab.training FOLDER --seed {recipe_seed}`, recipe `{digest}`. Tokens count padding; the
minutes are those of the machine and of whatever else ran on it.

{stages}
{remarks}"""


def write_card(recipe: Recipe, folder: str | Path, report: Report, *, remarks: str = "") -> Path:
    """Write `evaluation.json` and `CARD.md` into a pool and return the card's path.

    Parameters
    ----------
    recipe : Recipe
        What the pool was trained by.
    folder : str or Path
        The pool, with what its stages report.
    report : Report
        Its evaluation.
    remarks : str
        What else an honest card says: failures, departures from the recipe.
    """
    folder = Path(folder)
    (folder / EVALUATION).write_text(report.model_dump_json(indent=1) + "\n", encoding="utf-8")
    card = folder / CARD
    card.write_text(_text(recipe, folder, report, remarks), encoding="utf-8")
    return card


def _text(recipe: Recipe, folder: Path, report: Report, remarks: str) -> str:
    stages = {name: _stage(folder, name) for name in ("base", *recipe.members)}
    lines = [
        "| stage | steps | tokens | minutes | trained parameters | last loss |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {name} | {took['steps']} | {took['tokens'] / 1e6:.2f} M | {took['minutes']:.1f} | "
        f"{took['trained']:,} | {took['loss']:.3f} |"
        for name, took in stages.items()
    ]
    return _TEXT.format(
        parameters=f"{stages['base']['trained'] / 1e6:.2f} million parameters",
        split=report.split,
        seed=report.seed,
        advanced=recipe.advanced_share,
        private=recipe.private_share,
        table=table(report),
        digest=recipe.digest(),
        recipe_seed=recipe.seed,
        stages="\n".join(lines),
        remarks=f"\n{remarks.strip()}\n" if remarks.strip() else "",
    )


def _stage(folder: Path, name: str) -> dict[str, float]:
    took: dict[str, float] = json.loads((folder / "training" / f"{name}.json").read_text("utf-8"))
    return took
