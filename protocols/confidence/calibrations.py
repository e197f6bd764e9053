"""Calibrations in a file: one curve an agent, for one source of confidence.

{"source": "span", "method": "temperature", "curves": {"ada": {"temperature": 1.8}}, "n": {"ada": 660}}
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from quorate.calibration import Calibration, Isotonic, Temperature, checked, logit
from quorate.errors import BadDefinition, BadOption, did_you_mean
from quorate.noun_files import load_noun, read_once, save_noun
from quorate.nouns import Noun

Method = Literal["temperature", "isotonic", "line"]
METHODS: tuple[str, ...] = ("temperature", "isotonic", "line")


class Calibrations(Noun):
    """Curves that mend the confidences of each agent, fitted to held-out labels.

    Examples
    --------
    >>> found = Calibrations.fit("stated", {"ada": ([0.9] * 10, [1] * 7 + [0] * 3)})
    >>> round(found.mend("ada", 0.9), 3), found.mend("ada", None)
    (0.7, None)
    """

    source: str
    method: str
    curves: dict[str, Temperature | Isotonic | Calibration]
    n: dict[str, int] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _check(self) -> Calibrations:
        kinds = {"temperature": Temperature, "isotonic": Isotonic, "line": Calibration}
        if self.method not in kinds:
            raise BadOption(f"There is no calibration '{self.method}'. {did_you_mean(self.method, METHODS)}")
        for name, curve in self.curves.items():
            if not isinstance(curve, kinds[self.method]):
                raise BadOption(f"The calibration of '{name}' is no {self.method}.")
        return self

    @classmethod
    def fit(
        cls,
        source: str,
        labelled: Mapping[str, tuple[Sequence[float], Sequence[float]]],
        method: Method = "temperature",
    ) -> Calibrations:
        """Fit one curve an agent.

        Parameters
        ----------
        source : str
            Where the confidences come from; they are mended only where they come from there again.
        labelled : mapping of str to (confidences, labels)
            By agent; confidences in [0, 1], labels 1 for right and 0 for wrong, each of shape (n,).
        method : {"temperature", "isotonic", "line"}
            One parameter, any rising curve (hundreds of labels), or a line through log-odds.

        Raises
        ------
        BadOption
            For an unknown method, or confidences and labels that do not fit together.
        """
        if method not in METHODS:
            raise BadOption(f"There is no calibration '{method}'. {did_you_mean(method, METHODS)}")
        curves = {name: _fit(method, *checked(*pair)) for name, pair in labelled.items()}
        sizes = {name: len(pair[0]) for name, pair in labelled.items()}
        return cls(source=source, method=method, curves=curves, n=sizes)

    def mend(self, agent: str, confidence: float | None) -> float | None:
        """Return the calibrated confidence of an agent; BadOption when it has no curve."""
        if agent not in self.curves:
            raise BadOption(
                f"The calibration belongs to other agents: '{agent}' is not among them. "
                f"{did_you_mean(agent, self.curves)}"
            )
        if confidence is None:
            return None
        curve = self.curves[agent]
        given = logit([confidence]) if isinstance(curve, Calibration) else [confidence]
        return float(curve(given)[0])  # type: ignore[arg-type]

    def save(self, path: str | Path) -> Path:
        """Write the curves as JSON and return where they are."""
        return save_noun(self, path)

    @classmethod
    def load(cls, path: str | Path) -> Calibrations:
        """Read what `save` wrote; BadDefinition when that is not there or cannot be read."""
        return load_noun(cls, path, the="calibration", a="calibration")


def _fit(method: str, chances: Any, labels: Any) -> Temperature | Isotonic | Calibration:
    if method == "temperature":
        return Temperature.fit(chances, labels)
    if method == "isotonic":
        return Isotonic.fit(chances, labels)
    return Calibration.fit(logit(chances), labels)


def read_calibrations(given: Calibrations | str | Path) -> Calibrations:
    """Return calibrations from what a definition may say: themselves, or a file, read once."""
    if isinstance(given, Calibrations):
        return given
    path = Path(given)
    if not path.is_file():
        raise BadDefinition(f"There is no calibration file {path}.")
    return _loaded(path)


_loaded = read_once(Calibrations.load)
