"""The report on a pool: every member on held-out problems of every kind, and every way of deciding together.

Everything goes through Quorate's own engine: the members sit at a table, greedy, and the protocols ask them.
Shares come with the 95 % interval of Wilson (1927); differences between ways of deciding on the same problems
with a paired bootstrap. A difference whose interval holds 0 is no difference.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from quorate.errors import BadOption
from quorate.evaluate.statistics import Difference, Rate, difference
from quorate.lab.evaluation.arms import ARMS, Arm, answers, measure, self_consistency
from quorate.lab.evaluation.critic import Pointing, group_drafts, pointing
from quorate.lab.evaluation.seating import Seating, problem_sets
from quorate.lab.members import Pool
from quorate.lab.training.critics import invented_drafts
from quorate.lab.training.ledger import CRITIC
from quorate.lab.training.recipe import Recipe
from quorate.lab.world import Item
from quorate.nouns import Noun

DEBATES_TOKENS = ", for the debate's tokens"
PAYING = {"relay, full": "", "debate keeping the surest, ring, 2 rounds": DEBATES_TOKENS}
"""The arms whose tokens a question decide how many samples self-consistency is given, and what it is then
called; the first of them also pays the polymath."""
CRITICISED = 200
"""Problems whose real drafts the critic is asked about."""
TIMED = 100
"""Problems on which the throughput is measured."""
ORACLE = "any first draft right (oracle)"
ALONE = "self-consistency, "
BEST = "best specialist"
RIVALS = ("plurality vote", "vote weighted by confidence", "most confident draft", ORACLE)
Teller = Callable[[str], None]


class Speed(Noun):
    """How fast the specialists drafted together: problems and tokens (read and written) a second."""

    problems: float
    tokens: float


class Report(Noun):
    """An evaluation: `members[name][kind]` are the rates of a member on each kind of problem.

    `seed` is that of the problems, `pool_seed` that of the pool's training, `base_seed` that of its base's.
    `best` is the specialist that is best on mixed problems of the development split.
    """

    split: str
    seed: int
    pool_seed: int = 0
    base_seed: int = 0
    members: dict[str, dict[str, Rate]]
    arms: dict[str, Arm]
    """Ways of deciding on the mixed problems, the oracle and the self-consistencies among them."""
    best: str | None = None
    speed: Speed | None = None
    critic: Pointing | None = None
    """On drafts that are right, or hold one invented mistake."""
    critic_of_group: Pointing | None = None
    """On what the specialists really draft on the mixed problems."""

    @property
    def rivals(self) -> list[str]:
        """The arms that a deliberation is to be compared with."""
        return [name for name in self.arms if name in RIVALS or name.startswith((ALONE, "judge"))]

    @property
    def deliberations(self) -> list[str]:
        """The debates and relays."""
        return [name for name in self.arms if name.startswith(("debate", "relay"))]

    def compare(self, arm: str, rival: str) -> Difference:
        """Return how much better an arm is than a rival, on the same problems."""
        return difference(self.arms[arm].right, self.arms[rival].right)


def evaluate(
    recipe: Recipe,
    folder: str | Path,
    count: int = 200,
    *,
    mixed: int | None = None,
    seed: int = 0,
    split: str = "test",
    arms: Mapping[str, Mapping[str, Any]] = ARMS,
    device: str = "auto",
    tell: Teller = lambda line: None,
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
        Decides the problems, the ties of votes, and the samples.
    split : {"test", "development"}
        Choose nothing by looking at the test split.
    arms : mapping
        Ways of deciding, each the options of a `Definition`; the specialists are at the table.
    device : str
        "auto" is the first accelerator, else the CPU.
    tell : callable
        Told in a line what was measured, as soon as it was.

    Raises
    ------
    BadOption
        When there are no problems to test on.
    """
    if count < 1 or (mixed is not None and mixed < 1):
        raise BadOption("An evaluation needs at least 1 problem of each kind.")
    sets = problem_sets(recipe, count, seed=seed, split=split)
    if mixed is not None:
        sets["mixed"] = problem_sets(recipe, mixed, seed=seed, split=split)["mixed"]
    seating = Seating(folder, device=device)
    names = [name for name in ("base", *recipe.members) if name == "base" or (Path(folder) / name).is_dir()]
    members = _members(seating, names, sets, tell)
    items = sets["mixed"]
    measured: dict[str, Arm] = {}
    best = None
    for name, options in arms.items():
        measured[name] = measure(seating.agents(recipe.specialists), items, options, seed=seed)
        tell(f"{name}: {measured[name].rate.percent}")
    if "judge" in names:
        measured["judge"] = _judged(seating, recipe, items, seed)
        tell(f"judge: {measured['judge'].rate.percent}")
    measured[ORACLE] = _oracle(seating, recipe, items, measured)
    for arm, called in PAYING.items():
        if arm in measured:
            best = best or _best(seating, recipe, seed)
            rivals = {BEST: best, "generalist": "generalist"} | ({} if called else {"polymath": "polymath"})
            for name, member in rivals.items():
                if member in names:
                    alone = self_consistency(seating, member, items, measured[arm].tokens, seed=seed)
                    measured[f"{ALONE}{name}{called}"] = alone
                    tell(f"{ALONE}{name}{called}: {alone.rate.percent}, {alone.calls:g} samples")
    return Report(
        split=split,
        seed=seed,
        pool_seed=recipe.seed,
        base_seed=recipe.base_seed,
        members=members,
        arms=measured,
        best=best,
        speed=throughput(recipe, folder, items[:TIMED], device=device),
        **(_criticised(seating, recipe, count, items, seed, split) if CRITIC in names else {}),
    )


