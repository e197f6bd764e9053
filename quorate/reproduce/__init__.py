"""Reproductions: published experiments, run again on any models, with the published figures beside.

    found = reproduce("du2023", "runs/du2023", count=50)          on the embedded pool
    found = reproduce("du2023", "runs/qwen", voices=[{"model": "Qwen/Qwen3-4B"}])
    print(found)

recipes       one file a reproduction: who sits there, the arms, the published figures, what to expect
reproduction  what a recipe declares, and the experiment it becomes
cast          who sits at the table: members of the pool, or any models
published     published figures and findings, and how sure they are
reproducing   from a name to an account of what is seen here
account       own figures beside the published ones
telling       an account as plain text
counting      how many calls a reproduction takes
one_by_one    a protocol that the others had not: the seats speak one after the other
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from quorate.reproduce.account import Reproduced
    from quorate.reproduce.reproducing import find_reproduction, reproduce, reproductions
    from quorate.reproduce.reproduction import Reproduction

# The registry of protocols loads `one_by_one` from here, and should not pay for experiments.
_HOME_OF = {
    "Reproduced": "quorate.reproduce.account",
    "Reproduction": "quorate.reproduce.reproduction",
    "find_reproduction": "quorate.reproduce.reproducing",
    "reproduce": "quorate.reproduce.reproducing",
    "reproductions": "quorate.reproduce.reproducing",
}

__all__ = ["Reproduced", "Reproduction", "find_reproduction", "reproduce", "reproductions"]


def __getattr__(name: str) -> Any:
    """Load a public name from its home when it is first used."""
    if name not in _HOME_OF:
        raise AttributeError(f"module 'quorate.reproduce' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME_OF[name]), name)
