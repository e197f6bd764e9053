"""Debate in groups: each debates by itself, and short summaries travel between them.

GroupDebate, Liu et al. 2024 (arXiv:2409.14051). M seats in N groups hold S stages of R rounds each, T = S R:

    draft, R-1 rounds in groups | N summaries, all read them, R-1 rounds in groups | ... | vote of all M
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, NamedTuple

from quorate.errors import BadOption, did_you_mean
from quorate.nouns import Ask, Hearing, Message, Question, Table
from quorate.protocols.convergence import never, resolve_stop
from quorate.protocols.debating import hold, settle
from quorate.protocols.history import History, Turns, consult
from quorate.protocols.prompting import Prompts
from quorate.protocols.voting import plurality, random_, resolve_decision
from quorate.registry import protocol

Groups = Sequence[Sequence[str]]
SUMMARIZER = "summarizer"
"""The office that sums up every group; without it, the first seat of each group does."""


@protocol
def group_debate(
    question: Question,
    table: Table,
    *,
    groups: int | Groups = 2,
    stages: int = 2,
    rounds: int = 2,
    words: int = 80,
    critique: Literal["inline", "off"] = "inline",
    memory: Literal["own", "none"] = "own",
    until: Any = never,
    decide: Any = plurality,
    tie_break: Any = random_,
    quote_limit: int = 4000,
    prompts: str | None = None,
) -> Turns:
    """Debate in groups that read each other's summaries between stages (Liu et al. 2024, arXiv:2409.14051).

    A stage after the first begins with one summary of each group, written by the office `summarizer`, or else
    by the group's first seat. In its first round every seat reads all summaries in place of drafts, in the
    others the drafts of its own group; only the latest summaries are kept. M seats in N groups make
    M stages rounds answers and N (stages - 1) summaries; `group_debate_cost` predicts the tokens.

    Parameters
    ----------
    question, table
        What is deliberated; who sits where. A graph thins the groups further: a seat hears those of its
        group, and the summaries of those writers, that the graph lets it hear.
    groups : int or list of lists of str
        How many groups, as equal as can be, in seat order (balanced groups did best); or who is in each.
    stages, rounds : int
        How many stages, and rounds in each, the first drafts included. The paper finds 2 rounds best.
    words : int
        Most words of a summary: the writer is told, and what is longer is cut where it is quoted.
    critique : {"inline", "off"}
        Whether a seat criticises the drafts of its group before it revises.
    memory : {"own", "none"}
        Whether a seat is reminded of its own last answer.
    until : stop check, name or mapping
        Checked after every round but the last; never, as published, unless given.
    decide, tie_break, quote_limit, prompts
        As in `debate`; all seats vote.

    Returns
    -------
    Outcome
        Its reason counts the summaries that could not be had; the others go on without them.

    Raises
    ------
    BadOption
        For groups that do not share out the seats, or no stage, round or word.

    Examples
    --------
    >>> trio = Table(["ada", "bo", "cy"])
    >>> turns = group_debate(Question(text="2+3?"), trio, groups=[["ada", "bo"], ["cy"]])
    >>> [ask.seat for ask in next(turns)]
    ['ada', 'bo', 'cy']
    """
    parts = groups_of(table.seats, groups)
    _check(stages, rounds, words, critique, memory)
    check, decision = resolve_stop(until), resolve_decision(decide)
    history = History(question, table, memory=memory, prompts=Prompts.load(prompts), quote_limit=quote_limit)

    yield from hold(history, history.drafts())
    ended = ""
    for turn in range(1, stages * rounds):
        ended = yield from consult(check(history))
        if ended:
            history.note("stopped", ended)
            break
        if turn % rounds:
            yield from history.thin([InGroups(parts)])
            yield from hold(history, history.revisions(inline_critique=critique == "inline"))
        else:
            summaries = yield from _sum_up(history, parts, words)
            asks = [_informed(history, seat, summaries, words) for seat in table.seats]
            yield from hold(history, asks)
    ended = ended or f"all {stages} stage{'s' * (stages > 1)} held"
    told = f"{len(parts)} group{'s' * (len(parts) > 1)}, {ended}"
    return (yield from settle(history, decision, tie_break, told))


def groups_of(seats: Sequence[str], groups: int | Groups) -> tuple[tuple[str, ...], ...]:
    """Share seats out over groups: so many, as equal as can be, in seat order; or check those given.

    Parameters
    ----------
    seats : sequence of str
    groups : int or sequence of sequences of str
        How many, or who is in each.

    Returns
    -------
    tuple of tuples of str
        Every seat in one group, none empty.

    Raises
    ------
    BadOption
        For more groups than seats, or a seat that is in no group, in two, or unknown.

    Examples
    --------
    >>> groups_of("abcde", 2)
    (('a', 'b', 'c'), ('d', 'e'))
    >>> groups_of("abc", [["a"], ["b"]])
    Traceback (most recent call last):
    ...
    quorate.errors.BadOption: The agent 'c' is in no group; put every agent in one.
    """
    if isinstance(groups, int):
        if not 1 <= groups <= len(seats):
            raise BadOption(f"{len(seats)} agents can form 1 to {len(seats)} groups, not {groups}.")
        size, larger = divmod(len(seats), groups)
        ends = [part * size + min(part, larger) for part in range(groups + 1)]
        return tuple(tuple(seats[start:end]) for start, end in pairwise(ends))
    if isinstance(groups, str) or not all(isinstance(part, (list, tuple)) and part for part in groups):
        raise BadOption("Groups are a number, or lists of agents such as [[ada, bo], [cy, di]], none empty.")
    members = [seat for part in groups for seat in part]
    for seat in members:
        if seat not in seats:
            raise BadOption(f"There is no agent '{seat}' to put in a group. {did_you_mean(str(seat), seats)}")
        if members.count(seat) > 1:
            raise BadOption(f"The agent '{seat}' is in two groups; put every agent in one.")
    for seat in seats:
        if seat not in members:
            raise BadOption(f"The agent '{seat}' is in no group; put every agent in one.")
    return tuple(tuple(part) for part in groups)


class GroupCost(NamedTuple):
    """What a debate in groups is expected to cost: calls, and tokens read and written."""

    calls: int
    tokens_in: float
    tokens_out: float


def group_debate_cost(
    sizes: Sequence[int],
    *,
    stages: int = 2,
    rounds: int = 2,
    question_tokens: float = 150,
    reply_tokens: float = 350,
    summary_tokens: float = 100,
) -> GroupCost:
    """Predict what a debate in groups costs when everybody answers and nothing ends it early.

    With M seats in N groups of sizes g, S stages of R rounds, T = S R, instructions of q tokens, replies of
    r and summaries of c, own last answers read too:

        calls       M T + N (S-1)
        tokens in   M q + S (R-1) (M q + r sum g^2) + (S-1) (M (q + r + N c) + N q + M r)
        tokens out  M T r + N (S-1) c

    which is of the order M T q + (M^2 T / N + M S N) r that the paper gives for equal groups.

    Parameters
    ----------
    sizes : sequence of int
        Seats of each group.
    stages, rounds : int
        S and R.
    question_tokens, reply_tokens, summary_tokens : float
        q, r and c.

    Examples
    --------
    >>> group_debate_cost([3, 3], question_tokens=100, reply_tokens=200, summary_tokens=50)
    GroupCost(calls=26, tokens_in=12800, tokens_out=4900)
    >>> group_debate_cost([6], stages=1, rounds=4, question_tokens=100, reply_tokens=200).tokens_in
    24000
    """
    seats, groups = sum(sizes), len(sizes)
    q, r, c = question_tokens, reply_tokens, summary_tokens
    inside = stages * (rounds - 1) * (seats * q + r * sum(size * size for size in sizes))
    between = (stages - 1) * (seats * (q + r + groups * c) + groups * q + seats * r)
    return GroupCost(
        calls=seats * stages * rounds + groups * (stages - 1),
        tokens_in=seats * q + inside + between,
        tokens_out=seats * stages * rounds * r + groups * (stages - 1) * c,
    )


@dataclass(frozen=True)
class InGroups:
    """A filter: nobody hears anybody of another group."""

    groups: tuple[tuple[str, ...], ...]
    spelling = "other groups"

    def __call__(self, history: History, hearing: Hearing) -> Hearing:
        """Return who still hears whom."""
        mates = {seat: part for part in self.groups for seat in part}
        return {seat: tuple(name for name in heard if name in mates[seat]) for seat, heard in hearing.items()}


def first_words(text: str, most: int) -> str:
    """Cut a text after so many words.

    Examples
    --------
    >>> first_words("the group says 5", 3), first_words("the group says 5", 4)
    ('the group says ...', 'the group says 5')
    """
    found = text.split()
    return text if len(found) <= most else " ".join(found[:most]) + " ..."


def _check(stages: int, rounds: int, words: int, critique: str, memory: str) -> None:
    if stages < 1 or rounds < 1:
        raise BadOption(f"A group debate has at least 1 stage of 1 round, not {stages} of {rounds}.")
    if words < 1:
        raise BadOption(f"A summary has at least 1 word, not {words}.")
    if critique not in ("inline", "off"):
        raise BadOption(f"Groups have no critique '{critique}'. {did_you_mean(critique, ('inline', 'off'))}")
    if memory not in ("own", "none"):
        raise BadOption(f"Only the latest stage is kept, so memory is 'own' or 'none', not '{memory}'.")


def _sum_up(
    history: History, groups: Groups, words: int
) -> Generator[Sequence[Ask], Sequence[Message], Mapping[int, Message]]:
    """Have every group summed up; return the summaries by the number of the group, from 1."""
    asks, numbers = list[Ask](), list[int]()
    for number, group in enumerate(groups, 1):
        ask = _summary_ask(history, group, words)
        if ask is not None:
            asks.append(ask)
            numbers.append(number)
    yield from hold(history, asks)
    said = history.messages[len(history.messages) - len(asks) :]
    found = {
        number: message
        for number, message in zip(numbers, said, strict=True)
        if not message.failed and message.text.strip()
    }
    history.count("summaries missing", len(groups) - len(found), len(groups))
    for number, group in enumerate(groups, 1):
        if number not in found:
            history.note("fallback", f"no summary of group {number}: the others go on without it", group)
    return found


def _summary_ask(history: History, group: Sequence[str], words: int) -> Ask | None:
    """Ask for the summary of a group's standing drafts; None where it has none."""
    turn = history.turn + 1
    officer = history.table.offices.get(SUMMARIZER)
    writer = officer or group[0]
    reach = group if officer else (writer, *history.table.hears(writer, turn))
    drafts = [history.standing[seat] for seat in group if seat in history.standing and seat in reach]
    if not drafts:
        return None
    instruction = history.prompts.render(
        "summarize", history.question, drafts=history.quotes(drafts), words=str(words)
    )
    return Ask(
        seat=writer,
        act="summarize",
        turn=turn,
        question=history.question,
        instruction=instruction,
        heard=tuple(draft for draft in drafts if draft.seat != writer),
    )


def _informed(history: History, seat: str, summaries: Mapping[int, Message], words: int) -> Ask:
    """Ask a seat to revise in the light of all groups' summaries."""
    turn = history.turn + 1
    reach = {seat, *history.table.hears(seat, turn), *history.table.offices.values()}
    known = {number: message for number, message in summaries.items() if message.seat in reach}
    quoted = [
        history.quotes(
            [message.model_copy(update={"text": first_words(message.text, words)})],
            title=f"Summary of group {number}",
        )
        for number, message in known.items()
    ]
    own = history.standing.get(seat) if history.memory == "own" else None
    instruction = history.prompts.revise(
        history.question,
        own=history.quotes([own], title="Your last answer") if own else "",
        drafts="\n\n".join(quoted),
        critiques="",
        criticise=False,
    )
    return Ask(
        seat=seat,
        act="revise",
        turn=turn,
        question=history.question,
        instruction=instruction,
        heard=tuple(message for message in known.values() if message.seat != seat),
        expects="answer",
    )
