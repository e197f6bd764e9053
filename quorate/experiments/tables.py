"""Tables: what an experiment that was compared to its end says, read from its folder."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from quorate.errors import RecordError
from quorate.evaluate.results import Comparison, Result
from quorate.experiments.folder import COMPARISON, RESULTS, Folder


def read_comparison(folder: str | Path) -> Comparison:
    """Read the table of an experiment that was compared to its end.

    Raises
    ------
    RecordError
        When there is none yet, it is damaged, or a newer Quorate wrote it.
    """
    place = Folder(folder)
    place.describe()
    file = place.path / COMPARISON
    try:
        return Comparison.model_validate_json(file.read_text("utf-8"))
    except FileNotFoundError:
        raise RecordError(f"{folder} is not finished; go on with: quorate compare {folder}") from None
    except (OSError, ValueError) as problem:
        raise RecordError(f"The table {file} cannot be read: {_why(problem, file, folder)}") from None


def is_finished(folder: str | Path) -> bool:
    """Tell whether an experiment was compared to its end."""
    place = Folder(folder)
    return place.begun and (place.path / COMPARISON).is_file()


def read_results(folder: str | Path) -> list[Result]:
    """Read the results of an experiment that was compared to its end.

    Raises
    ------
    RecordError
        When there are none yet, a line is damaged, or a newer Quorate wrote it.
    """
    file = Path(folder) / RESULTS
    found: list[Result] = []
    try:
        for line in file.read_text("utf-8").split("\n"):
            if line:
                found.append(Result.model_validate_json(line))
    except FileNotFoundError:
        raise RecordError(f"{folder} has no results yet; finish it with: quorate compare {folder}") from None
    except (OSError, ValueError) as problem:
        why = _why(problem, file, folder)
        raise RecordError(f"The results {file} cannot be read, line {len(found) + 1}: {why}") from None
    return found


def _why(problem: Exception, file: Path, folder: str | Path) -> str:
    """Say in one sentence what is wrong with a file, and what to do."""
    anew = f"Remove {file.name}, and `quorate compare {folder}` writes it anew from the records."
    if not isinstance(problem, ValidationError):
        return f"{problem}. {anew}"
    first = problem.errors(include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    if first["type"] == "json_invalid":
        return f"{first['msg'].removeprefix('Invalid JSON: ')}. {anew}"
    if first["type"] == "extra_forbidden":
        return f"this Quorate does not know '{place}'; a newer one wrote it: upgrade to read it. {anew}"
    return f"{place}: {first['msg'].lower()}. {anew}"
