"""How `decide=` is read: a rule over the ballots, or a decision that asks somebody or draws lots."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping, Sequence
from functools import partial
from inspect import isgeneratorfunction
from typing import TYPE_CHECKING, Any

from quorate import registry
from quorate.errors import BadOption
from quorate.nouns import Ask, Ballot, Message, Outcome
from quorate.registry import label, option_names

if TYPE_CHECKING:
    from quorate.protocols.history import History

Rule = Callable[[Sequence[Ballot]], Outcome]
"""From ballots to an outcome with all winners. Abstentions are counted as invalid and never win."""

Decision = Callable[["History"], Generator[Sequence[Ask], Sequence[Message], Outcome]]
"""A decision that must ask somebody (a judge): a generator function of the history."""


def resolve_decision(spec: Any) -> Rule | Decision:
    """Turn a name, mapping or function into a rule or a decision.

    A rule that draws lots (it has an option `rng`) is given the table's own generator for the question.
    Impossible values of options are refused here, before anybody is asked.

    Examples
    --------
    >>> resolve_decision("plurality").__name__
    'plurality'
    >>> resolve_decision({"supermajority": {"threshold": 0.4}})
    Traceback (most recent call last):
    ...
    quorate.errors.BadOption: A threshold lies above 0.5 and goes up to 1, not 0.4.
    """
    name = next(iter(spec), None) if isinstance(spec, Mapping) else spec
    if isinstance(name, str) and name in set(registry.decision):
        return registry.decision.resolve(spec)
    rule = registry.rule.resolve(spec)
    if isinstance(rule, partial) and label(rule) in set(registry.rule):
        rule([])  # an election without ballots shows whether the options are possible
    bound = rule.keywords if isinstance(rule, partial) else {}
    return _drawing(rule) if "rng" in option_names(rule) and "rng" not in bound else rule


def resolve_rule(spec: Any, what: str = "Ballots") -> Rule:
    """Turn a name, mapping or function into a rule that only counts ballots.

    Raises
    ------
    BadOption
        For one that asks or draws lots; `what` says what it would have to count.

    Examples
    --------
    >>> resolve_rule("random_ballot", "Samples")
    Traceback (most recent call last):
    ...
    quorate.errors.BadOption: Samples are decided over by a rule; 'random_ballot' asks or draws lots.
    """
    rule: Callable[..., Any] = resolve_decision(spec)
    if isgeneratorfunction(rule):
        raise BadOption(f"{what} are decided over by a rule; '{label(rule)}' asks or draws lots.")
    return rule


def _drawing(rule: Callable[..., Outcome]) -> Decision:
    def draw(history: History) -> Generator[Sequence[Ask], Sequence[Message], Outcome]:
        yield from ()
        return rule(history.ballots(), rng=history.table.rng(history.question.id, "lots"))

    draw.__name__ = label(rule)
    return draw
