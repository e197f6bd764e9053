"""How good a pool is: every member on held-out problems of every kind, and the group as a whole.

Everything goes through Quorate's own engine: the members sit at a table, greedy, and the protocols ask them.
Accuracies come with the 95 % interval of Wilson (1927), which is honest at small numbers and near 0 and 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from quorate.agents.agent import Agent, Sampling
from quorate.agents.local import LocalModel
from quorate.definition import Definition
from quorate.evaluate import wilson
from quorate.events import Event, Said
from quorate.lab.training.recipe import Recipe
from quorate.lab.world import Item, generate
from quorate.nouns import Noun, derive_seed

LONGEST = 200
"""Tokens that a member may write; the longest solution has fewer."""
ARMS: Mapping[str, Mapping[str, Any]] = {
    "plurality vote": {"protocol": "vote"},
    "ring debate, 2 rounds": {
        "topology": "ring",
        "protocol": {"debate": {"rounds": 2, "critique": "off"}},
    },
}


class Rate(Noun):
    """A share of right answers and its 95 % interval."""

    right: int
    of: int
    low: float
    high: float

    @classmethod
    def count(cls, right: int, of: int) -> Rate:
        """Return the rate of `right` out of `of`.

        Examples
        --------
        >>> Rate.count(8, 10)
        Rate(right=8, of=10, low=0.4902, high=0.9433)
        """
        low, high = wilson(right, of)
        return cls(right=right, of=of, low=round(low, 4), high=round(high, 4))

    @property
    def share(self) -> float:
        """The share itself; 0 of nothing."""
        return self.right / self.of if self.of else 0.0


class Arm(Noun):
    """What a way of deciding achieves on mixed problems, and what it costs a question."""

    rate: Rate
    calls: float
    tokens_in: float
    tokens_out: float


class Report(Noun):
    """An evaluation: `members[name][kind]` are the rates of a member on each kind of problem."""

    split: str
    seed: int
    members: dict[str, dict[str, Rate]]
    oracle: Rate
    """Mixed problems that at least one specialist's first draft solves."""
    arms: dict[str, Arm]


def problem_sets(recipe: Recipe, count: int, *, seed: int = 0, split: str = "test") -> dict[str, list[Item]]:
    """Return `count` held-out problems of each kind.

    The kinds are "basic" (basic skills of all domains), each domain (its advanced skills and private table
    too, in the shares of the recipe) and "mixed" (chains of two or three domains, the same shares).
    """
    shares = {"advanced_share": recipe.advanced_share, "private_share": recipe.private_share}
    kinds: dict[str, dict[str, Any]] = {"basic": {"advanced_share": 0.0}}
    kinds |= {domain: {"domains": [domain], **shares} for domain in recipe.domains}
    kinds["mixed"] = {"domains": recipe.domains, "mixed_share": 1.0, **shares}
    return {
        kind: generate(split, count, seed=derive_seed(seed, kind), world=recipe.world, **options)
        for kind, options in kinds.items()
    }


def seat(folder: str | Path, names: Iterable[str], *, device: str = "auto") -> list[Agent]:
    """Return greedy agents for members of a pool; "base" is the base itself."""
    folder = Path(folder)
    sampling = Sampling(temperature=0, max_tokens=LONGEST)
    base = LocalModel(folder, device=device)
    agents = []
    for name in names:
        own = folder / name
        if name == "base" or (own / "adapter_config.json").is_file():
            agents.append(Agent(name, base, adapter=None if name == "base" else str(own), sampling=sampling))
        else:  # trained in full
            agents.append(Agent(name, LocalModel(own, device=device), sampling=sampling))
    return agents


