"""What a server says when it does not answer, in OpenAI's form, so that its clients raise the right error.

{"error": {"message": "...", "type": "invalid_request_error", "param": "messages", "code": null}}
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from concurrent.futures import CancelledError
from typing import Any

from quorate.errors import BadOption, BadQuestion, QuorateError

ASKED_WRONGLY = "invalid_request_error"
SERVER_FAILED = "server_error"
TOO_MANY = "rate_limit_error"


class Refusal(QuorateError):
    """A request that is not answered: the HTTP status, and why.

    Parameters
    ----------
    status : int
        4xx says that the client must change something, 5xx that it cannot.
    message : str
        A sentence for a person.
    code : str, optional
        The same for a program.
    param : str, optional
        The field of the request that is wrong.
    retry_after : float, optional
        Seconds after which trying again makes sense; without it, a client is told not to try again.

    Examples
    --------
    >>> Refusal(404, "There is no model 'x'.", code="model_not_found", param="model").body()["error"]["type"]
    'invalid_request_error'
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.param = param
        self.retry_after = retry_after

    def body(self) -> dict[str, Any]:
        """Return the error as OpenAI's clients read it."""
        kind = TOO_MANY if self.status == 429 else ASKED_WRONGLY if self.status < 500 else SERVER_FAILED
        return {"error": {"message": str(self), "type": kind, "param": self.param, "code": self.code}}

    def headers(self) -> Mapping[str, str]:
        """Return when to try again; the official clients would repeat a failed debate unasked."""
        if self.retry_after is None:
            return {"x-should-retry": "false"}
        return {"Retry-After": str(max(1, math.ceil(self.retry_after)))}


def refusal_of(problem: BaseException) -> Refusal:
    """Return what a client is told about a problem; what nobody foresaw is not spelled out.

    Examples
    --------
    >>> refusal_of(BadQuestion("The question is empty: give it some text.")).status
    400
    >>> str(refusal_of(ZeroDivisionError("x/0 in /home/me")))
    'The server failed on this request.'
    """
    if isinstance(problem, Refusal):
        return problem
    if isinstance(problem, (BadQuestion, BadOption)):
        return Refusal(400, str(problem))
    if isinstance(problem, CancelledError):
        return Refusal(503, "The server is shutting down.", code="shutting_down", retry_after=10)
    if isinstance(problem, QuorateError):
        return Refusal(500, str(problem), code="deliberation_failed")
    return Refusal(500, "The server failed on this request.", code="internal_error")
