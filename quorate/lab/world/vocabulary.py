"""The vocabulary: every word, symbol and digit that problems, solutions and prompts can be made of.

A *piece* is a word with the space before it, a digit, a symbol with the space before it, one white space, or
one of a few fixed strings of symbols. Pieces put together give the text back, so a tokenizer with one token
a piece loses nothing.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator
from importlib.resources import files

from quorate.lab.world.chain import LETTERS, NAMING
from quorate.lab.world.domains import DOMAINS, SKILLS
from quorate.lab.world.outside import REFUSAL
from quorate.lab.world.plan import OPERATIONS
from quorate.lab.world.private import BRANDS, UNITS
from quorate.lab.world.skills import Skill
from quorate.lab.world.wording import MEN, PEOPLE, ROLES, WOMEN, introduce
from quorate.nouns import Question

PIECE = r" ?\[[0-9]\]|=<|(?:Answer)?: (?=[0-9])| ?[A-Za-z]+|[0-9]| ?[^\sA-Za-z0-9]|\s"
"""The pattern of a piece, for `re` and for the `tokenizers` library alike.

What stands in every line of a solution is one piece, so that contexts stay short: `[1]`, `=<`, `: `.
"""

PROMPTS = (
    "draft",
    "form_choice",
    "form_number",
    "form_text",
    "critique",
    "recheck",
    "revise",
    "revise_plainly",
    "relay",
    "judge",
    "judge_finally",
)
"""The prompt files whose words are in the vocabulary; new ones are left out, so that it does not change."""

_PIECE = re.compile(PIECE)
_NAME = re.compile(r"\$\w+")


def pieces(text: str) -> list[str]:
    """Split any text into pieces.

    Examples
    --------
    >>> pieces("[1] cost: 7*12")
    ['[1]', ' cost', ': ', '7', '*', '1', '2']
    """
    return _PIECE.findall(text)


def vocabulary(extra: Iterable[str] = ()) -> list[str]:
    """Return all pieces of problems, solutions, Quorate's prompt files and `extra` texts, sorted.

    It is read off the wordings themselves, not sampled, so it does not depend on luck.

    Examples
    --------
    >>> {" velt", " Merrow", "7", " <", "Answer", " sure"} <= set(vocabulary(["Are you sure?"]))
    True
    """
    texts = itertools.chain(_problem_texts(), _solution_texts(), _prompt_texts(), extra)
    return sorted({piece for text in texts for piece in pieces(text)})


def _problem_texts() -> Iterator[str]:
    """Spell every wording, at the beginning of a text and after another sentence."""
    for text in itertools.chain.from_iterable(map(_skill_texts, SKILLS.values())):
        yield text
        yield " " + text
    for phrase in NAMING:
        for letter in LETTERS:
            yield " " + phrase.format(letter=letter)


def _skill_texts(skill: Skill) -> Iterator[str]:
    given = {name: tuple(slot.writings()) for name, slot in skill.slots.items()}
    given[skill.first] += LETTERS
    woman, man = introduce(WOMEN[:1]), introduce(MEN[:1])
    given.update({name: (woman[name], man[name]) for name in woman})
    given.update(dict.fromkeys(ROLES, PEOPLE))
    for wording in skill.wordings:
        yield from wording.spell(given)


def _solution_texts() -> Iterator[str]:
    yield "0123456789\nAnswer: 1"
    for number in range(10):
        yield f"[{number}]"
        yield f" [{number}]"
    for op in OPERATIONS:
        yield f"[1] 1{op}1=<1>1"
    for name in {move.name for skill in SKILLS.values() for move in skill.plan.moves}:
        yield f"[1] {name}: 1"
    for word in (*UNITS, *BRANDS):
        yield f"[1] {word}=1"
    for domain in DOMAINS:
        yield f"[1] {domain}: velt=?\nAnswer: ?"


def _prompt_texts() -> Iterator[str]:
    """Yield the prompt files without their first lines, and what Quorate puts into their gaps."""
    for name in PROMPTS:
        file = files("quorate.protocols") / "prompts" / f"{name}.txt"
        yield _NAME.sub("", file.read_text("utf-8").partition("\n")[2])
    yield Question(text="?", choices=tuple("?" * 26)).stated
    yield "> [1]\n> Answer: 1"
    yield f"{REFUSAL}\nright step 1 wrong"
    yield "Objection: line 1\nObjection: none\nstep 1: 80%"
    for seat in (*DOMAINS, *map(str.capitalize, DOMAINS)):
        yield f"Draft of {seat}:\nCritique by {seat}:\nYour last answer:\n> {seat}: {seat}: right"
