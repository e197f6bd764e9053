"""Reading transcripts: the folder of a run, or a file of recorded outputs; what cannot be read is named."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from quorate.answers import Mode, canonical, read
from quorate.errors import BadOption, BadQuestion, QuorateError, did_you_mean, first_complaint
from quorate.evaluate import ALIASES, load_problems
from quorate.events import Asked, Decided, Failed, Said, Started
from quorate.nouns import Ballot, Message, Outcome, Question
from quorate.protocols.history import Keep
from quorate.record import MANIFEST, PROBLEMS, read_events, read_manifest
from quorate.transcripts import Transcript

BALLOT = ("ranking", "approved", "scores")
MESSAGE = ("confidence", "logprob", "tokens_in", "tokens_out", "seconds")
NO_ANSWER = object()


@dataclass(frozen=True)
class Loaded:
    """Transcripts in the order of the record, and a sentence for everything that had to be left out."""

    transcripts: tuple[Transcript, ...]
    broken: tuple[str, ...] = ()


def load_transcripts(
    path: str | Path, *, reading: Mode | None = None, gold: str | Path | None = None
) -> Loaded:
    """Read what was said from a run folder or a file of recorded outputs (JSONL, also gzipped).

    A line of a file that cannot be read is named in `broken`, and the rest goes on; so are questions of a run
    that were not decided. A damaged line of a run's events ends the reading: what follows depends on it.

    Parameters
    ----------
    path
        The folder, or the file.
    reading : {"strict", "lenient"}, optional
        Read all answers again from the texts; they stay as recorded when left out.
    gold : path, optional
        A file with one JSON object a line, `id` and `gold`: these replace the gold answers of the record.

    Raises
    ------
    BadQuestion
        When there is no such file, or nothing in it can be used.
    RecordError
        When a folder holds no run, or a damaged one.
    BadOption
        When there is no such reading.
    """
    if reading not in (None, "strict", "lenient"):
        raise BadOption(f"There is no reading '{reading}'. {did_you_mean(reading, ['strict', 'lenient'])}")
    path = Path(path)
    loaded = _run(path) if path.is_dir() or (path / MANIFEST).exists() else _file(path, reading)
    if not loaded.transcripts:
        why = f" {loaded.broken[0]}" if loaded.broken else ""
        raise BadQuestion(f"{path} holds no question that can be decided.{why}")
    found: Sequence[Transcript] = loaded.transcripts
    if gold is not None:
        found = _with_gold(found, Path(gold))
    if reading is not None:
        found = [transcript.read_again(reading) for transcript in found]
    return replace(loaded, transcripts=tuple(found))


def _run(folder: Path) -> Loaded:
    setup = read_manifest(folder).get("setup") or {}
    gold = {p.question.id: p.gold for p in load_problems(folder / PROBLEMS)} if _has_problems(folder) else {}
    known = {
        "offices": {office: agent["name"] for office, agent in (setup.get("offices") or {}).items()},
        "seed": setup.get("seed", 0),
        "keep": keep_of(setup),
    }
    seats = [agent["name"] for agent in setup.get("agents", ())]
    found: list[Transcript] = []
    open_ = 0
    for told in _questions(folder):
        if told.outcome is None:
            open_ += 1
            continue
        messages = [told.said[number] for number in sorted(told.said)]
        present = seats or list(dict.fromkeys(m.seat for m in messages if m.answer is not None))
        if present:
            more = {"outcome": told.outcome, "digests": told.digests, "heard": told.heard}
            more["gold"] = gold.get(told.question.id)
            found.append(Transcript.of(told.question, present, messages, **known, **more))
    broken = [f"{folder}: {open_} question{'s are' * (open_ > 1) or ' is'} not decided yet."] * bool(open_)
    return Loaded(tuple(found), tuple(broken))


def _has_problems(folder: Path) -> bool:
    return (folder / PROBLEMS).is_file() and (folder / PROBLEMS).stat().st_size > 0


def keep_of(setup: Mapping[str, Any]) -> Keep:
    """Return what a seat stands by after a revision in a recorded protocol, or in the one that it holds.

    Examples
    --------
    >>> keep_of({"protocol": {"irrelevant": {"protocol": {"debate": {"keep": "surest"}}}}})
    'surest'
    """
    options: Any = setup
    while isinstance(options, Mapping) and "keep" not in options:
        spelt = options.get("protocol")
        options = next(iter(spelt.values()), None) if isinstance(spelt, Mapping) else None
    return "surest" if options and options["keep"] == "surest" else "last"


@dataclass
class _Told:
    """What a run's events tell of one question, by the numbers of the messages."""

    question: Question
    said: dict[int, Message] = field(default_factory=dict)
    digests: dict[int, str] = field(default_factory=dict)
    heard: dict[int, tuple[int, ...]] = field(default_factory=dict)
    outcome: Outcome | None = None


