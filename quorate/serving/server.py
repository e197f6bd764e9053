"""Runs the application on a socket until ctrl-C, then lets what goes on come to an end."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

from quorate.errors import BadOption, QuorateError
from quorate.serving.limits import Limits
from quorate.serving.panel import Panel
from quorate.serving.sitting import Sitting

if TYPE_CHECKING:
    import uvicorn

LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
"""Addresses and names that only this machine reaches."""


def listen(host: str, port: int) -> socket.socket:
    """Open the socket; port 0 takes a free one.

    Raises
    ------
    BadOption
        When it cannot be opened.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except (OSError, OverflowError) as problem:
        raise BadOption(
            f"Nothing can listen on {host} port {port}: {problem}. Choose another --port, or --host."
        ) from None


def address(opened: socket.socket) -> str:
    """Return the URL that clients are given."""
    host, port = opened.getsockname()[:2]
    return f"http://[{host}]:{port}/v1" if ":" in host else f"http://{host}:{port}/v1"


def serve(
    panel: Panel,
    opened: socket.socket,
    *,
    limits: Limits | None = None,
    key: str | None = None,
    announce: Callable[[str], None] = print,
) -> None:
    """Serve a panel until ctrl-C; debates under way have some seconds to end, and their clients hear of it.

    Parameters
    ----------
    panel : Panel
        What answers.
    opened : socket
        As `listen` returns it.
    limits : Limits, optional
        What is taken on.
    key : str, optional
        What clients must send as their API key.
    announce : callable
        Called with the URL when the models are loaded.

    Raises
    ------
    QuorateError
        When the web server is not installed, or a model cannot be loaded.
    """
    with Sitting(panel.definition) as sitting:
        ready = server(panel, sitting, limits=limits, key=key, local=opened.getsockname()[0] in LOCAL)
        announce(address(opened))
        ready.run(sockets=[opened])


def server(
    panel: Panel,
    sitting: Sitting,
    *,
    limits: Limits | None = None,
    key: str | None = None,
    local: bool = True,
) -> uvicorn.Server:
    """Return the server of an open sitting: `run(sockets=[...])` starts it, `should_exit` ends it."""
    try:
        import uvicorn

        from quorate.serving.app import Desk, application
        from quorate.serving.ending import FAREWELL, GRACE, EndingServer
    except ImportError as missing:
        raise QuorateError(f'Serving needs more: pip install "quorate[serve]" ({missing}).') from None
    desk = Desk(panel, sitting, limits or Limits(), key, local)
    config = uvicorn.Config(
        application(desk),
        log_level="warning",
        access_log=False,
        server_header=False,
        ws="none",
        lifespan="off",
        timeout_graceful_shutdown=round(GRACE + FAREWELL),
    )
    return EndingServer(config, sitting)
