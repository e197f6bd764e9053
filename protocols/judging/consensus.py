"""A judge reads the last drafts and declares consensus, asks for another round, or decides at the end.

The judge is an office, not a seat of the graph: `offices={"judge": agent}`. Verdicts are parsed strictly:

    Verdict: consensus
    Answer: 17

One that cannot be read, or that names an answer nobody gave, is counted as invalid and never falls to
the first candidate.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence

from quorate.nouns import Ask, Message, Outcome
from quorate.protocols.history import History
from quorate.protocols.voting import plurality
from quorate.registry import decision, stop

_VERDICT = re.compile(r"^[ \t*_]*verdict[ \t*_]*:[ \t*_]*(consensus|continue)\b[ \t*_.]*$", re.I | re.M)

Asking = Generator[Sequence[Ask], Sequence[Message], Message]


def ask_judge(history: History, *, finally_: bool = False) -> Asking:
    """Ask the judge about the standing drafts; at the end (`finally_`) it must name an answer."""
    seat = history.table.office("judge")
    drafts = tuple(said for said in history.standing.values() if not said.failed)
    ask = Ask(
        seat=seat,
        act="judge",
        turn=history.turn,
        question=history.question,
        instruction=history.prompts.render(
            "judge_finally" if finally_ else "judge", history.question, drafts=history.quotes(drafts)
        ),
        heard=drafts,
        expects="answer",
    )
    said = yield [ask]
    history.add([ask], said)
    return said[0]


def verdict(message: Message) -> str | None:
    """Read a verdict: "consensus", "continue", or None when there is none to read.

    Examples
    --------
    >>> verdict(Message(number=0, seat="solon", act="judge", turn=0, text="Verdict: consensus"))
    'consensus'
    """
    found = _VERDICT.findall(message.text)
    return found[-1].lower() if found and not message.failed else None


@stop
def judge_agrees(history: History) -> Generator[Sequence[Ask], Sequence[Message], str | None]:
    """Stop when the judge declares consensus on an answer that somebody gave."""
    said = yield from ask_judge(history)
    if verdict(said) == "consensus" and said.answer in history.answers():
        return f"judge {said.seat} declared consensus"
    return None


@decision
def judge_decides(history: History) -> Generator[Sequence[Ask], Sequence[Message], Outcome]:
    """Let the judge decide: its declared consensus, or its answer after the last round.

    The tally shows the seats' votes. When the judge's answer cannot be read, or nobody gave it, plurality
    decides and the reason says so.
    """
    votes = plurality(history.ballots())
    if not votes.winners:
        return votes
    said = history.messages[-1]
    if not (said.act == "judge" and verdict(said) == "consensus" and said.answer in votes.tally):
        said = yield from ask_judge(history, finally_=True)
    if said.answer not in votes.tally:
        what = "failed" if said.failed else "gave no answer that a seat had given"
        reason = f"judge {said.seat} {what}; {votes.reason}"
        return votes.model_copy(update={"invalid": votes.invalid + 1, "reason": reason})
    return votes.model_copy(
        update={
            "winners": (said.answer,),
            "reason": f"judge {said.seat} decided, {votes.tally[said.answer]:g} of "
            f"{sum(votes.tally.values()):g} seats",
        }
    )
