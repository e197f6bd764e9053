"""Arms: ways of deciding, run over the same problems by the same members, with the same first drafts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from quorate.agents.agent import Agent, Sampling
from quorate.definition import Definition
from quorate.evaluate import correct
from quorate.evaluate.statistics import Rate
from quorate.events import Event, Said
from quorate.lab.evaluation.seating import LONGEST, Seating
from quorate.lab.world import Item
from quorate.nouns import Noun, Outcome

GRAPHS: Mapping[str, Any] = {
    "full": "complete",
    "3/5 density": {"erdos_renyi": {"density": 0.6}},
    "ring": "ring",
    "star": "star",
}
VOTES: Mapping[str, Mapping[str, Any]] = {
    "plurality vote": {"protocol": "vote"},
    "vote weighted by confidence": {"protocol": {"vote": {"decide": "confidence_weighted"}}},
    "most confident draft": {"protocol": {"vote": {"decide": "most_confident"}}},
}
DEBATE = {"critique": "off", "until": "never", "decide": "most_confident"}
DEBATES: Mapping[str, Mapping[str, Any]] = {
    f"debate, {name}, {rounds} round{'s' * (rounds > 1)}": {
        "topology": topology,
        "protocol": {"debate": {"rounds": rounds + 1, **DEBATE}},
    }
    for name, topology in GRAPHS.items()
    for rounds in (1, 2, 3)
}
KEEPING: Mapping[str, Mapping[str, Any]] = {
    f"debate keeping the surest, ring, {rounds} round{'s' * (rounds > 1)}": {
        "topology": "ring",
        "protocol": {"debate": {"rounds": rounds + 1, "keep": "surest", **DEBATE}},
    }
    for rounds in (1, 2, 3)
}
RELAYS: Mapping[str, Mapping[str, Any]] = {
    f"relay, {name}": {"topology": topology, "protocol": {"relay": {"rounds": 4, "threshold": 0.8}}}
    for name, topology in GRAPHS.items()
    if name != "3/5 density"
}
ARMS: Mapping[str, Mapping[str, Any]] = {**VOTES, **DEBATES, **KEEPING, **RELAYS}
SAMPLED = Sampling(temperature=0.6, max_tokens=LONGEST)


class Arm(Noun):
    """What a way of deciding achieved, and what it cost a question.

    `right` says for every problem whether it was solved. `lost` and `won` count, over all seats, answers
    that turned from right to wrong and from wrong to right between the first draft and the last.
    """

    right: tuple[bool, ...]
    calls: float
    tokens_in: float
    tokens_out: float
    lost: int = 0
    won: int = 0

    @property
    def rate(self) -> Rate:
        """The share of problems solved."""
        return Rate.count(sum(self.right), len(self.right))

    @property
    def tokens(self) -> float:
        """Tokens a question, read and written."""
        return self.tokens_in + self.tokens_out


def measure(
    agents: Sequence[Agent],
    items: Sequence[Item],
    options: Mapping[str, Any],
    *,
    offices: Mapping[str, Agent] | None = None,
    seed: int = 0,
) -> Arm:
    """Let agents decide on problems in one way.

    Parameters
    ----------
    agents : sequence of Agent
        Who is at the table.
    items : sequence of Item
    options : mapping
        `protocol` and `topology` of a `Definition`.
    offices : mapping of str to Agent, optional
        A judge, where the protocol asks one.
    seed : int
        Of the ties and of everything that is sampled.
    """
    answers: dict[tuple[str, str], list[str | None]] = {}

    def listen(event: Event) -> None:
        if isinstance(event, Said) and event.message.act in ("draft", "revise", "continue"):
            answers.setdefault((event.question, event.message.seat), []).append(event.message.answer)

    definition = Definition(agents, offices=offices or {}, seed=seed, at_once=len(items), **options)
    outcomes = list(definition.run([item.problem() for item in items], listeners=[listen]))
    gold = {item.id: str(item.answer) for item in items}
    flips = [(said[0] == gold[name], said[-1] == gold[name]) for (name, _), said in answers.items()]
    return _arm(items, outcomes, flips)


def _arm(items: Sequence[Item], outcomes: Sequence[Outcome], flips: Sequence[tuple[bool, bool]]) -> Arm:
    count = max(1, len(items))
    return Arm(
        right=tuple(
            bool(correct(outcome, str(item.answer))) for item, outcome in zip(items, outcomes, strict=True)
        ),
        calls=round(sum(outcome.calls for outcome in outcomes) / count, 2),
        tokens_in=round(sum(outcome.tokens_in for outcome in outcomes) / count, 1),
        tokens_out=round(sum(outcome.tokens_out for outcome in outcomes) / count, 1),
        lost=sum(before and not after for before, after in flips),
        won=sum(after and not before for before, after in flips),
    )


def answers(agents: Sequence[Agent], items: Sequence[Item]) -> dict[str, list[str | None]]:
    """Return every agent's own answers to the problems, in their order; None abstains."""
    given: dict[tuple[str, str], str | None] = {}

    def listen(event: Event) -> None:
        if isinstance(event, Said):
            given[event.message.seat, event.question] = event.message.answer

    definition = Definition(agents, protocol="vote", at_once=max(1, len(items)))
    definition.run([item.problem() for item in items], listeners=[listen])
    return {agent.name: [given.get((agent.name, item.id)) for item in items] for agent in agents}


def self_consistency(
    seating: Seating, member: str, items: Sequence[Item], tokens: float, *, seed: int = 0, most: int = 40
) -> Arm:
    """Let one member vote with itself, over as many samples as `tokens` a question pay for.

    Wang et al. 2023 (arXiv:2203.11171): plurality over samples, here at temperature 0.6.
    """
    one = measure([seating.agent(member)], items[:50], {"protocol": "vote"}).tokens
    count = min(most, max(1, math.ceil(tokens / max(one, 1.0))))
    agents = [
        seating.agent(member, name=f"{member} {place}", sampling=SAMPLED) for place in range(1, count + 1)
    ]
    return measure(agents, items, {"protocol": "vote"}, seed=seed)
