"""First drafts that arms share: made once, in a run folder of their own, replayed into every arm's record.

Arms with the same agents and the same draft prompt then differ only in what follows; each is charged for the
drafts as if it had made them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import partial
from pathlib import Path
from typing import Any

from quorate.agents.agent import Agent
from quorate.definition import Definition
from quorate.errors import BadDefinition, ProtocolError, QuorateError, RecordMismatch
from quorate.evaluate import Problem
from quorate.events import Asked, Event, Failed, Listener, Said, Started
from quorate.nouns import Ask, Question, Table
from quorate.protocols.debating import hold, settle
from quorate.protocols.history import History, Turns
from quorate.protocols.prompting import Prompts
from quorate.protocols.voting import plurality
from quorate.record import MANIFEST, read_manifest
from quorate.run import Reading, Replay
from quorate.transcript_files import load_transcripts
from quorate.transcripts import Transcript


def first_drafts(
    question: Question, table: Table, *, stretches: bool = False, prompts: str | None = None
) -> Turns:
    """Ask every seat for a first answer; the outcome is their plain vote.

    Parameters
    ----------
    question, table
        What is asked, and who sits there.
    stretches : bool
        Ask the models how sure they are of every line, for arms that read it.
    prompts : str, optional
        A folder of prompt files that override the shipped ones.
    """
    history = History(question, table, prompts=Prompts.load(prompts))
    yield from hold(history, history.drafts(stretches=stretches))
    return (yield from settle(history, plurality, "random", "drafted"))


@dataclass(frozen=True)
class Circle:
    """Arms that hear the same first drafts, and how these are made.

    The first circle is the common table; arms that cannot share its drafts share those of an arm like them.
    """

    name: str
    agents: tuple[Agent, ...]
    reading: Reading
    stretches: bool = False
    prompts: str | None = None

    def definition(self, seed: int, **options: Any) -> Definition:
        """Return how the drafts are made, as an ordinary definition."""
        protocol = partial(first_drafts, stretches=self.stretches, prompts=self.prompts)
        return Definition(self.agents, protocol=protocol, seed=seed, reading=self.reading, **options)

    def obstacle(self, definition: Definition, question: Question) -> str | None:
        """Say why an arm cannot hear these drafts, as the end of a sentence; None when it can."""
        asks, other = first_asks(definition, question)
        if not asks:
            who = f"'{other.seat}' is asked to {other.act}" if other else "nobody is asked"
            return f"it does not begin with first drafts: {who}"
        if definition.reading != self.reading:
            return f"it reads answers in the {definition.reading} way, the drafts in the {self.reading} one"
        there = {agent.name: agent for agent in self.agents}
        instruction = Prompts.load(self.prompts).draft(question)
        for seat, ask in asks.items():
            if seat not in there:
                return f"its agent '{seat}' is not at the common table"
            if differs := _difference(definition.voices[seat], there[seat]):
                return f"its agent '{seat}' has another {differs} than at the common table"
            if ask.instruction != instruction or ask.past:
                return f"the instruction for the draft of '{seat}' is not the common one"
        return None


def _difference(agent: Agent, other: Agent) -> str | None:
    """Name what two agents of one name differ in; None when they speak alike."""
    for part in fields(Agent):
        if getattr(agent, part.name) != getattr(other, part.name):
            return part.name
    return None


def first_asks(definition: Definition, question: Question) -> tuple[dict[str, Ask], Ask | None]:
    """Return the drafts that a protocol asks for first, one a seat, and the first ask that is no draft."""
    turns = definition.rules(question, definition.table)
    try:
        asks = next(turns, ())
    except QuorateError:
        raise
    except Exception as problem:
        broke = f"{type(problem).__name__}: {problem}"
        raise ProtocolError(f"The protocol broke before it asked anybody: {broke}") from None
    turns.close()
    found: dict[str, Ask] = {}
    for ask in asks:
        if ask.act == "draft" and ask.turn == 0:
            found.setdefault(ask.seat, ask)
    return found, next((ask for ask in asks if ask.act != "draft" or ask.turn), None)


def form_circles(
    common: Circle,
    arms: Mapping[str, tuple[Definition, bool]],
    question: Question,
    names: Mapping[str, str | None] | None = None,
) -> tuple[dict[str, Circle | None], dict[str, str]]:
    """Decide who hears which drafts.

    Parameters
    ----------
    common : Circle
        The common table.
    arms : mapping of str to (Definition, bool)
        Each arm, and whether it is to hear the common drafts.
    question : Question
        The first problem's; what is asked first does not depend on which.
    names : mapping of str to str or None, optional
        What the circles of arms were called when they were formed before.

    Returns
    -------
    circles : dict of str to Circle or None
        Whose drafts each arm hears; None for an arm that drafts for itself.
    apart : dict of str to str
        Why each arm that does not hear the common drafts does not.

    Raises
    ------
    BadDefinition
        For an arm that is to share and cannot, with the reason.
    """
    circles: dict[str, Circle | None] = {}
    apart: dict[str, str] = {}
    others: list[Circle] = []
    for name, (definition, shares) in arms.items():
        try:
            obstacle = common.obstacle(definition, question)
        except QuorateError as problem:
            raise type(problem)(f"The arm '{name}': {problem}") from None
        if shares and obstacle:
            raise BadDefinition(
                f"The arm '{name}' cannot share the first drafts: {obstacle}. Make it agree with the common "
                "table, or give it `shares_drafts: false`; then it is compared with drafts of its own."
            )
        if shares:
            circles[name] = common
        elif obstacle is None:
            circles[name], apart[name] = None, "it was told to draft for itself"
        else:
            called = (names or {}).get(name) or f"of {name}"
            circles[name], apart[name] = _own_circle(called, definition, question, others), obstacle
    drawn = dict.fromkeys(circle for circle in circles.values() if circle)
    told = {old: _told(old, [arms[n][0] for n, c in circles.items() if c == old], question) for old in drawn}
    return {name: told[circle] if circle else None for name, circle in circles.items()}, apart


def _own_circle(name: str, definition: Definition, question: Question, others: list[Circle]) -> Circle | None:
    """Return the drafts of an arm apart: those of an arm like it, or its own."""
    for circle in others:
        if circle.obstacle(definition, question) is None and circle.agents == tuple(definition.agents):
            return circle
    prompts = getattr(definition.rules, "keywords", {}).get("prompts")
    own = Circle(name, tuple(definition.agents), definition.reading, prompts=prompts)
    if own.obstacle(definition, question) is not None:
        return None
    others.append(own)
    return own


def _told(circle: Circle, definitions: Sequence[Definition], question: Question) -> Circle:
    """Let a circle's drafts say how sure they are of every line, when an arm of it reads that."""
    return replace(circle, stretches=any(reads_lines(one, question) for one in definitions))


