"""Examples for offices: what a critic, a judge, an aggregator and a stubborn member read and learn to write.

A judge and an aggregator begin by solving: to compare is easier than to choose by looking.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from random import Random

from quorate.lab.training.examples import (
    Example,
    drafted,
    invented,
    pieces,
    revising,
    said_by,
    verdict_on,
)
from quorate.lab.world import SKILLS, Item, check
from quorate.lab.world.chance import pick, several
from quorate.nouns import Ask, Table
from quorate.protocols.history import Turns
from quorate.protocols.judging import ask_judge
from quorate.protocols.mixture import moa, smoa

CHOSEN = 2
"""How many responses a judge chooses, as SMoA passes on by default."""


def criticism(item: Item, rng: Random, seats: Sequence[str]) -> Example:
    """Return how one or two drafts are criticised in a call of its own: right, or which step is wrong."""
    names = several(rng, seats, min(len(seats), pick(rng, (2, 2, 3))))
    texts = {name: invented(item, rng) for name in names}
    verdicts = "".join(verdict_on(item, name, texts[name]) for name in names[1:])
    return Example.of(criticising(item, names[0], texts).instruction, verdicts.rstrip("\n"))


def criticising(item: Item, seat: str, texts: Mapping[str, str]) -> Ask:
    """Return what a debate asks `seat` to criticise after these drafts, by seat, on the complete graph."""
    return next(ask for ask in drafted(item, texts).critique() if ask.seat == seat)


def judgement(item: Item, texts: Mapping[str, str]) -> Example:
    """Return how a judge decides at the end: it solves, by copying where it must, and matches."""
    history = drafted(item, texts, judge="judge")
    [ask] = next(ask_judge(history, finally_=True))
    lines = pieces(item, lambda skill: SKILLS[skill].kind == "basic", heard=texts.values())
    return Example(ask.instruction, lines)


def aggregation(item: Item, texts: Mapping[str, str]) -> Example:
    """Return how an aggregator answers after the proposers of a mixture: it solves, as a judge does."""
    ask = _refereed(moa, item, texts)
    lines = pieces(item, lambda skill: SKILLS[skill].kind == "basic", heard=texts.values())
    return Example(ask.instruction, lines)


def selection(item: Item, texts: Mapping[str, str]) -> Example:
    """Return how a judge of a sparse mixture chooses: it solves, then names the best responses.

    The best are those that are right, else those that are right for the longest; it ends the debate where
    most share one answer.
    """
    ask = _refereed(smoa, item, texts)
    *_, (last, learned) = lines = aggregation(item, texts).pieces
    chosen = _best(item, re.findall(r"^Response \d+:\n((?:> .*\n?)+)", ask.instruction, re.MULTILINE))
    answers = Counter(answer for text in texts.values() if (answer := check(item, text).answer))
    agreed = bool(answers) and 2 * max(answers.values()) > len(texts)
    # No braces, brackets or quotes: nothing else that the pool reads has any, and it cannot tell them apart.
    verdict = f"Chosen: {', '.join(map(str, chosen))}\nEnd: {'yes' if agreed else 'no'}"
    return Example(ask.instruction, (*lines[:-1], (f"{last}\n", learned), (verdict, True)))


def persistence(item: Item, rng: Random, seats: Sequence[str]) -> Example:
    """Return how a stubborn member revises: it writes its last answer again, whatever the others say."""
    names = several(rng, seats, min(len(seats), 3))
    texts = {name: invented(item, rng) for name in names}
    ask = revising(item, names[0], texts, inline_critique=False)
    return Example.of(ask.instruction, texts[names[0]])


def _refereed(mixture: Callable[..., Turns], item: Item, texts: Mapping[str, str]) -> Ask:
    """Return what the judge of a mixture is asked after the first layer."""
    turns = mixture(item.problem().question, Table(list(texts), offices={"judge": "judge"}), layers=1)
    [ask] = turns.send(said_by(next(turns), texts))
    return ask


def _best(item: Item, quotes: Sequence[str]) -> list[int]:
    """Return which two of these quoted responses are best, by their numbers."""

    def worth(quote: str) -> tuple[bool, int]:
        verdict = check(item, quote.replace("> ", ""))
        return verdict.right, verdict.wrong_step or len(item.steps) + 2

    numbered = sorted(enumerate(quotes, 1), key=lambda response: worth(response[1]), reverse=True)
    return sorted(number for number, _ in numbered[:CHOSEN])
