"""What `quorate demo` and `quorate debate` run: the specialists of the pool, and problems worth watching.

Nothing is scripted. The demo's problems lie in the pool's folder, one JSON object a line; they were found by
letting the specialists deliberate over many of the development split (`find_demo_problems`), and they are
deliberated again whenever the demo runs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from quorate.definition import Definition
from quorate.errors import BadOption
from quorate.evaluate import correct
from quorate.events import Decided, Event, Failed, Listener, Posted, Said, Started
from quorate.lab.members import GREEDY, HOME, RELAY, Pool
from quorate.lab.world import DOMAINS, Item, dump, generate, hide_scratch, load
from quorate.nouns import BoardLine, Message, Outcome, derive_seed

PROBLEMS = "demo.jsonl"
"""The file of a pool that holds the demo's problems."""
SPLIT = "development"
"""Nothing is chosen by looking at the test split."""
NOTICE = "{count} small transformers, trained by Quorate on problems like these: {names}."
SURE = 0.5
"""An answer with less confidence than this is called unsure."""
LIMITS = (
    "The pool knows the problems of its own small world and nothing else; `quorate pool problem` shows some. "
    "For other questions, give it models: --model."
)


def pool_data(
    pool: Pool,
    *,
    members: Sequence[str] | None = None,
    topology: Any = None,
    protocol: Any = None,
    sampling: Mapping[str, Any] | None = None,
    seed: int = 0,
) -> dict[str, Any]:
    """Return a definition with members of a pool at the table, as a definition file has it.

    Parameters
    ----------
    pool : Pool
    members : sequence of str, optional
        Who sits at the table; the specialists when None.
    topology, protocol : optional
        Those of `quorate.lab.members.RELAY` when None.
    sampling : mapping, optional
        Departures from greedy answers.
    seed : int
    """
    model: Any = "pool" if pool.folder == HOME else {"pool": {"folder": str(pool.folder.resolve())}}
    drawn = {**GREEDY.model_dump(mode="json", exclude_defaults=True), **(sampling or {})}
    return {
        "agents": [
            {"name": name, "model": model, "adapter": name, "sampling": drawn}
            for name in members or pool.recipe.specialists
        ],
        "topology": topology or RELAY["topology"],
        "protocol": protocol or RELAY["protocol"],
        "seed": seed,
        "at_once": 1,
    }


def notice(pool: Pool) -> str:
    """Say who debates."""
    names = pool.recipe.specialists
    return NOTICE.format(count=len(names), names=", ".join(names))


def demo_items(pool: Pool) -> list[Item]:
    """Return the problems of the demo: those that were found for the pool, else three of its world."""
    file = pool.folder / PROBLEMS
    return load(file) if file.is_file() else _candidates(pool, 3, seed=0)


class Found(NamedTuple):
    """A problem that was deliberated: first drafts, how many are right, and what became of them."""

    item: Item
    drafts: Mapping[str, str | None]
    outcome: Outcome

    @property
    def solved(self) -> bool:
        """Whether the group found the answer."""
        return bool(correct(self.outcome, str(self.item.answer)))

    @property
    def right(self) -> int:
        """How many first drafts have the right answer."""
        return sum(answer == str(self.item.answer) for answer in self.drafts.values())

    def sentence(self) -> str:
        """Say what happened."""
        drafts = "no first draft" if not self.right else f"{self.right} of {len(self.drafts)} first drafts"
        if self.outcome.answer is None:
            return f"{drafts} right, and the group gives no answer: it is {self.item.answer}"
        verdict = "right" if self.solved else f"wrong, it is {self.item.answer}"
        return f"{drafts} right, and the group says {self.outcome.answer}: {verdict}"

    def story(self) -> str:
        """Tell the problem, what its private words mean, and what happened, each in a line."""
        facts = [DOMAINS[domain].meaning(word, self.item.world) for domain, word, _ in self.item.facts]
        known = [f"(Only specialists were taught: {' '.join(facts)})"] if facts else []
        return "\n".join([self.item.text, *known, self.sentence()])

    @property
    def authors(self) -> int:
        """How many seats wrote the board behind the answer."""
        return len({line.seat for line in self.outcome.board})

    @property
    def kind(self) -> str:
        """What there is to see: "rescued", "argued", "lost", or "plain"."""
        if not self.solved:
            return "lost"
        if not self.right:
            return "rescued"
        return "argued" if self.right < len(self.drafts) else "plain"


