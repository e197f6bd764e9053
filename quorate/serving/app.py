"""A debate behind an OpenAI-compatible endpoint, as a web application.

GET  /health                 whether questions are taken, and how many are open
GET  /v1/models              the one model there is: the definition
POST /v1/chat/completions    a question, answered by a deliberation, whole or as a stream of events
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import time
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import CancelledError
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from quorate.errors import QuorateError, did_you_mean
from quorate.events import Failed, Said
from quorate.serving.chats import read_chat
from quorate.serving.completions import BEAT, DONE, Completion, event
from quorate.serving.hearing import Hearing
from quorate.serving.limits import Limits, Places
from quorate.serving.minutes import Minutes, plain
from quorate.serving.panel import Panel
from quorate.serving.refusals import Refusal, refusal_of
from quorate.serving.server import LOCAL
from quorate.serving.sitting import Sitting

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

_log = logging.getLogger("uvicorn.error")
SLOWEST = 30.0
"""Seconds in which the body of a request must have come."""
GONE = 499
"""Status in the log for a client that hung up; nobody receives it."""


@dataclass
class Desk:
    """Takes requests in, puts their questions to the table, and hands out what comes back.

    Parameters
    ----------
    panel : Panel
        What answers.
    sitting : Sitting
        Its open table.
    limits : Limits
        What is taken on.
    key : str, optional
        What clients must send as their API key; it is compared and never shown, logged or recorded.
    local : bool
        Whether only requests to this machine's own names are answered, which keeps web pages from reaching
        the server under a name of theirs.
    """

    panel: Panel
    sitting: Sitting
    limits: Limits = field(default_factory=Limits)
    key: str | None = field(default=None, repr=False)
    local: bool = False

    def __post_init__(self) -> None:
        self._places = Places(self.limits.requests)
        self._opened = int(time.time())

    async def health(self, request: Request) -> Response:
        """Say whether questions are taken."""
        status = "ok" if self.sitting.open else "closed"
        known = {"status": status, "debates": self._places.taken, "most": self.limits.requests}
        return JSONResponse(known, 200 if self.sitting.open else 503)

    async def models(self, request: Request) -> Response:
        """List the one model."""
        self._admit(request)
        return JSONResponse({"object": "list", "data": [self._model()]})

    async def model(self, request: Request) -> Response:
        """Describe the model, if it is the one."""
        self._admit(request)
        self._check_name(request.path_params["name"])
        return JSONResponse(self._model())

    async def complete(self, request: Request) -> Response:
        """Answer a chat request."""
        self._admit(request)
        body = await self._body(request)
        chat = read_chat(body, characters=self.limits.characters, kind=self.panel.kind)
        self._check_name(chat.model)
        self._places.check()
        hearing = Hearing(self.sitting, chat.question, seconds=self.limits.seconds)
        self._places.take(hearing.future)
        completion = Completion(chat, Minutes(chat.question, self.panel.readable))
        if chat.stream:
            return _Stream(_pieces(hearing, completion), hearing)
        try:
            return await _unless_gone(request, _whole(hearing, completion))
        finally:
            hearing.give_up()

    def _admit(self, request: Request) -> None:
        if self.local and _host(request) not in LOCAL:
            raise Refusal(403, "This server answers to the names of this machine only.", code="bad_host")
        if self.key is None:
            return
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), self.key.encode()):
            raise Refusal(401, "The API key is missing or wrong.", code="invalid_api_key")

    async def _body(self, request: Request) -> bytes:
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            # Also keeps web pages out: without asking first, a browser sends other types only.
            raise Refusal(415, "Send JSON, with the header Content-Type: application/json.")
        try:
            async with asyncio.timeout(SLOWEST):
                return await _read(request, self.limits.body)
        except TimeoutError:
            raise Refusal(408, f"The request did not come within {SLOWEST:g} seconds.") from None

    def _check_name(self, name: str) -> None:
        if name != self.panel.name:
            raise Refusal(
                404,
                f"There is no model {plain(name)[:80]!r}. {did_you_mean(name[:80], [self.panel.name])}",
                code="model_not_found",
                param="model",
            )

    def _model(self) -> dict[str, Any]:
        return {"id": self.panel.name, "object": "model", "created": self._opened, "owned_by": "quorate"}


def application(desk: Desk) -> Starlette:
    """Return the web application of a desk, for any ASGI server.

    Examples
    --------
    >>> from quorate import Agent, Definition, Scripted
    >>> panel = Panel.of(Definition([Agent("ada", Scripted("Answer: 5"))]))
    >>> [route.path for route in application(Desk(panel, Sitting(panel.definition))).routes]
    ['/health', '/v1/models', '/v1/models/{name:path}', '/v1/chat/completions']
    """
    routes = [
        Route("/health", desk.health),
        Route("/v1/models", desk.models),
        Route("/v1/models/{name:path}", desk.model),
        Route("/v1/chat/completions", desk.complete, methods=["POST"]),
    ]
    return Starlette(
        routes=routes,
        exception_handlers=dict.fromkeys([QuorateError, CancelledError, HTTPException, Exception], _refuse),
    )


def _asked(request: Request) -> str:
    return f"{request.method} {plain(request.scope['path'])[:80]}"


def _host(request: Request) -> str | None:
    try:
        return request.url.hostname
    except ValueError:  # what the client calls us is no name at all
        return None


async def _refuse(request: Request, problem: Exception) -> Response:
    if isinstance(problem, HTTPException):
        refusal = Refusal(problem.status_code, f"{_asked(request)}: {problem.detail}.")
    else:
        refusal = refusal_of(problem)
        if refusal.status >= 500:
            _log.warning("%s: %s", _asked(request), plain(str(problem)))
    headers = dict(getattr(problem, "headers", None) or {}) if isinstance(problem, HTTPException) else {}
    return JSONResponse(refusal.body(), refusal.status, {**headers, **refusal.headers()})


async def _read(request: Request, most: int) -> bytes:
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise Refusal(413, f"The request has more than the {most:,} bytes that this server takes.")
        parts.append(part)
    return b"".join(parts)


async def _whole(hearing: Hearing, completion: Completion) -> Response:
    async with aclosing(hearing.follow()) as events:
        async for happened in events:
            if happened is not None:
                completion.minutes(happened)
    _check_answered(completion.minutes)
    return JSONResponse(completion.whole())


async def _pieces(hearing: Hearing, completion: Completion) -> AsyncIterator[str]:
    """Yield the events of a stream: the rounds as they happen, the answer, the counts; or what went wrong."""
    chat, minutes = completion.chat, completion.minutes
    yield completion.piece({"role": "assistant", "content": ""})
    try:
        async with aclosing(hearing.follow()) as events:
            async for happened in events:
                if happened is None:
                    yield BEAT
                    continue
                minutes(happened)
                if chat.reasoning and isinstance(happened, (Said, Failed)):
                    yield completion.piece({"reasoning_content": minutes.told(happened.message)})
        _check_answered(minutes)
    except Exception as problem:
        _log.warning("A stream broke off: %s", plain(str(problem)))
        yield event(refusal_of(problem).body())
        return
    yield completion.piece({"content": minutes.closing()})
    yield completion.piece({}, finish="stop", quorate=completion.about())
    if chat.usage:
        yield completion.count()
    yield DONE


def _check_answered(minutes: Minutes) -> None:
    if minutes.nobody_answered:
        first = minutes.messages[0]
        raise Refusal(
            502,
            f"Every agent failed; {first.seat} says: {plain(first.error or '')}",
            code="agents_failed",
        )


async def _unless_gone(request: Request, work: Coroutine[Any, Any, Response]) -> Response:
    """Do the work unless the client hangs up first."""
    working, gone = asyncio.ensure_future(work), asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait({working, gone}, return_when=asyncio.FIRST_COMPLETED)
        return await working if working.done() else Response(status_code=GONE)
    finally:
        working.cancel()
        gone.cancel()


async def _gone(request: Request) -> None:
    """Return when the client has hung up."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


class _Stream(StreamingResponse):
    """A stream of events that gives its question up when it ends early, however it ends."""

    def __init__(self, pieces: AsyncIterator[str], hearing: Hearing) -> None:
        headers = {"Cache-Control": "no-cache", "X-Accel-Buffering": "no"}
        super().__init__(pieces, headers=headers, media_type="text/event-stream")
        self._hearing = hearing

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        except ClientDisconnect:
            pass
        finally:
            self._hearing.give_up()
