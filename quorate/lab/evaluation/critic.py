"""The critic's worth: how often it finds the wrong step of a draft, and leaves right drafts alone."""

from __future__ import annotations

import re
from collections.abc import Sequence

from quorate.agents.agent import Request
from quorate.evaluate.statistics import Rate
from quorate.lab.evaluation.seating import Seating
from quorate.lab.training.drafts import write
from quorate.lab.training.ledger import CRITIC
from quorate.lab.training.offices import criticising
from quorate.lab.training.scope import Drafted
from quorate.lab.world import Item, check
from quorate.nouns import Noun, Reply

_LINE = re.compile(r"^(.+): (?:(right)|step (\d+) wrong)$", re.MULTILINE)


class Pointing(Noun):
    """How a critic does, by kind of draft."""

    wrong_step: Rate
    """Faulty drafts whose first wrong step it names."""
    faulty: Rate
    """Faulty drafts that it finds faulty, whatever step it names."""
    right: Rate
    """Right drafts that it finds right."""


def pointing(seating: Seating, drafted: Sequence[Drafted], *, seed: int = 0) -> Pointing:
    """Ask the critic about drafts; what the world says of them counts."""
    critic = seating.agent(CRITIC)
    critic.model.prepare([critic])
    asks = [criticising(found.item, CRITIC, {**found.texts, CRITIC: ""}) for found in drafted]
    texts = [""] * len(asks)
    for index, reply in critic.model.reply([Request(critic, ask, seed) for ask in asks]):
        texts[index] = reply.text if isinstance(reply, Reply) else ""
    hits, found_, cleared, faults, sound = 0, 0, 0, 0, 0
    for found, text in zip(drafted, texts, strict=True):
        said = {name: (right, step) for name, right, step in _LINE.findall(text)}
        for name, draft in found.texts.items():
            wrong = check(found.item, draft).wrong_step
            right, step = said.get(name, ("", ""))
            faults, sound = faults + (wrong is not None), sound + (wrong is None)
            cleared += wrong is None and bool(right)
            found_ += wrong is not None and bool(step)
            hits += wrong is not None and step == str(wrong)
    return Pointing(
        wrong_step=Rate.count(hits, faults),
        faulty=Rate.count(found_, faults),
        right=Rate.count(cleared, sound),
    )


def group_drafts(seating: Seating, members: Sequence[str], items: Sequence[Item], seed: int) -> list[Drafted]:
    """Return what members really draft on these problems."""
    texts = write(seating.agents(members), items, seed, lambda done, count: None)
    return [Drafted(item, found) for item, found in zip(items, texts, strict=True)]
