"""Records: a run is a folder that `kill -9` cannot break and that resumes without asking anything twice.

    runs/2026-ring/
        manifest.json     what was set up: agents, graph, protocol, seeds, versions, weight hashes
        problems.jsonl    the questions, with their gold answers where known
        events.jsonl      one event a line, appended and flushed; a torn last line is dropped on resume

Secrets never reach a record. Resuming replays the messages; a record of another configuration is refused.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping
from io import FileIO
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from pydantic import ValidationError

from quorate.errors import RecordBusy, RecordError, RecordMismatch
from quorate.events import (
    Asked,
    Decided,
    Event,
    Failed,
    Heard,
    Noted,
    Posted,
    Said,
    Started,
    parse_event,
    write_event,
)
from quorate.noun_files import write_whole as write_whole
from quorate.open_questions import Replay

FORMAT = 1
MANIFEST, EVENTS, PROBLEMS = "manifest.json", "events.jsonl", "problems.jsonl"


class Record:
    """The writing end of a run folder: a listener that appends every event.

    Use as a context manager. One process writes at a time.

    Raises
    ------
    RecordError
        When the folder cannot be written, or the disk is full.
    RecordBusy
        When another process is writing the same run.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp()) / "run"
    >>> with Record.create(folder, {"seed": 0}) as record:
    ...     record(Heard(question="q1", turn=1, edges=(("ada", "bo"),)))
    >>> [event.type for event in read_events(folder)]
    ['heard']
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = FileLock(folder / ".lock", timeout=0)
        try:
            self._lock.acquire()
            self._file = FileIO(folder / EVENTS, "ab")
        except Timeout:
            raise RecordBusy(
                f"Another process is writing the run {folder}; watch it with: quorate watch {folder}"
            ) from None
        except OSError as problem:
            self._lock.release()
            raise _unwritable(folder, problem) from None

    @classmethod
    def create(cls, folder: str | Path, manifest: Mapping[str, Any], problems: str = "") -> Record:
        """Start a new run folder; RecordError when it already holds a run."""
        folder = Path(folder)
        if (folder / EVENTS).exists():
            raise RecordError(
                f"{folder} already holds a run. Continue it with: quorate resume {folder} "
                "(in Python: resume=True), or record into another folder."
            )
        try:
            folder.mkdir(parents=True, exist_ok=True)
            write_whole(folder / PROBLEMS, problems)
            write_whole(folder / MANIFEST, json.dumps({"format": FORMAT, **manifest}, indent=2) + "\n")
        except OSError as problem:
            raise _unwritable(folder, problem) from None
        return cls(folder)

    @classmethod
    def resume(cls, folder: str | Path) -> Record:
        """Open an existing run folder for appending; a torn last line is dropped."""
        record = cls(_existing(Path(folder)))
        _drop_torn_line(record.folder / EVENTS)
        return record

    def __call__(self, event: Event) -> None:
        """Append one event; it is with the operating system when this returns."""
        line = write_event(event).encode("utf-8", "replace") + b"\n"
        try:
            written = self._file.write(line)
        except OSError as problem:
            raise _unwritable(self.folder, problem) from None
        if written != len(line):
            raise RecordError(
                f"The disk is full: {self.folder} could not be written to the end. Nothing recorded is lost; "
                f"free some space, then: quorate resume {self.folder}"
            )

    def __enter__(self) -> Record:
        """Return the record itself."""
        return self

    def __exit__(self, *exception: object) -> None:
        """Close the file and let others write."""
        self.close()

    def close(self) -> None:
        """Close the file and let others write; may be called twice."""
        self._file.close()
        self._lock.release()


def read_manifest(folder: str | Path) -> dict[str, Any]:
    """Read what a run was set up with.

    Raises
    ------
    RecordError
        When there is no run in the folder, its manifest is damaged, or a newer Quorate wrote it.
    """
    path = _existing(Path(folder)) / MANIFEST
    try:
        manifest: dict[str, Any] = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as problem:
        raise RecordError(f"The manifest {path} cannot be read: {problem}.") from None
    if not isinstance(manifest, dict) or manifest.get("format", 0) > FORMAT:
        raise RecordError(f"The record {path.parent} was written by a newer Quorate; upgrade to read it.")
    return manifest


