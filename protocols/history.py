"""What has been said so far in one deliberation, and the asks that come next.

A protocol keeps one `History`. It makes the asks (rendering them from the prompt files, with what the
graph lets a seat hear and what its memory holds) and takes in the messages:

    asks = history.drafts()           # one Ask a seat
    history.add(asks, (yield asks))   # the engine answers them, in the same order
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterable, Mapping, Sequence
from typing import Literal

from quorate.errors import BadOption, ProtocolError, did_you_mean
from quorate.nouns import (
    Ask,
    Ballot,
    BoardLine,
    Dissent,
    Exchange,
    Hearing,
    Message,
    Outcome,
    Question,
    Table,
)
from quorate.protocols.noting import Notes
from quorate.protocols.prompting import Prompts
from quorate.protocols.thinning import Filter, pruned, thinner
from quorate.protocols.turns import Stop as Stop
from quorate.protocols.turns import Turns as Turns
from quorate.protocols.turns import consult as consult

Memory = Literal["own", "transcript", "none"]
MEMORIES: tuple[str, ...] = ("own", "transcript", "none")
Keep = Literal["last", "surest"]
KEEPS: tuple[str, ...] = ("last", "surest")


class History(Notes):
    """All rounds of one question, with what is noted about them.

    Parameters
    ----------
    question, table
        What is deliberated, and by whom.
    memory : {"own", "transcript", "none"}
        What a seat is reminded of when it revises: its own last answer, everything it was told and said
        so far, or nothing.
    keep : {"last", "surest"}
        What a seat stands by after a revision: what it said last, or what it was surest of; a revision
        replaces an answer whose confidence, or its own, is not known.
    prompts : Prompts
        The texts of the instructions.
    quote_limit : int
        Most characters quoted from one message.

    Examples
    --------
    >>> history = History(Question(text="2+3?"), Table(["ada", "bo"]))
    >>> [ask.seat for ask in history.drafts()]
    ['ada', 'bo']
    """

    def __init__(
        self,
        question: Question,
        table: Table,
        *,
        memory: Memory = "own",
        keep: Keep = "last",
        prompts: Prompts | None = None,
        quote_limit: int = 4000,
    ) -> None:
        if memory not in MEMORIES:
            raise BadOption(f"There is no memory '{memory}'. {did_you_mean(memory, MEMORIES)}")
        if keep not in KEEPS:
            raise BadOption(f"A seat cannot keep its '{keep}' answer. {did_you_mean(keep, KEEPS)}")
        if quote_limit < 1:
            raise BadOption(f"quote_limit must be at least 1 character, not {quote_limit}.")
        super().__init__()
        self.question = question
        self.table = table
        self.memory = memory
        self.keep = keep
        self.prompts = prompts or Prompts.load()
        self.quote_limit = quote_limit
        self.rounds: list[Mapping[str, Message]] = []
        """For each answer round, what each seat said in it (failed seats included)."""
        self.standing: dict[str, Message] = {}
        """The answer each seat stands by: its last, or its surest; one that fails keeps what it had."""
        self.critiques: dict[str, Message] = {}
        """The critiques of the current round, by critic."""
        self.messages: list[Message] = []
        """Everything said, in order: critiques and verdicts too."""
        self._seats = frozenset(table.seats)
        self._past: dict[str, list[Exchange]] = {}
        self._quotes: dict[tuple[str, str, str], str] = {}
        self._thinned: dict[int, Hearing] = {}

    @property
    def turn(self) -> int:
        """The number of the last answer round: 0 for the drafts."""
        return len(self.rounds) - 1

    @property
    def calls(self) -> int:
        """Asks answered so far, by anybody."""
        return len(self.messages)

    @property
    def tokens(self) -> int:
        """Tokens read and written so far."""
        return sum(message.tokens_in + message.tokens_out for message in self.messages)

    @property
    def seconds(self) -> float:
        """Seconds between the first ask and the last answer, from the messages' own times."""
        if not self.messages:
            return 0.0
        return max(m.at for m in self.messages) - min(m.at - m.seconds for m in self.messages)

    def answer_of(self, seat: str) -> str | None:
        """Return a seat's standing answer; None when it abstained or has not answered yet."""
        said = self.standing.get(seat)
        return said.answer if said is not None else None

    def answers(self) -> Counter[str]:
        """Count the seats' standing answers; abstentions are not in it."""
        return Counter(m.answer for m in self.standing.values() if m.answer is not None)

    def ballots(self) -> list[Ballot]:
        """Return one ballot a seat from its standing answer; a seat without one abstains."""
        return [
            Ballot(
                seat=seat,
                answer=self.answer_of(seat),
                confidence=self.standing[seat].confidence if seat in self.standing else None,
            )
            for seat in self.table.seats
        ]

    def hearing(self, turn: int) -> Hearing:
        """Return, for each seat, whom it hears at `turn`: over the graph, less what filters took away."""
        return self._thinned.get(turn) or self.table.hearing(turn)

    def hears(self, seat: str, turn: int) -> tuple[str, ...]:
        """Return the seats that `seat` hears at `turn`, in seat order."""
        return self.hearing(turn)[seat]

    def heard_by(self, seat: str, said: Mapping[str, Message], turn: int) -> tuple[Message, ...]:
        """Return the messages of `said` (by seat) that reach `seat` at `turn`; failed ones reach nobody."""
        reach = self.hears(seat, turn)
        heard = self.table.heard_by(seat, said, turn)
        return tuple(m for m in heard if m.seat in reach) if turn in self._thinned else heard

    def thin(self, filters: Iterable[Filter]) -> Generator[Sequence[Ask], Sequence[Message], None]:
        """Make the graph of the coming round sparser by what was said; what goes is noted.

        Each filter gets what the one before it left.

        Raises
        ------
        ProtocolError
            When a filter lets somebody hear more than before.

        Examples
        --------
        >>> history = History(Question(text="2+3?"), Table(["ada", "bo"]))
        >>> list(history.thin([lambda history, hearing: {"bo": hearing["bo"]}]))
        []
        >>> history.hears("ada", turn=0), history.hears("bo", turn=0)
        ((), ('ada',))
        """
        turn = self.turn + 1
        hearing = self.table.hearing(turn)
        for filter_ in filters:
            left = thinner(filter_, hearing, (yield from consult(filter_(self, hearing))))
            if told := pruned(filter_, hearing, left, self.standing):
                self.note(told.kind, told.text, told.seats, told.edges)
            hearing = self._thinned[turn] = left

    def with_something_new(self) -> tuple[str, ...]:
        """Return the seats to ask in the coming round: not those whom the filters left nobody to hear.

        A seat that has no answer yet is asked all the same, and so is one that the graph lets hear nobody.
        """
        turn = self.turn + 1
        return tuple(
            seat
            for seat in self.table.seats
            if seat not in self.standing
            or self.heard_by(seat, self.standing, turn)
            or not self.table.heard_by(seat, self.standing, turn)
        )

    def drafts(self, *, stretches: bool = False) -> list[Ask]:
        """Ask every seat for a first answer; all seats get the same words.

        With `stretches` the models are asked how sure they are of every line.
        """
        instruction = self.prompts.draft(self.question)
        return [
            Ask(
                seat=seat,
                act="draft",
                turn=0,
                question=self.question,
                instruction=instruction,
                expects="answer",
                stretches=stretches,
            )
            for seat in self.table.seats
        ]

    def critique(self) -> list[Ask]:
        """Ask every seat that hears somebody to criticise the drafts it hears."""
        turn = self.turn + 1
        return [
            self._ask(seat, "critique", turn, heard, self.prompts.critique(self.question, self.quotes(heard)))
            for seat in self.table.seats
            if (heard := self.heard_by(seat, self.standing, turn))
        ]

    def revisions(self, *, inline_critique: bool = True, seats: Iterable[str] | None = None) -> list[Ask]:
        """Ask every seat, or only `seats`, to revise in the light of the drafts (and critiques) it hears.

        With `inline_critique` the same instruction first asks for a critique of each draft heard.
        """
        asked = self.table.seats if seats is None else seats
        return [self._revision(seat, self.turn + 1, inline_critique) for seat in asked]

    def continuations(
        self, boards: Mapping[str, Sequence[BoardLine]], *, stretches: bool = True
    ) -> list[Ask]:
        """Ask the seats that `boards` names, in seat order, to continue each from its board.

        With `stretches` the models are asked how sure they are of every line.
        """
        turn = self.turn + 1
        return [
            Ask(
                seat=seat,
                act="continue",
                turn=turn,
                question=self.question,
                instruction=self.prompts.relay(self.question, boards[seat], self.quote_limit),
                heard=self.authors(seat, boards[seat], turn),
                board=tuple(boards[seat]),
                expects="answer",
                stretches=stretches,
            )
            for seat in self.table.seats
            if seat in boards
        ]

    def authors(self, seat: str, board: Sequence[BoardLine], turn: int) -> tuple[Message, ...]:
        """Return the messages that lines of a board come from, of the seats that `seat` hears at `turn`.

        A line that has come a longer way was passed on by a seat in between.
        """
        hears = self.hears(seat, turn)
        found = {}
        for line in board:
            if line.seat in hears:
                written = (said[line.seat] for said in self.rounds if line.seat in said)
                source = next((message for message in written if line.text in message.text), None)
                if source is not None:
                    found[source.number] = source
        return tuple(found[number] for number in sorted(found))

    def _revision(self, seat: str, turn: int, inline_critique: bool) -> Ask:
        drafts = self.heard_by(seat, self.standing, turn)
        critiques = self.heard_by(seat, self.critiques, turn)
        own = self.standing.get(seat) if self.memory == "own" else None
        instruction = self.prompts.revise(
            self.question,
            own=self.quotes([own], title="Your last answer") if own else "",
            drafts=self.quotes(drafts),
            critiques=self.quotes(critiques, title="Critique by {seat}"),
            criticise=inline_critique,
        )
        return self._ask(seat, "revise", turn, drafts + critiques, instruction, expects="answer")

    def _ask(
        self,
        seat: str,
        act: str,
        turn: int,
        heard: tuple[Message, ...],
        instruction: str,
        expects: Literal["answer", "text"] = "text",
    ) -> Ask:
        past = tuple(self._past.get(seat, ())) if self.memory == "transcript" else ()
        return Ask(
            seat=seat,
            act=act,
            turn=turn,
            question=self.question,
            instruction=instruction,
            heard=heard,
            past=past,
            expects=expects,
        )

    def quotes(self, messages: Iterable[Message], title: str = "Draft of {seat}") -> str:
        """Quote messages as fenced material, each under its title; the text cannot leave the fence."""
        blocks = []
        for message in messages:
            key = (message.seat, message.text, title)
            block = self._quotes.get(key)
            if block is None:
                quoted = self.prompts.quote(message.text, self.quote_limit)
                block = f"{title.replace('{seat}', message.seat)}:\n{quoted}"
                self._quotes[key] = block
            blocks.append(block)
        return "\n\n".join(blocks)

    def add(self, asks: Sequence[Ask], said: Sequence[Message]) -> None:
        """Take in the messages that answer `asks`, in the same order."""
        if len(asks) != len(said):
            raise ProtocolError(f"{len(asks)} asks were answered by {len(said)} messages.")
        self.messages.extend(said)
        answers: dict[str, Message] = {}
        for ask, message in zip(asks, said, strict=True):
            if self.memory == "transcript" and not message.failed:
                self._past.setdefault(ask.seat, []).append(
                    Exchange(instruction=ask.instruction, message=message)
                )
            if ask.act == "critique":
                self.critiques[ask.seat] = message
            elif ask.expects == "answer" and ask.act != "judge" and ask.seat in self._seats:
                answers[ask.seat] = message
        if answers:
            self.answered(answers)

    def answered(self, answers: Mapping[str, Message]) -> None:
        """Take in an answer round, by seat: what was said in it, and what each seat stands by now."""
        self.rounds.append(answers)
        for seat, message in answers.items():
            if not message.failed and not self._is_surer_already(message):
                self.standing[seat] = message
        self.critiques = {}

    def _is_surer_already(self, message: Message) -> bool:
        """Tell whether a seat keeps what it stood by before this message."""
        before = self.standing.get(message.seat)
        if self.keep == "last" or before is None or before.answer is None:
            return False
        sure, now = before.confidence, message.confidence
        return sure is not None and (message.answer is None or (now is not None and now < sure))

    def restate(self, seat: str, text: str, answer: str | None, confidence: float | None) -> None:
        """Say what a seat stands by now, in place of its last message alone; nothing if it never answered."""
        said = self.standing.get(seat)
        if said is not None:
            changes = {"text": text, "answer": answer, "confidence": confidence, "stretches": ()}
            self.standing[seat] = said.model_copy(update=changes)

    def conclude(self, outcome: Outcome, reason: str) -> Outcome:
        """Complete what a rule decided with what the history knows: rounds, dissent, cost, notes."""
        failed = {m.seat: None for m in self.messages if m.failed}
        dissent = tuple(
            Dissent(seat=seat, answer=said.answer, text=said.text)
            for seat, said in self.standing.items()
            if said.answer is not None and said.answer != outcome.answer
        )
        reason = ", ".join([reason, *self.counted])
        return outcome.model_copy(
            update={
                "question": self.question.id,
                "reason": f"{reason}; {outcome.reason}" if outcome.reason else reason,
                "rounds": len(self.rounds),
                "consensus": outcome.answer is not None
                and set(self.answers()) == {outcome.answer}
                and not dissent,
                "dissent": dissent if outcome.answer is not None else (),
                "failed": tuple(failed),
                "cut": sum(m.cut is not None for m in self.messages),
                "calls": self.calls,
                "tokens_in": sum(m.tokens_in for m in self.messages),
                "tokens_out": sum(m.tokens_out for m in self.messages),
                "notes": (*outcome.notes, *self.left),
            }
        )
