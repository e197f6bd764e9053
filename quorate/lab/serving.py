"""A real OpenAI-compatible server on this machine: `transformers serve` with a local checkpoint.

with transformers_server("./checkpoints/base") as url:
Endpoint("./checkpoints/base", url=url)
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from quorate.errors import EndpointError


@contextmanager
def transformers_server(folder: str | Path, *, patience: float = 120.0) -> Iterator[str]:
    """Serve a checkpoint on a free loopback port, offline, for as long as the block lasts.

    Parameters
    ----------
    folder
        The checkpoint; the server knows it by this path.
    patience : float
        Seconds to wait until the server is up.

    Yields
    ------
    str
        The base URL to give to an `Endpoint`.

    Raises
    ------
    EndpointError
        When the server does not come up: it needs `pip install "transformers[serving]"`.
    """
    port = _free_port()
    program = Path(sys.executable).with_name("transformers")
    command = [
        str(program),
        "serve",
        str(folder),
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
        "--device",
        "cpu",
    ]
    with tempfile.TemporaryFile() as log, tempfile.TemporaryDirectory() as home:
        offline = {"HF_HUB_OFFLINE": "1", "HF_HOME": home, "NO_COLOR": "1"}
        process = subprocess.Popen(command, env=os.environ | offline, stdout=log, stderr=log)  # noqa: S603
        try:
            if not _comes_up(process, port, patience):
                log.seek(0)
                end = log.read()[-1500:].decode("utf-8", "replace")
                raise EndpointError(
                    'transformers serve did not start; it needs: pip install "transformers[serving]". '
                    f"Its last words:\n{end}"
                )
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            _stop(process)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _comes_up(process: subprocess.Popen[bytes], port: int, patience: float) -> bool:
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with direct.open(f"http://127.0.0.1:{port}/health", timeout=2):
                return True
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    return False


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)
