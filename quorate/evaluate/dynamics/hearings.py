"""Who heard whom, read back from a run: each answer with the messages that were in its instruction."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from quorate.events import Asked, Started
from quorate.record import read_events
from quorate.transcripts import Transcript


def recorded_hearings(folder: str | Path) -> dict[str, dict[int, tuple[int, ...]]]:
    """Read who heard what from the folder of a run.

    Parameters
    ----------
    folder
        Of a run.

    Returns
    -------
    dict
        By the id of the question, then by the number of the answer: the numbers of the messages heard.

    Raises
    ------
    RecordError
        When the folder holds no run, or a damaged one.

    Examples
    --------
    >>> import tempfile
    >>> from quorate import Agent, Definition, Scripted
    >>> folder = Path(tempfile.mkdtemp()) / "run"
    >>> agents = [Agent("ada", Scripted("Answer: 5")), Agent("bo", Scripted("Answer: 6"))]
    >>> run = Definition(agents, protocol={"debate": {"rounds": 2}}).run(["2+3?"], record=folder)
    >>> (found,) = recorded_hearings(folder).values()
    >>> found
    {0: (), 1: (), 2: (1,), 3: (0,)}
    """
    found: dict[str, dict[int, tuple[int, ...]]] = {}
    for event in read_events(Path(folder)):
        match event:
            case Started():
                found[event.question] = {}
            case Asked():
                found[event.question][event.number] = event.heard
    return found


def hearings_of(
    transcripts: Sequence[Transcript], path: str | Path
) -> list[dict[int, tuple[int, ...]] | None]:
    """Return who heard what in each transcript of a record; None where the record does not hold it."""
    if not Path(path).is_dir():
        return [None] * len(transcripts)
    known = recorded_hearings(path)
    return [known.get(transcript.question.id) for transcript in transcripts]
