"""Confidence heads of a pool: how sure each solver is of its lines, learned from its own drafts.

A specialist drafts on training problems under the prompts it meets in use: alone, behind a board, and with
the drafts of others in sight. The world checks every line. On questions from outside the world no line is
right, the polite refusal neither: it must not pass for a step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from random import Random
from typing import Any

from quorate.agents.agent import Agent, Sampling
from quorate.agents.confidence import Exercise, sample_examples, train_head
from quorate.agents.confidence.examples import Check
from quorate.agents.confidence.head import CONFIG
from quorate.agents.local import LocalModel
from quorate.errors import BadOption
from quorate.lab.members import is_adapter
from quorate.lab.training.drafts import LONGEST
from quorate.lab.training.examples import continuing, revising
from quorate.lab.training.loop import Listener, counting
from quorate.lab.training.recipe import Recipe
from quorate.lab.training.scope import Drafted
from quorate.lab.world import Item, check, stream
from quorate.lab.world.chance import between, several
from quorate.lab.world.outside import REFUSAL, outside
from quorate.nouns import Ask, Question, Table, derive_seed
from quorate.protocols.history import History

TEMPERATURE = 0.7
STEP = "["
ANSWER = "Answer"
OUTSIDE = 12
"""One of so many exercises is a question from outside the world."""


def train_heads(
    recipe: Recipe, folder: Path, drafted: Sequence[Drafted], progress: Listener | None = None
) -> dict[str, Any]:
    """Train and save a head for every solver of a pool; return their metrics by member."""
    base = LocalModel(folder, heads=False)
    sampling = Sampling(max_tokens=LONGEST)
    metrics: dict[str, Any] = {}
    # Not there are those that were not trained, or trained in full.
    members = [name for name in solvers(recipe) if is_adapter(folder / name)]
    tell = counting("heads", progress)
    for place, name in enumerate(members):
        agent = Agent(name, base, adapter=str(folder / name), sampling=sampling)
        items = {item.id: item for item in islice(_items(recipe, name), recipe.exercises)}
        alone = name not in recipe.specialists
        exercises = list(_exercises(items, name, recipe, () if alone else drafted))
        items |= {found.item.id: found.item for found in drafted}
        examples = sample_examples(
            agent,
            exercises,
            _checker(items),
            per_question=1,
            temperature=TEMPERATURE,
            seed=derive_seed(recipe.seed, "heads", name),
            progress=_share(tell, place, len(members)),
        )
        try:
            head = train_head(
                base, folder / name, examples, seed=derive_seed(recipe.seed, "head", name) % 2**31
            )
        except BadOption as problem:  # who is always wrong, say, has nothing to be sure of
            (folder / name / CONFIG).unlink(missing_ok=True)
            metrics[name] = {"refused": str(problem)}
            continue
        head.save(folder / name)
        metrics[name] = {
            "lines": head.config.line_metrics.model_dump(mode="json"),
            "answers": head.config.answer_metrics.model_dump(mode="json"),
        }
    base.close()
    return metrics


def solvers(recipe: Recipe) -> tuple[str, ...]:
    """Return the members that get a head."""
    return (*recipe.specialists, "generalist", "polymath")


def labels(item: Item, text: str) -> list[bool | None]:
    r"""Return whether each line of a text is right: steps and the answer count, up to the first mistake.

    Examples
    --------
    >>> from quorate.lab.world import generate
    >>> [item] = generate("train", 1, seed=1, domains=["money"], level=1, advanced_share=0)
    >>> labels(item, "[1] total: 27+15=<24>42\n[2] share: 42/3=13\nAnswer: 13")
    [True, False, None]
    """
    wrong = check(item, text).wrong_step
    found: list[bool | None] = []
    steps = 0
    for line in text.split("\n"):
        bare = line.strip()
        if bare == REFUSAL:
            found.append(False)
            continue
        steps += bare.startswith((STEP, ANSWER))
        counts = bare.startswith((STEP, ANSWER)) and (wrong is None or steps <= wrong)
        found.append(steps != wrong if counts else None)
    return found


def _share(tell: Callable[[int, int], None], place: int, count: int) -> Callable[[int, int], None]:
    """Return what tells the progress of one of several members as a part of the whole."""
    return lambda done, of: tell(place * of + done, count * of)


def _checker(items: Mapping[str, Item]) -> Check:
    def check_lines(question: Question, text: str) -> list[bool | None]:
        if question.id not in items:  # from outside the world
            return [False if line.strip() else None for line in text.split("\n")]
        return labels(items[question.id], text)

    return check_lines


def _exercises(
    items: Mapping[str, Item], name: str, recipe: Recipe, drafted: Sequence[Drafted]
) -> Iterator[Exercise]:
    """Yield exercises under the prompts of a draft, of a board and of a revision, in turn."""
    rng = Random(derive_seed(recipe.seed, "exercises", name))
    for place, item in enumerate(items.values()):
        if place % OUTSIDE == OUTSIDE - 1:
            yield _foreign(rng, item.text, name)
            continue
        if not drafted or place % 3 == 0:
            [ask] = History(item.problem().question, Table([name])).drafts()
        elif place % 3 == 1:
            ask = continuing(item, rng, recipe.domains, between(rng, 1, len(item.steps)))
        else:
            found = drafted[place % len(drafted)]
            item, ask = found.item, _revision(found, rng, name)
        yield Exercise(ask, str(item.answer))


def _foreign(rng: Random, words: str, name: str) -> Exercise:
    question = Question(text=outside(rng, words), kind="number")
    [ask] = History(question, Table([name])).drafts()
    return Exercise(ask, None)


def _revision(found: Drafted, rng: Random, name: str) -> Ask:
    others = several(
        rng, [seat for seat in found.texts if seat != name], between(rng, 1, len(found.texts) - 1)
    )
    shown = {seat: found.texts[seat] for seat in (name, *others)}
    return revising(found.item, name, shown, inline_critique=False)


def _items(recipe: Recipe, name: str) -> Iterator[Item]:
    return stream(
        "train",
        seed=derive_seed(recipe.seed, "exercises", name),
        mixed_share=0.7,
        advanced_share=recipe.advanced_share,
        private_share=recipe.private_share,
        world=recipe.world,
    )