def _questions(folder: Path) -> Iterable[_Told]:
    """Return what was told of each question of a run; one that started afresh counts once."""
    found: dict[str, _Told] = {}
    for event in read_events(folder):
        match event:
            case Started():
                found[event.question] = _Told(event.asked)
            case Asked():
                found[event.question].digests[event.number] = event.digest
                found[event.question].heard[event.number] = event.heard
            case Said() | Failed():
                found[event.question].said[event.message.number] = event.message
            case Decided():
                found[event.question].outcome = event.outcome
    return found.values()


def _with_gold(transcripts: Sequence[Transcript], path: Path) -> list[Transcript]:
    """Give transcripts the gold answers of a file; those of a run are read as the run's answers were."""
    given: dict[str, str] = {}
    for place, row in _rows(path):
        names = ("gold", *ALIASES["gold"]) if isinstance(row, dict) else ()
        value = next((row[name] for name in names if row.get(name) is not None), None)
        if value is None or "id" not in row:
            raise BadQuestion(f'{place} is no gold answer: write {{"id": "q1", "gold": "5"}}.')
        given[str(row["id"])] = str(value)
    if not any(transcript.question.id in given for transcript in transcripts):
        raise BadQuestion(
            f"No id in {path} is the id of a recorded question such as '{transcripts[0].question.id}'."
        )
    return [
        replace(t, gold=_read_gold(t, given[t.question.id])) if t.question.id in given else t
        for t in transcripts
    ]


def _read_gold(transcript: Transcript, gold: str) -> str:
    if transcript.outcome is None:  # the answers of a file of outputs are vote keys already
        return gold
    return canonical(transcript.question, gold) or gold


def _file(path: Path, reading: Mode | None) -> Loaded:
    found: dict[str, Transcript] = {}
    broken: list[str] = []
    flat: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
    for place, row in _rows(path):
        if isinstance(row, str):
            broken.append(f"{place}: {row}")
        elif "candidates" not in row and "seat" in row:
            flat.setdefault(str(row.get("id", row.get("question", ""))), []).append((place, row))
        else:
            _add(found, broken, place, row, reading)
    for name, lines in flat.items():
        _add(found, broken, lines[0][0], {**_first(lines), "id": name, "candidates": _spoken(lines)}, reading)
    return Loaded(tuple(found.values()), tuple(broken))


def _first(lines: Sequence[tuple[str, Mapping[str, Any]]]) -> dict[str, Any]:
    """Return what the lines of one question say about it."""
    about = ("question", "options", "gold", "kind")
    return {key: row[key] for _, row in reversed(lines) for key in about if row.get(key) is not None}


def _spoken(lines: Sequence[tuple[str, Mapping[str, Any]]]) -> list[dict[str, Any]]:
    return [{**row, "model": row["seat"], "round": _after(row.get("turn", 0))} for _, row in lines]


def _after(turn: Any) -> Any:
    return turn + 1 if isinstance(turn, int) else turn


def _add(
    found: dict[str, Transcript], broken: list[str], place: str, row: Mapping[str, Any], reading: Mode | None
) -> None:
    try:
        transcript = _transcript(row, reading)
        if transcript.question.id in found:
            raise BadQuestion(f"the id '{transcript.question.id}' is used twice.")
        found[transcript.question.id] = transcript
    except ValidationError as error:
        broken.append(f"{place}: {first_complaint(error)}.")
    except (QuorateError, TypeError, ValueError) as error:
        broken.append(f"{place}: {error}")


