"""Relay: the seats build one solution together, step by step, on a board that takes only trusted steps.

Everyone drafts; the leading steps that are trusted go on the board under their author's name; everyone
continues from the board, until it holds an answer. Where the graph is not complete, every seat keeps a board
of its own and may take over those of the seats it hears.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from typing import Any, Literal

from quorate.errors import BadOption, did_you_mean
from quorate.nouns import Ask, Message, Outcome, Question, Table
from quorate.protocols.boards import TRUSTS, Board, Splitter, Trust, Writing, extend, splitter, weigh, write
from quorate.protocols.convergence import never, resolve_stop
from quorate.protocols.debating import settle
from quorate.protocols.filtering.resolving import resolve_filters
from quorate.protocols.history import History, Turns, consult
from quorate.protocols.opinions import objection_ask, read_objection, read_trust, trust_ask, unopposed
from quorate.protocols.prompting import Prompts
from quorate.protocols.voting import most_confident, random_, resolve_decision
from quorate.registry import protocol

Objections = Literal["off", "asked"]
OBJECTIONS: tuple[str, ...] = ("off", "asked")

Steps = Generator[Sequence[Ask], Sequence[Message], None]
Cuts = Mapping[str, tuple[Writing, list[tuple[int, int]], Message]]


@protocol
def relay(
    question: Question,
    table: Table,
    *,
    rounds: int = 3,
    threshold: float = 0.8,
    trust: Trust = "auto",
    steps: Any = "lines",
    objections: Objections = "off",
    progress: bool = True,
    filters: Any = (),
    until: Any = never,
    decide: Any = most_confident,
    tie_break: Any = random_,
    quote_limit: int = 4000,
    prompts: str | None = None,
) -> Turns:
    r"""Draft, then continue in turn from a board that holds the steps that are trusted.

    After every round each seat's board becomes the best that reaches it over the graph of the coming round:
    its own, those of the seats it hears, and each of these with the leading trusted steps of what was just
    written on it. A finished board (one that holds the final answer) is better than an open one; among the
    finished the surest is best, among the open the longest, then the surest, then the first in seat order.
    On the complete graph that is one shared board. Seats whose board is open are asked to continue from it;
    one with nothing on its board keeps its draft. The relay ends when every board is finished, when no board
    has changed, or with the last round.

    A seat votes for the answer of its finished board, otherwise for its own last one; its confidence is the
    product of the trusts of all steps behind that answer.

    The protocol is Quorate's own. It belongs to the family that selects between single steps of solutions
    instead of whole ones.

    Parameters
    ----------
    question, table
        What is deliberated; who sits where and hears whom.
    rounds : int
        Most answer rounds, the first drafts included.
    threshold : float
        A step is trusted from this trust on, in (0, 1].
    trust : {"auto", "head", "logprob", "asked"}
        Where the trust in a step comes from: the model's confidence in the stretches of the text ("head");
        their probability ("logprob"); a second ask in which the author says it for each of its steps
        ("asked"; one reply that cannot be read trusts nothing). "auto" takes the first of these that the
        model gives without a second ask, else the confidence of the whole text: it is compared with the
        threshold as it is, and shared out evenly over the steps. Where nothing is known, nothing is trusted,
        and only `progress` moves the board.
    steps : splitter, name or function
        What a step is: "lines", "sentences", "paragraphs", or a function from a text to (start, end) pairs.
    objections : {"off", "asked"}
        With "asked", those who hear the author of a changed board's last line are asked which line is wrong.
        A line that more than half of them object to goes, with all that follows it, and has no trust left
        in its author's own vote.
    progress : bool
        Whether the surest next step is taken where nothing new is trusted. An answer is not: it is a vote;
        nor is the last word of a text that leads to no answer.
    filters : sequence of filters, names or mappings
        As in `debate`: they work before every posting, and a board does not pass along an edge they took.
    until : stop check, name or mapping
        Checked after every round but the last, besides the relay's own ends.
    decide : rule, decision, name or mapping
        How the votes become an outcome.
    tie_break : tie-break or name
        What happens to a tie; the outcome names it.
    quote_limit : int
        Most characters quoted from one board.
    prompts : str, optional
        A folder of prompt files that override the shipped ones.

    Returns
    -------
    Outcome
        With the board behind the answer: every line, its author and its trust.

    Raises
    ------
    BadOption
        For zero rounds, a threshold outside (0, 1], or an unknown name.

    Examples
    --------
    >>> from quorate.agents import Agent, Scripted
    >>> from quorate.definition import Definition
    >>> from quorate.nouns import Reply, Stretch
    >>> def speak(ask, seed):  # ada finds the first step, bo only what follows it
    ...     first = "5*8=40" if ask.seat == "ada" else "5*8=35"
    ...     text = "40+2=42\nAnswer: 42" if ask.board else f"{first}\nAnswer: 44"
    ...     sure = (0.9, 0.2) if ask.seat == "ada" else (0.9, 0.9) if ask.board else (0.3, 0.3)
    ...     ends = (text.index("\n"), len(text))
    ...     return Reply(text=text, stretches=[Stretch(end=e, confidence=c) for e, c in zip(ends, sure)])
    >>> agents = [Agent(name, Scripted(speak)) for name in ("ada", "bo")]
    >>> outcome = Definition(agents, protocol="relay").ask("What is 5*8+2?")
    >>> outcome.reason
    'board finished by bo in round 2; most confident, 0.73'
    >>> [f"{line.seat}: {line.text}" for line in outcome.board]
    ['ada: 5*8=40', 'bo: 40+2=42', 'bo: Answer: 42']
    """
    check, decision = resolve_stop(until), resolve_decision(decide)
    _check_options(rounds, threshold, trust, objections)
    history = History(question, table, memory="none", prompts=Prompts.load(prompts), quote_limit=quote_limit)
    thinning = resolve_filters(filters, question, table)
    run = _Relay(history, splitter.resolve(steps), trust, threshold)
    reason: Any = None
    yield from run.write(history.drafts(stretches=trust != "asked"))
    for left in reversed(range(rounds)):
        before = dict(run.boards)
        yield from history.thin(thinning)
        run.post(progress)
        if objections == "asked":
            yield from run.ask_for_objections(before)
        run.restate()
        asks = run.continuations() if run.boards != before else []
        reason = run.finished() or (
            None if asks else f"no new step for the board in round {len(history.rounds)}"
        )
        if reason is None and left:
            reason = yield from consult(check(history))
        if reason and left:
            history.note("stopped", reason)
        if reason or not left:
            break
        yield from run.write(asks)
    ended = f"all {rounds} rounds held" if rounds > 1 else "drafts only"
    return (yield from run.settle(decision, tie_break, reason or ended))


def _check_options(rounds: int, threshold: float, trust: str, objections: str) -> None:
    if rounds < 1:
        raise BadOption(
            f"A relay of {rounds} rounds asks nobody; the first drafts count as one, so give 1 or more."
        )
    if not 0 < threshold <= 1:
        raise BadOption(f"The threshold of a relay is a trust above 0 and up to 1, not {threshold}.")
    if trust not in TRUSTS:
        raise BadOption(f"There is no trust '{trust}'. {did_you_mean(trust, TRUSTS)}")
    if objections not in OBJECTIONS:
        raise BadOption(f"There are no objections '{objections}'. {did_you_mean(objections, OBJECTIONS)}")


class _Relay:
    """The boards of one relay, and what was written on them."""

    def __init__(self, history: History, split: Splitter, trust: Trust, threshold: float) -> None:
        self.history = history
        self.table = history.table
        self.split, self.trust, self.threshold = split, trust, threshold
        self.boards = {seat: Board() for seat in self.table.seats}
        self.fresh: dict[str, Writing] = {}
        """What was written in this round."""
        self.last: dict[str, Writing] = {}
        """What each seat wrote last."""
        self.unread = 0
        """Objections that could not be read."""

    def continuations(self) -> list[Ask]:
        """Ask the seats whose board holds something and is not finished to continue it."""
        open_ = {
            seat: board.lines for seat, board in self.boards.items() if board.lines and not board.finished
        }
        return self.history.continuations(open_, stretches=self.trust != "asked")

    def write(self, asks: Sequence[Ask]) -> Steps:
        """Ask, cut what is said into steps, and find out how far each is trusted."""
        asks = self.history.noted(asks)
        said = yield asks
        self.history.add(asks, said)
        cuts = {
            ask.seat: (*write(self.boards[ask.seat], message, ask.question, self.split), message)
            for ask, message in zip(asks, said, strict=True)
            if not message.failed
        }
        if self.trust == "asked":
            self.fresh = yield from self._ask_for_trust(cuts)
        else:
            self.fresh = {seat: weigh(*cut, self.trust, self.threshold) for seat, cut in cuts.items()}
        self.last.update(self.fresh)

    def _ask_for_trust(self, cuts: Cuts) -> Generator[Sequence[Ask], Sequence[Message], dict[str, Writing]]:
        """Ask the authors how sure they are of each of their steps."""
        writings = {seat: writing for seat, (writing, *_) in cuts.items()}
        asks = [trust_ask(self.history, seat, writing) for seat, writing in writings.items() if writing.lines]
        if asks:
            said = yield asks
            self.history.add(asks, said)
            for ask, message in zip(asks, said, strict=True):
                writing = writings[ask.seat]
                chances = read_trust(message, len(writing.lines))
                writings[ask.seat] = writing.weighed(chances, self.threshold)
        return writings

    def post(self, progress: bool) -> None:
        """Give every seat the best board that reaches it over the graph of the coming round."""
        hearing = self.history.hearing(self.history.turn + 1)
        self.boards = {
            seat: extend(
                [self.boards[name] for name in reach],
                [self.fresh[name] for name in reach if name in self.fresh],
                self.boards[seat],
                progress=progress,
            )
            for seat in self.table.seats
            for reach in [[name for name in self.table.seats if name == seat or name in hearing[seat]]]
        }

    def ask_for_objections(self, before: Mapping[str, Board]) -> Steps:
        """Ask about each changed board those who hear the author of its last line; cut what they reject."""
        changed = [board for seat, board in self.boards.items() if board.lines and board != before[seat]]
        hearing = self.history.hearing(self.history.turn + 1)
        about = [
            (board, objection_ask(self.history, seat, board))
            for board in dict.fromkeys(changed)
            for seat in self.table.seats
            if board.lines[-1].seat in hearing[seat]
        ]
        if not about:
            return
        asks = [ask for _, ask in about]
        said = yield asks
        self.history.add(asks, said)
        named: dict[Board, list[int | None]] = {}
        for (board, _), message in zip(about, said, strict=True):
            named.setdefault(board, []).append(read_objection(message, len(board.lines)))
        self.unread += sum(number is None for numbers in named.values() for number in numbers)
        kept = {board: board.cut(unopposed(numbers, len(board.lines))) for board, numbers in named.items()}
        for board, rest in kept.items():
            if rest != board:
                rejected = board.lines[: len(rest.lines) + 1]
                self.last = {seat: writing.doubted(rejected) for seat, writing in self.last.items()}
        self.boards = {seat: kept.get(board, board) for seat, board in self.boards.items()}

    def solution(self, seat: str) -> Board:
        """Return what a seat stands by: its finished board, or all that it wrote last."""
        board = self.boards[seat]
        return board if board.finished or seat not in self.last else self.last[seat].solution

    def restate(self) -> None:
        """Tell the history what the seats stand by now."""
        for seat in self.table.seats:
            solution = self.solution(seat)
            self.history.restate(seat, solution.text, solution.answer, solution.sure)

    def finished(self) -> str | None:
        """Say which board was finished, and when; None while one is open."""
        if not all(board.finished for board in self.boards.values()):
            return None
        boards = list(dict.fromkeys(self.boards.values()))
        when = f"in round {len(self.history.rounds)}"
        if len(boards) > 1:
            return f"all {len(boards)} boards finished {when}"
        return f"board finished by {boards[0].lines[-1].seat} {when}"

    def settle(self, decision: Any, tie_break: Any, reason: str) -> Turns:
        """Decide over what the seats stand by; the outcome shows the board behind the answer."""
        if self.unread:
            reason += f", {self.unread} objection{'s' * (self.unread != 1)} unreadable"
        outcome: Outcome = yield from settle(self.history, decision, tie_break, reason)
        behind = [
            self.solution(seat)
            for seat in self.table.seats
            if outcome.answer is not None and self.history.answer_of(seat) == outcome.answer
        ]
        best = max(behind or self.boards.values(), key=lambda board: board.rank)
        return outcome.model_copy(update={"board": best.lines})
