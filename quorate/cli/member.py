"""One member of a pool on paper and at work: its skills, its training, its metrics, a problem it solves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.text import Text

from quorate.errors import ModelError

if TYPE_CHECKING:
    from quorate.lab.evaluation import Report
    from quorate.lab.members import Pool
    from quorate.lab.world import Item

Fact = tuple[str, str]


def facts(pool: Pool, member: str) -> Iterator[Fact]:
    """Yield what is known of a member, each with its label."""
    yield from _skills(pool, member)
    yield from _training(pool, member)
    yield from _metrics(pool, member)


def report_of(pool: Pool) -> Report | None:
    """Return what is known of how good a pool is."""
    from pydantic import ValidationError

    from quorate.lab.evaluation import Report
    from quorate.lab.evaluation.card import EVALUATION

    file = pool.folder / EVALUATION
    if not file.is_file():
        return None
    try:
        return Report.model_validate_json(file.read_text("utf-8"))
    except ValidationError:
        raise ModelError(
            f"{file} was written by another version of Quorate; write it again with "
            f"`quorate pool evaluate {pool.folder} --write`."
        ) from None


def own_kind(pool: Pool, member: str) -> str:
    """Return which kind of problems is a member's own."""
    from quorate.lab.members import BASE

    return member if member in pool.recipe.domains else "basic" if member == BASE else "mixed"


def rate(report: Report | None, member: str, kind: str) -> Text:
    """Return how often a member is right on a kind of problems, in percent."""
    found = report.members.get(member, {}).get(kind) if report else None
    return Text(found.percent if found else "")


def _skills(pool: Pool, member: str) -> Iterator[Fact]:
    from quorate.lab.training.scope import Scope
    from quorate.lab.world import SKILLS

    scope = Scope(pool.recipe, member)
    known = [skill for name, skill in SKILLS.items() if scope.knows(name)]
    for kind in ("basic", "advanced", "private"):
        names = [skill.name for skill in known if skill.kind == kind]
        if names:
            yield f"{kind} skills", str(len(names)) if kind == "basic" else ", ".join(names)


def _training(pool: Pool, member: str) -> Iterator[Fact]:
    from quorate.lab.training.ledger import BASE, DEBATE, WORDS, told

    later = {WORDS: "then, on words"} if member == BASE else {member + DEBATE: "then, in group"}
    for stage, label in {member: "trained", **later}.items():
        if took := told(pool.folder, stage):
            yield (
                label,
                f"{took['steps']:,} steps, {took['tokens'] / 1e6:.2f} M tokens, {took['minutes']:.1f} "
                f"minutes, {took['trained']:,} parameters, last loss {took['loss']:.3f}",
            )


def _metrics(pool: Pool, member: str) -> Iterator[Fact]:
    from quorate.lab.members import BASE

    report = report_of(pool)
    rates = report.members.get(member, {}) if report else {}
    if rates:
        yield "accuracy, %", ", ".join(f"{kind} {found.percent}" for kind, found in rates.items())
    yield from _head(pool.folder if member == BASE else pool.folder / member)


def _head(folder: Path) -> Iterator[Fact]:
    """Say how good the confidence head in a folder is; nothing where there is none."""
    from quorate.agents.confidence.head import ConfidenceHead, has_head

    if not has_head(folder):
        return
    config = ConfidenceHead.load(folder).config
    known = {"answers": config.answer_metrics, "lines": config.line_metrics}
    for kind, found in known.items():
        auc = "unknown" if found.auc is None else f"{found.auc:.3f}"
        yield f"sure of {kind}", f"AUC {auc}, calibration error {found.ece:.3f}, measured on {found.n:,}"


def solve(console: Console, pool: Pool, member: str, seed: int) -> None:
    """Let a member answer one problem of its own kind, live."""
    from quorate.agents.agent import Request
    from quorate.answers import read
    from quorate.lab.evaluation import problem_sets
    from quorate.lab.world import hide_scratch
    from quorate.nouns import Reply, Table
    from quorate.protocols.history import History

    [item] = problem_sets(pool.recipe, 1, seed=seed, split="development")[own_kind(pool, member)]
    agent = pool.agent(member)
    question = item.problem().question
    [ask] = History(question, Table([member])).drafts()
    agent.model.prepare([agent])
    [(_, reply)] = agent.model.reply([Request(agent, ask, seed)])
    agent.model.close()
    if not isinstance(reply, Reply):
        raise reply
    console.print(Text(item.text))
    _print_facts(console, item)
    console.print(
        Text(hide_scratch(reply.text).strip() or "(It writes nothing.)", style="bold"), soft_wrap=True
    )
    right = read(question, reply.text) == str(item.answer)
    sure = "" if reply.confidence is None else f", {reply.confidence:.0%} sure"
    verdict = "right" if right else f"wrong: it is {item.answer}"
    console.print(Text(f"({verdict}{sure})", style="green" if right else "yellow"))


def check(console: Console, pool: Pool, member: str, seed: int) -> None:
    """Let a critic read a draft with a mistake, live."""
    from random import Random

    from quorate.agents.agent import Request
    from quorate.lab.evaluation import problem_sets
    from quorate.lab.training.offices import criticising
    from quorate.lab.world import corrupt, hide_scratch
    from quorate.nouns import Reply, derive_seed

    [item] = problem_sets(pool.recipe, 1, seed=seed, split="development")[own_kind(pool, member)]
    author = pool.recipe.specialists[0]
    text = corrupt(item, Random(derive_seed(seed, "mistake"))).text.rstrip("\n")
    ask = criticising(item, member, {author: text, member: ""})
    agent = pool.agent(member)
    agent.model.prepare([agent])
    [(_, reply)] = agent.model.reply([Request(agent, ask, seed)])
    agent.model.close()
    if not isinstance(reply, Reply):
        raise reply
    console.print(Text(f"\nA draft of {author} with a mistake:", style="dim"))
    console.print(Text(hide_scratch(text)), soft_wrap=True)
    console.print(Text(reply.text.strip() or "(It writes nothing.)", style="bold"), soft_wrap=True)


def _print_facts(console: Console, item: Item) -> None:
    from quorate.lab.world import DOMAINS

    for domain, word, _ in item.facts:
        console.print(Text(f"({DOMAINS[domain].meaning(word, item.world)})", style="dim"))
