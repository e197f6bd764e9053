"""A server that is told to end while debates go on."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from quorate.protocols import vote
from quorate.serving import Panel, Sitting
from quorate.serving.server import address, listen, server
from tests.serving.conftest import ASKED, trio

openai = pytest.importorskip("openai", reason="quorate[endpoint] is not installed")
pytest.importorskip("uvicorn", reason="quorate[serve] is not installed")


@pytest.mark.parametrize("stream", [False, True])
def test_who_still_waits_when_the_time_is_over_is_told(
    gate: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, stream: bool
) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr("quorate.serving.ending.GRACE", 0.05)
    model = gate()
    definition = trio(model, vote)
    with listen("127.0.0.1", 0) as opened, Sitting(definition) as sitting, ThreadPoolExecutor(1) as pool:
        running = server(Panel.of(definition, name="study"), sitting)
        thread = threading.Thread(target=running.run, kwargs={"sockets": [opened]}, daemon=True)
        thread.start()
        with openai.OpenAI(base_url=address(opened), api_key="none", max_retries=0, timeout=30) as client:
            ask = client.chat.completions.create
            waiting = pool.submit(lambda: list(ask(model="study", messages=ASKED, stream=stream)))
            model.wait()
            running.should_exit = True
            with pytest.raises(openai.APIError, match="shutting down") as caught:
                waiting.result(20)
        thread.join(timeout=20)
    assert not thread.is_alive()
    if not stream:
        assert caught.value.status_code == 503
    assert model.closed
