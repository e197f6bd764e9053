"""Drafts of the group: what every specialist, trained alone, writes on the same training problems.

Debaters are trained on them, because mistakes that models really make teach more than invented ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path

from quorate.agents.agent import Agent, Request, Sampling
from quorate.agents.local import LocalModel
from quorate.lab.training.loop import Listener, counting
from quorate.lab.training.recipe import Recipe
from quorate.lab.training.scope import Drafted
from quorate.lab.world import Item, stream
from quorate.nouns import Table, derive_seed
from quorate.protocols.history import History

LONGEST = 200
"""Tokens that a member may write; the longest solution has fewer."""
TEMPERATURE = 0.5
"""A little chance in the drafts makes the debaters see more kinds of mistakes."""


def collect(recipe: Recipe, folder: Path, progress: Listener | None = None) -> int:
    """Let the specialists draft on training problems, keep it in `training/drafts.jsonl`, say how many."""
    base = LocalModel(folder)
    names = recipe.specialists
    sampling = Sampling(temperature=TEMPERATURE, max_tokens=LONGEST)
    agents = [
        Agent(name, base, adapter=str(folder / "training" / "alone" / name), sampling=sampling)
        for name in names
    ]
    base.prepare(agents)
    items = list(islice(_items(recipe), recipe.problems))
    written = write(agents, items, recipe.seed, counting("drafts", progress))
    drafted = [Drafted(item, texts) for item, texts in zip(items, written, strict=True)]
    file = folder / "training" / "drafts.jsonl"
    file.write_text("".join(found.write() + "\n" for found in drafted), encoding="utf-8")
    base.close()
    return len(drafted)


def write(
    agents: Sequence[Agent], items: Sequence[Item], seed: int, tell: Callable[[int, int], None]
) -> list[Mapping[str, str]]:
    """Return what each agent, all of one model, drafts on each problem, by name."""
    requests: list[Request] = []
    for item in items:
        history = History(item.problem().question, Table([agent.name for agent in agents]))
        for agent, ask in zip(agents, history.drafts(), strict=True):
            requests.append(Request(agent, ask, derive_seed(seed, item.id, agent.name)))
    texts = [""] * len(requests)
    for done, (index, reply) in enumerate(agents[0].model.reply(requests), 1):
        tell(done, len(requests))
        if isinstance(reply, Exception):
            raise reply
        texts[index] = reply.text
    width = len(agents)
    return [
        {agent.name: text for agent, text in zip(agents, texts[start : start + width], strict=True)}
        for start in range(0, len(texts), width)
    ]


def read_drafts(file: Path) -> list[Drafted]:
    """Read the drafts that were kept."""
    return [Drafted.read(line) for line in file.read_text("utf-8").splitlines()]


def _items(recipe: Recipe) -> Iterator[Item]:
    return stream(
        "train",
        seed=derive_seed(recipe.seed, "drafts"),
        mixed_share=0.7,
        advanced_share=recipe.advanced_share,
        private_share=recipe.private_share,
        world=recipe.world,
    )
