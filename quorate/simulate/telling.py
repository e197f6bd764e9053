"""Telling: forecasts, outlooks and checks as sections of sentences and tables, for any view."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from quorate.evaluate.dynamics.sections import Section, count
from quorate.simulate.checking import Check
from quorate.simulate.forecast import Forecast, ForecastRound
from quorate.simulate.outlook import Outlook, number

LEVELS = "▁▂▃▄▅▆▇█"
LONGEST = 24
"""Most rounds drawn in a line; of more, so many evenly apart."""


def plain(found: Forecast) -> str:
    """Write a forecast as plain text."""
    return str(rounds_of(found))


def plain_outlook(found: Outlook) -> str:
    """Write an outlook as plain text."""
    return "\n\n".join(map(str, sections(found)))


def sections(found: Outlook, *, detail: bool = False) -> Iterator[Section]:
    """Yield what there is to tell of an outlook; with `detail`, the rounds of every topology."""
    if len(found.forecasts) > 1:
        yield _side_by_side(found.forecasts)
    if detail or len(found.forecasts) == 1:
        yield from map(rounds_of, found.forecasts)
    yield Section.of("What it says", found.findings)
    if found.seconds is not None and found.peak_memory is not None:
        yield Section.of(
            f"{found.seconds:.1f} seconds, {found.peak_memory / 2**20:,.0f} MB of memory at most", []
        )


def _side_by_side(forecasts: Iterable[Forecast]) -> Section:
    held = list(forecasts)
    first = held[0]
    return Section.of(
        _about(first),
        [],
        (
            "topology",
            "messages a round",
            "spectral gap",
            "rounds to agree, at most",
            "in fact",
            "agreement",
            "agents right %",
            "vote right %",
            "tokens read",
        ),
        [_row(one) for one in held],
    )


def _about(one: Forecast) -> str:
    return (
        f"{count(one.agents, 'agent')}, {count(len(one.rounds), 'round')}, dynamics {one.dynamics}; "
        f"{count(one.questions, 'question')} simulated, intervals of 95 %"
    )


def _row(one: Forecast) -> tuple[str, ...]:
    return (
        one.topology,
        number(one.edges),
        _gap(one),
        _needed(one),
        "not yet" if one.rounds_taken is None else f"{one.rounds_taken:,}",
        f"{sparkline(held.agreement for held in one.rounds)} {100 * one.last.agreement:.0f} %",
        one.last.agents.percent,
        one.last.vote.percent,
        number(one.tokens_in),
    )


def _gap(one: Forecast) -> str:
    if one.gap is None:
        return "?"
    return f"{'' if one.gap_exact else '< '}{one.gap:.2g}"


def _needed(one: Forecast) -> str:
    if one.gap is None:
        return "?"
    if one.rounds_needed is None:
        return "never"
    return f"{'' if one.gap_exact else '> '}{number(one.rounds_needed)}"


def rounds_of(one: Forecast) -> Section:
    """Return the rounds of a forecast as a table."""
    needed = {"?": "an unknown number of", "never": "no number of"}.get(_needed(one), _needed(one))
    lines = [
        _about(one),
        f"{number(one.edges)} messages a round, density {one.density:.2g}, spectral gap {_gap(one)}: "
        f"averaging takes {needed} rounds to agree from the worst start",
        f"agreement {sparkline(held.agreement for held in one.rounds)}",
    ]
    columns = (
        "round",
        "agents right %",
        "vote right %",
        "agreement %",
        "distance",
        "messages",
        "tokens read",
        "tokens written",
    )
    return Section.of(one.topology, lines, columns, [*map(_round, one.rounds), _total(one)])


def _round(held: ForecastRound) -> tuple[str, ...]:
    return (
        str(held.number),
        held.agents.percent,
        held.vote.percent,
        f"{100 * held.agreement:.1f}",
        f"{held.distance:.3f}",
        number(held.messages),
        number(held.tokens_in),
        number(held.tokens_out),
    )


def _total(one: Forecast) -> tuple[str, ...]:
    sums = (number(one.messages), number(one.tokens_in), number(one.tokens_out))
    return ("all", "", "", "", "", *sums)


def sparkline(shares: Iterable[float]) -> str:
    """Draw shares between 0 and 1 as a line of blocks.

    Examples
    --------
    >>> sparkline([0.0, 0.5, 1.0])
    '▁▅█'
    """
    held = list(shares)
    if len(held) > LONGEST:
        held = [held[round(place * (len(held) - 1) / (LONGEST - 1))] for place in range(LONGEST)]
    return "".join(LEVELS[min(7, int(8 * share))] for share in held)


def check_section(found: Check) -> Section:
    """Return a check as a table: predicted beside measured, round by round."""
    lines = [
        f"{count(found.questions, 'question')}, {count(found.agents, 'agent')}; estimated from: "
        f"{found.fitted_on}",
        f"As predicted, within 95 % of runs, in {found.held} of {count(len(found.rounds) - 1, 'round')} of "
        f"talk; off by {100 * found.error:.1f} points on average, {100 * found.error_of_no_change:.1f} if "
        "nothing were to change.",
        "Assumed: all agents react alike, and each by itself; where skills differ, or agents of one base err "
        "together, runs differ by more than the intervals say.",
        *found.notes,
    ]
    rows = [
        (
            str(held.number),
            held.agents.percent,
            f"{100 * held.agents_measured:.1f}",
            held.vote.percent,
            f"{100 * held.vote_measured:.1f}",
            number(held.tokens_in),
            number(held.tokens_in_measured),
            "" if held.number == 1 else ("yes" if held.holds else "NO"),
        )
        for held in found.rounds
    ]
    columns = (
        "round",
        "agents right %",
        "measured",
        "vote right %",
        "measured ",
        "tokens read",
        "measured  ",
        "holds",
    )
    return Section.of(found.topology, lines, columns, rows)
