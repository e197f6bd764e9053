"""How `filters=` is read: names, mappings and functions become filters that fit the table."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any

from quorate import registry
from quorate.errors import BadOption, QuorateError
from quorate.nouns import Question, Table
from quorate.protocols.history import History
from quorate.protocols.thinning import Filter
from quorate.registry import label, unbound


def resolve_filters(specs: Any, question: Question, table: Table) -> tuple[Filter, ...]:
    """Turn one or several names, mappings or functions into filters.

    Options that are impossible, or do not fit the table, are refused here, before anybody is asked.

    Parameters
    ----------
    specs : sequence of filters, names or mappings
        Or a single one.
    question, table
        What will be deliberated, and by whom.

    Raises
    ------
    UnknownName, BadOption
        When there is no such filter, or not with these options at this table.

    Examples
    --------
    >>> trio = Table(["ada", "bo", "cy"])
    >>> len(resolve_filters(["redundant", {"top_k": {"k": 2}}], Question(text="2+3?"), trio))
    2
    >>> resolve_filters({"top_k": {"k": 4}}, Question(text="2+3?"), trio)
    Traceback (most recent call last):
    ...
    quorate.errors.BadOption: The filter 'top_k' is to keep 4, and there are only 3 agents; ...
    """
    if isinstance(specs, (str, Mapping)) or callable(specs):
        specs = (specs,)
    if not isinstance(specs, (list, tuple)):
        raise BadOption(
            f"Filters are given as a list, such as [redundant, {{top_k: {{k: 2}}}}], not {specs!r}."
        )
    filters: tuple[Filter, ...] = tuple(map(registry.filter.resolve, specs))
    for filter_ in filters:
        _try(filter_, question, table)
    return filters


def _try(filter_: Filter, question: Question, table: Table) -> None:
    """Show whether the options are possible before anybody is asked, by a table where nothing was said."""
    maker = unbound(filter_)
    try:
        found = filter_(History(question, table), table.hearing(1))
        if isinstance(found, Generator):
            next(found, None)
            found.close()
    except QuorateError:
        raise
    except (TypeError, AttributeError) as problem:
        if maker.__module__.startswith("quorate."):
            raise BadOption(
                f"An option of the filter '{label(filter_)}' has a wrong type: {problem}."
            ) from None
    except Exception:  # a filter of somebody else's may count on something said; it is called again then
        return
