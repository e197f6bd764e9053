"""Weights inside a deliberation: `decide: {weighted: {weights: ./w.json}}`."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any

from quorate.errors import BadOption
from quorate.nouns import Ask, Message, Outcome
from quorate.protocols.voting import resolve_rule, weighted_plurality
from quorate.protocols.weights.weights import apply_weights, read_weights
from quorate.registry import decision

if TYPE_CHECKING:
    from quorate.protocols.history import History


@decision
def weighted(
    history: History, *, weights: Any = None, rule: Any = weighted_plurality
) -> Generator[Sequence[Ask], Sequence[Message], Outcome]:
    """Decide by a rule over ballots that weigh what was learned elsewhere.

    Parameters
    ----------
    history : History
        Its seats vote with their standing answers.
    weights : file, mapping of agent to number, or Weights
        See `quorate.protocols.weights`; every seat needs one.
    rule : rule, name or mapping
        Any rule that reads the weights of ballots.

    Returns
    -------
    Outcome

    Raises
    ------
    BadOption
        When the weights belong to other agents, or are missing.

    Examples
    --------
    >>> from quorate.nouns import Question, Table
    >>> from quorate.protocols.history import History
    >>> history = History(Question(text="2+3?"), Table(["ada", "bo"]))
    >>> next(weighted(history, weights={"ada": 1}))
    Traceback (most recent call last):
    ...
    quorate.errors.BadOption: The weights (given) belong to other agents: 'bo' is not among them. Known: ada.
    """
    if weights is None:
        raise BadOption(
            "A weighted vote needs weights: a file that `Weights.save` wrote, or a number by agent."
        )
    counted, found = resolve_rule(rule, "Weighted ballots"), read_weights(weights)
    outcome = counted(apply_weights(history.ballots(), found))
    yield from ()
    return outcome.model_copy(update={"reason": f"{outcome.reason}, weights by {found.method}"})
