"""`quorate serve`, as a process: it answers, and ends when it is told to."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.serving.conftest import until

pytest.importorskip("uvicorn", reason="quorate[serve] is not installed")
openai = pytest.importorskip("openai", reason="quorate[endpoint] is not installed")

STUDY = """
agents:
  - {name: ada, model: {scripted: {script: "17*3 is 51. Answer: 51"}}}
  - {name: bo, model: {scripted: {script: ["Answer: 41", "Answer: 51"]}}}
protocol: {debate: {rounds: 3}}
"""


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.delenv("QUORATE_API_KEY", raising=False)
    (tmp_path / "study.yaml").write_text(STUDY, "utf-8")
    running: list[subprocess.Popen[str]] = []

    def run(*given: str) -> subprocess.Popen[str]:
        command = [sys.executable, "-m", "quorate", "serve", *given]
        running.append(
            subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        )
        return running[-1]

    yield run
    for process in running:
        process.kill()
        process.communicate()


def url_of(process: subprocess.Popen[str]) -> tuple[str, str]:
    assert process.stderr is not None
    said = ""
    while not (found := re.search(r"at (http://\S+) ", said)):
        line = process.stderr.readline()
        assert line, said
        said += line
    return found[1], said


def test_it_serves_until_ctrl_c(start: Callable[..., Any]) -> None:
    process = start("study.yaml", "--port", "0")
    url, _ = url_of(process)
    assert url.startswith("http://127.0.0.1:")
    with openai.OpenAI(base_url=url, api_key="none") as client:
        (model,) = client.models.list()
        asked = [{"role": "user", "content": "What is 17*3?"}]
        completion = client.chat.completions.create(model=model.id, messages=asked)
    assert model.id == "study"
    assert completion.choices[0].message.content.endswith("Answer: 51")
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Stopped." in said
    assert "Traceback" not in said


SLOW = """
import time
from quorate import Agent, Definition, Scripted

def say(ask, occasion):
    time.sleep(4)
    return "Answer: 5"

definition = Definition([Agent("ada", Scripted(say))])
"""


def test_a_second_ctrl_c_ends_it_at_once_and_clients_are_told(
    start: Callable[..., Any], tmp_path: Path
) -> None:
    (tmp_path / "slow.py").write_text(SLOW, "utf-8")
    process = start("slow.py", "--port", "0")
    url, _ = url_of(process)
    with openai.OpenAI(base_url=url, api_key="none", max_retries=0) as client:
        asked = [{"role": "user", "content": "What is 17*3?"}]
        stream = client.chat.completions.create(model="slow", messages=asked, stream=True)
        next(stream)
        process.send_signal(signal.SIGINT)
        refused = until(lambda: not _listens(url))
        process.send_signal(signal.SIGINT)
        with pytest.raises(openai.APIError, match="shutting down"):
            list(stream)
    assert refused
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Stopped." in said
    assert "Traceback" not in said


def _listens(url: str) -> bool:
    parts = urlsplit(url)
    try:
        socket.create_connection((str(parts.hostname), int(parts.port or 0)), timeout=5).close()
    except OSError:
        return False
    return True


def test_a_key_is_read_from_the_environment_and_not_repeated(
    start: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUORATE_API_KEY", "s3cret")
    process = start("study.yaml", "--port", "0")
    url, said = url_of(process)
    with openai.OpenAI(base_url=url, api_key="wrong") as client, pytest.raises(openai.AuthenticationError):
        client.models.list()
    with openai.OpenAI(base_url=url, api_key="s3cret") as client:
        assert [model.id for model in client.models.list()] == ["study"]
    process.send_signal(signal.SIGINT)
    out, rest = process.communicate(timeout=60)
    assert "s3cret" not in said + rest + out


def test_what_cannot_be_served_is_said_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from quorate.cli import main
    from quorate.serving.server import listen

    monkeypatch.chdir(tmp_path)
    Path("study.yaml").write_text(STUDY, "utf-8")
    with listen("127.0.0.1", 0) as taken:
        port = str(taken.getsockname()[1])
        for given, words in (
            (["study.yaml", "--port", port], f"Nothing can listen on 127.0.0.1 port {port}"),
            (["nowhere.yaml"], "There is no definition file nowhere.yaml"),
            (["study.yaml", "--seconds", "0"], "The limit of seconds must be positive"),
            (["study.yaml", "--pool", "x"], "leave out the definition or the pool"),
        ):
            monkeypatch.setattr(sys, "argv", ["quorate", "serve", *given])
            with pytest.raises(SystemExit) as ended:
                main()
            assert ended.value.code == 1
            assert words in " ".join(capsys.readouterr().err.split())


def test_others_are_let_in_with_a_warning_where_no_key_is_set(start: Callable[..., Any]) -> None:
    process = start("study.yaml", "--port", "0", "--host", "0.0.0.0")
    _, said = url_of(process)
    assert "set QUORATE_API_KEY to ask for a key" in said
