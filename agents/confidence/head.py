"""A confidence head: a small network on a frozen model, saved beside the weights that it belongs to.

    ada/confidence.safetensors   {"mean": ..., "scale": ..., "inner": ..., "inner_bias": ..., "outer": ...}
    ada/confidence.json          {"format": 1, "owner": {...}, "lines": {"slope": 0.9, "shift": 0.1}, ...}

A line's features are standardised and go through one hidden layer. What comes out is the log-odds that the
line is right, given that all lines before it are; the answer is right when every line is.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from pydantic import ValidationError

from quorate.agents.confidence.features import Lines, line_features, width_of
from quorate.agents.confidence.network import log_odds
from quorate.agents.confidence.owner import Owner
from quorate.agents.local.files import fingerprint, first_line
from quorate.agents.local.lines import lines_of
from quorate.agents.local.watch import Trace
from quorate.calibration import Calibration, Floats, Metrics
from quorate.errors import ModelError
from quorate.nouns import Noun

if TYPE_CHECKING:
    import torch

WEIGHTS, CONFIG = "confidence.safetensors", "confidence.json"
SURE = 1e-9
"""Nearest that a whole answer's probability comes to 0 or 1 before it is calibrated."""


class HeadConfig(Noun):
    """What a head is: whose, how its log-odds become probabilities, and how good these are held out."""

    format: int = 1
    owner: Owner
    lines: Calibration
    answers: Calibration
    examples: int
    line_metrics: Metrics
    answer_metrics: Metrics


@dataclass(frozen=True)
class Verdict:
    """How likely each line of a text is right, and the whole; None where there was nothing to judge."""

    lines: tuple[float | None, ...]
    whole: float | None


@dataclass(frozen=True, eq=False)
class ConfidenceHead:
    """Judges what one model, with or without an adapter, writes.

    Parameters
    ----------
    config : HeadConfig
    weights : mapping of str to Tensor of float32
        `mean` and `scale` (features,), `inner` (features, units) and `inner_bias`, `outer` (units,) and
        `outer_bias` (); on the CPU.
    """

    config: HeadConfig
    weights: Mapping[str, torch.Tensor]

    def judge(
        self, texts: Sequence[str], traces: Sequence[Trace], owners: Sequence[npt.NDArray[np.int64]]
    ) -> list[Verdict]:
        """Judge texts from what the model knew when it wrote them.

        Parameters
        ----------
        texts : sequence of str
        traces : sequence of Trace
        owners : sequence of array of int
            The line of each token of each text.

        Returns
        -------
        list of Verdict
            A blank line claims nothing and is right; a line that no token begins in is not judged.
        """
        found = line_features(traces, owners)
        chances = self.config.lines(self.logits(found))
        split = [lines_of(text) for text in texts]
        judged = worth_judging(found, split)
        verdicts: list[dict[int, float]] = [{} for _ in texts]
        for place in np.flatnonzero(judged):
            verdicts[found.texts[place]][int(found.numbers[place])] = float(chances[place])
        wholes = self.config.answers(product_logits(chances[judged], found.texts[judged], len(texts)))
        return [
            Verdict(
                tuple(1.0 if not line.strip() else seen.get(number) for number, line in enumerate(lines)),
                float(whole) if seen else None,
            )
            for lines, seen, whole in zip(split, verdicts, wholes, strict=True)
        ]

    def logits(self, lines: Lines) -> Floats:
        """Return the log-odds of lines, not calibrated yet."""
        import torch

        with torch.inference_mode():
            return log_odds(self.weights, lines.features).double().numpy()

    def save(self, folder: str | Path) -> Path:
        """Write the head into the folder of the adapter or model that it belongs to; return the folder."""
        from safetensors.torch import save_file

        folder = Path(folder)
        save_file({name: weight.contiguous() for name, weight in self.weights.items()}, folder / WEIGHTS)
        (folder / WEIGHTS).chmod(0o644)  # safetensors lets nobody else read it
        (folder / CONFIG).write_text(self.config.model_dump_json(indent=2) + "\n", encoding="utf-8")
        return folder

    @classmethod
    def load(cls, folder: str | Path) -> ConfidenceHead:
        """Read the head in a folder.

        Raises
        ------
        ModelError
            When there is none, or it is damaged.
        """
        from safetensors.torch import load_file

        folder = Path(folder)
        try:
            config = HeadConfig.model_validate_json((folder / CONFIG).read_text("utf-8"))
            weights = load_file(folder / WEIGHTS)
        except ValidationError as problem:
            first = problem.errors()[0]
            where = ".".join(map(str, first["loc"]))
            raise ModelError(
                f"'{folder / CONFIG}' describes no confidence head: {where}: {first['msg']}."
            ) from None
        except Exception as problem:
            raise ModelError(
                f"The confidence head in '{folder}' cannot be read: {first_line(problem)}"
            ) from problem
        _check_weights(folder, config, weights)
        return cls(config, weights)

    def check_owner(self, owner: Owner, folder: str | Path) -> None:
        """Raise ModelError unless the head was trained for these weights."""
        own = self.config.owner
        if (own.hidden, own.layers) != (owner.hidden, owner.layers):
            why = (
                f"it looks at {own.hidden} numbers of each of the layers {own.layers}, this model has "
                f"{owner.hidden} in the layers {owner.layers}"
            )
        elif own.base != owner.base:
            why = "it was trained with another base"
        elif own.adapter != owner.adapter:
            why = "it was trained with other weights of the adapter"
        else:
            return
        raise ModelError(
            f"The confidence head in '{folder}' does not belong to the weights there: {why}. Train it again, "
            f"remove {CONFIG}, or load the model with heads=False."
        )


