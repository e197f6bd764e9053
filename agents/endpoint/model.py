"""Any OpenAI-compatible server as a model: a hosted API, vLLM, llama.cpp, Ollama, `transformers serve`.

    Endpoint("Qwen/Qwen3-8B", "http://127.0.0.1:8000/v1")

asks from as many threads as `concurrency` allows, over one connection pool.
"""

from __future__ import annotations

import functools
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from quorate.agents.agent import Agent, Request
from quorate.agents.endpoint.completion import Prompt, read_completion
from quorate.agents.endpoint.connection import Connection, said
from quorate.agents.endpoint.stretches import read_stretches
from quorate.errors import BadOption, EndpointError
from quorate.nouns import Reply
from quorate.registry import model as registered

OPTIONAL = ("seed", "stop", "logprobs", "top_p", "temperature", "max_tokens")
"""Parameters that a server may refuse: left out from then on, `max_tokens` renamed."""

_TOO_LONG = re.compile(
    r"context[ _](length|window|size)|context.*overflow|(prompt|input) is too long|too many (input )?tokens"
    r"|reduce the length|`inputs` tokens|exceeds the maximum number of tokens",
    re.IGNORECASE,
)
_REFUSAL = re.compile(
    r"unsupported|not supported|does not support|unrecognized|unknown|unexpected|extra[_ ]"
    r"|not permitted|not allowed|not a valid",
    re.IGNORECASE,
)
_NO_SYSTEM = re.compile(r"system (role|message)s?\b.*not support", re.IGNORECASE)

_CREDENTIALS = re.compile(r"//[^/?#]*@|[?&][^=&]*(key|token|secret|sig|password)[^=&]*=", re.IGNORECASE)

log = logging.getLogger(__name__)


