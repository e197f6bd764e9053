"""The connection to an OpenAI-compatible server: address, key, sockets, and a sentence for all that fails.

    Connection("http://127.0.0.1:8000/v1").post("/chat/completions", {"model": ..., "messages": [...]})

goes through the official `openai` client, which repeats what a busy or broken server refused. The key is
read from the environment when the connection is opened; no message, log line or pickle holds it.
"""

from __future__ import annotations

import base64
import contextlib
import difflib
import os
import re
import socket
import threading
import weakref
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from quorate.errors import BadOption, EndpointError, ModelError, did_you_mean

if TYPE_CHECKING:
    import openai

OPENAI = "https://api.openai.com/v1"
NO_KEY = "no-key"
"""Sent where no key is set: the client insists on one, and servers that need none ignore it."""
FIRST_CONTACT = 10.0
"""Most seconds to wait for a connection, and for the list of models."""
LONGEST_QUOTE = 200
"""Characters of a server's own words that an error repeats."""


class Connection:
    """One pool of connections to a server, shared by all threads that ask it.

    Parameters
    ----------
    url : str, optional
        As for `Endpoint`.
    key_env : str
        Environment variable that holds the key.
    concurrency : int
        Connections kept.
    timeout : float
        Seconds to wait for an answer.
    retries : int
        How often to repeat a request that met a busy server, an error on its side or a broken connection.

    Examples
    --------
    >>> Connection("https://me:secret@example.org/v1?tenant=7").shown
    'https://example.org/v1'
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        key_env: str = "OPENAI_API_KEY",
        concurrency: int = 16,
        timeout: float = 60.0,
        retries: int = 4,
    ) -> None:
        self.url = url
        self.key_env = key_env
        self.concurrency = concurrency
        self.timeout = timeout
        self.retries = retries
        self._client: openai.OpenAI | None = None
        self._lock = threading.Lock()
        self._wires: weakref.WeakSet[Any] = weakref.WeakSet()
        if url is not None:
            self._address()

    @property
    def shown(self) -> str:
        """The address without credentials and query."""
        return _bare(self._address())

    def open(self) -> None:
        """Make the client, once; ModelError when the `openai` package is not installed."""
        with self._lock:
            self._client = self._client or self._connect()

    def close(self) -> None:
        """Break off what is in flight and close the sockets; may be called twice."""
        with self._lock:
            client, self._client = self._client, None
            wires = list(self._wires)
        if client is None:
            return
        for wire in wires:
            # Closing alone would leave a thread that reads from the socket waiting until its time-out.
            with contextlib.suppress(OSError):
                wire.get_extra_info("socket").shutdown(socket.SHUT_RDWR)
        client.close()

    def post(self, path: str, body: dict[str, Any]) -> object:
        """Post a request and return the parsed answer, or its text when it is no JSON.

        Raises
        ------
        EndpointError
            When the connection is not open.
        Exception
            Whatever the client raises; `explain` turns it into a sentence.
        """
        client = self._client
        if client is None:
            raise EndpointError(f"{self.shown} is not connected: call prepare() first.")
        return client.post(path, cast_to=object, body=body)

    def models(self) -> list[str]:
        """List the names of the models the server says it has.

        Raises
        ------
        Exception
            Whatever the client raises; many servers list nothing.
        """
        client = self._client
        if client is None:
            return []
        listed: Any = client.get(
            "/models",
            cast_to=object,
            options={
                "max_retries": 0,
                "timeout": min(self.timeout, FIRST_CONTACT),
                # Servers that fail on this route hang up right after their answer; a request that
                # had taken the connection over in that moment would be lost.
                "headers": {"Connection": "close"},
            },
        )
        rows = listed.get("data") if isinstance(listed, dict) else None
        names = [row.get("id") for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
        return [name for name in names if isinstance(name, str)]

    def greet(self) -> EndpointError | None:
        """Return what is wrong when nobody answers at the address or the key is refused, else None."""
        try:
            self.models()
        except Exception as problem:  # a server without this route is fine, and so is a slow one
            if _unreachable(problem) or _status(problem) == 401:
                return self.explain(problem, "")
        return None

    def error(self, sentence: str) -> EndpointError:
        """Return an error about this server, free of its key."""
        return EndpointError(self.scrub(f"{self.shown} {sentence}"))

    def scrub(self, text: str) -> str:
        """Return `text` with the key and the password replaced, should the server repeat them."""
        key = self._client.api_key if self._client is not None else os.environ.get(self.key_env)
        for secret in (key, self._address().password):
            if secret and secret != NO_KEY:
                text = text.replace(secret, "[key]")
        return text

    def quote(self, text: str) -> str:
        """Return a server's own words fit for an error: one short line of printable characters, no key."""
        line = " ".join("".join(mark if mark.isprintable() else " " for mark in self.scrub(text)).split())
        return line if len(line) <= LONGEST_QUOTE else line[: LONGEST_QUOTE - 1] + "…"

    def explain(self, problem: Exception, model: str) -> EndpointError:
        """Turn whatever the client raised into a sentence that names the place and the fix."""
        if isinstance(problem, EndpointError):
            return problem
        if self._client is None:
            return self.error("was disconnected while a request was on its way.")
        import openai

        status = _status(problem)
        words = self.quote(said(problem))
        if _unreachable(problem):
            return self.error(
                f"cannot be reached ({self.quote(_cause(problem))}). Start the server, for example with "
                f"`vllm serve {model or 'MODEL'}` or `transformers serve`, or correct the url."
            )
        if isinstance(problem, openai.APITimeoutError):
            return self.error(
                f"gave no answer within {self.timeout:g} s{self._tries()}. Raise the timeout, or ask less at "
                f"once (concurrency is {self.concurrency})."
            )
        if isinstance(problem, openai.APIConnectionError):
            return self.error(f"broke the connection off{self._tries()}: {self.quote(_cause(problem))}")
        if status in (401, 403):
            return self._refusal(status, words)
        if status == 404:
            return self._unknown(model, words)
        if status == 429:
            return self.error(
                f"has too many requests{self._tries()}: lower concurrency (now {self.concurrency}) or "
                f"raise retries. It says: {words}"
            )
        if status is not None:
            return self.error(f"answered with status {status}: {words}")
        if isinstance(problem, ValueError):
            return self.error(f"sent an answer that is no JSON ({words}).")
        return self.error(f"could not be asked: {type(problem).__name__}: {words}")

    def _refusal(self, status: int, words: str) -> EndpointError:
        if os.environ.get(self.key_env):
            what = f"refuses the key in the environment variable {self.key_env} (status {status})"
        else:
            what = f"wants a key (status {status}): put one into the environment variable {self.key_env}"
        return self.error(f"{what}. It says: {words}")

    def _unknown(self, model: str, words: str) -> EndpointError:
        try:
            names = self.models()
        except Exception:
            names = []
        if not names or model in names:
            return self.error(
                f"has no such page (the url usually ends in /v1) or no model '{model}': {words}"
            )
        near = difflib.get_close_matches(model, names, n=2) or names[:20]
        return self.error(f"has no model '{model}'. {self.quote(did_you_mean(model, near))}")

    def _tries(self) -> str:
        return f" (retries: {self.retries})"

    def _address(self) -> SplitResult:
        url = self.url or os.environ.get("OPENAI_BASE_URL") or OPENAI
        try:
            address = urlsplit(url)
            good = address.scheme in ("http", "https") and address.hostname and (address.port or True)
        except ValueError:
            good = False
        if not good:
            raise BadOption(
                "The url of an endpoint (or OPENAI_BASE_URL) looks like http://127.0.0.1:8000/v1; "
                "this one does not."
            )
        return address

    def _connect(self) -> openai.OpenAI:
        try:
            import openai
        except ImportError:
            raise ModelError('Endpoints need the `openai` client: pip install "quorate[endpoint]".') from None
        address = self._address()
        headers = {"Authorization": f"Basic {_basic(address)}"} if address.username else None
        # The client runs on one of two HTTP libraries; their classes are taken from its own defaults.
        limits = type(openai.DEFAULT_CONNECTION_LIMITS)(
            max_connections=self.concurrency + 1, max_keepalive_connections=self.concurrency + 1
        )
        return openai.OpenAI(
            api_key=os.environ.get(self.key_env) or NO_KEY,
            base_url=_bare(address),
            default_query=dict(parse_qsl(address.query)),
            default_headers=headers,
            timeout=openai.Timeout(self.timeout, connect=min(self.timeout, FIRST_CONTACT)),
            max_retries=self.retries,
            http_client=openai.DefaultHttpxClient(limits=limits, event_hooks={"request": [self._watch]}),
        )

    def _watch(self, request: Any) -> None:
        request.extensions["trace"] = self._keep_wire

    def _keep_wire(self, event: str, info: dict[str, Any]) -> None:
        """Remember the sockets that are opened, so that `close` can wake whoever reads from them."""
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            with self._lock:
                self._wires.add(info["return_value"])


def said(problem: Exception) -> str:
    """Return the server's own words in an error of the client, or else the client's."""
    body = getattr(problem, "body", None)
    if isinstance(body, dict):
        body = body.get("message") or body.get("detail") or body.get("error") or body
    return str(body or problem)


def _status(problem: Exception) -> int | None:
    return getattr(problem, "status_code", None)


def _cause(problem: Exception) -> str:
    return str(problem.__cause__ or problem) or type(problem.__cause__ or problem).__name__


def _unreachable(problem: Exception) -> bool:
    """Whether no connection came about at all; by name, as the client runs on one of two HTTP libraries."""
    return (
        re.match("Connect(Error|Timeout)|ProxyError|UnsupportedProtocol", type(problem.__cause__).__name__)
        is not None
    )


def _bare(address: SplitResult) -> str:
    place = address.netloc.rpartition("@")[2]
    return f"{address.scheme}://{place}{address.path}".rstrip("/")


def _basic(address: SplitResult) -> str:
    login = f"{unquote(address.username or '')}:{unquote(address.password or '')}"
    return base64.b64encode(login.encode()).decode()
