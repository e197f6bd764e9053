"""Templates: files beside this module, filled in by jinja2 with everything escaped."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from quorate.errors import BadOption

FOLDER = Path(__file__).parent / "templates"
LATEX: dict[str, Any] = {
    "block_start_string": "<%",
    "block_end_string": "%>",
    "variable_start_string": "<<",
    "variable_end_string": ">>",
}
Filters = Mapping[str, Callable[..., Any]]


def read(name: str) -> str:
    """Read a style or a script that goes into a page as it is."""
    return (FOLDER / name).read_text("utf-8")


@cache
def _environment(*, html: bool) -> Any:
    needed("jinja2")
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=html,  # noqa: S701  LaTeX has filters of its own for that
        undefined=StrictUndefined,
        trim_blocks=not html,
        lstrip_blocks=not html,
        **({} if html else LATEX),
    )


def html(name: str, filters: Filters, **values: Any) -> str:
    """Fill in a template of HTML; every value is escaped."""
    return _filled(_environment(html=True), name, filters, values)


def latex(name: str, filters: Filters, **values: Any) -> str:
    """Fill in a template of LaTeX, whose marks are << and <%; its filters escape."""
    return _filled(_environment(html=False), name, filters, values)


def _filled(environment: Any, name: str, filters: Filters, values: Mapping[str, Any]) -> str:
    environment.filters.update(filters)
    filled: str = environment.get_template(name).render(**values)
    return filled


def needed(*libraries: str) -> None:
    """Complain about a library of the extra that is not installed.

    Examples
    --------
    >>> needed("jinja2", "no_such_library")
    Traceback (most recent call last):
    ...
    quorate.errors.BadOption: This needs no_such_library, which is not installed: pip install ...
    """
    import importlib.util

    missing = [name for name in libraries if importlib.util.find_spec(name) is None]
    if missing:
        raise BadOption(
            f'This needs {", ".join(missing)}, which is not installed: pip install "quorate[report]".'
        )