def _rows(path: Path) -> Iterator[tuple[str, Any]]:
    """Yield the place and the object of every line, or a sentence where there is none."""
    number = 0
    try:
        with (
            gzip.open(path, "rt", encoding="utf-8")
            if _is_gzip(path)
            else path.open(encoding="utf-8") as lines
        ):
            for number, line in enumerate(lines, 1):
                place = f"{path}, line {number}"
                if not line.strip():
                    continue
                try:
                    row = json.loads(line)
                except (ValueError, RecursionError) as error:
                    yield place, f"no JSON ({error})."
                    continue
                yield place, row if isinstance(row, dict) else "a line is a JSON object."
    except UnicodeDecodeError:
        yield f"{path}, after line {number}", "the rest is no UTF-8 text and was not read."
    except (EOFError, zlib.error, gzip.BadGzipFile):
        yield f"{path}, after line {number}", "the compressed file is damaged and was not read to its end."
    except OSError as problem:
        raise BadQuestion(
            f"The file {path} cannot be read: {problem.strerror or problem}. Give the folder of a run, or a "
            "JSONL file of recorded outputs."
        ) from None


def _is_gzip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


def _transcript(row: Mapping[str, Any], reading: Mode | None) -> Transcript:
    outputs = row.get("candidates")
    if (
        not isinstance(outputs, list)
        or not all(isinstance(output, dict) for output in outputs)
        or not outputs
    ):
        raise BadQuestion('there are no candidates, such as [{"model": "ada", "answer": "5"}].')
    for output in outputs:
        if not isinstance(output.get("meta") or {}, dict) or not isinstance(output.get("text") or "", str):
            raise BadQuestion("the text of a candidate is a string, and its meta an object.")
    question = _question(row)
    messages: list[Message] = []
    votes: dict[str, dict[str, Any]] = {}
    for seat, output in sorted(_seated(outputs), key=lambda pair: _round(pair[1])):
        messages.append(_message(question, len(messages), seat, output, reading))
        more = {name: output[name] for name in BALLOT if output.get(name)}
        if more:
            ballot = Ballot(seat=seat, answer=messages[-1].answer, **more)
            votes[seat] = {name: getattr(ballot, name) for name in more}
    seats = list(dict.fromkeys(message.seat for message in messages))
    gold = row.get("gold")
    return Transcript.of(question, seats, messages, gold=None if gold is None else str(gold), votes=votes)


def _question(row: Mapping[str, Any]) -> Question:
    name = row.get("id")
    text = row.get("question") or row.get("text") or (f"question {name}" if name is not None else "")
    options = row.get("options") or row.get("choices") or ()
    choices = tuple(map(str, options.values() if isinstance(options, dict) else options))
    about = {"kind": row["kind"]} if row.get("kind") else {}
    return Question(text=text, id="" if name is None else str(name), choices=choices, **about)


def _seated(outputs: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Name who said each output: its model, with its agent's number or its place where there are several."""
    times: dict[tuple[str, int], int] = {}
    for output in outputs:
        name = str(output.get("model") or output.get("seat") or "model")
        agent = (output.get("meta") or {}).get("agent")
        place = times[name, _round(output)] = times.get((name, _round(output)), 0) + 1
        if agent is not None:
            yield f"{name} #{agent}", output
        else:
            yield name if place == 1 else f"{name} #{place}", output


def _round(output: Mapping[str, Any]) -> int:
    found = output.get("round", (output.get("meta") or {}).get("round", 1))
    if not isinstance(found, int) or found < 1:
        raise BadQuestion(f"there is no round {found!r}; rounds are counted from 1, turns from 0.")
    return found


def _message(
    question: Question, number: int, seat: str, output: Mapping[str, Any], reading: Mode | None
) -> Message:
    text, answer = output.get("text") or "", output.get("answer", NO_ANSWER)
    if answer is NO_ANSWER:
        answer = read(question, text, reading or "strict")
    elif not (answer is None or isinstance(answer, (str, int, float))):
        raise BadQuestion(f"the answer of '{seat}' is {answer!r}; write a text, a number or null.")
    turn = _round(output) - 1
    return Message(
        number=number,
        seat=seat,
        act="revise" if turn else "draft",
        turn=turn,
        text=text,
        answer=None if answer is None else str(answer),
        **{name: output[name] for name in MESSAGE if output.get(name) is not None},
    )
