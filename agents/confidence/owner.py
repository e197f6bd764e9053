"""Whose head it is: the weights that a head was trained for, by fingerprint."""

from __future__ import annotations

from pathlib import Path

from quorate.agents.local.base import Runner, weight_files
from quorate.agents.local.files import fingerprint
from quorate.nouns import Noun


class Owner(Noun):
    """The weights that a head belongs to, by fingerprint, and the states they make.

    `hidden` is the length of one layer's state, `layers` the numbers of the layers that are looked at.
    """

    base: dict[str, str]
    adapter: dict[str, str] | None
    hidden: int
    layers: tuple[int, ...]


def owner_of(run: Runner, folder: Path, adapter: str | None) -> Owner:
    """Return the weights that a head of this adapter, or of the base, belongs to."""
    identity = {} if adapter is None else run.bank.identities[adapter]
    return Owner(
        base=fingerprint(weight_files(folder)),
        adapter=None if adapter is None else {key: str(identity[key]) for key in identity if "sha256" in key},
        hidden=run.base.model.config.get_text_config(decoder=True).hidden_size,
        layers=run.base.layers,
    )
