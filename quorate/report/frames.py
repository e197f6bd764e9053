"""Records as tables of pandas: a row for every message, or a row for every debate.

messages(read_study("runs/first")).groupby("turn").right.mean()
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from quorate.report.debates import Debate
from quorate.report.rendering import needed
from quorate.report.study import Study

if TYPE_CHECKING:
    from pandas import DataFrame

MESSAGES = {
    "arm": "string",
    "seed": "Int64",
    "problem": "string",
    "number": "Int64",
    "turn": "Int64",
    "seat": "string",
    "act": "string",
    "text": "string",
    "answer": "string",
    "gold": "string",
    "right": "boolean",
    "heard": "object",
    "confidence": "Float64",
    "logprob": "Float64",
    "tokens_in": "Int64",
    "tokens_out": "Int64",
    "tokens_cached": "Int64",
    "seconds": "Float64",
    "at": "Float64",
    "error": "string",
}
"""The columns of `messages` and their types; `heard` holds the numbers of messages of the same debate."""
DEBATES = {
    "arm": "string",
    "seed": "Int64",
    "problem": "string",
    "question": "string",
    "gold": "string",
    "answer": "string",
    "worth": "Float64",
    "winners": "object",
    "reason": "string",
    "rounds": "Int64",
    "consensus": "boolean",
    "invalid": "Int64",
    "failed": "object",
    "calls": "Int64",
    "tokens_in": "Int64",
    "tokens_out": "Int64",
}
"""The columns of `debates`; those of an outcome are empty while a question is open."""
Row = dict[str, Any]


def messages(study: Study) -> DataFrame:
    """Return every message of a study as a row, in the order it was said."""
    return _frame(study, MESSAGES, _messages)


def debates(study: Study) -> DataFrame:
    """Return every debate of a study as a row."""
    return _frame(study, DEBATES, _debates)


def _frame(
    study: Study, columns: dict[str, str], rows: Callable[[Study, Place, Debate], Iterator[Row]]
) -> DataFrame:
    needed("pandas")
    import pandas as pd

    held = [
        row
        for arm, seed, recorded in study.recorded()
        for debate in recorded.debates
        for row in rows(study, (arm, seed, debate.question.id), debate)
    ]
    frame = pd.DataFrame.from_records(held, columns=list(columns))
    return frame.astype({name: kind for name, kind in columns.items() if kind != "object"})


Place = tuple[str, int, str]


def _messages(study: Study, place: Place, debate: Debate) -> Iterator[Row]:
    arm, seed, problem = place
    for said in debate.said:
        read = said.answer is not None and debate.gold is not None
        yield {
            **{name: getattr(said, name, None) for name in MESSAGES},
            "arm": arm,
            "seed": seed,
            "problem": problem,
            "gold": debate.gold,
            "right": said.answer == debate.gold if read else None,
            "heard": list(debate.heard.get(said.number, ())),
        }


def _debates(study: Study, place: Place, debate: Debate) -> Iterator[Row]:
    arm, seed, problem = place
    outcome = debate.outcome
    known = {} if outcome is None else {name: getattr(outcome, name, None) for name in DEBATES}
    lists = {name: list(known.get(name) or ()) for name in ("winners", "failed")}
    worth = study.worth.get(place)
    if worth is None and outcome is not None and debate.gold is not None:
        worth = float(outcome.answer == debate.gold)
    own = {"arm": arm, "seed": seed, "problem": problem, "question": debate.question.text}
    yield {**known, **lists, **own, "gold": debate.gold, "worth": worth}
