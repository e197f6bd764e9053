"""Debate only where a trained gate expects it to pay; elsewhere the first drafts vote."""

from __future__ import annotations

from typing import Any

from quorate.errors import BadOption
from quorate.nouns import Note, Question, Table
from quorate.protocols.continuing import following, go_on
from quorate.protocols.debating import hold, settle
from quorate.protocols.gating.gate import Forecast, read_gate
from quorate.protocols.history import History, Turns
from quorate.protocols.prompting import Prompts
from quorate.protocols.voting import plurality, random_, resolve_decision
from quorate.registry import protocol


@protocol
def gated(
    question: Question,
    table: Table,
    *,
    gate: Any = None,
    threshold: float | None = None,
    then: Any = "debate",
    decide: Any = plurality,
    tie_break: Any = random_,
    quote_limit: int = 4000,
    prompts: str | None = None,
) -> Turns:
    """Draft; go on with a debate where the gate expects it to gain enough, else decide by the drafts.

    As in iMAD (arXiv:2511.11306), a debate is held only where it is likely to correct the answer. There a
    neural network reads 41 features of one self-critique; here a logistic gate reads how the first drafts of
    all seats agree, how sure and how long they are.

    Parameters
    ----------
    question, table
        What is deliberated; who sits where and hears whom.
    gate : file or Gate
        What `quorate gate train` wrote, trained on records of these agents.
    threshold : float, optional
        The expected gain in accuracy above which to go on, in [-1, 1]; the gate's own when left out.
    then : protocol, name or mapping
        What goes on from the drafts, such as `{debate: {rounds: 4}}`; it decides by its own options.
    decide, tie_break, quote_limit, prompts
        As in `debate`, where the gate stays shut.

    Returns
    -------
    Outcome
        Its notes and its reason say what the gate expected.

    Raises
    ------
    BadOption
        Without a gate, for one of other agents, or an impossible threshold.

    Examples
    --------
    >>> from quorate.protocols.gating import Gate, Head
    >>> flat = Head(weights={}, bias=0.0)
    >>> shut = Gate(agents=("ada",), means={}, scales={}, mends=flat, spoils=flat, threshold=0.1)
    >>> [ask.seat for ask in next(gated(Question(text="2+3?"), Table(["ada"]), gate=shut))]
    ['ada']
    """
    if gate is None:
        raise BadOption("Nothing says where a debate pays: give gate=, a file that quorate gate train wrote.")
    judge = read_gate(gate)
    judge.check(table.seats)
    least = judge.threshold if threshold is None else threshold
    if not -1 <= least <= 1:
        raise BadOption(f"A gain in accuracy lies between -1 and 1, not {least:g}.")
    decision = resolve_decision(decide)
    debating = following(then, prompts)
    history = History(question, table, prompts=Prompts.load(prompts), quote_limit=quote_limit)

    drafts = history.drafts()
    yield from hold(history, drafts)
    forecast = judge.forecast(question, history.messages)
    opens = forecast.gain > least
    told = _told(forecast, least, opens)
    if opens:
        held = list(zip(drafts, history.messages, strict=True))
        note = Note(kind="gated", seats=table.seats, text=told)
        return (yield from go_on(debating(question, table), held, notes=[note], reason=told))
    history.note("gated", told, table.seats)
    return (yield from settle(history, decision, tie_break, told))


def _told(forecast: Forecast, least: float, opens: bool) -> str:
    """Say what the gate expected.

    Examples
    --------
    >>> _told(Forecast(0.125, 0.05), 0.02, opens=True)
    'gate open: +7.5 points expected, above +2.0 (mends 12.5 %, spoils 5.0 %)'
    """
    state, side = ("open", "above") if opens else ("shut", "not above")
    return (
        f"gate {state}: {100 * forecast.gain:+.1f} points expected, {side} {100 * least:+.1f} "
        f"(mends {forecast.mends:.1%}, spoils {forecast.spoils:.1%})".replace("%", " %")
    )
