"""Progress: how far every arm of an experiment is, folded from its events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from quorate.evaluate import correct
from quorate.evaluate.statistics import Rate
from quorate.events import Decided, Event, Failed, Said
from quorate.experiments.comparing import DEVELOPMENT, DRAFTS
from quorate.experiments.experiment import Experiment

State = Literal["waiting", "going", "done"]


@dataclass(slots=True)
class Standing:
    """How far one arm is, over all its seeds."""

    of: int
    decided: int = 0
    right: int = 0
    scored: int = 0
    calls: int = 0
    tokens: int = 0
    failed: int = 0

    @property
    def state(self) -> State:
        """Whether it waits, goes on, or is done."""
        return "done" if self.decided >= self.of else "going" if self.calls or self.decided else "waiting"

    @property
    def rate(self) -> Rate | None:
        """The accuracy so far; None before anything is decided, and without gold."""
        return Rate.count(self.right, self.scored) if self.scored else None


class Progress:
    """Folds the events of an experiment; give it to `compare` as `watch`.

    Parameters
    ----------
    experiment : Experiment

    Attributes
    ----------
    arms : dict of str to Standing
        The drafts first, then the arms and the controls in the order of the table.

    Examples
    --------
    >>> from quorate.agents import Agent, Scripted
    >>> from quorate.evaluate import Problem
    >>> from quorate.nouns import Outcome, Question
    >>> sums = [Problem(question=Question(id="q1", text="2+3?"), gold="5")]
    >>> progress = Progress(Experiment("sums", sums, [Agent("ada", Scripted("5"))], {"ring": {}}))
    >>> progress("ring", 0, Decided(question="q1", outcome=Outcome(winners=("5",), answer="5")))
    >>> progress.arms["ring"].state, progress.arms["ring"].right
    ('done', 1)
    """

    def __init__(self, experiment: Experiment) -> None:
        count = len(experiment.problems) * len(experiment.seeds)
        names = [DRAFTS, *(arm.name for arm in experiment.everything), *experiment.kept]
        self.arms = {name: Standing(count) for name in names}
        if experiment.development:
            self.arms[DEVELOPMENT] = Standing(len(experiment.development))
        self.title = experiment.name
        both = [*experiment.problems, *experiment.development]
        self._gold = {problem.question.id: problem.gold for problem in both}
        self._decided: set[tuple[str, int, str]] = set()

    def __call__(self, arm: str, seed: int, event: Event) -> None:
        """Take in one event of one arm with one seed."""
        standing = self.arms[arm]
        if isinstance(event, (Said, Failed)):
            standing.calls += 1
            standing.tokens += event.message.tokens_in + event.message.tokens_out
            standing.failed += isinstance(event, Failed)
        elif isinstance(event, Decided) and (arm, seed, event.question) not in self._decided:
            self._decided.add((arm, seed, event.question))
            standing.decided += 1
            verdict = correct(event.outcome, self._gold.get(event.question))
            standing.right += bool(verdict)
            standing.scored += verdict is not None

    @property
    def decided(self) -> int:
        """Questions decided so far, over all arms."""
        return sum(standing.decided for standing in self.arms.values())

    @property
    def of(self) -> int:
        """Questions to be decided, over all arms."""
        return sum(standing.of for standing in self.arms.values())

    @property
    def tokens(self) -> int:
        """Tokens so far; those of shared drafts count for every arm."""
        return sum(standing.tokens for standing in self.arms.values())