def read_events(folder: str | Path) -> Iterator[Event]:
    """Read the events of a run in order; a torn last line is passed over.

    A run that was stopped between its manifest and its first event has none.

    Raises
    ------
    RecordError
        When a line before the last is damaged; it is named.
    """
    path = _existing(Path(folder)) / EVENTS
    if not path.exists():
        return
    with path.open("rb") as lines:
        for number, line in enumerate(lines, 1):
            if not line.endswith(b"\n"):
                return
            try:
                yield parse_event(line)
            except ValidationError:
                raise RecordError(f"{path}, line {number}, is not an event; the record is damaged.") from None


def follow_events(folder: str | Path, *, pause: float = 0.2) -> Iterator[Event]:
    """Read the events of a run, and go on as they come until nobody is writing it any more.

    Parameters
    ----------
    pause : float
        Seconds to wait for more.
    """
    path = _existing(Path(folder)) / EVENTS
    while not path.exists():
        if not _is_being_written(path.parent):
            return
        time.sleep(pause)
    with path.open("rb") as lines:
        torn = b""
        while True:
            written = _is_being_written(path.parent)
            for line in lines:
                torn += line
                if torn.endswith(b"\n"):
                    yield parse_event(torn)
                    torn = b""
            if not written:
                return
            time.sleep(pause)


def _is_being_written(folder: Path) -> bool:
    try:
        with FileLock(folder / ".lock", timeout=0):
            return False
    except Timeout:
        return True
    except OSError:  # a folder that this user may not write
        return False


def read_replays(folder: str | Path, *, retry_failed: bool = False) -> dict[str, Replay]:
    """Fold the events of a run into what each question needs to go on.

    With `retry_failed`, questions with a failure start afresh, so that the seats that failed are asked
    again.
    """
    replays: dict[str, Replay] = {}
    spoilt: set[str] = set()
    for event in read_events(folder):
        match event:
            case Started():
                replays[event.question] = Replay(started=True)
                spoilt.discard(event.question)
            case Asked():
                replays[event.question].digests[event.number] = event.digest
            case Said() | Failed():
                replays[event.question].messages[event.message.number] = event.message
                if isinstance(event, Failed):
                    spoilt.add(event.question)
            case Decided():
                replays[event.question] = Replay(started=True, outcome=event.outcome)
            case Heard() | Posted() | Noted():
                replays[event.question].told.append(event)
    if retry_failed:
        for question in spoilt:
            replays[question] = Replay()
    return replays


def check_same(recorded: Any, current: Any, where: str = "") -> None:
    """Raise RecordMismatch at the first place where two set-ups differ, naming it and both values.

    Examples
    --------
    >>> check_same({"seed": 0}, {"seed": 1})
    Traceback (most recent call last):
    ...
    quorate.errors.RecordMismatch: The record belongs to another configuration: seed was 0, now it is 1. ...
    """
    if isinstance(recorded, dict) and isinstance(current, dict):
        for key in [*recorded, *(key for key in current if key not in recorded)]:
            check_same(recorded.get(key), current.get(key), f"{where}.{key}" if where else str(key))
    elif isinstance(recorded, list) and isinstance(current, list) and len(recorded) == len(current):
        for index, (was, now) in enumerate(zip(recorded, current, strict=True)):
            check_same(was, now, f"{where}[{index}]")
    elif recorded != current:
        raise RecordMismatch(
            f"The record belongs to another configuration: {where} was {_short(recorded)}, now it is "
            f"{_short(current)}. Resume with what the run was made with, or record into another folder."
        )


def _existing(folder: Path) -> Path:
    if not (folder / MANIFEST).is_file():
        runs = sorted(path.parent.name for path in folder.parent.glob(f"*/{MANIFEST}"))
        beside = f" Runs beside it: {', '.join(runs[-5:])}." if runs else ""
        raise RecordError(f"There is no run in {folder} (no {MANIFEST}).{beside}")
    return folder


def _drop_torn_line(path: Path) -> None:
    """Cut the file after its last complete line; what follows was being written when the process died."""
    with path.open("r+b") as file:
        end = size = file.seek(0, os.SEEK_END)
        while end:
            step = min(end, 65536)
            file.seek(end - step)
            newline = file.read(step).rfind(b"\n")
            if newline >= 0:
                end = end - step + newline + 1
                break
            end -= step
        if end < size:
            file.truncate(end)


def _unwritable(folder: Path, problem: OSError) -> RecordError:
    reason = problem.strerror or str(problem)
    return RecordError(
        f"The run folder {folder} cannot be written: {reason}. Nothing recorded so far is lost; free some "
        "space or choose a folder you may write, then resume."
    )


def _short(value: Any) -> str:
    text = json.dumps(value, default=str)
    return text if len(text) <= 80 else text[:79] + "…"