def find_demo_problems(pool: Pool, *, count: int = 300, seed: int = 0) -> list[Item]:
    """Find three problems that show what deliberation does to the answers, at best one of each kind.

    In their order: one on which the first drafts disagree and the group is right ("argued"); one where no
    first draft is right and the group still finds the answer ("rescued"); one that it does not solve
    ("lost"). Of a kind, the one on whose board most seats wrote comes first, then the shortest.

    Parameters
    ----------
    pool : Pool
    count : int
        How many mixed problems of the development split are tried.
    seed : int
        Which ones.

    Raises
    ------
    BadOption
        When fewer than three are to be tried.
    """
    if count < 3:
        raise BadOption(f"Three problems cannot be found among {count}.")
    found = deliberated(pool, _candidates(pool, count, seed))
    order = sorted(found, key=lambda one: (-one.authors, len(one.item.text)))
    chosen = [
        next((one for one in order if one.kind == kind), None) for kind in ("argued", "rescued", "lost")
    ]
    rest = (one for one in order if one not in chosen)
    return [(one or next(rest)).item for one in chosen]


def write_demo(pool: Pool, *, count: int = 300, seed: int = 0) -> Path:
    """Find the demo's problems and put them into the pool's folder."""
    return dump(find_demo_problems(pool, count=count, seed=seed), pool.folder / PROBLEMS)


def deliberated(pool: Pool, items: Iterable[Item]) -> list[Found]:
    """Let the specialists deliberate over problems as the demo does, and say what happened."""
    items, witness = list(items), Witness()
    definition = Definition(pool.specialists(), **RELAY)
    definition.run([item.problem() for item in items], listeners=[witness])
    return witness.found(items)


class Witness:
    """A listener that remembers every first draft and every outcome."""

    def __init__(self) -> None:
        self._drafts: dict[str, dict[str, str | None]] = {}
        self._outcomes: dict[str, Outcome] = {}

    def __call__(self, event: Event) -> None:
        """Take in one event."""
        if isinstance(event, Started):
            self._drafts[event.question] = {}
        elif isinstance(event, (Said, Failed)) and event.message.act == "draft":
            self._drafts[event.question][event.message.seat] = event.message.answer
        elif isinstance(event, Decided):
            self._outcomes[event.question] = event.outcome

    def found(self, items: Iterable[Item]) -> list[Found]:
        """Return what became of the problems that were decided."""
        return [
            Found(item, self._drafts[item.id], self._outcomes[item.id])
            for item in items
            if item.id in self._outcomes
        ]


def _candidates(pool: Pool, count: int, seed: int) -> list[Item]:
    recipe = pool.recipe
    return generate(
        SPLIT,
        count,
        seed=derive_seed("demo", seed),
        domains=recipe.domains,
        mixed_share=1.0,
        advanced_share=recipe.advanced_share,
        private_share=recipe.private_share,
        world=recipe.world,
    )


def doubts(outcome: Outcome) -> str:
    """Say that a question may be none for the pool, when nobody is sure of the answer; else nothing.

    Examples
    --------
    >>> doubts(Outcome(answer="5", tally={"5": 0.9}))
    ''
    >>> doubts(Outcome(answer="5", tally={"5": 0.2}))[:31]
    'Nobody is sure of this answer. '
    """
    if outcome.answer is None:
        return LIMITS
    unsure = outcome.tally.get(outcome.answer, 0.0) < SURE
    return f"Nobody is sure of this answer. {LIMITS}" if unsure else ""


def without_scratch(listener: Listener) -> Listener:
    """Return a listener that hears the same events with the members' scratch work taken out of the texts."""
    return lambda event: listener(_shown(event))


def tidy(outcome: Outcome) -> Outcome:
    """Take the scratch work out of an outcome."""
    dissent = tuple(said.model_copy(update={"text": hide_scratch(said.text)}) for said in outcome.dissent)
    return outcome.model_copy(update={"dissent": dissent, "board": _lines(outcome.board)})


def _shown(event: Event) -> Event:
    if isinstance(event, Said):
        return event.model_copy(update={"message": _message(event.message)})
    if isinstance(event, Posted):
        return event.model_copy(update={"board": _lines(event.board)})
    if isinstance(event, Decided):
        return event.model_copy(update={"outcome": tidy(event.outcome)})
    return event


def _message(message: Message) -> Message:
    text = message.text
    stretches = tuple(
        stretch.model_copy(update={"end": len(hide_scratch(text[: stretch.end]))})
        for stretch in message.stretches
    )
    return message.model_copy(update={"text": hide_scratch(text), "stretches": stretches})


def _lines(board: Sequence[BoardLine]) -> tuple[BoardLine, ...]:
    return tuple(line.model_copy(update={"text": hide_scratch(line.text)}) for line in board)
