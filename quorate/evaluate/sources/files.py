"""Rows of files: JSONL, JSON, CSV, TSV and Parquet, each row with its place for errors.

rows("data.csv")   ->   ("row 1", {"question": "What is 2+3?", "answer": "5"}), ("row 2", ...) ...
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from quorate.errors import BadQuestion, did_you_mean

Row = dict[str, Any]
Rows = Iterator[tuple[str, Row]]
PARQUET_NEEDED = "Parquet files and data sets need pyarrow; install it with: pip install 'quorate[data]'"
_DELIMITERS = ",;\t|"


def rows(path: str | Path) -> Rows:
    """Yield the rows of a file, each with its place ("line 3" of JSONL, "row 3" of a table).

    Parameters
    ----------
    path
        A file that ends in .jsonl, .json (a list of objects), .csv, .tsv or .parquet; all but the last may
        be gzipped (.gz). The delimiter of a CSV file is found by its header.

    Raises
    ------
    BadQuestion
        Naming the file and the place: absent, of an unknown kind, empty, not UTF-8, broken.
    """
    path = Path(path)
    if not path.is_file():
        what = "is a folder, not a file" if path.is_dir() else "is not there"
        raise BadQuestion(f"The problems in {path} cannot be read: it {what}.")
    read = READERS.get(kind_of(path))
    if read is None:
        raise BadQuestion(
            f"{path} is of no kind that can be read. {did_you_mean(kind_of(path), READERS)} Any of them but "
            "Parquet may be gzipped (.gz)."
        )
    return read(path)


def kind_of(path: Path) -> str:
    """Return the kind of a file by its name, whether or not it is gzipped.

    Examples
    --------
    >>> kind_of(Path("data/test.jsonl.gz")), kind_of(Path("test.CSV"))
    ('.jsonl', '.csv')
    """
    name = path.with_suffix("") if path.suffix.lower() == ".gz" else path
    return name.suffix.lower()


def text_of(path: Path) -> str:
    """Return the text of a file, unpacked if it is gzipped.

    Raises
    ------
    BadQuestion
        When it cannot be read or is not UTF-8.
    """
    try:
        data = path.read_bytes()
        return (gzip.decompress(data) if path.suffix.lower() == ".gz" else data).decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise BadQuestion(
            f"{path} is not UTF-8: byte {problem.start} is no text. Save it as UTF-8."
        ) from None
    except (OSError, EOFError, zlib.error) as problem:
        raise BadQuestion(f"The problems in {path} cannot be read: {problem}.") from None


def _jsonl(path: Path) -> Rows:
    for number, line in enumerate(text_of(path).split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as problem:
            raise BadQuestion(f"{path}, line {number}: this is no JSON: {problem}.") from None
        yield f"line {number}", _object(row, f"{path}, line {number}")


def _json(path: Path) -> Rows:
    try:
        listed = json.loads(text_of(path))
    except (ValueError, RecursionError) as problem:
        raise BadQuestion(f"{path} is no JSON: {problem}. One object a line is JSONL: name it so.") from None
    if not isinstance(listed, list):
        raise BadQuestion(f"{path} holds no list of problems but {type(listed).__name__}; write a list.")
    for number, row in enumerate(listed, 1):
        yield f"row {number}", _object(row, f"{path}, row {number}")


def _object(row: Any, place: str) -> Row:
    if not isinstance(row, dict):
        raise BadQuestion(f'{place}: a problem is a JSON object such as {{"text": "What is 2+3?"}}.')
    return row


def _csv(path: Path) -> Rows:
    text = text_of(path)
    header = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=header.count)
    table = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        names = [name.strip() for name in next(table, [])]
        _check_header(names, path)
        for number, cells in enumerate(filter(None, table), 1):
            if len(cells) != len(names):
                raise BadQuestion(
                    f"{path}, row {number} (line {table.line_num}): it has {len(cells)} cells, the header "
                    f"has {len(names)}. A cell that holds a '{delimiter}' stands in double quotes."
                )
            yield f"row {number}", {name: cell or None for name, cell in zip(names, cells, strict=True)}
    except csv.Error as problem:
        raise BadQuestion(f"{path}, line {table.line_num}: this is no CSV: {problem}.") from None


def _check_header(names: list[str], path: Path) -> None:
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise BadQuestion(f"{path} has two columns called '{twice}'; its first row names each column once.")


def _parquet(path: Path) -> Rows:
    try:
        from pyarrow import ArrowException
        from pyarrow.parquet import ParquetFile
    except ImportError:
        raise BadQuestion(PARQUET_NEEDED) from None
    number = 0
    try:
        with ParquetFile(path) as file:
            for batch in file.iter_batches():
                for row in batch.to_pylist():
                    number += 1
                    yield f"row {number}", {str(name): value for name, value in row.items()}
    except (ArrowException, OSError) as problem:
        raise BadQuestion(f"{path} is no Parquet file that can be read: {problem}.") from None


READERS: dict[str, Callable[[Path], Rows]] = {
    ".jsonl": _jsonl,
    ".ndjson": _jsonl,
    ".json": _json,
    ".csv": _csv,
    ".tsv": _csv,
    ".parquet": _parquet,
}