def evaluate(
    recipe: Recipe,
    folder: str | Path,
    count: int = 200,
    *,
    mixed: int | None = None,
    seed: int = 0,
    split: str = "test",
    arms: Mapping[str, Mapping[str, Any]] = ARMS,
) -> Report:
    """Evaluate a pool.

    Parameters
    ----------
    recipe : Recipe
        What it was trained by: says who its members are and which world it lives in.
    folder : str or Path
        The pool.
    count, mixed : int
        Problems of each kind; `mixed` of the mixed kind when given.
    seed : int
        Decides the problems and the ties of votes.
    split : {"test", "development"}
        Choose nothing by looking at the test split.
    arms : mapping
        Ways of deciding, each the options of a `Definition`; the specialists are at the table.
    """
    sets = problem_sets(recipe, count, seed=seed, split=split)
    if mixed is not None:
        sets["mixed"] = problem_sets(recipe, mixed, seed=seed, split=split)["mixed"]
    members = ("base", *recipe.members)
    agents = seat(folder, members)
    drafts = {kind: answers(agents, items) for kind, items in sets.items()}
    specialists = [agent for agent in agents if agent.name in recipe.domains]
    return Report(
        split=split,
        seed=seed,
        members={
            name: {kind: _rate(drafts[kind][name], items) for kind, items in sets.items()} for name in members
        },
        oracle=_oracle([drafts["mixed"][name] for name in recipe.domains], sets["mixed"]),
        arms={name: _arm(specialists, sets["mixed"], seed, options) for name, options in arms.items()},
    )


def answers(agents: Sequence[Agent], items: Sequence[Item]) -> dict[str, dict[str, str | None]]:
    """Return the first answer of every agent to every problem, by name and problem; None abstains."""
    given: dict[str, dict[str, str | None]] = {agent.name: {} for agent in agents}

    def listen(event: Event) -> None:
        if isinstance(event, Said):
            given[event.message.seat][event.question] = event.message.answer

    Definition(agents, protocol="vote").run([item.problem() for item in items], listeners=[listen])
    return given


def _rate(given: Mapping[str, str | None], items: Sequence[Item]) -> Rate:
    return Rate.count(sum(given[item.id] == str(item.answer) for item in items), len(items))


def _oracle(given: Sequence[Mapping[str, str | None]], items: Sequence[Item]) -> Rate:
    right = sum(any(member[item.id] == str(item.answer) for member in given) for item in items)
    return Rate.count(right, len(items))


def _arm(agents: Sequence[Agent], items: Sequence[Item], seed: int, options: Mapping[str, Any]) -> Arm:
    run = Definition(agents, seed=seed, **options).run([item.problem() for item in items])
    outcomes, count = list(run), max(1, len(items))
    return Arm(
        rate=Rate.count(round((run.accuracy or 0.0) * run.scored), run.scored),
        calls=round(sum(outcome.calls for outcome in outcomes) / count, 2),
        tokens_in=round(sum(outcome.tokens_in for outcome in outcomes) / count, 1),
        tokens_out=round(sum(outcome.tokens_out for outcome in outcomes) / count, 1),
    )


def table(report: Report) -> str:
    """Return an evaluation as Markdown: a table of the members and one of the ways of deciding.

    Examples
    --------
    >>> rate = Rate.count(8, 10)
    >>> report = Report(split="test", seed=0, members={"base": {"mixed": rate}}, oracle=rate, arms={})
    >>> print(table(report).splitlines()[2])
    | base | 80 [49, 94] |
    """
    kinds = list(next(iter(report.members.values()), {}))
    lines = ["| member | " + " | ".join(kinds) + " |", "|---" * (len(kinds) + 1) + "|"]
    for name, rates in report.members.items():
        lines.append(f"| {name} | " + " | ".join(map(_percent, rates.values())) + " |")
    lines += [
        "",
        "| on mixed problems | accuracy | calls | tokens in | tokens out |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {name} | {_percent(arm.rate)} | {arm.calls:g} | {arm.tokens_in:.0f} | {arm.tokens_out:.0f} |"
        for name, arm in report.arms.items()
    ]
    lines.append(f"| any first draft right (oracle) | {_percent(report.oracle)} | | | |")
    return "\n".join(lines)


def _percent(rate: Rate) -> str:
    return f"{100 * rate.share:.0f} [{100 * rate.low:.0f}, {100 * rate.high:.0f}]"
