"""Preference: how often a judge or a reader prefers one text to another, ties counted half."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, get_args

from quorate.errors import BadOption, did_you_mean
from quorate.evaluate.claims import mcnemar
from quorate.evaluate.statistics import Rate
from quorate.nouns import Noun

Verdict = Literal["win", "tie", "loss"]
_TURNED: dict[Verdict, Verdict] = {"win": "loss", "tie": "tie", "loss": "win"}


class Preference(Noun):
    """How often one side was preferred.

    Examples
    --------
    >>> found = Preference.of(["win"] * 6 + ["tie"] * 2 + ["loss"] * 2)
    >>> found.share, found.rate.percent, round(found.p, 3)
    (0.7, '70 [40, 89]', 0.289)
    """

    won: int = 0
    tied: int = 0
    lost: int = 0

    @classmethod
    def of(cls, verdicts: Iterable[Verdict]) -> Preference:
        """Count verdicts; BadOption for one that is none.

        Examples
        --------
        >>> Preference.of(["win", "wins"])
        Traceback (most recent call last):
        ...
        quorate.errors.BadOption: There is no verdict 'wins'. Did you mean 'win'?
        """
        held = [_checked(verdict) for verdict in verdicts]
        return cls(won=held.count("win"), tied=held.count("tie"), lost=held.count("loss"))

    @property
    def share(self) -> float:
        """The win rate: wins and half the ties, of all; 0.5 of none."""
        count = self.won + self.tied + self.lost
        return (self.won + self.tied / 2) / count if count else 0.5

    @property
    def rate(self) -> Rate:
        """The win rate with its interval (Wilson 1927), a little wide where there are ties."""
        return Rate.count(self.won + self.tied / 2, self.won + self.tied + self.lost)

    @property
    def p(self) -> float:
        """The exact two-sided p-value of the sign test (Dixon and Mood 1946); ties say nothing."""
        return mcnemar(self.won, self.lost)


def both_orders(first: Verdict, second: Verdict) -> Verdict:
    """Return the verdict on a pair that was shown in both orders; one that depends on the order is a tie.

    Parameters
    ----------
    first : {"win", "tie", "loss"}
        For the text that stood first.
    second : {"win", "tie", "loss"}
        For the text that stood first the other time: the other one.

    Notes
    -----
    Zheng et al. 2023 (arXiv:2306.05685), section 3.4.

    Examples
    --------
    >>> both_orders("win", "loss"), both_orders("win", "win")
    ('win', 'tie')
    """
    turned = _TURNED[_checked(second)]
    return turned if _checked(first) == turned else "tie"


def _checked(verdict: Verdict) -> Verdict:
    if verdict not in _TURNED:
        known = get_args(Verdict)
        raise BadOption(f"There is no verdict {verdict!r}. {did_you_mean(str(verdict), known)}")
    return verdict
