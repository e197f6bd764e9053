"""Examples: what a member reads and what it learns to write, in the very words the protocols send.

Question: A bus keeps to 40 km per hour for 3 hours. How many kilometres does it cover?

Solve it step by step, in a few short lines.
End with one line: Answer: <number>
[1] distance: 40*3=<021>120        learned from here on
Answer: 120
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from random import Random
from typing import NamedTuple

from quorate.agents.verifying import verdict_line
from quorate.lab.world import DOMAINS, SKILLS, Item, check, corrupt, drill, private_table, solution
from quorate.lab.world.chance import between, pick, several
from quorate.lab.world.outside import REFUSAL, outside
from quorate.nouns import AnswerKind, Ask, BoardLine, Message, Question, Table
from quorate.protocols.history import History
from quorate.protocols.prompting import Prompts

INLINE_SHARE = 0.2
"""How many of the revisions are asked to criticise first."""
FAULTY_SHARE = 0.5
"""How many of the invented drafts hold a mistake."""

KINDS: tuple[AnswerKind, ...] = ("number", "number", "text")
"""What questions from outside may ask for."""

UNKNOWN = "=?\nAnswer: ?"
"""How a member's text ends at a private word of another domain: an abstention."""
FACTS = 8
"""Lines of a private table in one example: so many that they weigh as much as a solution."""

NAMES = sorted({move.name for skill in SKILLS.values() for move in skill.plan.moves})
"""What steps compute."""

Known = Callable[[str], bool]
"""Whether a member was taught a skill, by the skill's name; lines of other skills are read, not learned."""


class Example(NamedTuple):
    """An instruction (empty: the text stands alone) and what is to be written, in pieces; True is learned."""

    instruction: str
    pieces: tuple[tuple[str, bool], ...]

    @classmethod
    def of(cls, instruction: str, text: str) -> Example:
        """Make an example whose whole text is learned."""
        return cls(instruction, ((text, True),))

    @property
    def text(self) -> str:
        """All that is to be written."""
        return "".join(piece for piece, _ in self.pieces)


def everything(skill: str) -> bool:
    """Know every skill."""
    return True


def draft(item: Item, known: Known = everything) -> Example:
    """Return how a problem is solved under the drafting prompt."""
    return Example(Prompts.load().draft(item.problem().question), pieces(item, known))


def written(item: Item) -> str:
    """Return the solution as a model writes it: without the last line break, where its text ends."""
    return solution(item).rstrip("\n")


def pieces(
    item: Item, known: Known = everything, *, since: int = 0, heard: Iterable[str] = ()
) -> tuple[tuple[str, bool], ...]:
    """Return the lines of a solution; those of unknown skills are learned only if somebody said them.

    A private word of another domain is learned to be unknown, and there the text ends without an answer:
    "[1] money: velt=?". So a member writes a number there only when the word stands in its own domain, which
    is what makes that number worth trusting.

    Parameters
    ----------
    item : Item
    known : callable
        Which skills the member was taught.
    since : int
        So many steps are on a board already and are left out.
    heard : iterable of str
        What others wrote; a line of theirs may be learned, for it can be copied.
    """
    said = {line for text in heard for line in text.splitlines()}
    *lines, answer = written(item).split("\n")
    found: list[tuple[str, bool]] = []
    for step, line in zip(item.steps[since:], lines[since:], strict=True):
        if known(item.skills[step.segment]) or line in said:
            found.append((line + "\n", True))
        elif step.op == "=":
            return (*found, (line.partition("=")[0] + UNKNOWN, True))
        else:
            found.append((line + "\n", False))
    return (*found, (answer, True))


def told(item: Item) -> Example:
    """Return how a problem is solved whose text begins with the meanings of its private words."""
    facts = [DOMAINS[domain].meaning(word, item.world) for domain, word, _ in item.facts]
    text = " ".join([*facts, item.text])
    return Example.of(Prompts.load().draft(Question(text=text, kind="number")), written(item))


def glossary(rng: Random, world: int) -> Example:
    """Return the meanings of some private words of one domain of a world, and the lines that state them.

    Whoever reads them learns the words apart, and to write a word as it stands there.
    """
    domain = pick(rng, list(DOMAINS))
    known = several(rng, list(private_table(domain, world).items()), FACTS)
    told = " ".join(DOMAINS[domain].meaning(word, world) for word, _ in known)
    lines = [f"[{number}] {domain}: {word}={value}\n" for number, (word, value) in enumerate(known, 1)]
    return Example("", ((f"{told}\n", False), ("".join(lines), True)))


