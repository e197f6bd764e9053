"""Untrusted text on a terminal: what is removed, what is kept, how wide it becomes."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from quorate.live.text import MARKS, amount, anchored, clean, clock, fit, percent, weight, wrap

NASTY = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from(
            "\x1b\x9b\x07\x00\x7f\u202e\u2066\u200b\u200d\ufe0f\u0301\u0336漢א١\U0001f1e9\ud800[]/m1;"
        ),
    ),
    max_size=200,
)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]8;;http://evil\x1b\\link\x1b]8;;\x07", "link"),
        ("\x1b]0;title never closed", "]0;title never closed"),
        ("\x9b2Jgone\x9d0;t\x9c", "gone"),
        ("\x1bPq#0\x1b\\sixel", "sixel"),
        ("one\r\ntwo\n\n\tthree\u2028four\x85five", "one two three four five"),
        ("a\u202eb\u2066c\u200fd\u200be\ufefff\u00adg", "abcdefg"),
        ("bell\x07 null\x00 del\x7f", "bell null del"),
        ("[bold red]5[/] :smile: \\[x]", "[bold red]5[/] :smile: \\[x]"),
        ("\U0001f1e9\U0001f1ea", "DE"),
        ("\U0001f468\u200d\U0001f469", "\U0001f468\U0001f469"),
        ("lone \ud800 surrogate", "lone \ufffd surrogate"),
        ("private \ue000 \U0010ffff", "private \ufffd \ufffd"),
        ("hidden \u3164\u115f\u2800 fillers", "hidden fillers"),
        ("\u0301 leading", "leading"),
        ("e\u0301", "é"),
        ("tag\U000e0041\U000e007f", "tag"),
        ("", ""),
    ],
)
def test_clean_keeps_the_words_and_drops_what_a_terminal_would_obey(text: str, shown: str) -> None:
    assert clean(text, 80) == shown


def test_piles_of_combining_marks_are_cut_down() -> None:
    assert clean("z" + "\u0336" * 50 + "!", 10) == "z" + "\u0336" * MARKS + "!"


@given(NASTY, st.integers(-1, 60))
def test_clean_text_is_one_harmless_line_within_its_limit(text: str, limit: int) -> None:
    shown = clean(text, limit)
    assert cell_len(shown) <= max(limit, 0)
    assert all(unicodedata.category(mark) not in {"Cc", "Cf", "Cs", "Zl", "Zp"} for mark in shown)
    assert shown == " ".join(shown.split())
    shown.encode("utf-8")


@given(NASTY)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    once = clean(text, 40)
    assert clean(once, 40) == once


@given(st.text(st.characters(categories=["L", "N", "P"]), max_size=80), st.integers(1, 40), st.integers(1, 5))
def test_wrapped_lines_fit_and_lose_nothing_without_an_ellipsis(text: str, width: int, lines: int) -> None:
    line = clean(text, 200)
    rows = wrap(line, width, lines)
    assert len(rows) <= lines
    assert all(cell_len(row) <= width for row in rows)
    if width > 1 and "…" not in "".join(rows):
        assert "".join(rows).replace(" ", "") == line.replace(" ", "")


def test_wrap_breaks_very_long_words_and_wide_ones() -> None:
    assert wrap("a" * 10, 4, 3) == ("aaaa", "aaaa", "aa")
    assert wrap("漢字漢字", 5, 2) == ("漢字", "漢字")
    assert wrap("漢", 1, 2) == ("…",)
    assert wrap("漢00", 1, 3) == ("…", "0", "0")
    assert wrap("words", 0, 2) == wrap("words", 5, 0) == ()


@given(NASTY, st.integers(-1, 30))
def test_fit_never_exceeds_the_width(text: str, width: int) -> None:
    assert cell_len(fit(clean(text, 60), width)) <= max(width, 0)


@pytest.mark.parametrize(
    "junk", ["\x1b]", "\u0301", "\x1b[", "\u200b", "\ud800", "\x1b[0;", "א\u0336", "\U0001f1e9"]
)
@pytest.mark.timeout(60)  # quadratic time would need minutes
def test_a_megabyte_of_junk_costs_no_more_than_what_is_shown(junk: str) -> None:
    text = junk * (1_000_000 // len(junk))
    assert cell_len(clean(text, 500)) <= 501


def test_a_cut_before_the_look_ahead_is_marked() -> None:
    assert clean("\u200b" * 10_000 + "answer", 20) == "…"


def test_right_to_left_text_is_anchored_and_other_text_is_not() -> None:
    assert anchored("שלום") == "שלום\u200e"
    assert anchored("١٢") == "١٢\u200e"
    assert anchored("plain é 漢") == "plain é 漢"


def test_numbers_are_short() -> None:
    assert [amount(n) for n in (0, 999, 1000, 99_949, 99_950, 999_499, 999_500, 3_200_000_000)] == [
        "0", "999", "1.0k", "99.9k", "100k", "999k", "1.0M", "3.2G",
    ]  # fmt: skip
    assert [clock(s) for s in (-1, 0, 59.9, 60, 3600, 1e300)] == [
        "0:00",
        "0:00",
        "0:59",
        "1:00",
        "1:00:00",
        "2777:46:40",
    ]
    assert [weight(v) for v in (3.0, 2.5, 1234.0)] == ["3", "2.5", "1234"]
    assert percent(2 / 3) == "67 %"
