"""Prices: the nearest pattern counts, an unknown model has none, a bad table is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.errors import BadOption
from quorate.evaluate.prices import Prices

TABLE = {
    "currency": "EUR",
    "models": {
        "gpt-4o*": {"in": 2.5, "out": 10},
        "gpt-4o-mini*": {"in": 0.15, "cached": 0.075, "out": 0.6},
        "gpt-4o-mini-audio": {"in": 9, "out": 9},
        "Qwen/*": {"in": 0, "out": 0},
        "llama-[0-9]b": {"in": 1, "out": 1},
    },
}


def test_the_nearest_name_counts() -> None:
    prices = Prices.load(TABLE)
    assert prices.currency == "EUR"
    million = {
        name: prices.money(name, 1_000_000, 0)
        for name in (
            "gpt-4o",
            "gpt-4o-mini-2024",
            "gpt-4o-mini-audio",
            "Qwen/Q",
            "llama-7b",
            "llama-70b",
            "GPT-4o",
        )
    }
    assert list(million.values()) == [2.5, 0.15, 9.0, 0.0, 1.0, None, None]


def test_cached_tokens_have_their_own_price_or_the_full_one() -> None:
    prices = Prices.load(TABLE)
    assert prices.money("gpt-4o-mini", 2_000_000, 1_000_000, 1_000_000) == pytest.approx(0.15 + 0.075 + 0.6)
    assert prices.money("gpt-4o", 2_000_000, 0, 1_000_000) == prices.money("gpt-4o", 2_000_000, 0)


@given(st.integers(0, 10**7), st.integers(0, 10**7), st.integers(0, 10**8))
def test_money_is_never_below_nothing_and_a_cache_never_dearer(read: int, written: int, cached: int) -> None:
    prices = Prices.load(TABLE)
    cold, warm = (
        prices.money("gpt-4o-mini", read, written),
        prices.money("gpt-4o-mini", read, written, cached),
    )
    assert cold is not None
    assert warm is not None
    assert 0 <= warm <= cold + 1e-12


def test_a_file_and_its_spelling(tmp_path: Path) -> None:
    path = tmp_path / "prices.yaml"
    path.write_text("models:\n  gpt-4o: {in: 2.5, out: 10}\n  'Qwen/*': {in: 0, out: 0}\n")
    prices = Prices.load(path)
    assert prices.currency == "USD"
    assert prices.money("gpt-4o", 100, 10) == pytest.approx(0.00035)
    assert Prices.load(prices.spelling) == prices == Prices.load(str(path))


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        ([], "a price table lists models; write it as"),
        ({"models": {}}, "a price table lists models"),
        ({"gpt-4o": {"in": 1, "out": 2}}, "a price table lists models"),
        (
            {"models": {"m": {"in": 1, "out": 2}}, "curency": "EUR"},
            "unknown key 'curency'. Did you mean 'currency'",
        ),
        ({"models": {"m": {"in": 1, "out": 2}}, "currency": 1}, "the currency is a name such as USD, not 1"),
        ({"models": {"m": 3}}, "'m' has no prices"),
        ({"models": {"m": {"in": 1}}}, "'m' has no price 'out'"),
        (
            {"models": {"m": {"in": 1, "out": 2, "cach": 0}}},
            "'m' has an unknown key 'cach'. Did you mean 'cached'",
        ),
        (
            {"models": {"m": {"in": -1, "out": 2}}},
            "'m' has the price 'in' -1; a price is a number of at least 0",
        ),
        ({"models": {"m": {"in": True, "out": 2}}}, "the price 'in' True"),
        ({"models": {"m": {"in": "free", "out": 2}}}, "the price 'in' 'free'"),
        ({"models": {"m": {"in": float("nan"), "out": 2}}}, "the price 'in' nan"),
        ({"models": {"m": {"in": 1, "out": float("inf")}}}, "the price 'out' inf"),
    ],
)
def test_a_bad_table_is_named(tmp_path: Path, table: Any, sentence: str) -> None:
    import yaml

    path = tmp_path / "prices.yaml"
    path.write_text(yaml.safe_dump(table))
    with pytest.raises(BadOption, match=sentence) as caught:
        Prices.load(path)
    assert str(caught.value).startswith(str(path))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadOption, match="cannot be read"):
        Prices.load(tmp_path / "none.yaml")
    path = tmp_path / "prices.yaml"
    for text, sentence in [
        ("models: {", "is not valid YAML"),
        ("models:\n  m: {in: 1, out: 2}\n  m: {in: 3, out: 4}\n", "'m' is given twice"),
        ("models: !!python/object/apply:os.getcwd []\n", "is not valid YAML"),
    ]:
        path.write_text(text)
        with pytest.raises(BadOption, match=sentence):
            Prices.load(path)
    path.write_bytes(b"models: \xff\xfe")
    with pytest.raises(BadOption, match="cannot be read"):
        Prices.load(path)
