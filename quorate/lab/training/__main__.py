"""Train and evaluate a pool: `python -m quorate.lab.training FOLDER [STAGE ...]`."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from quorate.lab.training import Recipe, evaluate, table, train, write_card


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the options, train what is not trained yet, evaluate if asked to."""
    parser = argparse.ArgumentParser(prog="python -m quorate.lab.training", description="Train a pool.")
    parser.add_argument("folder", help="where the pool is, or goes")
    parser.add_argument("stages", nargs="*", help="base and members; all by default")
    parser.add_argument("--seed", type=int, default=0, help="seed of weights and data (default: 0)")
    parser.add_argument("--miniature", action="store_true", help="a tiny pool that knows almost nothing")
    parser.add_argument("--threads", type=int, default=1, help="threads of torch (default: 1)")
    parser.add_argument("--anew", action="store_true", help="train finished and interrupted stages again")
    parser.add_argument("--evaluate", type=int, default=0, metavar="N", help="then test on N problems a kind")
    options = parser.parse_args(arguments)
    import torch

    torch.set_num_threads(options.threads)
    recipe = Recipe.miniature() if options.miniature else Recipe()
    recipe = recipe.model_copy(update={"seed": options.seed})
    train(
        recipe,
        options.folder,
        options.stages or None,
        resume=not options.anew,
        progress=lambda progress: print(progress.line(), flush=True),
    )
    if options.evaluate:
        report = evaluate(recipe, options.folder, options.evaluate)
        print(f"{table(report)}\n\nwritten to {write_card(recipe, options.folder, report)}")


if __name__ == "__main__":
    main()
