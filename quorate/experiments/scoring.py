"""Scoring: what an arm's record says it made of each problem, and what that cost."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

from quorate.answers import read
from quorate.definition import Definition
from quorate.errors import QuorateError, RecordError
from quorate.evaluate import Problem
from quorate.evaluate.metrics import corpus, corpus_metric, score
from quorate.evaluate.metrics.scoring import CorpusScore
from quorate.evaluate.prices import Prices
from quorate.evaluate.results import Cost, Result
from quorate.experiments.experiment import Experiment
from quorate.experiments.sitting import Sitting
from quorate.nouns import Message, Outcome, Question
from quorate.protocols.voting import plurality
from quorate.transcript_files import load_transcripts
from quorate.transcripts import ANSWERING, Transcript

Whole = tuple[float, tuple[float, float] | None]
"""A score of a whole set, and its interval where it is known."""


@dataclass(frozen=True)
class Scorer:
    """What answers are scored by: metrics by name, and what tokens cost."""

    metrics: Sequence[str] = ()
    prices: Prices | None = None

    def try_out(self, problem: Problem) -> None:
        """Score an answer that nobody gave.

        Raises
        ------
        QuorateError
            For a metric that nobody registered, or whose library is not installed.
        """
        score(problem, "5", "5", self.metrics)

    def results(self, sitting: Sitting) -> Iterator[tuple[Result, str]]:
        """Yield the result of every problem of a sitting, with the text behind its answer.

        Raises
        ------
        RecordError
            When a problem is not decided yet.
        """
        spoken = {t.question.id: t for t in load_transcripts(sitting.folder).transcripts}
        for problem in sitting.problems:
            transcript = spoken.get(problem.question.id)
            if transcript is None or transcript.outcome is None:
                raise RecordError(f"The question '{problem.question.id}' in {sitting.folder} is not decided.")
            text = final_text(transcript, transcript.outcome)
            yield self._result(sitting, problem, transcript, transcript.outcome, text), text

    def _result(
        self, sitting: Sitting, problem: Problem, transcript: Transcript, outcome: Outcome, text: str
    ) -> Result:
        said = messages_of(transcript)
        worth = None if problem.gold is None else worth_of(outcome, self._shares(problem, outcome))
        return Result(
            arm=sitting.arm,
            seed=sitting.seed,
            problem=problem.question.id,
            answer=outcome.answer,
            worth=worth,
            lenient=None if worth is None else self._lenient(sitting.definition, transcript, problem, worth),
            scores=score(problem, text, outcome.answer, self.metrics),
            cost=self.cost(sitting.definition, transcript, said),
            confidence=_confidence(outcome),
            rounds=outcome.rounds,
            reason=outcome.reason,
            unread=sum(_is_unread(message) for message in said),
            failed=sum(message.failed for message in said),
        )

    def _shares(self, problem: Problem, outcome: Outcome) -> dict[str, float]:
        """Return which answers are right: the gold one, or equivalent to it where maths is scored."""
        judge = "maths" if "maths" in self.metrics else "accuracy"
        answers = {*outcome.winners, *([outcome.answer] if outcome.answer is not None else [])}
        return {answer: score(problem, answer, answer, [judge]).get(judge, 0.0) for answer in answers}

    def _lenient(
        self, definition: Definition, transcript: Transcript, problem: Problem, worth: float
    ) -> float:
        """Return what the answer is worth to a lenient reader.

        He reads what the strict one could not. Where that changes what a seat stands by at the end, the arm
        decides again; everywhere else the two agree.
        """
        if not transcript.rounds:
            return worth
        last = transcript.history()
        silent = [seat for seat in transcript.seats if last.answer_of(seat) is None]
        again = transcript.read_again("lenient").history() if silent else last
        if all(again.answer_of(seat) is None for seat in silent):
            return worth
        outcome = decided_again(definition, transcript)
        if outcome is None:
            outcome = plurality(again.ballots()).model_copy(update={"tie_break": "random"})
        return worth_of(outcome, self._shares(problem, outcome))

    def cost(self, definition: Definition, transcript: Transcript, said: Sequence[Message]) -> Cost:
        """Return what a deliberation cost; drafts that were shared count as if made here."""
        held = waves(definition, transcript, said)
        return Cost(
            calls=len(said),
            tokens_in=sum(message.tokens_in for message in said),
            tokens_out=sum(message.tokens_out for message in said),
            cached=sum(message.tokens_cached for message in said),
            depth=len(held),
            seconds=round(math.fsum(max(message.seconds for message in wave) for wave in held), 3),
            money=None if self.prices is None else self._money(definition, self.prices, said),
        )

    def _money(self, definition: Definition, prices: Prices, said: Sequence[Message]) -> float | None:
        found = []
        for message in said:
            known = _names(definition, message.seat)
            name = next((name for name in known if prices.find(name)), None)
            if name is None:
                return None
            found.append(prices.money(name, message.tokens_in, message.tokens_out, message.tokens_cached))
        return math.fsum(money for money in found if money is not None)


def _names(definition: Definition, seat: str) -> list[str]:
    """Return what a seat's model may be called in a price table, the most particular first."""
    agent = definition.voices[seat]
    described: Mapping[str, Any] = agent.model.describe()
    return [
        str(name) for name in (agent.adapter, *(described.get(k) for k in ("model", "path", "kind"))) if name
    ]


