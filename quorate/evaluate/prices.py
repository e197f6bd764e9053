"""Prices: what calls cost in money, from a table by model name.

A table is a YAML file (or the same as a mapping), in money per million tokens:

    currency: USD
    models:
      gpt-4o-mini: {in: 0.15, cached: 0.075, out: 0.60}
      "Qwen/*":    {in: 0, out: 0}

A name with `*`, `?` or `[...]` is a pattern. The name itself goes before any pattern, and of several
patterns that fit the one with the most plain characters counts.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

from quorate.errors import BadOption, did_you_mean
from quorate.nouns import Noun
from quorate.yaml_files import parse_yaml

MILLION = 1_000_000
_EXAMPLE = "write it as {models: {gpt-4o-mini: {in: 0.15, cached: 0.075, out: 0.60}}}"
_WILD = re.compile(r"\[[^\]]*\]|[*?]")


class Price(Noun):
    """Money per million tokens: read, read from a cache, written."""

    read: float
    cached: float
    written: float

    def money(self, tokens_in: float, tokens_out: float, cached: float = 0.0) -> float:
        """Return what tokens cost; `cached` are those of `tokens_in` that came from a cache.

        Examples
        --------
        >>> Price(read=2.0, cached=1.0, written=8.0).money(1_000_000, 500_000, cached=400_000)
        5.6
        """
        held = min(cached, tokens_in)
        total = (tokens_in - held) * self.read + held * self.cached + tokens_out * self.written
        return total / MILLION


class Prices(Noun):
    """A price table.

    Examples
    --------
    >>> prices = Prices.load({"models": {"small-*": {"in": 1, "out": 2}, "small-free": {"in": 0, "out": 0}}})
    >>> prices.money("small-4", 2_000_000, 1_000_000)
    4.0
    >>> prices.money("small-free", 2_000_000, 1_000_000), prices.money("large", 1, 1)
    (0.0, None)
    """

    currency: str = "USD"
    models: dict[str, Price]

    @classmethod
    def load(cls, source: str | Path | Mapping[str, Any]) -> Prices:
        """Read a price table from a YAML file or from a mapping.

        Raises
        ------
        BadOption
            Naming the file, the model and the fix: an unreadable file, a model named twice, an unknown
            or missing key, a price that is not a number of at least 0.

        Examples
        --------
        >>> Prices.load({"models": {"gpt-4o-mini": {"in": 0.15, "output": 0.6}}})
        Traceback (most recent call last):
        ...
        quorate.errors.BadOption: prices: 'gpt-4o-mini' has an unknown key 'output'. Did you mean 'out'?
        """
        if isinstance(source, Mapping):
            return _table(source, "prices")
        path = Path(source)
        try:
            data = parse_yaml(path.read_text("utf-8"))
        except (OSError, UnicodeDecodeError) as problem:
            raise BadOption(f"The price table {path} cannot be read: {problem}.") from None
        except yaml.YAMLError as problem:
            raise BadOption(f"{path} is not valid YAML: {' '.join(str(problem).split())}.") from None
        return _table(data, str(path))

    def find(self, model: str) -> Price | None:
        """Return the price of a model, by its name or by the nearest pattern; None when there is none."""
        if model in self.models:
            return self.models[model]
        fits = [name for name in self.models if _WILD.search(name) and fnmatchcase(model, name)]
        return self.models[max(fits, key=_plain_length)] if fits else None

    def money(self, model: str, tokens_in: float, tokens_out: float, cached: float = 0.0) -> float | None:
        """Return what a call cost, in `currency`; None when the table does not know the model.

        Parameters
        ----------
        model : str
        tokens_in, tokens_out : float
            Tokens read and written.
        cached : float
            Those of `tokens_in` that came from a cache.
        """
        price = self.find(model)
        return None if price is None else price.money(tokens_in, tokens_out, cached)

    @property
    def spelling(self) -> dict[str, Any]:
        """The table as `load` reads it."""
        rows = {
            name: {"in": price.read, "cached": price.cached, "out": price.written}
            for name, price in self.models.items()
        }
        return {"currency": self.currency, "models": rows}


def _plain_length(pattern: str) -> int:
    return len(_WILD.sub("", pattern))


def _table(data: Any, where: str) -> Prices:
    if not isinstance(data, Mapping) or not isinstance(data.get("models"), Mapping) or not data["models"]:
        raise BadOption(f"{where}: a price table lists models; {_EXAMPLE}.")
    for key in data:
        if key not in ("currency", "models"):
            raise BadOption(f"{where}: unknown key '{key}'. {did_you_mean(str(key), ('currency', 'models'))}")
    currency = data.get("currency", "USD")
    if not isinstance(currency, str) or not currency.strip():
        raise BadOption(f"{where}: the currency is a name such as USD, not {currency!r}.")
    rows = {str(name): _price(row, f"{where}: '{name}'") for name, row in data["models"].items()}
    return Prices(currency=currency, models=rows)


def _price(row: Any, where: str) -> Price:
    if not isinstance(row, Mapping):
        raise BadOption(f"{where} has no prices; {_EXAMPLE}.")
    for key in row:
        if key not in ("in", "cached", "out"):
            raise BadOption(
                f"{where} has an unknown key '{key}'. {did_you_mean(str(key), ('in', 'cached', 'out'))}"
            )
    read, written = _amount(row, "in", where), _amount(row, "out", where)
    return Price(
        read=read, cached=_amount(row, "cached", where) if "cached" in row else read, written=written
    )


def _amount(row: Mapping[str, Any], key: str, where: str) -> float:
    if key not in row:
        raise BadOption(f"{where} has no price '{key}', in money per million tokens.")
    value = row[key]
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < math.inf:
        raise BadOption(f"{where} has the price '{key}' {value!r}; a price is a number of at least 0.")
    return float(value)
