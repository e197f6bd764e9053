"""How `until=` is read: names, mappings and functions become checks, and checks combine."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from functools import partial
from inspect import isgeneratorfunction
from typing import Any

from quorate import registry
from quorate.errors import BadOption, QuorateError
from quorate.nouns import Ask, Message, Question, Table
from quorate.protocols.history import History, Stop, consult
from quorate.registry import label, spell, unbound


def any_of(*checks: Any) -> Stop:
    """Combine checks: stop with the first that gives a reason.

    Examples
    --------
    >>> spell(any_of("unanimous", "stable"))
    {'any': ['unanimous', 'stable']}
    """
    return _combined("any", checks)


def all_of(*checks: Any) -> Stop:
    """Combine checks: stop when every one gives a reason.

    Examples
    --------
    >>> spell(all_of("unanimous", "stable"))
    {'all': ['unanimous', 'stable']}
    """
    return _combined("all", checks)


def _combined(how: str, specs: Sequence[Any]) -> Stop:
    checks = [resolve_stop(spec) for spec in specs]
    if not checks:
        raise BadOption(f"'{how}' combines stop checks: give at least one.")

    def combined(history: History) -> Generator[Sequence[Ask], Sequence[Message], str | None]:
        reasons: list[str] = []
        for check in checks:
            reason = yield from consult(check(history))
            if reason and how == "any":
                return str(reason)
            if not reason and how == "all":
                return None
            reasons += [reason] if reason else []
        return " and ".join(reasons) or None

    combined.spelling = {how: [spell(check) for check in checks]}  # type: ignore[attr-defined]
    return combined


def resolve_stop(spec: Any) -> Stop:
    """Turn a name, a mapping (`any` and `all` combine) or a function into a stop check.

    Impossible values of options are refused here, before anybody is asked.

    Examples
    --------
    >>> spell(resolve_stop({"any": ["unanimous", {"stable": {"rounds": 3}}]}))
    {'any': ['unanimous', {'stable': {'rounds': 3}}]}
    >>> resolve_stop({"quorum": {"share": 0.5}})
    Traceback (most recent call last):
    ...
    quorate.errors.BadOption: A quorum is a share above 0.5 and up to 1, not 0.5.
    """
    if isinstance(spec, Mapping) and len(spec) == 1 and next(iter(spec)) in ("any", "all"):
        how, parts = next(iter(spec.items()))
        if not isinstance(parts, (list, tuple)):
            raise BadOption(f"'{how}' combines a list of stop checks, not {parts!r}.")
        return _combined(how, parts)
    check: Stop = registry.stop.resolve(spec)
    _try(check)
    return check


def _try(check: Stop) -> None:
    """Show whether the options are possible before anybody is asked, by a table where nothing was said."""
    maker = unbound(check)
    if isgeneratorfunction(maker) or all(maker is not registry.stop[name] for name in registry.stop):
        return
    try:
        check(History(Question(text="?"), Table(["nobody"])))
    except QuorateError:
        raise
    except TypeError as problem:
        if isinstance(check, partial) and maker.__module__.startswith("quorate."):
            raise BadOption(
                f"An option of the stop check '{label(check)}' has a wrong type: {problem}."
            ) from None
    except Exception:  # a check of somebody else's may count on something said; it is called again then
        return
