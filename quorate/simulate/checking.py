"""Checking: a prediction beside what real agents did."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from quorate.errors import BadOption
from quorate.evaluate.dynamics.courses import Course
from quorate.evaluate.dynamics.rounds import rounds_of
from quorate.nouns import Noun
from quorate.simulate.drafts import RIGHT, Drafting, recorded
from quorate.simulate.fitting import Evidence, Fit, fitted
from quorate.simulate.forecast import Forecast, Span
from quorate.simulate.parameters import MOST_WRONG
from quorate.simulate.predicting import RUNS, predict
from quorate.simulate.records import Record, read_records
from quorate.simulate.simulating import Until


class CheckRound(Noun):
    """One round as predicted and as measured.

    Parameters
    ----------
    number : int
        From 1, the first drafts.
    agents, vote : Span
        Predicted accuracy of the agents, and of a plurality vote; a run is expected within the interval.
    agents_measured, vote_measured : float
    tokens_in, tokens_in_measured : float
        Read in this round, for one question on average.
    """

    number: int
    agents: Span
    vote: Span
    agents_measured: float
    vote_measured: float
    tokens_in: float
    tokens_in_measured: float

    @property
    def holds(self) -> bool:
        """Whether both accuracies lie within the predicted intervals."""
        near = 1e-9
        return (
            self.agents.low - near <= self.agents_measured <= self.agents.high + near
            and self.vote.low - near <= self.vote_measured <= self.vote.high + near
        )


class Check(Noun):
    """A prediction for one topology against a recorded run.

    Parameters
    ----------
    topology : str
    agents, questions : int
        Recorded.
    fitted_on : str
        What the parameters were estimated from: never from the answers that are predicted.
    rounds : tuple of CheckRound
    notes : tuple of str
        What a reader must know.
    """

    topology: str
    agents: int
    questions: int
    fitted_on: str
    rounds: tuple[CheckRound, ...]
    notes: tuple[str, ...] = ()

    @property
    def error(self) -> float:
        """How far the predicted accuracy of the agents is off, on average over the rounds of talk."""
        later = self.rounds[1:]
        return sum(abs(held.agents.mean - held.agents_measured) for held in later) / max(1, len(later))

    @property
    def error_of_no_change(self) -> float:
        """How far off it is to expect that talk changes nothing."""
        first, later = self.rounds[0].agents_measured, self.rounds[1:]
        return sum(abs(first - held.agents_measured) for held in later) / max(1, len(later))

    @property
    def held(self) -> int:
        """Rounds of talk in which the prediction held."""
        return sum(held.holds for held in self.rounds[1:])


def check(prediction: Forecast, record: Record, *, fitted_on: str = "elsewhere") -> Check:
    """Compare a prediction with a recorded run, round by round.

    Parameters
    ----------
    prediction : Forecast
        From `predict`, for as many agents.
    record : Record
        As `read_records` gives it.
    fitted_on : str
        Where the parameters come from.

    Raises
    ------
    BadOption
        When the prediction is for another number of agents.
    """
    if prediction.agents != record.agents:
        raise BadOption(
            f"The prediction is for {prediction.agents} agents, and {record.agents} were recorded: predict "
            f"with agents={record.agents}."
        )
    measured, tokens = rounds_of(record.course), _tokens(record)
    rows = [
        CheckRound(
            number=told.number,
            agents=told.agents,
            vote=told.vote,
            agents_measured=held.agents.share if held.agents else 0.0,
            vote_measured=held.plurality.share if held.plurality else 0.0,
            tokens_in=told.tokens_in,
            tokens_in_measured=read,
        )
        for told, held, read in zip(prediction.rounds, measured, tokens, strict=False)
    ]
    notes = []
    if not record.is_steady:
        notes.append("The graph differs from question to question; the usual one is simulated.")
    return Check(
        topology=record.name,
        agents=record.agents,
        questions=len(record.transcripts),
        fitted_on=fitted_on,
        rounds=tuple(rows),
        notes=tuple(notes),
    )


def check_runs(*paths: str | Path, runs: int = RUNS, seed: int = 0) -> tuple[Check, ...]:
    """Predict every recorded debate from the others, and compare.

    The first drafts are taken as recorded, and so is who hears whom; what agents do with what they hear is
    estimated from the records of the same protocol over OTHER graphs, or, where there is none, from one half
    of the questions to predict the other half.

    What it cannot predict: that agents differ in skill, or in whom they trust; that agents of one base err
    together on a question, by which real runs vary more than the intervals say; that who has once stood by an
    answer moves less when it hears the same again; and what texts say beyond their answers.

    Parameters
    ----------
    paths
        Run folders, and folders of experiments.
    runs, seed
        As for `predict`.

    Raises
    ------
    BadOption, RecordError, BadQuestion
        As `read_records`.
    """
    records = read_records(*paths)
    return tuple(_crossed(record, records, runs, seed) for record in records)


def _crossed(record: Record, records: Sequence[Record], runs: int, seed: int) -> Check:
    others = [
        other
        for other in records
        if other.family == record.family and other is not record and not other.same_graph(record)
    ]
    if others:
        known = fit_records(others, seed=seed)
        return check(
            predict_record(known, record, runs=runs, seed=seed),
            record,
            fitted_on=", ".join(dict.fromkeys(other.name for other in others)),
        )
    ids = list(dict.fromkeys(transcript.question.id for transcript in record.transcripts))
    if len(ids) < 2:
        raise BadOption(
            f"The record '{record.name}' holds one question: nothing is left to estimate from. Record more."
        )
    half = set(ids[::2])
    chosen = [transcript.question.id in half for transcript in record.transcripts]
    known = fit_records([record.part(chosen)], seed=seed)
    rest = record.part([not wanted for wanted in chosen])
    told = predict_record(known, rest, runs=runs, seed=seed)
    return check(told, rest, fitted_on="every other question")


def fit_records(records: Sequence[Record], *, draws: int = RUNS, seed: int = 0) -> Fit:
    """Estimate the parameters of the agents of several records together."""
    evidence = Evidence.together([Evidence.of(record.course, record.transcripts) for record in records])
    return fitted(evidence, draws=draws, seed=seed)


def predict_record(known: Fit, record: Record, *, runs: int = RUNS, seed: int = 0) -> Forecast:
    """Predict what talk makes of recorded first drafts, over the recorded graph."""
    course = record.course
    early = bool((course.held < course.rounds).any())
    until: Until = "unanimous" if early else "never"
    return predict(
        known,
        record.wiring,
        agents=record.agents,
        rounds=course.rounds,
        questions=len(record.transcripts),
        runs=runs,
        until=until,
        seed=seed,
        drafts=_drafts(course, known, seed),
    )


def _drafts(course: Course, known: Fit, seed: int) -> Drafting:
    given = course.stands[:, 0]
    first = (given - (given > RIGHT)).clip(max=MOST_WRONG).astype(np.int8)  # a course skips the 1
    kinds = 1 + max(int(first.max()), *(one.wrong_answers for one in (known.parameters, *known.spread)))
    return recorded(first, kinds, seed)


def _tokens(record: Record) -> list[float]:
    """Return the tokens read in each round, for one question on average."""
    rounds, total = record.course.rounds, len(record.transcripts)
    read = [0.0] * rounds
    for transcript in record.transcripts:
        for turn, held in enumerate(transcript.rounds):
            read[turn] += sum(said.tokens_in for said in held.messages)
    return [tokens / total for tokens in read]