def _criticised(
    seating: Seating, recipe: Recipe, count: int, items: Sequence[Item], seed: int, split: str
) -> dict[str, Pointing]:
    """Measure the critic on invented drafts and on the group's."""
    invented = invented_drafts(recipe, count, seed=seed, split=split)
    group = group_drafts(seating, recipe.specialists, items[:CRITICISED], seed)
    return {"critic": pointing(seating, invented), "critic_of_group": pointing(seating, group)}


def throughput(recipe: Recipe, folder: str | Path, items: Sequence[Item], *, device: str = "auto") -> Speed:
    """Return how fast the specialists draft together, by letting them, with nothing remembered."""
    agents = Pool(folder, device=device).agents(recipe.specialists)
    start = time.perf_counter()
    arm = measure(agents, items, {"protocol": "vote"})
    each = len(items) / (time.perf_counter() - start)
    return Speed(problems=round(each, 2), tokens=round(each * arm.tokens, 1))


def _members(
    seating: Seating, names: Sequence[str], sets: Mapping[str, Sequence[Item]], tell: Teller
) -> dict[str, dict[str, Rate]]:
    """Measure every member alone on every kind of problem."""
    rates: dict[str, dict[str, Rate]] = {name: {} for name in names}
    for kind, items in sets.items():
        for name, given in answers(seating.agents(names), items).items():
            right = sum(answer == str(item.answer) for answer, item in zip(given, items, strict=True))
            rates[name][kind] = Rate.count(right, len(items))
        tell(
            f"{kind} problems: " + ", ".join(f"{name} {100 * rates[name][kind].share:.0f}" for name in names)
        )
    return rates


def _judged(seating: Seating, recipe: Recipe, items: Sequence[Item], seed: int) -> Arm:
    return measure(
        seating.agents(recipe.specialists),
        items,
        {"protocol": {"vote": {"decide": "judge_decides"}}},
        offices={"judge": seating.agent("judge")},
        seed=seed,
    )


def _oracle(seating: Seating, recipe: Recipe, items: Sequence[Item], arms: Mapping[str, Arm]) -> Arm:
    """Return how often any specialist's first draft is right: what choosing among drafts cannot exceed."""
    given = answers(seating.agents(recipe.specialists), items).values()
    right = tuple(
        any(answer == str(item.answer) for answer in answers_)
        for item, answers_ in zip(items, zip(*given, strict=True), strict=True)
    )
    vote = next(iter(arms.values()), None)
    cost = {"calls": vote.calls, "tokens_in": vote.tokens_in, "tokens_out": vote.tokens_out} if vote else {}
    return Arm(right=right, **{"calls": 0, "tokens_in": 0, "tokens_out": 0, **cost})


def _best(seating: Seating, recipe: Recipe, seed: int) -> str:
    """Return the specialist that is best on mixed problems of the development split."""
    items = problem_sets(recipe, 200, seed=seed, split="development")["mixed"]
    given = answers(seating.agents(recipe.specialists), items)
    gold = [str(item.answer) for item in items]
    return max(given, key=lambda name: sum(map(str.__eq__, gold, map(str, given[name]))))


def table(report: Report) -> str:
    """Return an evaluation as Markdown: a table of the members and one of the ways of deciding.

    Examples
    --------
    >>> rate = Rate.count(8, 10)
    >>> report = Report(split="test", seed=0, members={"base": {"mixed": rate}}, arms={})
    >>> print(table(report).splitlines()[2])
    | base | 80 [49, 94] |
    """
    kinds = list(next(iter(report.members.values()), {}))
    lines = ["| member | " + " | ".join(kinds) + " |", "|---" * (len(kinds) + 1) + "|"]
    for name, rates in report.members.items():
        lines.append(f"| {name} | " + " | ".join(rate.percent for rate in rates.values()) + " |")
    lines += [
        "",
        "| on mixed problems | accuracy | calls | tokens in | tokens out | right to wrong | wrong to right |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, arm in report.arms.items():
        flips = f"{arm.lost} | {arm.won}" if arm.lost or arm.won else " | "
        cost = f"{arm.calls:g} | {arm.tokens_in:.0f} | {arm.tokens_out:.0f}"
        lines.append(f"| {name} | {arm.rate.percent} | {cost} | {flips} |")
    return "\n".join(lines)


def comparisons(report: Report) -> str:
    """Return the debates and relays against every rival as Markdown, in points; bold excludes 0."""
    lines = ["| minus | " + " | ".join(report.rivals) + " |", "|---" * (len(report.rivals) + 1) + "|"]
    for arm in report.deliberations:
        cells = [points(report.compare(arm, rival)) for rival in report.rivals]
        lines.append(f"| {arm} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def points(found: Difference) -> str:
    """Return a difference in points, bold when its interval excludes 0."""
    return f"**{found.points}**" if found.sign else found.points
