"""How figures are written: counts, money, seconds, p-values, and text that nobody should obey."""

from __future__ import annotations

import re

_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")


def visible(text: str) -> str:
    r"""Write out control characters and marks that turn the direction of what follows.

    Examples
    --------
    >>> visible("safe\u202egnp.exe")
    'safe‹202E›gnp.exe'
    """
    return _INVISIBLE.sub(lambda found: f"‹{ord(found[0]):04X}›", text)


def number(value: float) -> str:
    """Write an amount with three figures, in full from 100 on.

    Examples
    --------
    >>> number(2502.6), number(12.5), number(0.04155), number(5.0), number(0)
    ('2,503', '12.5', '0.0415', '5', '0')
    """
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}" if value else "0"


def percent(share: float) -> str:
    """Write a share in percent with one decimal.

    Examples
    --------
    >>> percent(0.784)
    '78.4'
    """
    return f"{100 * share:.1f}"


def points(difference: float) -> str:
    """Write a difference in percentage points with its sign; a true minus, none before zero.

    Examples
    --------
    >>> points(0.05), points(-0.123), points(-0.0001)
    ('+5.0', '−12.3', '0.0')
    """
    text = f"{100 * difference:+.1f}"
    return "0.0" if text in ("+0.0", "-0.0") else text.replace("-", "−")


def chance(p: float) -> str:
    """Write a p-value.

    Examples
    --------
    >>> chance(0.0391), chance(3e-9), chance(1)
    ('0.039', '< 0.001', '1')
    """
    if p < 0.001:
        return "< 0.001"
    return "1" if p >= 0.9995 else f"{p:.3f}" if p < 0.1 else f"{p:.2f}"


def count(many: int, one: str) -> str:
    """Write a number of things.

    Examples
    --------
    >>> count(1, "problem"), count(1000, "problem")
    ('1 problem', '1,000 problems')
    """
    return f"{many:,} {one}{'s' * (many != 1)}"
