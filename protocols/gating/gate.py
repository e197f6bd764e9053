"""A trained gate: from the features of first drafts to what a debate would gain.

Two logistic heads are asked, how likely a debate is to mend the vote's answer, and how likely to spoil it;
their difference is the expected gain in accuracy. A debate is held where it exceeds the threshold.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import Field, ValidationError, model_validator

from quorate.calibration import Calibration, Metrics
from quorate.errors import BadDefinition, BadOption, did_you_mean, first_complaint
from quorate.noun_files import load_noun, read_once, save_noun
from quorate.nouns import Message, Noun, Question
from quorate.protocols.gating.features import FEATURES, features


class Forecast(NamedTuple):
    """How likely a debate is to mend a wrong vote, and to spoil a right one, in [0, 1]."""

    mends: float
    spoils: float

    @property
    def gain(self) -> float:
        """The expected gain of a debate in accuracy, in [-1, 1]."""
        return self.mends - self.spoils


class Head(Noun):
    """One logistic regression over standardised features, and the line that calibrates it.

    `tested` says how good its probabilities were on questions that were held out, fold by fold.
    """

    weights: dict[str, float]
    bias: float
    calibration: Calibration = Calibration()
    tested: Metrics | None = None

    def chance(self, values: Mapping[str, float]) -> float:
        """Return the calibrated probability for standardised values; a feature left out counts as 0.

        Examples
        --------
        >>> Head(weights={"agreement": 1.0}, bias=0.0).chance({"agreement": 0.0})
        0.5
        """
        logit = self.bias + math.fsum(w * values.get(name, 0.0) for name, w in self.weights.items())
        logit = self.calibration.slope * logit + self.calibration.shift
        return 1 / (1 + math.exp(-logit)) if logit > -700 else 0.0


class Gate(Noun):
    """Whether a question is worth a debate, learned from records; see `quorate.gating.train_gate`.

    Parameters
    ----------
    agents : tuple of str
        Whose drafts it was trained on; it is refused at other tables.
    means, scales : dict of str to float
        By feature: what is subtracted, and what is divided by. An unknown value counts as the mean.
    mends, spoils : Head
        How likely a debate is to make a wrong vote right, and a right one wrong.
    threshold : float
        The expected gain above which a debate is held.
    n, changed : int
        Questions it was trained on, and on how many of them the debate changed what the answer was worth.
    ridge, folds, slack, seed
        How it was trained.

    Examples
    --------
    >>> flat = Head(weights={}, bias=0.0)
    >>> gate = Gate(agents=("ada",), means={}, scales={}, mends=flat, spoils=flat, threshold=0.1)
    >>> gate.forecast(Question(text="2+3?"), []).gain
    0.0
    """

    agents: tuple[str, ...]
    means: dict[str, float]
    scales: dict[str, float]
    mends: Head
    spoils: Head
    threshold: float
    n: int = Field(0, ge=0)
    changed: int = Field(0, ge=0)
    ridge: float = 1.0
    folds: int = 0
    slack: float = 0.0
    seed: int = 0

    @model_validator(mode="after")
    def _check(self) -> Gate:
        for name in {**self.means, **self.scales, **self.mends.weights, **self.spoils.weights}:
            if name not in FEATURES:
                raise BadOption(f"There is no feature '{name}' of drafts. {did_you_mean(name, FEATURES)}")
            if name not in self.means or not self.scales.get(name, 0.0) > 0:
                raise BadOption(f"The gate lacks a mean or a positive scale of the feature '{name}'.")
        numbers = (*self.means.values(), *self.scales.values(), *self.mends.weights.values())
        numbers = (*numbers, *self.spoils.weights.values(), self.mends.bias, self.spoils.bias)
        if not all(map(math.isfinite, (*numbers, self.threshold))):
            raise BadOption("A number of the gate is not finite; train it again.")
        return self

    def standardised(self, question: Question, drafts: Sequence[Message]) -> dict[str, float]:
        """Return the features of first drafts in units of their spread; 0 where one is not known."""
        found = features(question, drafts)
        return {
            name: 0.0 if (value := found[name]) is None else (value - mean) / self.scales[name]
            for name, mean in self.means.items()
        }

    def forecast(self, question: Question, drafts: Sequence[Message]) -> Forecast:
        """Return how likely a debate is to mend and to spoil the vote over these drafts."""
        values = self.standardised(question, drafts)
        return Forecast(self.mends.chance(values), self.spoils.chance(values))

    def check(self, seats: Sequence[str]) -> None:
        """Refuse a table of other agents; BadOption names one.

        Examples
        --------
        >>> flat = Head(weights={}, bias=0.0)
        >>> gate = Gate(agents=("ada",), means={}, scales={}, mends=flat, spoils=flat, threshold=0.1)
        >>> gate.check(["bo"])
        Traceback (most recent call last):
        ...
        quorate.errors.BadOption: The gate was trained on other agents (ada), and 'bo' is not among them; ...
        """
        strangers = [seat for seat in seats if seat not in self.agents]
        if strangers:
            raise BadOption(
                f"The gate was trained on other agents ({', '.join(self.agents)}), and '{strangers[0]}' is "
                "not among them; train one on records of these: quorate gate train."
            )
        absent = [agent for agent in self.agents if agent not in seats]
        if absent:
            raise BadOption(
                f"The gate was trained on drafts of '{absent[0]}' too, who is not at the table; seat the "
                "same agents, or train a gate on records of these: quorate gate train."
            )

    def save(self, path: str | Path) -> Path:
        """Write the gate as JSON and return where it is."""
        return save_noun(self, path)

    @classmethod
    def load(cls, path: str | Path) -> Gate:
        """Read a gate that `save` wrote.

        Raises
        ------
        BadDefinition
            When there is no such file or it holds no gate.
        BadOption
            When its numbers are impossible.
        """
        return load_noun(cls, path, the="gate", a="gate")


def read_gate(given: Gate | Mapping[str, Any] | str | Path) -> Gate:
    """Return a gate from what a definition may say: a gate, its fields, a file.

    A file is read once as long as it does not change.

    Examples
    --------
    >>> read_gate("no/gate.json")
    Traceback (most recent call last):
    ...
    quorate.errors.BadDefinition: There is no gate no/gate.json; train one with quorate gate train.
    """
    if isinstance(given, Gate):
        return given
    if isinstance(given, Mapping):
        try:
            return Gate.model_validate(dict(given))
        except ValidationError as problem:
            raise BadOption(f"This is no gate: {first_complaint(problem)}.") from None
    if not isinstance(given, (str, Path)):
        raise BadOption(f"A gate is a file, or a gate itself, not {type(given).__name__}.")
    path = Path(given)
    if not path.is_file():
        raise BadDefinition(f"There is no gate {path}; train one with quorate gate train.")
    return _loaded(path)


_loaded = read_once(Gate.load)
