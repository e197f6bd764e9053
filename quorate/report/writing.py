"""Writing reports: what is written follows from the suffix of the file.

write_report("runs/first", "report.html")     one page with everything
write_report("runs/first", "table.tex")       LaTeX; .csv the same with all digits
write_report("runs/first", "figure.svg")      plots; also .png and .pdf
write_report("runs/first", "records.parquet") every message, and beside it every debate
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from quorate.errors import BadOption, RecordError, did_you_mean
from quorate.report.charts import scored
from quorate.report.page import page
from quorate.report.plots import plot_cost, plot_rounds
from quorate.report.rendering import needed
from quorate.report.study import Study, read_study
from quorate.report.tables import arms_csv, claims_csv, latex
from quorate.report.talk import curves, read_talk


def write_report(study: Study | str | Path, path: str | Path) -> list[Path]:
    """Write a report about an experiment or a run.

    Parameters
    ----------
    study : Study or path
        Or the folder of an experiment or a run.
    path : path
        Its suffix says what is written: .html, .tex, .csv, .svg, .png, .pdf or .parquet.

    Returns
    -------
    list of Path
        The files that were written: a table and its claims, or two plots, lie side by side.

    Raises
    ------
    BadOption
        For another suffix, or when a library of the extra `report` is missing.
    RecordError
        When there is nothing to report in the folder, or the file cannot be written.
    """
    path = Path(path)
    if path.suffix not in KINDS:
        raise BadOption(
            f"A report is not written as '{path.name}': its suffix says what it is. "
            f"{did_you_mean(path.suffix, KINDS)}"
        )
    study = study if isinstance(study, Study) else read_study(study)
    try:
        return KINDS[path.suffix](study, path)
    except OSError as problem:
        raise RecordError(f"The report {path} cannot be written: {problem.strerror or problem}.") from None


def _page(study: Study, path: Path) -> list[Path]:
    return [_written(path, page(study))]


def _latex(study: Study, path: Path) -> list[Path]:
    return [_written(path, latex(study.comparison))]


def _csv(study: Study, path: Path) -> list[Path]:
    written = [_written(path, arms_csv(study.comparison))]
    if study.comparison.claims:
        written.append(_written(_beside(path, "claims"), claims_csv(study.comparison)))
    return written


def _plots(study: Study, path: Path) -> list[Path]:
    held = scored(study.comparison)
    lines = curves(read_talk(study))
    written = []
    if len(held) > 1:
        written.append(plot_cost(held, _beside(path, "cost")))
    if lines:
        written.append(plot_rounds(lines, _beside(path, "rounds")))
    if not written:
        raise BadOption("There is nothing to plot: no arm has gold answers to be scored by.")
    return written


def _parquet(study: Study, path: Path) -> list[Path]:
    needed("pandas", "pyarrow")
    from quorate.report.frames import debates, messages

    beside = _beside(path, "debates")
    messages(study).to_parquet(path, index=False)
    debates(study).to_parquet(beside, index=False)
    return [path, beside]


def _beside(path: Path, what: str) -> Path:
    return path.with_stem(f"{path.stem}-{what}")


def _written(path: Path, text: str) -> Path:
    path.write_text(text, "utf-8", errors="replace")
    return path


KINDS: Mapping[str, Callable[[Study, Path], list[Path]]] = {
    ".html": _page,
    ".tex": _latex,
    ".csv": _csv,
    ".svg": _plots,
    ".png": _plots,
    ".pdf": _plots,
    ".parquet": _parquet,
}
"""What writes each suffix."""
