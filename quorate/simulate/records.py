"""Records: recorded debates to check a prediction against, from run folders and folders of experiments."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from quorate.errors import BadOption, QuorateError, RecordError
from quorate.evaluate.dynamics.courses import UNHEARD, Course, Heard
from quorate.record import MANIFEST, read_manifest
from quorate.simulate.network import Network
from quorate.simulate.wiring import Wiring
from quorate.transcript_files import load_transcripts
from quorate.transcripts import Transcript

EXPERIMENT = "experiment.json"


@dataclass(frozen=True, eq=False)
class Record:
    """Debates of one arm: the same seats, graph and protocol over several questions, of one or more seeds.

    Parameters
    ----------
    name : str
        Of the arm, or of the topology.
    family : str
        The protocol; only debates by the same one tell what to expect of each other.
    transcripts : tuple of Transcript
    heard : tuple
        For each, the numbers of the messages heard, by the number of the answer.
    """

    name: str
    family: str
    transcripts: tuple[Transcript, ...]
    heard: tuple[Heard | None, ...]

    @cached_property
    def course(self) -> Course:
        """The debates as arrays."""
        return Course.of(self.transcripts, self.heard)

    @property
    def agents(self) -> int:
        """Seats at the table."""
        return int(self.course.seats.shape[1])

    @cached_property
    def links(self) -> np.ndarray[Any, np.dtype[np.float64]]:
        """The share of answers in which each was heard, shape (turns, agents, agents): [hearer, heard]."""
        course, found = self.course, self.course.hearings
        links = np.zeros((max(1, course.rounds - 1), self.agents, self.agents))
        asked = np.zeros(links.shape[:2])
        np.add.at(links, (found.turn - 1, found.place), found.heard != UNHEARD)
        np.add.at(asked, (found.turn - 1, found.place), 1)
        return links / np.maximum(asked, 1)[:, :, None]

    @property
    def is_steady(self) -> bool:
        """Whether the graph of a turn is the same on nearly all questions."""
        some = self.links[self.links > 0]
        return not some.size or bool(some.mean() > 0.95)

    @property
    def wiring(self) -> Wiring:
        """Who heard whom, turn by turn: whoever was heard in at least half of the answers."""
        networks = [Network.of_links(self.agents, *np.nonzero(share.T >= 0.5)) for share in self.links]
        lasting = all((share >= 0.5).tolist() == (self.links[0] >= 0.5).tolist() for share in self.links)
        return Wiring(
            self.name,
            self.agents,
            lambda turn: networks[min(turn, len(networks)) - 1],
            lasting=lasting,
        )

    def same_graph(self, other: Record) -> bool:
        """Tell whether two records have the same graph in the first turn of talk."""
        mine, theirs = self.links[0] >= 0.5, other.links[0] >= 0.5
        return mine.shape == theirs.shape and bool((mine == theirs).all())

    def part(self, chosen: Sequence[bool]) -> Record:
        """Return the record of some of its transcripts."""
        kept = [place for place, wanted in enumerate(chosen) if wanted]
        return replace(
            self,
            transcripts=tuple(self.transcripts[place] for place in kept),
            heard=tuple(self.heard[place] for place in kept),
        )


def read_records(*paths: str | Path) -> list[Record]:
    """Read debates of at least two rounds from run folders and folders of experiments.

    Runs of the same protocol over the same topology, such as those of several seeds, are one record. The
    controls of an experiment are left out.

    Raises
    ------
    BadOption
        When no path is given, or nothing in them is a debate of at least two rounds with gold answers.
    RecordError, BadQuestion
        When a folder holds no record, or a damaged one.
    """
    if not paths:
        raise BadOption("Give at least one folder of a run, or of an experiment.")
    found: dict[tuple[str, str], list[Record]] = {}
    why = ""
    for path in paths:
        for name, folder in _runs(Path(path)):
            try:
                record = _read(folder, name)
            except QuorateError as error:
                if len(paths) == 1 and folder == Path(path):
                    raise
                why = why or f" {error}"
                continue
            if record is not None:
                found.setdefault((record.name, record.family), []).append(record)
    if not found:
        raise BadOption(
            "Nothing here is a debate of two rounds or more with gold answers, which is what a prediction "
            f"can be checked against.{why}"
        )
    return [_joined(parts) for parts in found.values()]


def _joined(parts: Sequence[Record]) -> Record:
    return replace(
        parts[0],
        transcripts=tuple(transcript for part in parts for transcript in part.transcripts),
        heard=tuple(heard for part in parts for heard in part.heard),
    )


def _runs(path: Path) -> Iterator[tuple[str, Path]]:
    """Yield the run folders of a path, and the names of the arms of an experiment."""
    if not (path / EXPERIMENT).is_file():
        yield "", path
        return
    try:
        controls = json.loads((path / EXPERIMENT).read_text("utf-8"))["setup"]["controls"]
    except (ValueError, LookupError, TypeError):
        raise RecordError(f"The file {path / EXPERIMENT} is damaged: compare anew to write it.") from None
    for manifest in sorted((path / "arms").glob(f"*/*/{MANIFEST}")):
        arm = manifest.parent.parent.name
        if arm not in controls:
            yield arm, manifest.parent


def _read(folder: Path, name: str) -> Record | None:
    setup = read_manifest(folder).get("setup") or {}
    loaded = load_transcripts(folder)
    heard = [transcript.heard for transcript in loaded.transcripts]
    pairs = [(t, h) for t, h in zip(loaded.transcripts, heard, strict=True) if t.gold is not None]
    if not pairs or max(len(transcript.rounds) for transcript, _ in pairs) < 2:
        return None
    topology = _label((setup.get("topology") or {}).get("maker", "graph"))
    family = _label(setup.get("protocol", "debate")).partition(":")[0]
    return Record(name or topology, family, tuple(t for t, _ in pairs), tuple(h for _, h in pairs))


def _label(spelled: Any) -> str:
    """Return a name and its options as `wire` reads them, from what a manifest holds."""
    if isinstance(spelled, Mapping) and len(spelled) == 1:
        ((name, options),) = spelled.items()
        written = ",".join(f"{key}={value}" for key, value in (options or {}).items())
        return f"{name}:{written}" if written else str(name)
    return str(spelled)
