"""A decision that measures how sure the seats are, mends that, and hands the ballots to a rule."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import Any

from quorate.errors import BadOption, did_you_mean
from quorate.nouns import Ask, Message, Outcome
from quorate.protocols.confidence.asking import Asking, ask_agreement, ask_sure, ask_true
from quorate.protocols.confidence.calibrations import read_calibrations
from quorate.protocols.confidence.sources import SOURCES
from quorate.protocols.history import History
from quorate.protocols.voting import confidence_weighted, resolve_rule
from quorate.registry import decision

NAMES = (*SOURCES, "true", "sure", "agreement")


@decision
def by_confidence(
    history: History,
    *,
    source: str = "reported",
    calibration: Any = None,
    samples: int = 5,
    rule: Any = confidence_weighted,
) -> Generator[Sequence[Ask], Sequence[Message], Outcome]:
    """Decide by a rule over ballots that carry a confidence of the named source.

    Parameters
    ----------
    history : History
        Its seats vote with their standing answers.
    source : {"reported", "logprob", "span", "stated", "true", "sure", "agreement"}
        The message's own confidence; the mean token probability; the probability of the answer's line; what
        the text states; P(true) by asking; stated by asking; agreement among `samples` more drafts a seat.
    calibration : file or Calibrations, optional
        Mends the confidences; it must have been fitted to the same source and these agents.
    samples : int
        Drafts a seat for "agreement".
    rule : rule, name or mapping
        Any rule that reads the confidences of ballots.

    Returns
    -------
    Outcome
        Its reason names the source, and how many voters said nothing about their confidence.

    Raises
    ------
    BadOption
        For an unknown source, a rule that must ask, or a calibration of another source or other agents.

    Examples
    --------
    >>> from quorate.nouns import Question, Table
    >>> next(by_confidence(History(Question(text="2+3?"), Table(["ada"])), source="gut"))
    Traceback (most recent call last):
    ...
    quorate.errors.BadOption: There is no source of confidence 'gut'. Known: ...
    """
    if source not in NAMES:
        raise BadOption(f"There is no source of confidence '{source}'. {did_you_mean(source, NAMES)}")
    counted = resolve_rule(rule, "Ballots with confidences")
    curves = None if calibration is None else read_calibrations(calibration)
    if curves is not None and curves.source != source:
        raise BadOption(f"The calibration was fitted to '{curves.source}', not to '{source}'.")
    measured = yield from _measure(history, source, samples)
    ballots = [
        ballot.model_copy(
            update={
                "confidence": measured.get(ballot.seat)
                if curves is None
                else curves.mend(ballot.seat, measured.get(ballot.seat))
            }
        )
        for ballot in history.ballots()
    ]
    outcome = counted(ballots)
    silent = sum(ballot.answer is not None and ballot.confidence is None for ballot in ballots)
    how = f", confidence from {source}" + (" (calibrated)" if curves is not None else "")
    unread = f", {silent} unknown" if silent else ""
    return outcome.model_copy(update={"reason": f"{outcome.reason}{how}{unread}"})


def _measure(history: History, source: str, samples: int) -> Asking:
    if source == "true":
        return (yield from ask_true(history))
    if source == "sure":
        return (yield from ask_sure(history))
    if source == "agreement":
        return (yield from ask_agreement(history, samples))
    measure = SOURCES[source]
    return {seat: measure(history.question, message) for seat, message in history.standing.items()}
