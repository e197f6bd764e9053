"""The outcome of a deliberation as a card: for rich, and its twin in plain text."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult

from quorate.live.paint import (
    BAD,
    GOOD,
    PLAIN,
    QUIET,
    STRONG,
    Line,
    bar,
    joined,
    length,
    mark,
    pad,
    spread,
    to_text,
)
from quorate.live.text import amount, clean, fit, percent, weight, wrap
from quorate.nouns import BoardLine, Outcome, Question

TALLY_LINES = 6
DISSENT_LINES = 8
BOARD_LINES = 20
TRUST_BAR = 8
CARD_WIDTH = 100
LABEL = 11


def named_answer(answer: str | None, question: Question | None, limit: int) -> str:
    """Return a canonical answer for display; a choice's letter is followed by what it stands for.

    Examples
    --------
    >>> named_answer("B", Question(text="Which is prime?", choices=("4", "7")), 20)
    'B (7)'
    """
    if answer is None:
        return "no decision"
    if question is not None and answer in question.labels:
        answer = f"{answer} ({question.choices[question.labels.index(answer)]})"
    return clean(answer, limit) or "(blank)"


def ranks_of(outcome: Outcome) -> dict[str, int]:
    """Rank an outcome's answers: the winner first, then by weight."""
    by_weight = sorted(outcome.tally, key=lambda answer: -_sortable(outcome.tally[answer]))
    first = [outcome.answer] if outcome.answer is not None else []
    dissent = [said.answer for said in outcome.dissent]
    return {answer: rank for rank, answer in enumerate(dict.fromkeys([*first, *by_weight, *dissent]))}