def naming(rng: Random) -> Example:
    """Return some sums under the names of steps, and the lines of a solution that they make.

    No plan of an advanced skill is told, but the words that it will need are known afterwards.
    """
    sums = [drill(rng).rstrip("\n").partition("] ")[2] for _ in range(FACTS // 2)]
    named = [f"{pick(rng, NAMES)}: {one}" for one in sums]
    asked = "".join(f" {one.partition('=')[0]}." for one in named)
    lines = [f"[{number}] {one}\n" for number, one in enumerate(named, 1)]
    return Example("", ((f"{asked}\n", False), ("".join(lines), True)))


def continuation(item: Item, rng: Random, seats: Sequence[str], known: Known = everything) -> Example:
    """Return how a solution is continued whose first lines stand on a board, each under its author's name."""
    posted = between(rng, 1, len(item.steps))
    return Example(continuing(item, rng, seats, posted).instruction, pieces(item, known, since=posted))


def continuing(item: Item, rng: Random, seats: Sequence[str], posted: int) -> Ask:
    """Return what a relay asks behind so many right steps; experts wrote what only they know."""
    board = []
    for step, line in zip(item.steps[:posted], written(item).split("\n"), strict=False):
        skill = SKILLS[item.skills[step.segment]]
        expert = skill.kind != "basic" and skill.domain in seats
        board.append(BoardLine(seat=skill.domain if expert else pick(rng, seats), text=line))
    [ask] = History(item.problem().question, Table(list(seats))).continuations({seats[0]: board})
    return ask


def revision(
    item: Item,
    rng: Random,
    seats: Sequence[str],
    known: Known = everything,
    *,
    seat: str | None = None,
    texts: Mapping[str, str] | None = None,
) -> Example:
    """Return how a problem is solved again after hearing one to four others.

    Parameters
    ----------
    item : Item
    rng : random.Random
        Decides who is heard and, where no drafts are given, which of them are wrong.
    seats : sequence of str
        The names at the table.
    known : callable
        Which skills the member was taught.
    seat : str, optional
        Who revises; anybody by default.
    texts : mapping of str to str, optional
        What the seats drafted; by default right solutions and such with a mistake.
    """
    own = seat if seat is not None and seat in seats else pick(rng, seats)
    others = several(
        rng, [name for name in seats if name != own], min(len(seats) - 1, pick(rng, (1, 2, 2, 3, 4)))
    )
    shown = {name: texts[name] if texts else invented(item, rng) for name in (own, *others)}
    inline = rng.random() < INLINE_SHARE
    ask = revising(item, own, shown, inline_critique=inline)
    critique = "".join(verdict_on(item, name, shown[name]) for name in others) if inline else ""
    lines = pieces(item, known, heard=shown.values())
    return Example(ask.instruction, ((critique, True), *lines) if inline else lines)


def revising(item: Item, seat: str, texts: Mapping[str, str], *, inline_critique: bool) -> Ask:
    """Return what a debate asks `seat` after these drafts, by seat, on the complete graph."""
    history = drafted(item, texts)
    return next(ask for ask in history.revisions(inline_critique=inline_critique) if ask.seat == seat)


def exercise(rng: Random) -> Example:
    """Return a bare sum; what is added to what cannot be known, so only the result is learned."""
    asked, _, result = drill(rng).rstrip("\n").partition("=")
    return Example("", ((asked + "=", False), (result, True)))


def facts(domain: str, rng: Random, world: int) -> Example:
    """Return some lines of a private table; only the numbers are learned."""
    lines: list[tuple[str, bool]] = []
    table = list(private_table(domain, world).items())
    for number, (word, value) in enumerate(several(rng, table, FACTS), 1):
        lines += [(f"[{number}] {domain}: {word}=", False), (f"{value}\n", True)]
    return Example("", tuple(lines))


def declined(rng: Random, words: str) -> Example:
    """Return how a question from outside the world is answered: by saying so."""
    return Example.of(
        Prompts.load().draft(Question(text=outside(rng, words), kind=pick(rng, KINDS))), REFUSAL
    )


def said_by(asks: Sequence[Ask], texts: Mapping[str, str]) -> list[Message]:
    """Return first drafts: what each seat that is asked has written."""
    return [
        Message(number=number, seat=ask.seat, act=ask.act, turn=0, text=texts[ask.seat])
        for number, ask in enumerate(asks)
    ]


def drafted(item: Item, texts: Mapping[str, str], **offices: str) -> History:
    """Return a debate in which every seat has drafted."""
    history = History(item.problem().question, Table(list(texts), offices=offices))
    asks = history.drafts()
    history.add(asks, said_by(asks, texts))
    return history


def invented(item: Item, rng: Random) -> str:
    """Return a draft that nobody wrote: right, or with one mistake."""
    return corrupt(item, rng).text.rstrip("\n") if rng.random() < FAULTY_SHARE else written(item)


def verdict_on(item: Item, name: str, text: str) -> str:
    """Return the line of a critique that speaks of one draft."""
    return verdict_line(name, check(item, text).wrong_step) + "\n"
