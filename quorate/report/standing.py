"""Where everybody stood after each round of a debate, and what a vote over that would say."""

from __future__ import annotations

from collections.abc import Mapping

from quorate.protocols.sheets import winners
from quorate.report.debates import Debate

Answers = dict[str, str | None]


def standing(debate: Debate) -> list[Answers]:
    """Return what every seat stands for after each answer round; a failed seat keeps its last answer.

    Where the protocol lets seats keep what they were surest of, that is what they stand for.

    Examples
    --------
    >>> from quorate.nouns import Message, Question
    >>> def said(turn, answer):
    ...     return Message(number=turn, seat="ada", act="draft", turn=turn, text="", answer=answer)
    >>> standing(Debate(Question(text="2+3?"), ("ada",), messages={0: said(0, "4"), 1: said(1, "5")}))
    [{'ada': '4'}, {'ada': '5'}]
    """
    histories = debate.transcript.histories()
    return [{seat: said.answer for seat, said in held.standing.items()} for held in histories]


def elected(answers: Mapping[str, str | None]) -> list[str]:
    """Return the answers with the most votes; none when all abstain.

    Examples
    --------
    >>> elected({"ada": "4", "bo": "5", "cy": "5", "dee": None})
    ['5']
    """
    row = list(answers.values())
    return winners(row, [1.0] * len(row))
