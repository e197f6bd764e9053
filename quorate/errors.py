"""Everything Quorate raises on purpose, each a sentence that names the place and the fix.

QuorateError
├── UnknownName         a topology, protocol, rule ... that nobody registered (says what was probably meant)
├── BadOption           an option that does not exist or has an impossible value
├── BadDefinition       a definition file (YAML or Python) that cannot be read as one
├── BadQuestion         an empty question, a malformed line of a problem file
├── BadGraph            a graph whose nodes are not the seats, a size no such graph exists for
├── ModelError          a model that cannot be loaded or asked
│   ├── MissingModel    no checkpoint there
│   ├── AdapterMismatch an adapter trained on another base
│   └── EndpointError   a server that is down, refuses the key, or talks nonsense
├── ProtocolError       a protocol that broke the contract (asked a seat that is not there ...)
└── RecordError         a run folder that cannot be written, read or continued
    ├── RecordBusy      another process is writing it
    └── RecordMismatch  it belongs to another configuration
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import ValidationError


class QuorateError(Exception):
    """Base of all errors that Quorate raises on purpose."""


class BadOption(QuorateError):
    """An option that does not exist or whose value is impossible."""


class UnknownName(BadOption):
    """A name nobody registered."""


class BadDefinition(QuorateError):
    """A definition that cannot be read."""


class BadQuestion(QuorateError):
    """A question, or a file of questions, that cannot be used."""


class BadGraph(QuorateError):
    """A graph that does not fit the seats or does not exist."""


class ModelError(QuorateError):
    """A model that cannot be loaded or asked."""


class MissingModel(ModelError):
    """No checkpoint at the given place."""


class AdapterMismatch(ModelError):
    """An adapter that was trained on another base."""


class EndpointError(ModelError):
    """A server that is down, refuses the key, or answers nonsense."""


class ProtocolError(QuorateError):
    """A protocol that broke its contract."""


class RecordError(QuorateError):
    """A run folder that cannot be written, read or continued."""


class RecordBusy(RecordError):
    """A run folder that another process is writing."""


class RecordMismatch(RecordError):
    """A run folder that belongs to another configuration."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return a sentence that suggests the nearest known names, or lists them all when none is near.

    Examples
    --------
    >>> did_you_mean("rnig", ["ring", "star"])
    "Did you mean 'ring'?"
    >>> did_you_mean("xyz", ["ring", "star"])
    'Known: ring, star.'
    """
    known = sorted(known)
    near = difflib.get_close_matches(name, known, n=2, cutoff=0.6)
    if near:
        return "Did you mean " + " or ".join(repr(guess) for guess in near) + "?"
    return f"Known: {', '.join(known)}." if known else "None is registered."


def first_complaint(error: ValidationError) -> str:
    """Return the first thing that data was refused for, after its place where it has one.

    Examples
    --------
    >>> from pydantic import TypeAdapter, ValidationError
    >>> try:
    ...     TypeAdapter(dict[str, list[int]]).validate_python({"seats": [1, "many"]})
    ... except ValidationError as error:
    ...     first_complaint(error)
    'seats.1: Input should be a valid integer, unable to parse string as an integer'
    """
    first = error.errors()[0]
    where = ".".join(map(str, first["loc"]))
    return f"{where}: {first['msg']}" if where else first["msg"]
