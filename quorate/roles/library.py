"""The library: thirty roles that fit any task, in three groups, shipped as data.

occupations     what somebody does all day, and so looks at first
personalities   how somebody deals with doubt, haste and others
perspectives    the way somebody goes at a problem
"""

from __future__ import annotations

import functools
import random
from collections.abc import Sequence
from itertools import chain, zip_longest
from pathlib import Path

from quorate.errors import BadOption, did_you_mean
from quorate.nouns import derive_seed
from quorate.role_files import Role, Roles, load_roles

FILE = Path(__file__).with_name("library.json")


@functools.cache
def library() -> Roles:
    """Return all roles of the library.

    Examples
    --------
    >>> len(library()), library().roles[0].name
    (30, 'Accountant')
    """
    return load_roles(FILE)


def groups() -> tuple[str, ...]:
    """Return the names of the library's groups.

    Examples
    --------
    >>> groups()
    ('occupations', 'personalities', 'perspectives')
    """
    return tuple(dict.fromkeys(role.group for role in library()))


def pick(count: int, *, among: Sequence[str] = (), seed: int = 0) -> Roles:
    """Draw roles from the library, in turn from each group, so that few roles already differ in kind.

    Parameters
    ----------
    count : int
        How many; at most as many as there are.
    among : sequence of str
        Groups to draw from; all when left out.
    seed : int
        Of the draw.

    Raises
    ------
    BadOption
        For an unknown group, or more roles than there are.

    Examples
    --------
    >>> [role.group for role in pick(4, seed=1)]
    ['occupations', 'personalities', 'perspectives', 'occupations']
    """
    wanted = tuple(among) or groups()
    for group in wanted:
        if group not in groups():
            raise BadOption(f"The library has no group '{group}'. {did_you_mean(str(group), groups())}")
    shuffled = [_shuffled(group, seed) for group in wanted]
    drawn = [role for role in chain.from_iterable(zip_longest(*shuffled)) if role is not None]
    if not 1 <= count <= len(drawn):
        raise BadOption(f"{count} roles cannot be drawn from {len(drawn)} of the library.")
    return Roles(roles=tuple(drawn[:count]), written_by="library")


def _shuffled(group: str, seed: int) -> list[Role]:
    listed = [role for role in library() if role.group == group]
    return random.Random(derive_seed(seed, "roles", group)).sample(listed, len(listed))
