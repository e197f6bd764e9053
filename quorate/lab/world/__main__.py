"""Print some problems of each domain, and mixed ones, with solutions: `python -m quorate.lab.world`."""

from __future__ import annotations

import argparse
import textwrap
from collections.abc import Iterator, Sequence
from random import Random

from quorate.lab.world import DOMAINS, Item, corrupt, generate, hide_scratch, solution
from quorate.nouns import derive_seed

WIDTH = 100


def samples(count: int, seed: int) -> Iterator[str]:
    """Yield paragraphs: for each domain and for mixed problems, `count` of them, and one wrong draft."""
    for name, domain in DOMAINS.items():
        yield f"== {name}: {len(domain.skills)} skills"
        own = derive_seed(seed, name)
        yield from map(told, generate("train", count, seed=own, domains=[name], private_share=0.25))
    yield "== mixed"
    mixed = generate("train", count + 1, seed=seed, mixed_share=1, private_share=0.25)
    yield from map(told, mixed[:-1])
    draft = corrupt(mixed[-1], Random(derive_seed("sample", seed)))
    yield "== a wrong draft"
    yield f"{told(mixed[-1])}\n\n{hide_scratch(draft.text)}(wrong at step {draft.wrong_step}: {draft.kind})"


def told(item: Item) -> str:
    """Return a problem, what its private words mean, and its solution as people want to see it."""
    meanings = [DOMAINS[domain].meaning(word, item.world) for domain, word, _ in item.facts]
    lines = [f"Level {item.level}, {' > '.join(item.skills)}", textwrap.fill(item.text, WIDTH)]
    if meanings:
        lines.append(f"({' '.join(meanings)})")
    return "\n".join([*lines, hide_scratch(solution(item)).rstrip("\n")])


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the options and print."""
    parser = argparse.ArgumentParser(prog="python -m quorate.lab.world", description="Print sample problems.")
    parser.add_argument("--count", type=int, default=2, help="problems of each domain (default: 2)")
    parser.add_argument("--seed", type=int, default=0, help="another seed gives other problems (default: 0)")
    options = parser.parse_args(arguments)
    print("\n\n".join(samples(options.count, options.seed)))


if __name__ == "__main__":
    main()
