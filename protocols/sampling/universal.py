"""Universal self-consistency: a model picks, of its own samples, the one most consistent with the others.

The choice is parsed strictly, from the last line; one that cannot be read is counted and never falls to the
first draft:

    Choice: draft 3
"""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from typing import Any

from quorate.nouns import Ask, Message, Outcome, Question, Table
from quorate.protocols.history import Turns
from quorate.protocols.sampling.samples import Samples, sample_count, sampled_seat
from quorate.protocols.voting import break_tie, plurality, random_
from quorate.registry import protocol

_CHOICE = re.compile(r"[ \t*_]*choice[ \t*_]*:[ \t*_]*draft[ \t]+(\d{1,6})[ \t*_.]*", re.I)


@protocol
def universal_consistency(
    question: Question,
    table: Table,
    *,
    samples: int = 8,
    seat: str | None = None,
    weights: Any = None,
    judge: bool = False,
    tie_break: Any = random_,
    quote_limit: int = 4000,
    prompts: str | None = None,
) -> Turns:
    """Sample one agent, then ask which sample agrees best with the others.

    Universal self-consistency (Chen et al. 2023, arXiv:2311.17311).
    It needs no answer that can be read and compared, so it works for open texts; where drafts have answers,
    plurality decides when the choice cannot be read.

    Parameters
    ----------
    question, table
        What is asked, and who sits there.
    samples : int
        How many drafts; they share the context of the one that chooses.
    seat, weights
        Who is sampled, as in `self_consistency`.
    judge : bool
        Whether the table's judge chooses instead of the sampled agent.
    tie_break : tie-break or name
        What happens to a tie of the vote when there is no choice.
    quote_limit : int
        Most characters quoted from one draft.
    prompts : str, optional
        A folder of prompt files that override the shipped ones.

    Returns
    -------
    Outcome
        The answer of the chosen draft; an unreadable choice counts as invalid.

    Examples
    --------
    >>> turns = universal_consistency(Question(text="2+3?"), Table(["ada"]), samples=2)
    >>> drafts = [
    ...     Message(number=number, seat="ada", act="draft", turn=0, text=f"Answer: {number}")
    ...     for number, _ in enumerate(next(turns))
    ... ]
    >>> (ask,) = turns.send(drafts)
    >>> print(ask.instruction.splitlines()[4])
    Draft 1:
    """
    drawn = Samples(question, table, sampled_seat(table, seat, weights), prompts)
    chooser = table.office("judge") if judge else drawn.seat
    yield from drawn.more(sample_count(samples))
    drafts = [message for message in drawn.said if not message.failed]
    found: Message | None = None
    if len({message.text for message in drafts}) > 1:
        found = yield from _choose(drawn, drafts, chooser, quote_limit)
    votes = plurality(drawn.ballots())
    asked = bool(drawn.others)
    if found is None or found.answer is None:
        unread = found is None and asked
        why = f"{chooser} made no choice that can be read" if unread else "the drafts leave no choice"
        if found is not None:
            why = f"{chooser} chose a draft without an answer that can be read"
        votes = votes.model_copy(update={"invalid": votes.invalid + unread})
        rng = table.rng(question.id, "tie")
        return drawn.complete(break_tie(votes, drawn.ballots(), tie_break, rng), why)
    reason = f"{chooser} chose draft {drafts.index(found) + 1} of {len(drafts)}"
    return drawn.complete(_chosen(votes, found.answer), reason)


def _chosen(votes: Outcome, answer: str) -> Outcome:
    return votes.model_copy(
        update={
            "winners": (answer,),
            "answer": answer,
            "reason": f"{votes.tally[answer]:g} of {sum(votes.tally.values()):g} samples",
        }
    )


def _choose(
    drawn: Samples, drafts: Sequence[Message], chooser: str, quote_limit: int
) -> Generator[Sequence[Ask], Sequence[Message], Message | None]:
    quoted = "\n\n".join(
        f"Draft {number}:\n{drawn.prompts.quote(message.text, quote_limit)}"
        for number, message in enumerate(drafts, 1)
    )
    said = yield [
        Ask(
            seat=chooser,
            act="select",
            turn=0,
            question=drawn.question,
            instruction=drawn.prompts.render("universal", drawn.question, drafts=quoted),
            heard=tuple(drafts),
        )
    ]
    drawn.others += said
    choice = read_choice(said[0], len(drafts))
    return None if choice is None else drafts[choice - 1]


def read_choice(message: Message, drafts: int) -> int | None:
    r"""Read the number of the chosen draft from the last line, 1 to `drafts`; None when there is none.

    Examples
    --------
    >>> said = Message(number=2, seat="ada", act="select", turn=0, text="Most say 5.\nChoice: draft 2")
    >>> read_choice(said, 2), read_choice(said, 1)
    (2, None)
    """
    last = message.text.strip().rsplit("\n", 1)[-1]
    found = _CHOICE.fullmatch(last)
    return int(found[1]) if found is not None and 1 <= int(found[1]) <= drafts else None
