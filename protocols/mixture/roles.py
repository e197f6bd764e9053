"""Roles of the proposers: one description a seat, given in the definition or read from a roles file.

    {"roles": {"ada": "You are an accountant who ...", "bo": "You are a teacher who ..."}}

A file may name the seats by their number instead, from "1": then any table of that size can take it. So does
a list, as `quorate roles write` keeps it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from quorate import role_files
from quorate.errors import BadDefinition, BadOption, did_you_mean
from quorate.noun_files import read_once

LONGEST_ROLE = 2000
"""Most characters of a role; the rest is cut, because a model may have written it."""


def read_roles(given: Mapping[str, str] | str | Path | None, seats: Sequence[str]) -> dict[str, str]:
    """Return the role of every seat; nothing where no roles are given.

    Parameters
    ----------
    given : mapping of seat or number to str, file, or None
        The roles; a file holds such a mapping as JSON, under "roles" or bare.
    seats : sequence of str
        Who proposes, in order.

    Raises
    ------
    BadOption
        For a role of somebody who is not at the table, or none for somebody who is; "" says no role.
    BadDefinition
        When there is no such file, or it holds no roles.

    Examples
    --------
    >>> read_roles({"1": "You check units.", "bo": "You estimate first."}, ["ada", "bo"])
    {'ada': 'You check units.', 'bo': 'You estimate first.'}
    >>> read_roles({"ada": "You check units.", "cy": "You estimate."}, ["ada", "bo"])
    Traceback (most recent call last):
    ...
    quorate.errors.BadOption: There is a role for 'cy', who does not propose here. Known: 1, 2, ada, bo.
    """
    if not given:
        return {}
    roles = given if isinstance(given, Mapping) else _file(given)
    numbers = {str(number): seat for number, seat in enumerate(seats, 1)}
    found: dict[str, str] = {}
    for name, role in roles.items():
        seat = str(name) if str(name) in seats else numbers.get(str(name), "")
        if not seat:
            known = did_you_mean(str(name), [*seats, *numbers])
            raise BadOption(f"There is a role for '{name}', who does not propose here. {known}")
        if not isinstance(role, str):
            raise BadOption(f"The role of '{name}' is a text, not {role!r}.")
        found[seat] = _clean(role)
    for seat in seats:
        if seat not in found:
            raise BadOption(f"There is no role for '{seat}'; write one, or an empty one.")
    return {seat: found[seat] for seat in seats}


def _file(given: str | Path) -> Mapping[str, Any]:
    if not isinstance(given, (str, Path)):
        raise BadOption(f"Roles are a file, or a mapping of seat to text, not {type(given).__name__}.")
    path = Path(given)
    if not path.is_file():
        raise BadDefinition(
            f"There is no file of roles {path}; `quorate roles write` makes one, or give a mapping of seat "
            "to text."
        )
    return _loaded(path)


@read_once
def _loaded(path: Path) -> Mapping[str, Any]:
    try:
        data = json.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError) as problem:
        raise BadDefinition(f"{path} is no file of roles: {problem}.") from None
    roles = data.get("roles", data) if isinstance(data, dict) else data
    if isinstance(roles, list) and roles:  # as `quorate roles write` keeps them
        try:
            return {str(number): text for number, text in enumerate(role_files.read_roles(path), 1)}
        except BadOption as problem:
            raise BadDefinition(str(problem)) from None
    if not isinstance(roles, dict) or not roles:
        raise BadDefinition(f'{path} holds no roles; it reads {{"roles": {{"seat": "description"}}}}.')
    return roles


def _clean(role: str) -> str:
    """Drop what cannot be printed: an escape sequence is no part of a role."""
    kept = "".join(letter for letter in role if letter.isprintable() or letter == "\n")
    return kept.strip()[:LONGEST_ROLE]
