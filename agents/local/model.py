"""A local model: any causal language model of transformers, its adapters, and whole batches at once.

    base = LocalModel("./base")                                    a folder, or "owner/model" on the hub
    ada = Agent("ada", base, role="You check units.")              the base itself
    bo = Agent("bo", base, adapter="./base/adapter-0")             the same weights with a LoRA adapter

All agents of one model share its weights and its batches, whatever adapters they speak with.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quorate.agents.agent import Agent, Request
from quorate.agents.local.base import Stopped, weight_files
from quorate.agents.local.files import fingerprint, first_line
from quorate.errors import BadOption, ModelError, QuorateError, did_you_mean
from quorate.nouns import Reply
from quorate.registry import model

if TYPE_CHECKING:
    from quorate.agents.local.session import Session

DTYPES = ("auto", "float32", "bfloat16", "float16")


class LocalModel:
    """Answer with a causal language model of transformers, in large batches, with one LoRA adapter an agent.

    An agent's role becomes the system message, its transcript the turns before the instruction. A prompt
    that is too long loses its oldest rounds, then the middle of its instruction, and the reply says so
    (`Reply.cut`). Half of the context at most is kept free for the answer.

    Where a confidence head lies beside the weights an agent speaks with (see `quorate.agents.confidence`), a
    reply to an ask that expects an answer, or wants stretches, says how likely it is right. That takes no
    further forward pass.

    With `Sampling(answering="options")`, an ask that expects an answer to a question with choices is
    answered in two steps: the text is written as usual, then a line "Answer: " is added with the label of
    the highest log-likelihood. The reply's text ends with that line, `Reply.scores` holds the
    log-likelihoods of all labels, and `tokens_in` counts the text that was read again and every label.

    Greedy texts and seeded draws do not depend on the batch, up to the rounding of the last digits of the
    logits: float32 keeps that out of sight, half precision does not.

    Parameters
    ----------
    path : str or Path
        A folder with config.json, safetensors and a tokenizer, or a name on the Hugging Face hub. A
        folder is never looked up on the network; code in it is never run.
    dtype : {"auto", "float32", "bfloat16", "float16"}
        "auto" is float32 on a CPU and the checkpoint's own elsewhere.
    device : str
        "auto" is the first accelerator, else the CPU.
    revision : str, optional
        Branch, tag or commit on the hub.
    chat : bool, optional
        Whether to use the tokenizer's chat template; None uses it when there is one.
    token_budget : int, optional
        Most tokens of a batch, prompts and answers; None fits the memory.
    heads : bool
        Whether to use the confidence heads that lie beside the weights and the adapters.

    Raises
    ------
    BadOption
        When an option has an impossible value. Everything else is found out by `prepare`.

    Examples
    --------
    >>> import tempfile
    >>> from quorate.agents.agent import Agent, Request, Sampling
    >>> from quorate.lab.standin import make_standin
    >>> from quorate.nouns import Ask, Question
    >>> base = LocalModel(make_standin(tempfile.mkdtemp()))
    >>> ada = Agent("ada", base, role="You add.", sampling=Sampling(max_tokens=8))
    >>> ask = Ask(seat="ada", act="draft", turn=0, question=Question(text="2+3?"), instruction="What is 2+3?")
    >>> [(index, reply)] = base.reply([Request(ada, ask, seed=1)])
    >>> index, reply.tokens_out <= 8
    (0, True)
    """

    lanes: int = 1
    batch: int | None = None

    def __init__(
        self,
        path: str | Path,
        *,
        dtype: str = "auto",
        device: str = "auto",
        revision: str | None = None,
        chat: bool | None = None,
        token_budget: int | None = None,
        heads: bool = True,
    ) -> None:
        if dtype not in DTYPES:
            raise BadOption(f"There is no dtype '{dtype}'. {did_you_mean(dtype, DTYPES)}")
        if token_budget is not None and token_budget < 1:
            raise BadOption(f"A token budget is at least 1, not {token_budget}.")
        self.path = str(path)
        self._dtype = dtype
        self._device = device
        self._revision = revision
        self._chat = chat
        self._budget = token_budget
        self._heads = heads
        self._session: Session | None = None
        self._lock = threading.Lock()
        self._weights: dict[str, str] | None = None

    def prepare(self, agents: Sequence[Agent]) -> None:
        """Load the model, once, and the adapters of these agents.

        Raises
        ------
        MissingModel
            When there is no checkpoint or adapter at its place.
        AdapterMismatch
            When an adapter was trained on another base.
        ModelError
            When something cannot be loaded or is not supported.
        """
        session = self.open()
        for agent in agents:
            session.adapter(agent)

    def reply(self, requests: Sequence[Request]) -> Iterator[tuple[int, Reply | Exception]]:
        """Yield the replies to a batch of requests, those of each sub-batch when it is done.

        Requests of similar length go together. When a sub-batch fails, for want of memory say, its halves
        are tried, so that only the requests that fail alone yield an exception. After `close` the requests
        in flight yield nothing.
        """
        session = self.open().for_one_call()
        jobs = []
        for index, request in enumerate(requests):
            try:
                jobs.append(session.job(index, request))
            except Exception as problem:  # a tokenizer or a template may raise anything
                yield index, self._explain(problem)
        jobs.sort(key=lambda job: (job.size, job.row.adapter, job.row.prompt))
        try:
            for job, reply in session.spread(session.answer, jobs, [job.size for job in jobs]):
                yield job.index, reply if isinstance(reply, Reply) else self._explain(reply)
        except Stopped:
            return

    def score(self, requests: Sequence[Request], options: Sequence[Sequence[str]]) -> list[list[float]]:
        """Return how likely the model finds each option as what follows the prompt of its request.

        Parameters
        ----------
        requests : sequence of Request
            Their prompts are read once each; sampling settings play no part.
        options : sequence of sequences of str
            For each request the texts to score, each turned into tokens by itself. Special tokens that are
            spelled out in them are broken up, as in a prompt.

        Returns
        -------
        list of list of float
            Total log-likelihoods in nats, in the order of the options.

        Raises
        ------
        ModelError
            When a prompt, shortened as for a reply, does not fit the context with its options, when the model
            computes no numbers, or when it is closed meanwhile.
        """
        session = self.open().for_one_call()
        prompts, texts, sizes = [], [], []
        for request, choices in zip(requests, options, strict=True):
            tokens = [tuple(session.format.encode_clean(choice)) for choice in choices]
            longest = max(map(len, tokens), default=0)
            row, _ = session.row(request, 0, longest)
            prompts.append((row.adapter, row.prompt))
            texts.append(tokens)
            sizes.append((len(row.prompt) + longest) * max(1, len(tokens)))
        order = sorted(range(len(prompts)), key=sizes.__getitem__)

        def work(part: Sequence[int]) -> list[list[float]]:
            return session.score([prompts[index] for index in part], [texts[index] for index in part])

        scores: dict[int, list[float]] = {}
        try:
            for index, found in session.spread(work, order, [sizes[index] for index in order]):
                if isinstance(found, Exception):
                    raise self._explain(found)
                scores[index] = found
        except Stopped:
            raise ModelError(f"The model '{self.path}' was closed while it worked.") from None
        return [scores[index] for index in range(len(prompts))]

    def length(self, text: str) -> int:
        """Return how many tokens a text takes in a prompt."""
        return len(self.open().format.encode_clean(text))

    def describe(self) -> Mapping[str, Any]:
        """Return what identifies the model: once loaded, with its commit and the hashes of all weights."""
        described: dict[str, Any] = {"kind": "transformers", "path": self.path}
        session = self._session
        if session is None:
            return {**described, "revision": self._revision, "dtype": self._dtype, "device": self._device}
        if self._weights is None:
            self._weights = fingerprint(weight_files(session.folder))
        heads = {} if session.heads is None else session.heads.digests
        if heads:
            described["heads"] = {name: dict(digest) for name, digest in heads.items()}
        return {
            **described,
            "revision": session.commit,
            "dtype": str(session.run.base.model.dtype).removeprefix("torch."),
            "device": str(session.run.base.device),
            "chat": session.format.chat,
            "weights": self._weights,
            "adapters": {name: dict(identity) for name, identity in session.run.bank.identities.items()},
        }

    def close(self) -> None:
        """End the work in flight before its next token and let go of the weights."""
        session, self._session = self._session, None
        if session is not None:
            session.run.stop.set()

    def open(self) -> Session:
        """Load the model, once, and return what is loaded.

        Raises
        ------
        MissingModel
            When there is no checkpoint at its place.
        ModelError
            When it cannot be loaded or is not supported.
        """
        from quorate.agents.local.session import open_session

        with self._lock:
            if self._session is None:
                self._session = open_session(
                    self.path,
                    revision=self._revision,
                    dtype=self._dtype,
                    device=self._device,
                    chat=self._chat,
                    budget=self._budget,
                    heads=self._heads,
                )
            return self._session

    def _explain(self, problem: Exception) -> QuorateError:
        """Turn what went wrong inside torch into a sentence."""
        if isinstance(problem, QuorateError):
            return problem
        return ModelError(f"The model '{self.path}' could not answer: {first_line(problem)}")


@model
def transformers(
    *,
    path: str | Path,
    dtype: str = "auto",
    device: str = "auto",
    revision: str | None = None,
    chat: bool | None = None,
    token_budget: int | None = None,
    heads: bool = True,
) -> LocalModel:
    """Make a local model from a folder or a hub name: `model: {transformers: {path: ./base}}`.

    Parameters
    ----------
    path, dtype, device, revision, chat, token_budget, heads
        As for `LocalModel`.

    Examples
    --------
    >>> transformers(path="./base").describe()["path"]
    './base'
    """
    return LocalModel(
        path,
        dtype=dtype,
        device=device,
        revision=revision,
        chat=chat,
        token_budget=token_budget,
        heads=heads,
    )