def has_head(folder: Path) -> bool:
    """Tell whether there is a head in a folder."""
    return (folder / CONFIG).is_file()


def head_digest(folder: Path) -> dict[str, str]:
    """Return the fingerprint of the head in a folder."""
    return fingerprint([folder / WEIGHTS, folder / CONFIG])


def worth_judging(found: Lines, split: Sequence[Sequence[str]]) -> npt.NDArray[np.bool_]:
    """Tell which lines say anything; `split` holds the lines of each text."""
    return np.array(
        [
            number < len(split[text]) and bool(split[text][number].strip())
            for text, number in zip(found.texts, found.numbers, strict=True)
        ],
        dtype=bool,
    )


def product_logits(chances: Floats, texts: npt.NDArray[np.int64], count: int) -> Floats:
    """Return the log-odds of the product of each text's chances.

    Examples
    --------
    >>> product_logits(np.array([0.5, 0.5, 0.5]), np.array([0, 1, 1]), 2).round(4).tolist()
    [0.0, -1.0986]
    """
    logs = np.bincount(texts, np.log(np.maximum(chances, SURE)), count)
    product = np.clip(np.exp(logs), SURE, 1 - SURE)
    odds: Floats = np.log(product) - np.log1p(-product)
    return odds


def _check_weights(folder: Path, config: HeadConfig, weights: Mapping[str, torch.Tensor]) -> None:
    width = width_of(config.owner.hidden * len(config.owner.layers))
    units = len(weights["outer"]) if "outer" in weights else 0
    wanted: dict[str, tuple[int, ...]] = {
        "mean": (width,),
        "scale": (width,),
        "inner": (width, units),
        "inner_bias": (units,),
        "outer": (units,),
        "outer_bias": (),
    }
    found = {name: tuple(weight.shape) for name, weight in weights.items()}
    if found != wanted:
        raise ModelError(
            f"The confidence head in '{folder}' is damaged: its weights have the shapes {json.dumps(found)} "
            f"instead of {json.dumps(wanted)}."
        )
    if not all(weight.isfinite().all() for weight in weights.values()):
        raise ModelError(f"The confidence head in '{folder}' is damaged: its weights hold NaN or infinity.")
