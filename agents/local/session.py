"""A loaded model at work: requests become rows, rows are written and scored, replies come back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from quorate.agents.agent import Agent, Request
from quorate.agents.local.base import Runner, load_base
from quorate.agents.local.batch import Item, Result, at_once, in_halves, spread, token_budget, worker_count
from quorate.agents.local.chat import ChatFormat
from quorate.agents.local.decoding import Draft, Row, write
from quorate.agents.local.draws import Drawing
from quorate.agents.local.files import find_folder
from quorate.agents.local.lora import LoraBank
from quorate.agents.local.prefill import Prompt
from quorate.agents.local.score import Tokens, score
from quorate.errors import ModelError
from quorate.nouns import Cut, Reply

ANSWER = "\nAnswer: "
"""Stands between a written text and the label chosen for it."""


@dataclass(frozen=True, slots=True)
class Job:
    """A request on its way through a batch; `labels` are those of a question answered by options."""

    index: int
    row: Row
    cut: Cut | None
    labels: tuple[str, ...]

    @property
    def size(self) -> int:
        """Tokens that the row takes at most."""
        return len(self.row.prompt) + self.row.limit


@dataclass(frozen=True)
class Session:
    """What a local model holds from `prepare` to `close`; any thread may use it.

    `folder` and `commit` say where the weights came from, `budget` how many tokens may be in batches, and
    `workers` how many batches run at once.
    """

    run: Runner
    format: ChatFormat
    folder: Path
    commit: str | None
    budget: int
    workers: int

    def for_one_call(self) -> Session:
        """Return the same with a flag of its own that ends the work of one call."""
        return replace(self, run=self.run.for_one_call())

    def adapter(self, agent: Agent) -> int:
        """Return the number of the adapter that an agent speaks with, loading it when it is new."""
        if agent.adapter is not None:
            self.run.bank.load(agent.adapter)
        return self.run.bank.number(agent.adapter)

    def job(self, index: int, request: Request) -> Job:
        """Render a request.

        Raises
        ------
        ModelError
            When the prompt does not fit the context, or the adapter cannot be loaded.
        """
        ask, sampling = request.ask, request.agent.sampling
        by_options = sampling.answering == "options" and ask.expects == "answer"
        labels = ask.question.labels if by_options else ()
        line = max((len(self.format.encode(ANSWER + label)) for label in labels), default=0)
        row, cut = self.row(request, sampling.max_tokens, line)
        return Job(index, row, cut, labels)

    def row(self, request: Request, limit: int, behind: int) -> tuple[Row, Cut | None]:
        """Render a prompt so that it fits the context with `limit` new tokens and `behind` more.

        At most half of the context is kept free for new tokens; a longer limit ends where the context does.
        """
        ask, sampling, context = request.ask, request.agent.sampling, self.run.base.context
        past = [(exchange.instruction, exchange.message.text) for exchange in ask.past]
        room = 2**31 if context is None else context - behind - min(limit, context // 2)
        prompt, cut = self.format.fit(request.agent.role, past, ask.instruction, room)
        if not prompt:
            raise ModelError("The prompt is empty: the tokenizer made no tokens of the instruction.")
        if context is not None:
            limit = min(limit, context - behind - len(prompt))
        row = Row(
            prompt=tuple(prompt),
            adapter=self.adapter(request.agent),
            drawing=Drawing(request.seed, sampling.temperature, sampling.top_p),
            limit=limit,
            stops=tuple(filter(None, sampling.stop)),
        )
        return row, cut

    def spread(
        self, work: Callable[[Sequence[Item]], Sequence[Result]], items: Sequence[Item], sizes: Sequence[int]
    ) -> Iterator[tuple[Item, Result | Exception]]:
        """Work on items in batches that fit; yield each with its result, or with what went wrong.

        When the caller loses interest, other threads' batches end before their next token.
        """
        batches = spread(items, sizes, self.budget, self.workers)
        try:
            yield from at_once(lambda batch: in_halves(work, batch), batches, self.workers)
        finally:
            self.run.stop_call.set()

    def answer(self, jobs: Sequence[Job]) -> list[Reply | ModelError]:
        """Write the texts of a batch, then choose the labels of those answered by options."""
        import torch

        # Rows that share an adapter lie together, so that their updates are products of whole blocks.
        order = sorted(range(len(jobs)), key=lambda place: jobs[place].row.adapter)
        replies: dict[int, Reply | ModelError] = {}
        with torch.inference_mode():
            drafts = write(self.run, [jobs[place].row for place in order], self.format.decode)
            for place, draft in zip(order, drafts, strict=True):
                replies[place] = draft if isinstance(draft, ModelError) else _reply(jobs[place], draft)
            self._choose(jobs, replies)
        return [replies[place] for place in range(len(jobs))]

    def score(self, prompts: Sequence[Prompt], options: Sequence[Sequence[Tokens]]) -> list[list[float]]:
        """Return the log-likelihoods of continuations; see `score.score`."""
        import torch

        with torch.inference_mode():
            return score(self.run, prompts, options)

    def _choose(self, jobs: Sequence[Job], replies: dict[int, Reply | ModelError]) -> None:
        """Add the likeliest label to each reply that is owed one."""
        prompts, options, owed = [], [], []
        for place, reply in replies.items():
            job = jobs[place]
            if isinstance(reply, Reply) and job.labels:
                # Text and line are turned into tokens together: " A" need not be " " and "A".
                lines = [self.format.encode(reply.text + ANSWER + label) for label in job.labels]
                same = _same(lines)
                prompts.append((job.row.adapter, (*job.row.prompt, *lines[0][:same])))
                options.append([tuple(line[same:]) for line in lines])
                read = same + sum(len(line) - same for line in lines)
                owed.append((place, reply.model_copy(update={"tokens_in": reply.tokens_in + read})))
        if not owed:
            return
        for (place, reply), found in zip(owed, score(self.run, prompts, options), strict=True):
            replies[place] = _with_label(reply, dict(zip(jobs[place].labels, found, strict=True)))


def open_session(
    path: str, *, revision: str | None, dtype: str, device: str, chat: bool | None, budget: int | None
) -> Session:
    """Find and load a model; the options are those of `LocalModel`."""
    folder, commit = find_folder(path, revision)
    base = load_base(folder, dtype=dtype, device=device)
    return Session(
        run=Runner(base, LoraBank(base.model, path)),
        format=ChatFormat(base.tokenizer, chat),
        folder=folder,
        commit=commit,
        budget=budget or token_budget(base),
        workers=worker_count(base),
    )


def _reply(job: Job, draft: Draft) -> Reply:
    return Reply(
        text=draft.text,
        tokens_in=len(job.row.prompt),
        tokens_out=draft.tokens,
        tokens_cached=draft.cached,
        logprob=draft.logprob,
        finish=draft.finish,
        cut=job.cut,
    )


def _with_label(reply: Reply, scores: dict[str, float]) -> Reply:
    label = max(scores, key=scores.__getitem__)
    return reply.model_copy(update={"text": reply.text + ANSWER + label, "scores": scores})


def _same(lines: Sequence[Sequence[int]]) -> int:
    """Count the first tokens that all lines share, leaving each at least one of its own."""
    shortest = min(map(len, lines)) - 1
    same = 0
    while same < shortest and len({line[same] for line in lines}) == 1:
        same += 1
    return same
