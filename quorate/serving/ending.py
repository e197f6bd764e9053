"""A web server that ends in time: debates may finish; whoever waits longer is told that it is ending."""

from __future__ import annotations

import asyncio
import socket

import uvicorn

from quorate.serving.sitting import Sitting

GRACE = 10.0
"""Seconds that debates have to end after ctrl-C; then they are given up, as they are at a second ctrl-C."""
FAREWELL = 2.0
"""Seconds that those have who are then told."""


class EndingServer(uvicorn.Server):
    """A server that closes its table when the time to end is over.

    On its own, a web server drops whoever still waits, without a word and with a traceback in its log.

    Parameters
    ----------
    config : uvicorn.Config
        The application, and how it is served.
    sitting : Sitting
        The table that its requests wait for.
    """

    def __init__(self, config: uvicorn.Config, sitting: Sitting) -> None:
        super().__init__(config)
        self._sitting = sitting

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more requests, and wait for those under way, but not for long."""
        closing = asyncio.get_running_loop().call_later(GRACE, self._sitting.close)
        await super().shutdown(sockets)
        closing.cancel()
        self._sitting.close()
        if self.server_state.tasks:
            await asyncio.wait(self.server_state.tasks, timeout=FAREWELL)
