"""Python files that define something under a fixed name, such as `definition = Definition(...)`."""

from __future__ import annotations

import hashlib
import importlib.util
from pathlib import Path
from typing import Any

from quorate.errors import BadDefinition, QuorateError


def load_object(path: Path, name: str, kind: type) -> Any:
    """Run a Python file and return the object that it sets as `name`.

    Raises
    ------
    BadDefinition
        When the file cannot be run, or sets no object of that kind.
    """
    spec = importlib.util.spec_from_file_location(f"quorate_{name}_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise BadDefinition(f"{path} is not a Python file that can be run.")
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except QuorateError:
        raise
    except Exception as error:
        raise BadDefinition(f"{path} could not be run: {type(error).__name__}: {error}") from error
    found = getattr(module, name, None)
    if not isinstance(found, kind):
        home = ".".join(part for part in kind.__module__.split(".") if part != name)
        raise BadDefinition(f"{path} must set `{name}` to a {home}.{kind.__name__}.")
    return found


def source_of(path: Path) -> dict[str, str]:
    """Return where a file lies and its digest, as manifests hold them."""
    return {"python": str(path.resolve()), "sha256": digest(path)}


def digest(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