def headline(
    outcome: Outcome, question: Question | None, ranks: Mapping[str, int], width: int, verdict: Line
) -> Line:
    """Say what was decided and why, in one line."""
    shape, colour = mark(ranks.get(outcome.answer) if outcome.answer is not None else None)
    answer = named_answer(outcome.answer, question, max(8, width // 3))
    left: Line = [(f"{shape} ", colour), (answer, f"bold {colour}"), ("  ", PLAIN)]
    return spread([*left, (clean(outcome.reason, width), PLAIN)], verdict, width)


def correctness(correct: bool | None, gold: str | None) -> Line:
    """Say whether the answer was right, when that is known."""
    if correct is None:
        return []
    return [("✓ right", GOOD)] if correct else [(f"✗ wrong, gold {clean(gold or '', 16)}", BAD)]


def tie_line(outcome: Outcome, width: int) -> list[Line]:
    """Say between which answers there was a tie and how it was broken; nothing without a tie."""
    if len(outcome.winners) < 2:
        return []
    tied = " and ".join(clean(answer, 20) or "(blank)" for answer in outcome.winners[:6])
    broken = f", broken by {clean(outcome.tie_break, 24)}" if outcome.tie_break else ", not broken"
    return [[(fit(f"tie between {tied}{broken}", width), PLAIN)]]


def tally_lines(outcome: Outcome, ranks: Mapping[str, int], width: int, lines: int) -> list[Line]:
    """Draw the heaviest answers as bars, one a line; the last line counts the rest."""
    tally = {answer: value for answer, value in outcome.tally.items() if not math.isnan(value)}
    order = sorted(tally, key=lambda answer: -tally[answer])
    shown = order if len(order) <= lines else order[: max(lines - 1, 0)]
    if not shown:
        return []
    top = max((tally[answer] for answer in shown if math.isfinite(tally[answer])), default=0.0)
    names = {answer: clean(answer, min(24, width // 3)) or "(blank)" for answer in shown}
    column = max(map(cell_len, names.values()))
    rows: list[Line] = []
    for answer in shown:
        shape, colour = mark(ranks.get(answer))
        value = tally[answer]
        share = value / top if top > 0 and math.isfinite(value) else float(value > 0)
        name = names[answer] + " " * (column - cell_len(names[answer]))
        filled = bar(share, max(4, min(40, width - column - 16)))
        rows.append(
            [(f"{shape} ", colour), (f"{name}  ", PLAIN), (filled, colour), (f" {weight(value)}", PLAIN)]
        )
    if len(order) > len(shown):
        rows.append([(f"and {len(order) - len(shown)} more answers", QUIET)])
    return rows


def dissent_lines(outcome: Outcome, ranks: Mapping[str, int], width: int, lines: int) -> list[Line]:
    """Say who ended with another answer, and quote them; the last line counts those left out."""
    shown = outcome.dissent if len(outcome.dissent) <= lines else outcome.dissent[: max(lines - 1, 0)]
    names = max((cell_len(clean(said.seat, 16)) for said in shown), default=0)
    rows: list[Line] = []
    for said in shown:
        shape, colour = mark(ranks.get(said.answer))
        answer = clean(said.answer, 20) or "(blank)"
        quote = clean(said.text, max(0, width - names - cell_len(answer) - 8))
        name = pad([(clean(said.seat, 16), STRONG)], names + 2)
        rows.append([*name, (f"{shape} ", colour), (answer, colour), (f"  {quote}", QUIET)])
    if len(outcome.dissent) > len(shown):
        rows.append([(f"and {len(outcome.dissent) - len(shown)} more seats", QUIET)])
    return rows


def board_lines(board: Sequence[BoardLine], width: int, lines: int) -> list[Line]:
    """Show the last lines of a board: author, text, trust as a bar and in per cent; the rest is counted.

    Parameters
    ----------
    board : sequence of BoardLine
    width, lines : int
        Room in terminal cells; the bar goes below 50 cells, the per cent below 28.
    """
    fits = len(board) <= lines
    shown = board if fits else board[len(board) - max(lines - 1, 1) :] if lines > 0 else ()
    rows: list[Line] = []
    if not fits and lines > 1:
        rows.append([(f"{len(board) - len(shown)} lines before", QUIET)])
    names = max((cell_len(clean(line.seat, 12)) for line in shown), default=0)
    for line in shown:
        trust = _trust(line.confidence, width)
        room = max(0, width - names - 2 - length(trust) - 2 * bool(trust))
        name = pad([(clean(line.seat, 12), STRONG)], names)
        rows.append(spread([*name, ("  ", PLAIN), (clean(line.text, room), PLAIN)], trust, width))
    return rows


def _trust(confidence: float | None, width: int) -> Line:
    if confidence is None or width < 28:
        return []
    filled = bar(confidence, TRUST_BAR)
    track = [(filled, GOOD), ("─" * (TRUST_BAR - len(filled)), QUIET)] if width >= 50 else []
    return [*track, (f"{percent(confidence):>6}", PLAIN)]


def losses(outcome: Outcome, width: int) -> Line:
    """Say who abstained and who failed, and whose prompts were cut; empty when nobody and none."""
    failed = ", ".join(clean(seat, 16) for seat in outcome.failed[:12])
    parts: list[Line] = []
    if outcome.invalid:
        parts.append([(f"{outcome.invalid} abstained", PLAIN)])
    if outcome.failed:
        parts.append([(fit(f"failed at least once: {failed}", width), BAD)])
    if outcome.cut:
        parts.append([(f"{outcome.cut} prompt{'s' * (outcome.cut != 1)} cut to fit the context", PLAIN)])
    return joined(parts)


def cost_line(outcome: Outcome) -> Line:
    """Say what it cost."""
    rounds = f"{outcome.rounds} round" + "s" * (outcome.rounds != 1)
    spent = f"{amount(outcome.tokens_in)} tokens in · {amount(outcome.tokens_out)} out"
    return [(f"{rounds} · {amount(outcome.calls)} calls · {spent}", QUIET)]


@dataclass(frozen=True, slots=True)
class OutcomeCard:
    """How a deliberation ended, for `rich`: answer, reason, board, tally, dissent, what is missing, cost."""

    outcome: Outcome
    question: Question | None = None

    def lines(self, width: int) -> list[Line]:
        """Return the card as lines of spans."""
        outcome, ranks = self.outcome, ranks_of(self.outcome)
        asked = wrap(clean(self.question.text, 3 * width), width, 2) if self.question else ()
        rows: list[Line] = [[(line, QUIET)] for line in asked]
        rows += [headline(outcome, self.question, ranks, width, []), *tie_line(outcome, width)]
        inner = max(1, width - LABEL)
        for label, block in (
            ("board", board_lines(outcome.board, inner, BOARD_LINES)),
            ("tally", tally_lines(outcome, ranks, inner, TALLY_LINES)),
            ("dissent", dissent_lines(outcome, ranks, inner, DISSENT_LINES)),
            ("missing", [losses(outcome, inner)]),
            ("cost", [cost_line(outcome)]),
        ):
            filled = [line for line in block if line]
            rows += [
                [(f"{'' if index else label:<{LABEL}}", QUIET), *line] for index, line in enumerate(filled)
            ]
        return rows

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        width = min(options.max_width, CARD_WIDTH)
        for line in self.lines(width):
            yield to_text(line, width)


def outcome_card(outcome: Outcome, question: Question | None = None) -> OutcomeCard:
    """Return an outcome as something `rich` can print.

    Parameters
    ----------
    outcome : Outcome
    question : Question, optional
        Adds its text, and what the letters of a choice stand for.

    Examples
    --------
    >>> from rich.console import Console
    >>> console = Console(width=60, no_color=True)
    >>> console.print(outcome_card(Outcome(answer="5", winners=("5",), tally={"5": 3}, reason="all 3 agree")))
    ● 5  all 3 agree
    tally      ● 5  ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ 3
    cost       0 rounds · 0 calls · 0 tokens in · 0 out
    """
    return OutcomeCard(outcome, question)


def outcome_text(outcome: Outcome, question: Question | None = None) -> str:
    r"""Return an outcome as plain lines, each with its label, for logs and pipes.

    Examples
    --------
    >>> print(outcome_text(Outcome(answer="5", winners=("5",), tally={"5": 3}, reason="all 3 agree")))
    answer     5
    reason     all 3 agree
    tally      5: 3
    cost       0 rounds, 0 calls, 0 tokens in, 0 tokens out
    """
    rows = [("answer", named_answer(outcome.answer, question, 200)), ("reason", clean(outcome.reason, 400))]
    if len(outcome.winners) > 1:
        tied = ", ".join(clean(answer, 60) or "(blank)" for answer in outcome.winners)
        broken = f"broken by {clean(outcome.tie_break, 40)}" if outcome.tie_break else "not broken"
        rows.append(("tie", f"{tied}; {broken}"))
    rows += [("board", board_text(line, 200)) for line in outcome.board]
    order = sorted(outcome.tally, key=lambda answer: -_sortable(outcome.tally[answer]))
    rows += [
        ("tally", f"{clean(answer, 60) or '(blank)'}: {weight(outcome.tally[answer])}") for answer in order
    ]
    rows += [
        (
            "dissent",
            f"{clean(said.seat, 40)}: {clean(said.answer, 60) or '(blank)'} - {clean(said.text, 200)}",
        )
        for said in outcome.dissent
    ]
    if outcome.invalid:
        rows.append(("abstained", str(outcome.invalid)))
    if outcome.cut:
        rows.append(("cut", f"{outcome.cut} prompt{'s' * (outcome.cut != 1)}, to fit the context"))
    if outcome.failed:
        rows.append(("failed", ", ".join(clean(seat, 40) for seat in outcome.failed)))
    spent = f"{outcome.tokens_in} tokens in, {outcome.tokens_out} tokens out"
    rows.append(("cost", f"{outcome.rounds} rounds, {outcome.calls} calls, {spent}"))
    return "\n".join(f"{label:<{LABEL}}{text}".rstrip() for label, text in rows)


def board_text(line: BoardLine, limit: int) -> str:
    """Return a line of a board in plain text.

    Examples
    --------
    >>> board_text(BoardLine(seat="ada", text="58/2=29", confidence=0.93), 80)
    'ada: 58/2=29 (93 %)'
    """
    trust = f" ({percent(line.confidence)})" if line.confidence is not None else ""
    return f"{clean(line.seat, 40)}: {clean(line.text, limit)}{trust}"


def _sortable(value: float) -> float:
    return -math.inf if math.isnan(value) else value