def messages_of(transcript: Transcript) -> list[Message]:
    """Return everything that was said, in order."""
    said = [*(message for held in transcript.rounds for message in held.messages), *transcript.rest]
    return sorted(said, key=lambda message: message.number)


def waves(definition: Definition, transcript: Transcript, said: Sequence[Message]) -> list[list[Message]]:
    """Return what was said in waves: all of one could be asked at once, each had to wait for the one before.

    The protocol is held again over the record, so that nothing is guessed.
    """
    found: list[list[Message]] = []
    turns = definition.rules(transcript.question, definition.table)
    start = 0
    try:
        asks = next(turns)
        while True:
            found.append(list(said[start : start + len(asks)]))
            start += len(asks)
            asks = turns.send(found[-1])
    except StopIteration:
        return found


def decided_again(definition: Definition, transcript: Transcript) -> Outcome | None:
    """Return what the arm makes of its record when a lenient reader reads what the strict one could not.

    The protocol is held again, with its own rule and its own end. None where it would then have asked
    something else than was asked.
    """
    said = [_read_leniently(transcript.question, message) for message in messages_of(transcript)]
    turns = definition.rules(transcript.question, definition.table)
    start = 0
    try:
        asks = next(turns)
        while True:
            wave = said[start : start + len(asks)]
            if [(m.seat, m.act, m.turn) for m in wave] != [(ask.seat, ask.act, ask.turn) for ask in asks]:
                return None
            start += len(asks)
            asks = turns.send(wave)
    except StopIteration as end:
        outcome: Outcome = end.value
        return outcome
    except QuorateError:
        return None
    finally:
        turns.close()


def _read_leniently(question: Question, message: Message) -> Message:
    if message.act not in ANSWERING or message.answer is not None or message.failed:
        return message
    return message.model_copy(update={"answer": read(question, message.text, "lenient")})


def worth_of(outcome: Outcome, right: Mapping[str, float]) -> float:
    """Return what an outcome is worth: 1 right, 0 wrong, 1/k where k are tied and lots were drawn.

    Parameters
    ----------
    outcome : Outcome
    right : mapping of str to float
        Whether each answer is right, 1 or 0.

    Examples
    --------
    >>> worth_of(Outcome(winners=("5", "6"), answer="6", tie_break="random"), {"5": 1.0, "6": 0.0})
    0.5
    """
    if len(outcome.winners) > 1 and outcome.tie_break == "random":
        return math.fsum(right.get(winner, 0.0) for winner in outcome.winners) / len(outcome.winners)
    return right.get(outcome.answer, 0.0) if outcome.answer is not None else 0.0


def _is_unread(message: Message) -> bool:
    return message.act in ANSWERING and message.answer is None and not message.failed


def _confidence(outcome: Outcome) -> float | None:
    """Return the share of the votes' weight that the answer has."""
    total = math.fsum(value for value in outcome.tally.values() if value > 0)
    held = outcome.tally.get(outcome.answer, 0.0) if outcome.answer is not None else 0.0
    return round(max(0.0, held) / total, 6) if total > 0 and outcome.answer is not None else None


def final_text(transcript: Transcript, outcome: Outcome) -> str:
    """Return the text behind an answer: of the last who gave it, or of the last who spoke."""
    said = [m for m in messages_of(transcript) if m.act in ANSWERING and not m.failed]
    behind = [m for m in said if m.answer is not None and m.answer == outcome.answer]
    return (behind or said)[-1].text if said else ""


def whole_sets(experiment: Experiment, scored: Sequence[tuple[Result, str]]) -> dict[str, Whole]:
    """Return the scores of all texts of an arm together, such as corpus BLEU, and their intervals.

    Both are means over the seeds: seeds answer the same problems, so that several make no interval shorter.
    """
    wanted = [name for name in experiment.metrics if name in set(corpus_metric)]
    references = {p.question.id: p.references for p in experiment.problems if p.references}
    found: dict[str, Whole] = {}
    for name in wanted:
        scores: list[CorpusScore] = []
        for seed in experiment.seeds:
            held = [(r.problem, text) for r, text in scored if r.seed == seed and r.problem in references]
            if held:
                scores.append(corpus(name, [t for _, t in held], [references[p] for p, _ in held]))
        if scores:
            known = [one.interval for one in scores if one.interval is not None]
            ends = (fmean(low for low, _ in known), fmean(high for _, high in known)) if known else None
            found[name] = (fmean(one.score for one in scores), ends)
    return found
