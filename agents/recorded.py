"""A model that repeats what was said before: a finished run, or a file of recorded outputs of real models.

Other rules, stop checks and topologies can be tried on recorded words without any model. A run folder is
read from its `events.jsonl`; a file of recorded outputs holds one JSON object a line, of either form:

    {"id": "q1", "candidates": [{"model": "gpt-4", "text": "...", "answer": "5", "meta": {"round": 1}}]}
    {"id": "q1", "seat": "ada", "turn": 0, "text": "2+3=5. Answer: 5"}
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from quorate.agents.agent import Agent, Request
from quorate.errors import BadOption, ModelError, RecordError, did_you_mean
from quorate.events import Failed, Said, Started, parse_event
from quorate.nouns import Message, Reply
from quorate.registry import model

_RECORDED = ("tokens_in", "tokens_out", "tokens_cached", "logprob", "confidence", "finish")


@dataclass(frozen=True, slots=True)
class Line:
    """One recorded reply and its place; act and seed are None where they were not recorded."""

    question: str
    seat: str
    turn: int
    said: Reply | ModelError
    act: str | None = None
    seed: int | None = None


class Recorded:
    """Repeat recorded replies, looked up by question id, seat, turn and, where recorded, act.

    Of several that fit, the one with the request's seed is taken, else one picked by the seed. A recorded
    failure fails again, and what was never recorded is a ModelError value that says what is missing.

    Parameters
    ----------
    lines : iterable of Line
        What was said.
    source : str
        Where it comes from, for messages and the manifest.
    digest : str
        Fingerprint of the source.
    seats : mapping of str to str, optional
        Seat at this table -> name in the recording, for those that differ.

    Examples
    --------
    >>> from quorate.agents import Agent, Request
    >>> from quorate.nouns import Ask, Question, Reply
    >>> model = Recorded([Line("q1", "ada", 0, Reply(text="Answer: 5"))])
    >>> question = Question(id="q1", text="2+3?")
    >>> def put(seat: str) -> Reply | Exception:
    ...     ask = Ask(seat=seat, act="draft", turn=0, question=question, instruction="2+3?")
    ...     return next(model.reply([Request(Agent(seat, model), ask, seed=0)]))[1]
    >>> put("ada").text
    'Answer: 5'
    >>> put("adda")
    ModelError("Nobody called 'adda' is recorded on question 'q1' in memory. Did you mean 'ada'?")
    """

    lanes = 0
    batch: int | None = None

    def __init__(
        self,
        lines: Iterable[Line],
        *,
        source: str = "memory",
        digest: str = "",
        seats: Mapping[str, str] | None = None,
    ) -> None:
        self.source = source
        self._digest = digest
        self._seats = dict(seats or {})
        self._lines: dict[str, dict[str, list[Line]]] = {}
        for line in lines:
            self._lines.setdefault(line.question, {}).setdefault(line.seat, []).append(line)

    @classmethod
    def from_run(cls, folder: str | Path, *, seats: Mapping[str, str] | None = None) -> Recorded:
        """Read what was said in a run; a torn last line is left out.

        Parameters
        ----------
        folder : str or Path
            The folder of the run, which holds `events.jsonl`.
        seats : mapping of str to str, optional
            Seat at this table -> seat in the run.

        Raises
        ------
        RecordError
            When there is no record, or a line in its middle cannot be read.
        """
        path = Path(folder) / "events.jsonl"
        data = _read(path)
        return cls(_run_lines(data, path), source=str(folder), digest=_digest(data), seats=seats)

    @classmethod
    def from_jsonl(cls, path: str | Path, *, seats: Mapping[str, str] | None = None) -> Recorded:
        """Read recorded outputs, gzipped or not, one JSON object a line.

        A candidate speaks under the name of its `model`; with a `meta.agent` number also under
        `model#number`. `meta.round` counts from 1 (turn 0); without it `meta.turn` is the turn, else 0. A
        candidate without a text says "Answer: " and its answer, and nothing where it has neither. Tokens
        are counted only where the row says how many there were.

        Parameters
        ----------
        path : str or Path
            The file; a name that ends in `.gz` is unpacked.
        seats : mapping of str to str, optional
            Seat at this table -> name in the file.

        Raises
        ------
        RecordError
            When the file cannot be read, or a line is none of the two forms.
        """
        data = _read(Path(path))
        return cls(_file_lines(data, Path(path)), source=str(path), digest=_digest(data), seats=seats)

    def prepare(self, agents: Sequence[Agent]) -> None:
        """Do nothing: the recording is already in memory."""

    def reply(self, requests: Sequence[Request]) -> Iterator[tuple[int, Reply | Exception]]:
        """Yield what was recorded for each request, in order."""
        for index, request in enumerate(requests):
            yield index, self._find(request)

    def describe(self) -> Mapping[str, Any]:
        """Return the source, its digest and the seats that were renamed."""
        return {"kind": "recorded", "source": self.source, "digest": self._digest, "seats": dict(self._seats)}

    def close(self) -> None:
        """Do nothing: a recording may be read again."""

    def _find(self, request: Request) -> Reply | ModelError:
        ask = request.ask
        seat = self._seats.get(ask.seat, ask.seat)
        spoken = self._lines.get(ask.question.id)
        if spoken is None:
            return ModelError(f"No question '{ask.question.id}' is recorded in {self.source}.")
        if seat not in spoken:
            return ModelError(
                f"Nobody called '{seat}' is recorded on question '{ask.question.id}' in {self.source}. "
                f"{did_you_mean(seat, spoken)}"
            )
        turn = [line for line in spoken[seat] if line.turn == ask.turn]
        fits = [line for line in turn if line.act == ask.act] or [line for line in turn if line.act is None]
        if not fits:
            known = ", ".join(sorted({f"{line.act or 'turn'} {line.turn}" for line in spoken[seat]}))
            return ModelError(
                f"No {ask.act} of '{seat}' at turn {ask.turn} on question '{ask.question.id}' is recorded in "
                f"{self.source}. Recorded: {known}."
            )
        same = [line for line in fits if line.seed == request.seed]
        return (same or [fits[request.seed % len(fits)]])[0].said


def _read(path: Path) -> bytes:
    try:
        data = path.read_bytes()
        return gzip.decompress(data) if path.suffix == ".gz" else data
    except (OSError, EOFError, zlib.error) as problem:
        raise RecordError(f"The recording {path} cannot be read: {problem}.") from problem


def _digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def _run_lines(data: bytes, path: Path) -> list[Line]:
    """Fold the events of a run; a question that was started again keeps only its last start."""
    by_question: dict[str, list[Line]] = {}
    rows = data.split(b"\n")
    last = max((number for number, row in enumerate(rows, 1) if row.strip()), default=0)
    for number, row in enumerate(rows, 1):
        if not row.strip():
            continue
        try:
            event = parse_event(row)
        except ValidationError as problem:
            if number == last:  # the process was killed while it wrote this line
                break
            raise RecordError(f"Line {number} of {path} is not an event of a run.") from problem
        if isinstance(event, Started):
            by_question[event.question] = []
        elif isinstance(event, (Said, Failed)):
            by_question.setdefault(event.question, []).append(_from_message(event.question, event.message))
    return [line for lines in by_question.values() for line in lines]


def _from_message(question: str, message: Message) -> Line:
    said: Reply | ModelError
    if message.error is not None:
        said = ModelError(message.error)
    else:
        said = Reply(**{name: getattr(message, name) for name in Reply.model_fields})
    return Line(question, message.seat, message.turn, said, message.act, message.seed)


def _file_lines(data: bytes, path: Path) -> Iterator[Line]:
    for number, row in enumerate(data.split(b"\n"), 1):
        if not row.strip():
            continue
        try:
            fields = json.loads(row)
            if "candidates" in fields:
                for candidate in fields["candidates"]:
                    yield from _from_candidate(str(fields["id"]), candidate)
            else:
                yield _from_row(fields)
        except (ValueError, TypeError, KeyError, AttributeError) as problem:
            raise RecordError(
                f"Line {number} of {path} is no recorded output ({type(problem).__name__}: {problem}). "
                'It should be {"id", "candidates": [{"model", "text", "answer"}]} '
                'or {"id", "seat", "turn", "text"}.'
            ) from problem


def _from_candidate(question: str, candidate: Mapping[str, Any]) -> Iterator[Line]:
    meta = candidate.get("meta") or {}
    turn = int(meta["round"]) - 1 if "round" in meta else int(meta.get("turn", 0))
    said = _reply(candidate, meta)
    name = str(candidate["model"])
    yield Line(question, name, turn, said)
    if "agent" in meta:
        yield Line(question, f"{name}#{meta['agent']}", turn, said)


def _from_row(row: Mapping[str, Any]) -> Line:
    return Line(str(row["id"]), str(row["seat"]), int(row["turn"]), _reply(row, row), row.get("act"))


def _reply(row: Mapping[str, Any], counts: Mapping[str, Any]) -> Reply:
    text, answer = row.get("text"), row.get("answer")
    if text is None:
        text = "" if answer is None else f"Answer: {answer}"
    return Reply(text=text, **{name: counts[name] for name in _RECORDED if counts.get(name) is not None})


@model
def recorded(
    *, run: str | None = None, jsonl: str | None = None, seats: Mapping[str, str] | None = None
) -> Recorded:
    """Make a model that repeats a recording: of a run folder, or of a file of recorded outputs.

    Parameters
    ----------
    run : str, optional
        A run folder, as for `Recorded.from_run`.
    jsonl : str, optional
        A file, as for `Recorded.from_jsonl`.
    seats : mapping of str to str, optional
        Seat at this table -> name in the recording.

    Raises
    ------
    BadOption
        Unless exactly one of `run` and `jsonl` is given.
    RecordError
        When the recording cannot be read.
    """
    if run is not None and jsonl is None:
        return Recorded.from_run(run, seats=seats)
    if jsonl is not None and run is None:
        return Recorded.from_jsonl(jsonl, seats=seats)
    raise BadOption("A recording is either a run folder (run: ...) or a file (jsonl: ...); give exactly one.")