class Endpoint:
    """Ask a model behind an OpenAI-compatible server; whatever goes wrong is that request's value.

    The agent's role is the system message, the transcript follows as user and assistant messages, then
    the instruction. The seed is sent modulo 2**31, which every server takes. An agent's `adapter` replaces
    the model's name: servers offer LoRA adapters under names of their own. What the server finds too long
    loses its oldest exchanges, then the middle of the instruction, and `Reply.cut` says so. A parameter that
    the server refuses is left out (or renamed) from then on, and a system message it refuses opens the first
    user message. Such a server cannot score given options: `answering="options"` is answered by text.

    Parameters
    ----------
    model : str
        The name of the model at the server.
    url : str, optional
        Where the server is, usually ending in `/v1`; else the environment variable OPENAI_BASE_URL, else
        OpenAI itself. A name and password in it are sent as basic authentication; its query is sent along,
        and the HTTP library logs it, so a key does not belong there.
    key_env : str
        Environment variable that holds the key, read by `prepare`. Name another one for another provider:
        whoever runs the server sees the key.
    concurrency : int
        Most requests at the same time.
    timeout : float
        Seconds to wait for an answer.
    retries : int
        How often to repeat a request that met a busy server (429), an error on its side (5xx), a broken
        connection or a time-out; it waits as long as Retry-After says, else ever longer.
    chat : bool
        Whether the server applies a chat template; without, the prompt is sent as one plain text.
    logprobs : bool
        Whether to ask for log-probabilities, which not every server gives.
    extra : mapping of str to Any, optional
        Further fields of the request, such as `{"top_k": 20}`; they replace fields of the same name and
        are written into the record.

    Raises
    ------
    BadOption
        When the url is none, or `concurrency`, `timeout` or `retries` is impossible.

    Examples
    --------
    >>> Endpoint("tiny", "http://127.0.0.1:8000/v1", concurrency=4)
    Endpoint('tiny', 'http://127.0.0.1:8000/v1')
    """

    batch: int | None = 1

    def __init__(
        self,
        model: str,
        url: str | None = None,
        *,
        key_env: str = "OPENAI_API_KEY",
        concurrency: int = 16,
        timeout: float = 60.0,
        retries: int = 4,
        chat: bool = True,
        logprobs: bool = False,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        if concurrency < 1 or timeout <= 0 or retries < 0:
            raise BadOption(
                "An endpoint needs a concurrency of at least 1, a timeout above 0 and retries of at least 0, "
                f"not {concurrency}, {timeout:g} and {retries}."
            )
        self.model = model
        self.lanes = concurrency
        self.chat = chat
        self.logprobs = logprobs
        self.extra = dict(extra or {})
        self._server = Connection(
            url, key_env=key_env, concurrency=concurrency, timeout=timeout, retries=retries
        )
        self._refused: frozenset[str] = frozenset()  # replaced, never changed: many threads read it

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.model!r}, {self._server.shown!r})"

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle the settings: a copy connects for itself and reads the key where it lands."""
        server = self._server
        options: dict[str, Any] = {
            "key_env": server.key_env,
            "concurrency": server.concurrency,
            "timeout": server.timeout,
            "retries": server.retries,
            "chat": self.chat,
            "logprobs": self.logprobs,
            "extra": self.extra,
        }
        return functools.partial(type(self), self.model, server.url, **options), ()

    def describe(self) -> Mapping[str, Any]:
        """Return the address without credentials and query, the model and what is asked of it; no key."""
        return {
            "kind": "endpoint",
            "url": self._server.shown,
            "model": self.model,
            "chat": self.chat,
            "logprobs": self.logprobs,
            "extra": dict(self.extra),
        }

    def prepare(self, agents: Sequence[Agent]) -> None:
        """Connect, and look whether anybody is there.

        Raises
        ------
        ModelError
            When the `openai` client is not installed.
        EndpointError
            When nobody answers at the address, or the key is refused. A server that does not list its
            models is fine.
        """
        self._server.open()
        problem = self._server.greet()
        if problem is not None:
            self._server.close()
            raise problem

    def reply(self, requests: Sequence[Request]) -> Iterator[tuple[int, Reply | Exception]]:
        """Ask each request in turn; safe to call from as many threads as there are lanes."""
        for index, request in enumerate(requests):
            yield index, self._ask(request)

    def close(self) -> None:
        """Break off what is in flight and close the connections."""
        self._server.close()

    def _ask(self, request: Request) -> Reply | EndpointError:
        prompt: Prompt | None = Prompt.of(request)
        while prompt is not None:
            body = self._body(request, prompt)
            try:
                data = self._server.post("/chat/completions" if self.chat else "/completions", body)
            except Exception as problem:  # a failing request is data, whatever the client raises
                status, words = getattr(problem, "status_code", None), said(problem)
                if status not in (400, 413, 422):
                    return self._server.explain(problem, body["model"])
                if status == 413 or _TOO_LONG.search(words):
                    prompt = prompt.shorter()
                elif not self._leave_out(words, getattr(problem, "param", None), body):
                    return self._server.explain(problem, body["model"])
            else:
                return self._read(data, prompt, request)
        return self._server.error(
            f"has no room for the prompt, however short, beside {request.agent.sampling.max_tokens} new "
            "tokens: lower max_tokens."
        )

    def _body(self, request: Request, prompt: Prompt) -> dict[str, Any]:
        sampling = request.agent.sampling
        body: dict[str, Any] = {
            "model": request.agent.adapter or self.model,
            "seed": request.seed % 2**31,
            "temperature": sampling.temperature,
            "top_p": sampling.top_p,
            "max_tokens": sampling.max_tokens,
        }
        if self.chat:
            body["messages"] = prompt.messages(system="system" not in self._refused)
        else:
            body["prompt"] = prompt.plain()
        if sampling.stop:
            body["stop"] = list(sampling.stop)
        if self.logprobs:
            body["logprobs"] = True if self.chat else 1
        for name in self._refused & body.keys():
            value = body.pop(name)
            if name == "max_tokens":
                body["max_completion_tokens"] = value
        return body | self.extra

    def _leave_out(self, words: str, param: str | None, body: Mapping[str, Any]) -> bool:
        """Find what a refusal names, and leave it out from now on; False when it is nothing we may."""
        names = [name for name in OPTIONAL if name in body and name not in self.extra]
        refused = [name for name in names if _refuses(words, param, name)]
        if self.chat and body["messages"][0]["role"] == "system" and _NO_SYSTEM.search(words):
            refused.append("system")
        for name in refused:
            # Several threads meet the same refusal; each must ask again, but one warning is enough.
            if name not in self._refused:
                self._refused |= {name}
                log.warning("%s refuses '%s'; asking without it from now on.", self._server.shown, name)
        return bool(refused)

    def _read(self, data: object, prompt: Prompt, request: Request) -> Reply | EndpointError:
        reply = read_completion(data, prompt)
        if reply is None:
            what = self._server.quote(str(data)) or "nothing"
            return self._server.error(
                f"answered with something that is no completion: {what}. Is it an OpenAI-compatible "
                "server, and does the url end in /v1?"
            )
        # A server that echoes its headers must not bring the key into a record.
        text = self._server.scrub(reply.text)
        if "stop" in self._refused:
            stops = filter(None, request.agent.sampling.stop)
            text = min((text.partition(stop)[0] for stop in stops), key=len, default=text)
        if request.ask.stretches and isinstance(data, Mapping):
            known = read_stretches(data["choices"][0].get("logprobs"), text)
            reply = reply.model_copy(update={"stretches": known})
        return reply if text == reply.text else reply.model_copy(update={"text": text})


def _refuses(words: str, param: str | None, name: str) -> bool:
    """Whether a server's words refuse a parameter, rather than quote a prompt that holds its name."""
    if not _REFUSAL.search(words):
        return False
    named = rf"['\"`]{name}['\"`]|^{name}\b"
    listed = rf"(supplied|parameter|argument|field|property|name)s?:?\s*['\"`]?{name}\b"
    return param == name or re.search(f"{named}|{listed}", words) is not None


@registered
def endpoint(
    *,
    model: str,
    url: str | None = None,
    key_env: str = "OPENAI_API_KEY",
    concurrency: int = 16,
    timeout: float = 60.0,
    retries: int = 4,
    chat: bool = True,
    logprobs: bool = False,
    extra: Mapping[str, Any] | None = None,
) -> Endpoint:
    """Make a model behind an OpenAI-compatible server; the options are those of `Endpoint`.

    Raises
    ------
    BadOption
        Also when the url holds credentials: options are written into the record of every run.

    Examples
    --------
    >>> endpoint(model="tiny", url="http://127.0.0.1:8000/v1").describe()["url"]
    'http://127.0.0.1:8000/v1'
    """
    if url is not None and _CREDENTIALS.search(url):
        raise BadOption(
            "The url of an endpoint holds a password or a key, which would be written into the record of "
            "every run: put the whole address into the environment variable OPENAI_BASE_URL instead."
        )
    return Endpoint(
        model,
        url,
        key_env=key_env,
        concurrency=concurrency,
        timeout=timeout,
        retries=retries,
        chat=chat,
        logprobs=logprobs,
        extra=extra,
    )
