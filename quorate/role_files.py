"""Roles as data: a name, a text that becomes an agent's system message, and the file they are kept in.

    {"task": "Grade-school word problems",
     "roles": [{"name": "Auditor", "text": "You are an auditor. You ...", "group": "occupations"}],
     "written_by": "solon"}

It stands below protocols and agents: whoever wants roles may read them here.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError, field_validator, model_validator

from quorate.errors import BadOption
from quorate.noun_files import save_noun
from quorate.nouns import Noun

LONGEST_NAME = 60
LONGEST_TEXT = 800
"""Most characters of a role: it is read with every single instruction."""
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def tidy(text: str, limit: int) -> str:
    r"""Return a text without control characters, on few lines, at most `limit` characters long.

    Roles may be written by models: their texts are untrusted.

    Examples
    --------
    >>> tidy("You  check\tunits.\x1b[2J\n\n\nAlways.", 80)
    'You check units. [2J\nAlways.'
    """
    text = text.encode("utf-8", "replace").decode()
    lines = (" ".join(_UNPRINTABLE.sub(" ", line).split()) for line in text.replace("\r", "\n").split("\n"))
    text = "\n".join(line for line in lines if line)
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


class Role(Noun):
    r"""Who an agent is told to be.

    Parameters
    ----------
    name : str
        Short, on one line.
    text : str
        The system message. Control characters are taken out, and what is too long is cut.
    group : str
        What kind of role: "occupations", "personalities", "perspectives", or anything.

    Examples
    --------
    >>> Role(name="Auditor", text="You are an auditor.\x00").text
    'You are an auditor.'
    """

    name: str
    text: str
    group: str = ""

    @field_validator("name", "group", mode="after")
    @classmethod
    def _short(cls, value: str) -> str:
        return tidy(value, LONGEST_NAME).replace("\n", " ")

    @field_validator("text", mode="after")
    @classmethod
    def _capped(cls, value: str) -> str:
        return tidy(value, LONGEST_TEXT)

    @model_validator(mode="after")
    def _check(self) -> Role:
        if not self.name or not self.text:
            raise BadOption(f"A role has a name and a text; this one has not: {self.name or self.text!r}.")
        return self


class Roles(Noun):
    """The roles of a table, in seat order, and where they come from.

    Parameters
    ----------
    task : str
        What they were written for; empty for roles that fit any task.
    roles : tuple of Role
        Each with its own name.
    written_by : str
        The agent that wrote them, "hand", or "library".
    note : str
        What a reader must know, such as why the library stepped in.

    Examples
    --------
    >>> kept = Roles(roles=(Role(name="Auditor", text="You are an auditor."),))
    >>> len(kept), [role.name for role in kept]
    (1, ['Auditor'])
    """

    task: str = ""
    roles: tuple[Role, ...] = Field(min_length=1)
    written_by: str = "hand"
    note: str = ""

    @model_validator(mode="after")
    def _check(self) -> Roles:
        twice = [name for name, count in Counter(role.name for role in self.roles).items() if count > 1]
        if twice:
            raise BadOption(f"Two roles are called '{twice[0]}'; give each its own name.")
        return self

    def __iter__(self) -> Iterator[Role]:  # type: ignore[override]
        """Iterate over the roles."""
        return iter(self.roles)

    def __len__(self) -> int:
        """Count the roles."""
        return len(self.roles)

    @property
    def texts(self) -> tuple[str, ...]:
        """The texts, in order."""
        return tuple(role.text for role in self.roles)

    def save(self, path: str | Path) -> Path:
        """Write the roles into a JSON file, whole or not at all, and return where."""
        return save_noun(self, path)


def load_roles(path: str | Path) -> Roles:
    """Read a file of roles: as `Roles.save` writes it, or just a list of texts or of roles.

    Parameters
    ----------
    path
        A JSON file: `{"roles": [{"name", "text"}]}`, `{"roles": ["You ...", ...]}`, the list alone, or
        `{"roles": {"ada": "You ..."}}` by name. A role without a name is called by its number.

    Raises
    ------
    BadOption
        When there is no such file, or it holds no roles; the place is named.

    Examples
    --------
    >>> load_roles("./nowhere.json")
    Traceback (most recent call last):
    ...
    quorate.errors.BadOption: There is no file of roles nowhere.json. `quorate roles write` makes one.
    """
    path = Path(path)
    try:
        data = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise BadOption(f"There is no file of roles {path}. `quorate roles write` makes one.") from None
    except (OSError, ValueError, RecursionError) as problem:
        raise BadOption(f"The roles in {path} cannot be read: {problem}.") from None
    try:
        return parse_roles(data)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise BadOption(f"{path}: {place or 'roles'}: {first['msg'].lower()}.") from None
    except BadOption as problem:
        raise BadOption(f"{path}: {problem}") from None


def parse_roles(data: Any) -> Roles:
    """Return the roles that plain data holds.

    Examples
    --------
    >>> [role.name for role in parse_roles(["You check units.", {"name": "Poet", "text": "You rhyme."}])]
    ['role 1', 'Poet']
    >>> parse_roles({"roles": {"ada": "You check units."}}).roles[0].name
    'ada'
    """
    known = dict(data) if isinstance(data, dict) else {"roles": data}
    listed = known.get("roles", None if "task" in known else known)
    if isinstance(listed, dict):
        listed = [{"name": str(name), "text": text} for name, text in listed.items()]
        known = {key: value for key, value in known.items() if key in Roles.model_fields}
    if not isinstance(listed, Sequence) or isinstance(listed, str) or not listed:
        raise BadOption('It holds no roles, such as {"roles": [{"name": "Auditor", "text": "You ..."}]}.')
    roles = [
        {"name": f"role {number}", **({"text": role} if isinstance(role, str) else role)}
        if isinstance(role, (str, dict))
        else role
        for number, role in enumerate(listed, 1)
    ]
    return Roles.model_validate({**known, "roles": roles})


def read_roles(path: str | Path) -> tuple[str, ...]:
    """Return the texts of a file of roles, in order: what agents and protocols need of it.

    Raises
    ------
    BadOption
        As `load_roles`.

    Examples
    --------
    >>> import tempfile
    >>> file = Path(tempfile.mkdtemp()) / "roles.json"
    >>> read_roles(Roles(roles=(Role(name="Auditor", text="You are an auditor."),)).save(file))
    ('You are an auditor.',)
    """
    return load_roles(path).texts
