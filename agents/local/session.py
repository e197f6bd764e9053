"""A loaded model at work: requests become rows, rows are written and scored, replies come back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quorate.agents.agent import Agent, Request
from quorate.agents.local.base import Runner, load_base
from quorate.agents.local.batch import Item, Result, at_once, in_halves, spread, token_budget, worker_count
from quorate.agents.local.chat import ChatFormat
from quorate.agents.local.decoding import Draft, Row, write
from quorate.agents.local.draws import Drawing
from quorate.agents.local.files import find_folder
from quorate.agents.local.heads import Heads
from quorate.agents.local.lines import LineFinder, line_ends, stretches
from quorate.agents.local.lora import LoraBank
from quorate.agents.local.prefill import Prompt
from quorate.agents.local.score import Tokens, score
from quorate.errors import ModelError
from quorate.nouns import Cut, Reply, Stretch

if TYPE_CHECKING:
    from quorate.agents.confidence.head import Verdict

ANSWER = "\nAnswer: "
"""Stands between a written text and the label chosen for it."""


@dataclass(frozen=True, slots=True)
class Job:
    """A request on its way through a batch.

    `labels` are those of a question answered by options; `stretches` says that the ask wants its lines.
    """

    index: int
    row: Row
    cut: Cut | None
    labels: tuple[str, ...]
    stretches: bool

    @property
    def size(self) -> int:
        """Tokens that the row takes at most."""
        return len(self.row.prompt) + self.row.limit


@dataclass(frozen=True)
class Session:
    """What a local model holds from `prepare` to `close`; any thread may use it.

    `folder` and `commit` say where the weights came from, `budget` how many tokens may be in batches,
    `workers` how many batches run at once, and `heads` judge what is written, unless they are switched off.
    """

    run: Runner
    format: ChatFormat
    folder: Path
    commit: str | None
    budget: int
    workers: int
    finder: LineFinder
    heads: Heads | None

    def for_one_call(self) -> Session:
        """Return the same with a flag of its own that ends the work of one call."""
        return replace(self, run=self.run.for_one_call())

    def without_heads(self) -> Session:
        """Return the same with confidence heads switched off."""
        return replace(self, heads=None)

    def adapter(self, agent: Agent) -> int:
        """Return the number of the adapter that an agent speaks with, loading it when it is new."""
        if agent.adapter is not None:
            self.run.bank.load(agent.adapter)
        number = self.run.bank.number(agent.adapter)
        if self.heads is not None:
            self.heads.load(number, agent.adapter)
        return number

    def job(self, index: int, request: Request, prefix: str = "") -> Job:
        """Render a request; the text then begins behind `prefix`, as if that had been written already.

        Raises
        ------
        ModelError
            When the prompt does not fit the context, or the adapter cannot be loaded.
        """
        ask, sampling = request.ask, request.agent.sampling
        by_options = sampling.answering == "options" and ask.expects == "answer"
        labels = ask.question.labels if by_options else ()
        line = max((len(self.format.encode(ANSWER + label)) for label in labels), default=0)
        begun = self.format.encode(prefix) if prefix else []
        row, cut = self.row(request, sampling.max_tokens, line + len(begun))
        judged = not labels and (ask.stretches or ask.expects == "answer")
        watched = judged and self.heads is not None and self.heads.of(row.adapter) is not None
        row = replace(row, prompt=(*row.prompt, *begun), watched=watched)
        return Job(index, row, cut, labels, ask.stretches)

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

        drafts = self.draft(jobs)
        replies: dict[int, Reply | ModelError] = {}
        for place, draft in enumerate(drafts):
            replies[place] = draft if isinstance(draft, ModelError) else _reply(jobs[place], draft)
        self._judge(jobs, drafts, replies)
        with torch.inference_mode():
            self._choose(jobs, replies)
        return [replies[place] for place in range(len(jobs))]

    def draft(self, jobs: Sequence[Job]) -> list[Draft | ModelError]:
        """Write the texts of a batch."""
        import torch

        # Rows that share an adapter lie together, so that their updates are products of whole blocks.
        order = sorted(range(len(jobs)), key=lambda place: jobs[place].row.adapter)
        with torch.inference_mode():
            written = write(self.run, [jobs[place].row for place in order], self.format.decode)
        drafts = dict(zip(order, written, strict=True))
        return [drafts[place] for place in range(len(jobs))]

    def score(self, prompts: Sequence[Prompt], options: Sequence[Sequence[Tokens]]) -> list[list[float]]:
        """Return the log-likelihoods of continuations; see `score.score`."""
        import torch

        with torch.inference_mode():
            return score(self.run, prompts, options)

    def _judge(
        self,
        jobs: Sequence[Job],
        drafts: Sequence[Draft | ModelError],
        replies: dict[int, Reply | ModelError],
    ) -> None:
        """Add how sure the model is: of each line where an ask wants it, of the whole where it has a head."""
        places = [
            place
            for place, draft in enumerate(drafts)
            if isinstance(draft, Draft) and (jobs[place].stretches or draft.trace is not None)
        ]
        if not places:
            return
        known = [draft for place in places if isinstance(draft := drafts[place], Draft)]
        owners = [self.finder.owners(draft.ids, draft.spoken, draft.text) for draft in known]
        verdicts: Sequence[Verdict | None] = [None] * len(known)
        if self.heads is not None:
            verdicts = self.heads.judge([jobs[place].row.adapter for place in places], known, owners)
        for place, draft, lines, verdict in zip(places, known, owners, verdicts, strict=True):
            update: dict[str, Any] = {"confidence": None if verdict is None else verdict.whole}
            if jobs[place].stretches:
                update["stretches"] = stretches(draft.text, draft.logprobs, lines, verdict)
            replies[place] = _reply(jobs[place], draft).model_copy(update=update)

    def _choose(self, jobs: Sequence[Job], replies: dict[int, Reply | ModelError]) -> None:
        """Add the likeliest label to each reply that is owed one."""
        prompts, options, owed = [], [], []
        for place, reply in replies.items():
            job = jobs[place]
            if isinstance(reply, Reply) and job.labels:
                # Text and line are turned into tokens together: " A" need not be " " and "A".
                lines = [self.format.encode_clean(reply.text + ANSWER + label) for label in job.labels]
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
    path: str,
    *,
    revision: str | None,
    dtype: str,
    device: str,
    chat: bool | None,
    budget: int | None,
    heads: bool,
) -> Session:
    """Find and load a model; the options are those of `LocalModel`."""
    folder, commit = find_folder(path, revision)
    base = load_base(folder, dtype=dtype, device=device)
    run = Runner(base, LoraBank(base.model, path))
    chat_format = ChatFormat(base.tokenizer, chat)
    return Session(
        run=run,
        format=chat_format,
        folder=folder,
        commit=commit,
        budget=budget or token_budget(base),
        workers=worker_count(base),
        finder=LineFinder(chat_format.decode),
        heads=Heads(run, folder) if heads else None,
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
    text = reply.text + ANSWER + label
    known = reply.stretches
    if known:
        # The line break belongs to the last line that was written; more of them are lines without tokens.
        *ends, last = line_ends(text)
        logprobs = [stretch.logprob for stretch in known] + [0.0] * (len(ends) - len(known))
        known = tuple(Stretch(end=end, logprob=given) for end, given in zip(ends, logprobs, strict=True))
        known = (*known, Stretch(end=last, logprob=scores[label]))
    return reply.model_copy(update={"text": text, "scores": scores, "stretches": known})


def _same(lines: Sequence[Sequence[int]]) -> int:
    """Count the first tokens that all lines share, leaving each at least one of its own."""
    shortest = min(map(len, lines)) - 1
    same = 0
    while same < shortest and len({line[same] for line in lines}) == 1:
        same += 1
    return same
