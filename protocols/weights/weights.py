"""Weights in a file: what they are, whose they are, and how they were learned.

{"values": {"ada": 2.1, "bo": 0.4}, "method": "log_odds", "alternatives": 10.4, "n": 660, ...}
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import Field, model_validator

from quorate.errors import BadDefinition, BadOption, did_you_mean
from quorate.noun_files import load_noun, read_once, save_noun
from quorate.nouns import Ballot, Noun


class Weights(Noun):
    """What each agent's vote weighs.

    Parameters
    ----------
    values : dict of str to float
        A finite weight by agent; only `signed` ones may be negative.
    method : str
        How they were learned; "given" when they were not.
    alternatives : float, optional
        K, the effective number of alternatives they assume.
    n : int
        Questions they were learned from.
    folds, held_out : int and float, optional
        Accuracy of the weighted vote on questions that were held out, in [0, 1], and over how many folds.
    seed : int, optional
        Of the shuffled folds or the random starts.
    fingerprints : dict of str to str
        What identifies the models behind the agents, where that is known.
    signed : bool
        Whether negative values were asked for; a deliberation refuses those.

    Raises
    ------
    BadOption
        For no agent, a weight that is negative or not finite, a fingerprint of somebody else.

    Examples
    --------
    >>> Weights(values={"ada": 2.0, "bo": 0.5}).of("ada")
    2.0
    >>> Weights(values={"ada": -2.0})
    Traceback (most recent call last):
    ...
    quorate.errors.BadOption: The weight of 'ada' is -2; a weight is finite and not negative.
    """

    values: dict[str, float]
    method: str = "given"
    alternatives: float | None = None
    n: int = Field(0, ge=0)
    folds: int | None = None
    held_out: float | None = Field(None, ge=0, le=1)
    seed: int | None = None
    fingerprints: dict[str, str] = Field(default_factory=dict)
    signed: bool = False

    @model_validator(mode="after")
    def _check(self) -> Weights:
        if not self.values:
            raise BadOption("Weights need at least one agent.")
        for name, value in self.values.items():
            if not math.isfinite(value) or (value < 0 and not self.signed):
                raise BadOption(f"The weight of '{name}' is {value:g}; a weight is finite and not negative.")
        for name in self.fingerprints:
            if name not in self.values:
                raise BadOption(
                    f"There is a fingerprint of '{name}' among the weights, but no weight. "
                    f"{did_you_mean(name, self.values)}"
                )
        return self

    def of(self, agent: str) -> float:
        """Return the weight of an agent; BadOption when it has none."""
        try:
            return self.values[agent]
        except KeyError:
            raise BadOption(
                f"The weights ({self.method}) belong to other agents: '{agent}' is not among them. "
                f"{did_you_mean(agent, self.values)}"
            ) from None

    def check(self, agents: Sequence[str], fingerprints: Mapping[str, str] | None = None) -> None:
        """Refuse weights that were learned for other agents, or for other models under the same names.

        Parameters
        ----------
        agents : sequence of str
            Who will vote; each needs a weight.
        fingerprints : mapping of str to str, optional
            What identifies their models now; compared where both sides have one.

        Examples
        --------
        >>> weights = Weights(values={"ada": 1.0}, fingerprints={"ada": "old"})
        >>> weights.check(["ada"], {"ada": "new"})
        Traceback (most recent call last):
        ...
        quorate.errors.BadOption: The weights were learned for another model of 'ada' (old, now new); ...
        """
        for agent in agents:
            self.of(agent)
            before, now = self.fingerprints.get(agent), (fingerprints or {}).get(agent)
            if before is not None and now is not None and before != now:
                raise BadOption(
                    f"The weights were learned for another model of '{agent}' ({before}, now {now}); "
                    "learn them again."
                )

    def for_models(self, fingerprints: Mapping[str, str]) -> Weights:
        """Return the same weights, bound to what identifies the models behind the agents.

        Examples
        --------
        >>> Weights(values={"ada": 1.0}).for_models({"ada": "abc"}).fingerprints
        {'ada': 'abc'}
        """
        return Weights(**{**self.model_dump(), "fingerprints": dict(fingerprints)})

    def save(self, path: str | Path) -> Path:
        """Write the weights as JSON and return where they are."""
        return save_noun(self, path, exclude_defaults=True)

    @classmethod
    def load(cls, path: str | Path) -> Weights:
        """Read weights that `save` wrote.

        Raises
        ------
        BadDefinition
            When there is no such file or it does not hold weights.
        BadOption
            When a weight is negative or not finite.
        """
        return load_noun(cls, path, the="weights", a="weights")


def read_weights(given: Weights | Mapping[str, Any] | str | Path) -> Weights:
    """Return weights from what a definition may say: weights, a mapping of agent to number, a file.

    A file is read once as long as it does not change.

    Examples
    --------
    >>> read_weights({"ada": 2, "bo": 1}).of("ada")
    2.0
    >>> read_weights({"ada": "much"})
    Traceback (most recent call last):
    ...
    quorate.errors.BadOption: The weight of 'ada' is a number, not 'much'.
    """
    if isinstance(given, Weights):
        return given
    if isinstance(given, Mapping):
        for name, value in given.items():
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                raise BadOption(f"The weight of '{name}' is a number, not {value!r}.")
        return Weights(values={str(name): float(value) for name, value in given.items()})
    if not isinstance(given, (str, Path)):
        raise BadOption(f"Weights are a file, or a mapping of agent to number, not {type(given).__name__}.")
    path = Path(given)
    if not path.is_file():
        raise BadDefinition(f"There is no file of weights {path}.")
    return _loaded(path)


_loaded = read_once(Weights.load)


def apply_weights(
    ballots: Sequence[Ballot], weights: Weights | Mapping[str, Any] | str | Path
) -> list[Ballot]:
    """Return the ballots with the weights of their seats.

    Raises
    ------
    BadOption
        When a seat has no weight (they belong to other agents) or a negative one.

    Examples
    --------
    >>> [ballot.weight for ballot in apply_weights([Ballot(seat="ada", answer="5")], {"ada": 2})]
    [2.0]
    """
    found = read_weights(weights)
    weighed = []
    for ballot in ballots:
        weight = found.of(ballot.seat)
        if weight < 0:
            raise BadOption(
                f"The vote of '{ballot.seat}' weighs {weight:g}; negative weights are for comparison only."
            )
        weighed.append(ballot.model_copy(update={"weight": weight}))
    return weighed