def reads_lines(definition: Definition, question: Question) -> bool:
    """Tell whether an arm reads how sure its first drafts are of every line."""
    return any(ask.stretches for ask in first_asks(definition, question)[0].values())


def rejoin(circle: Circle, folder: Path) -> Circle:
    """Return a circle that makes drafts as those that were recorded, where there are some.

    Raises
    ------
    RecordMismatch
        When an arm that came later reads how sure each line is, and the recorded drafts do not say it.
    """
    if not (folder / MANIFEST).is_file():
        return circle
    protocol = (read_manifest(folder).get("setup") or {}).get("protocol")
    options = protocol.get("first_drafts") if isinstance(protocol, dict) else None
    told = bool(options and options.get("stretches"))
    if circle.stretches and not told:
        raise RecordMismatch(
            f"The first drafts in {folder} do not say how sure each line is, which a new arm reads (a relay "
            "does). Give that arm `shares_drafts: false`, or compare into another folder."
        )
    return replace(circle, stretches=told)


class Drafts:
    """The first drafts of a circle with one seed, read from their run folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.transcripts: dict[str, Transcript] = {
            transcript.question.id: transcript for transcript in load_transcripts(folder).transcripts
        }

    def share(
        self, definition: Definition, problem: Problem, replay: Replay, listeners: Sequence[Listener]
    ) -> None:
        """Put what is not yet there of a question's drafts into an arm's record and its replay.

        Raises
        ------
        RecordMismatch
            When the arm asks for another draft than was made.
        """
        for event in self._events(definition, problem, replay):
            for listener in listeners:
                listener(event)

    def _events(self, definition: Definition, problem: Problem, replay: Replay) -> Iterator[Event]:
        question = problem.question
        turns = definition.rules(question, definition.table)
        asks = next(turns)
        turns.close()
        if not replay.started:
            replay.started = True
            begun = min(m.at - m.seconds for m in self.transcripts[question.id].rounds[0].messages)
            yield Started(question=question.id, asked=question, at=begun)
        done: set[str] = set()
        for number, ask in enumerate(asks):
            if ask.act != "draft" or ask.seat in done:
                continue
            done.add(ask.seat)
            if number not in replay.messages:
                yield from self._said(ask, number, replay)

    def _said(self, ask: Ask, number: int, replay: Replay) -> Iterator[Event]:
        said = self.transcripts[ask.question.id].said(ask)
        if said is None:
            raise RecordMismatch(
                f"The drafts in {self.folder} hold no answer of '{ask.seat}' to what is asked now on "
                f"question '{ask.question.id}'; compare into another folder."
            )
        message = said.model_copy(update={"number": number})
        replay.messages[number], replay.digests[number] = message, ask.digest(message.seed)
        place = {"question": ask.question.id, "number": number, "seat": ask.seat, "act": ask.act}
        yield Asked(**place, turn=0, digest=replay.digests[number], at=message.at - message.seconds)
        yield (Failed if message.failed else Said)(question=ask.question.id, message=message)
