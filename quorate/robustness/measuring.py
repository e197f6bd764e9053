"""Measuring: the records of a study's arms into findings, paired question by question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from quorate.errors import RecordError
from quorate.evaluate import Problem
from quorate.evaluate.claims import compare as claims_of
from quorate.evaluate.metrics import score
from quorate.evaluate.results import Claim, Result
from quorate.evaluate.statistics import Difference, Rate, difference
from quorate.experiments import Folder, read_results
from quorate.nouns import Ballot
from quorate.protocols.voting import plurality
from quorate.robustness.findings import NONE, Finding, Robustness
from quorate.robustness.study import Study, Trial
from quorate.transcript_files import load_transcripts
from quorate.transcripts import Transcript

Key = tuple[int, str]
"""A seed and a problem."""


def tabulate(study: Study, folder: str | Path) -> Robustness:
    """Return the table of a study whose experiment was compared to its end in `folder`.

    Raises
    ------
    RecordError
        When an arm is not finished.
    """
    return _Table(study, Path(folder)).robustness()


@dataclass(frozen=True)
class Answers:
    """What the seats of one arm answered to one question, first and last; `drafts` tells texts apart."""

    first: Mapping[str, str | None]
    last: Mapping[str, str | None]
    drafts: Mapping[str, int]

    @classmethod
    def of(cls, transcript: Transcript) -> Answers:
        """Read them from a transcript; who failed abstains."""
        if not transcript.rounds:
            return cls({}, {}, {})
        opening, end = transcript.rounds[0].answers, transcript.history()
        return cls(
            {seat: said.answer for seat, said in opening.items()},
            {seat: end.answer_of(seat) for seat in transcript.seats},
            {seat: hash(said.text) for seat, said in opening.items()},
        )


class _Table:
    """One study under measurement."""

    def __init__(self, study: Study, folder: Path) -> None:
        self.study = study
        self._folder = Folder(folder)
        self._problems = {p.question.id: p for p in study.problems if p.gold is not None}
        self._keys: list[Key] = [(seed, name) for seed in study.seeds for name in self._problems]
        self._groups = [name for _, name in self._keys]
        self._results: dict[str, dict[Key, Result]] = {}
        for result in read_results(folder):
            self._results.setdefault(result.arm, {})[result.seed, result.problem] = result
        self._answers = {trial.arm: self._read(trial.arm) for trial in study.trials}

    def _read(self, arm: str) -> dict[Key, Answers]:
        found = {
            (seed, transcript.question.id): Answers.of(transcript)
            for seed in self.study.seeds
            for transcript in load_transcripts(self._folder.arm(arm, seed)).transcripts
        }
        if any(key not in found for key in self._keys):
            raise RecordError(f"The arm '{arm}' in {self._folder.path} is not decided on every problem yet.")
        return found

    def robustness(self) -> Robustness:
        harms, helps = self._harms(), self._helps()
        return Robustness(
            title=self.study.name,
            problems=len(self._problems),
            agents=tuple(agent.name for agent in self.study.agents),
            seeds=tuple(self.study.seeds),
            findings=tuple(
                self._finding(trial, harms.get(trial.arm), helps.get(trial.arm))
                for trial in self.study.trials
            ),
            notes=tuple(self._notes()),
        )

    def _finding(self, trial: Trial, harm: Claim | None, help: Claim | None) -> Finding:
        group, honest = self._group(trial.arm), self._honest(trial.arm, trial)
        drafted = self._honest(trial.arm, trial, drafts=True)
        results = [self._results[trial.arm][key] for key in self._keys]
        return Finding(
            arm=trial.arm,
            topology=trial.topology,
            filter=trial.filter,
            kind=trial.kind,
            place=trial.place,
            seats=trial.seats,
            group=self._rate(group),
            honest=self._rate(honest),
            drafted=self._rate(drafted),
            harm=harm,
            group_harm=self._gap(group, self._group(trial.clean)) if trial.seats else None,
            talk=self._gap(honest, drafted),
            help=help,
            calls=fmean(result.cost.calls for result in results),
            tokens=fmean(result.cost.tokens for result in results),
        )

    def _harms(self) -> dict[str, Claim]:
        """Return, for every attack, what it did to the honest: against the same seats of the clean arm."""
        worth: dict[str, list[float]] = {}
        pairs: list[tuple[str, str]] = []
        for trial in self.study.trials:
            if trial.seats:
                rival = f"{trial.clean} without {'+'.join(trial.seats)}"
                worth[trial.arm] = self._honest(trial.arm, trial)
                worth[rival] = self._honest(trial.clean, trial)
                pairs.append((trial.arm, rival))
        return self._claims(worth, pairs)

    def _helps(self) -> dict[str, Claim]:
        """Return, for every trial with filters, what they did: against the same attack without any."""
        plain = {(t.topology, t.kind, t.place, t.seats): t for t in self.study.trials if t.filter == NONE}
        worth: dict[str, list[float]] = {}
        pairs: list[tuple[str, str]] = []
        for trial in self.study.trials:
            rival = plain[trial.topology, trial.kind, trial.place, trial.seats]
            if trial.filter != NONE:
                worth |= {one.arm: self._honest(one.arm, one) for one in (trial, rival)}
                pairs.append((trial.arm, rival.arm))
        return self._claims(worth, pairs)

    def _claims(self, worth: Mapping[str, list[float]], pairs: list[tuple[str, str]]) -> dict[str, Claim]:
        """Compare arms in pairs, corrected for all of them together; return the claims by arm."""
        if not pairs:
            return {}
        seed = self.study.seeds[0]
        return {claim.arm: claim for claim in claims_of(worth, pairs, problems=self._groups, seed=seed)}

    def _group(self, arm: str) -> list[float]:
        return [self._results[arm][key].worth or 0.0 for key in self._keys]

    def _honest(self, arm: str, trial: Trial, *, drafts: bool = False) -> list[float]:
        """Return what a plurality of the seats honest in `trial` is worth, by the records of `arm`."""
        seats = [agent.name for agent in self.study.agents if agent.name not in trial.seats]
        worth = []
        for key in self._keys:
            said = self._answers[arm][key]
            worth.append(plural_worth(self._problems[key[1]], said.first if drafts else said.last, seats))
        return worth

    def _rate(self, worth: Sequence[float]) -> Rate:
        """Return the share right; the seeds of one problem count as their mean."""
        by_problem: dict[str, list[float]] = {}
        for name, value in zip(self._groups, worth, strict=True):
            by_problem.setdefault(name, []).append(value)
        means = [fmean(values) for values in by_problem.values()]
        return Rate.count(round(sum(means), 9), len(means))

    def _gap(self, first: Sequence[float], second: Sequence[float]) -> Difference:
        return difference(first, second, groups=self._groups, seed=self.study.seeds[0])

    def _notes(self) -> Iterator[str]:
        yield (
            "'honest' is the plurality of the honest seats' last answers; harm is what it loses against the "
            "same seats, graph and filters without adversaries."
        )
        other, of = self._unlike_drafts()
        if other:
            yield f"{other:,} of {of:,} honest first drafts under attack are not those of the clean arm."
        elif of:
            yield f"All {of:,} honest first drafts under attack are those of the clean arms."
        yield "An adversary does not know the right answer: where it is honestly wrong, its lie can be right."

    def _unlike_drafts(self) -> tuple[int, int]:
        """Count the honest first drafts under attack that differ from the clean arm's, and all of them."""
        other = of = 0
        for trial in self.study.trials:
            for key in self._keys if trial.seats else ():
                here, there = self._answers[trial.arm][key].drafts, self._answers[trial.clean][key].drafts
                honest = [seat for seat in here if seat not in trial.seats]
                of += len(honest)
                other += sum(here[seat] != there.get(seat) for seat in honest)
        return other, of


def plural_worth(problem: Problem, answers: Mapping[str, str | None], seats: Sequence[str]) -> float:
    """Return what a plurality vote of some seats is worth: 1 right, 0 wrong, 1/k of a tie of k.

    Examples
    --------
    >>> from quorate.nouns import Question
    >>> problem = Problem(question=Question(text="2+3?"), gold="5")
    >>> plural_worth(problem, {"ada": "5", "bo": "6", "cy": "6"}, ["ada", "bo"])
    0.5
    """
    winners = plurality([Ballot(seat=seat, answer=answers.get(seat)) for seat in seats]).winners
    right = [score(problem, name, name, ["accuracy"]).get("accuracy", 0.0) for name in winners]
    return fmean(right) if right else 0.0
