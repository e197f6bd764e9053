"""The confidence heads of a loaded model: found beside its weights and its adapters, and put to work."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from quorate.agents.confidence.head import ConfidenceHead, Verdict, has_head, head_digest
from quorate.agents.confidence.owner import owner_of
from quorate.agents.local.base import Runner
from quorate.agents.local.decoding import Draft

BASE = "base"
"""What the head of agents without an adapter is called in a manifest."""


class Heads:
    """The heads of one model, by the number of the adapter that each belongs to (-1: the base).

    Parameters
    ----------
    run : Runner
        The model and its adapters.
    folder : Path
        Where the model's weights lie.
    """

    def __init__(self, run: Runner, folder: Path) -> None:
        self._run = run
        self._folder = folder
        self._heads: dict[int, ConfidenceHead | None] = {}
        self._digests: dict[str, dict[str, str]] = {}
        self._lock = threading.Lock()

    @property
    def digests(self) -> Mapping[str, Mapping[str, str]]:
        """The fingerprint of each head, by the name of its adapter."""
        return self._digests

    def of(self, number: int) -> ConfidenceHead | None:
        """Return the head of an adapter; None where there is none."""
        return self._heads.get(number)

    def load(self, number: int, name: str | None) -> None:
        """Look for the head of the adapter `name`, or of the base; nothing happens the second time.

        Raises
        ------
        ModelError
            When it cannot be read, or was trained for other weights.
        """
        if number in self._heads:
            return
        with self._lock:
            folder = self._folder if name is None else self._run.bank.folder(name)
            head = None
            if has_head(folder):
                head = ConfidenceHead.load(folder)
                head.check_owner(owner_of(self._run, self._folder, name), folder)
                self._digests[BASE if name is None else name] = head_digest(folder)
            self._heads[number] = head

    def judge(
        self,
        adapters: Sequence[int],
        drafts: Sequence[Draft],
        owners: Sequence[npt.NDArray[np.int64]],
    ) -> list[Verdict | None]:
        """Judge the drafts that were watched, each with the head of its adapter.

        Parameters
        ----------
        adapters : sequence of int
            Who wrote each draft.
        drafts : sequence of Draft
        owners : sequence of array of int, shape (tokens,)
            The line of each token of each draft.
        """
        import torch

        verdicts: list[Verdict | None] = [None] * len(drafts)
        for adapter in set(adapters):
            head = self.of(adapter)
            places = [
                place
                for place, draft in enumerate(drafts)
                if adapters[place] == adapter and draft.trace is not None
            ]
            if head is None or not places:
                continue
            traces = [trace for place in places if (trace := drafts[place].trace) is not None]
            with torch.inference_mode():
                found = head.judge(
                    [drafts[place].text for place in places], traces, [owners[place] for place in places]
                )
            for place, verdict in zip(places, found, strict=True):
                verdicts[place] = verdict
        return verdicts
