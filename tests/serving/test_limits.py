"""The limits of a server: whom it refuses, and when it says to come back."""

from __future__ import annotations

from concurrent.futures import Future
from typing import Any

import pytest

from quorate.serving.limits import Places
from quorate.serving.refusals import Refusal


def test_a_refusal_says_in_words_and_in_its_header_when_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr("quorate.serving.limits.time.monotonic", lambda: now)
    places = Places(1)
    first: Future[Any] = Future()
    places.take(first)
    now = 2.2
    first.set_result(None)
    places.take(Future())
    with pytest.raises(Refusal, match="try again in") as caught:
        places.check()
    assert str(caught.value).endswith(f"try again in {caught.value.headers()['Retry-After']} s.")
