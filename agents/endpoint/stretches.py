"""The lines of a completion and how likely the server found each, where it sends its tokens' logprobs.

{"content": [{"token": "5", "bytes": [53], "logprob": -0.2}, ...]}      from a chat server
{"tokens": ["5", ...], "token_logprobs": [-0.2, ...]}                   from a plain completions server
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from quorate.agents.endpoint.completion import is_number
from quorate.nouns import Stretch


def read_stretches(logprobs: Any, text: str) -> tuple[Stretch, ...]:
    r"""Return the lines of a text with the sums of their tokens' log-probabilities.

    A token that spans a line break belongs to the line it starts in; tokens behind the text to its last one.
    Empty when the server sent no tokens, or when these are not the text.

    Examples
    --------
    >>> read_stretches({"tokens": ["2+3", "=5\n", "5"], "token_logprobs": [-0.5, -1.0, -0.25]}, "2+3=5\n5")
    (Stretch(end=6, logprob=-1.5, confidence=None), Stretch(end=7, logprob=-0.25, confidence=None))
    >>> read_stretches({"tokens": ["6"], "token_logprobs": [-0.5]}, "5")
    ()
    """
    pairs = _pairs(logprobs)
    tokens = [_bytes(token) for token, _ in pairs]
    written = b"".join(token for token in tokens if token is not None)
    sound = None not in tokens and all(is_number(logprob) for _, logprob in pairs)
    if not text or not sound or not written.startswith(text.encode()):
        return ()
    ends = [place + 1 for place, character in enumerate(text) if character == "\n" or place == len(text) - 1]
    totals = [0.0] * len(ends)
    line = 0
    for token, (_, logprob) in zip(tokens, pairs, strict=True):
        totals[min(line, len(ends) - 1)] += logprob
        line += (token or b"").count(b"\n")
    return tuple(Stretch(end=end, logprob=total) for end, total in zip(ends, totals, strict=True))


def _pairs(logprobs: Any) -> list[tuple[Any, Any]]:
    """Return (token, log-probability) pairs, neither checked yet."""
    if not isinstance(logprobs, Mapping):
        return []
    content = logprobs.get("content")
    if isinstance(content, list):
        return [(token, token.get("logprob")) for token in content if isinstance(token, Mapping)]
    tokens, values = logprobs.get("tokens"), logprobs.get("token_logprobs")
    if isinstance(tokens, list) and isinstance(values, list) and len(tokens) == len(values):
        return list(zip(tokens, values, strict=True))
    return []


def _bytes(token: Any) -> bytes | None:
    """Return what a token adds to the text; the bytes are exact where a character takes several tokens."""
    if isinstance(token, Mapping):
        given = token.get("bytes")
        if isinstance(given, list) and all(type(byte) is int and 0 <= byte < 256 for byte in given):
            return bytes(given)
        token = token.get("token")
    return token.encode("utf-8", "replace") if isinstance(token, str) else None
