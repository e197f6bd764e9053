"""Results: what came of a run over many questions, and how well it was answered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from quorate.evaluate import correct
from quorate.notebook import drawn
from quorate.nouns import Outcome


@dataclass
class Run:
    """What came of a run: the outcome of every question, in the order of the problems.

    Iterating gives the outcomes. `accuracy` counts decided questions with a gold answer, `scored` how many
    there are; an undecided question is wrong.
    """

    outcomes: dict[str, Outcome] = field(default_factory=dict)
    gold: dict[str, str] = field(default_factory=dict)
    folder: Path | None = None

    def __iter__(self) -> Iterator[Outcome]:
        """Iterate over the outcomes."""
        return iter(self.outcomes.values())

    @property
    def scored(self) -> int:
        """Outcomes that have a gold answer to be compared with."""
        return sum(name in self.gold for name in self.outcomes)

    @property
    def accuracy(self) -> float | None:
        """Share of scored outcomes whose answer is the gold one; None when nothing is scored."""
        right = sum(bool(correct(outcome, self.gold.get(name))) for name, outcome in self.outcomes.items())
        return right / self.scored if self.scored else None

    def summary(self) -> list[str]:
        """Sum the run up in a few lines: accuracy, ends, abstentions, failures, cost.

        Examples
        --------
        >>> Run({"q1": Outcome(question="q1", answer="5", rounds=1, calls=3)}, {"q1": "5"}).summary()[0]
        '1 question decided, 0 without an answer'
        """
        outcomes = list(self)
        count, answered = len(outcomes), sum(outcome.answer is not None for outcome in outcomes)
        lines = [f"{answered} question{'s' * (answered != 1)} decided, {count - answered} without an answer"]
        if self.accuracy is not None:
            right = round(self.accuracy * self.scored)
            lines.append(f"accuracy {self.accuracy:.1%} ({right} of {self.scored} with a gold answer)")
        lines.append(
            f"consensus on {sum(outcome.consensus for outcome in outcomes)}, "
            f"ties on {sum(len(outcome.winners) > 1 for outcome in outcomes)}, "
            f"{sum(outcome.invalid for outcome in outcomes)} abstentions, "
            f"{sum(bool(outcome.failed) for outcome in outcomes)} questions with a failed seat"
        )
        lines.append(
            f"{sum(outcome.calls for outcome in outcomes):,} calls, "
            f"{sum(outcome.tokens_in for outcome in outcomes):,} tokens in, "
            f"{sum(outcome.tokens_out for outcome in outcomes):,} out"
        )
        return lines

    def _repr_html_(self) -> str | None:
        """Show itself in a notebook."""
        return drawn(self, "run_html")
