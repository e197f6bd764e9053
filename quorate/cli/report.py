"""`quorate report`: a run or an experiment as a page, tables, plots or records."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.text import Text

from quorate.cli.commands import app

EXAMPLES = """**Examples**

`quorate report runs/first` writes runs/first/report.html

`quorate report runs/study -o study.html --open`

`quorate report runs/study -o table.tex -o table.csv -o figure.svg -o records.parquet`

The suffix says what is written: .html a page with everything in it, .tex a table for LaTeX (booktabs), .csv
the same with all digits, .svg, .png or .pdf the plots, .parquet every message and every debate.
"""


@app.command(epilog=EXAMPLES)
def report(
    folder: Annotated[Path, typer.Argument(help="The folder of a run or of an experiment.")],
    output: Annotated[
        list[Path] | None,
        typer.Option("--output", "-o", help="What to write; repeatable. [default: FOLDER/report.html]"),
    ] = None,
    show: Annotated[bool, typer.Option("--open", help="Open the page in a browser.")] = False,
) -> None:
    """Write a report: one page with the table, the charts and every debate, or tables and plots for a paper.

    The page is one file that needs no network; whatever models wrote is shown as plain text.
    """
    from quorate.report import read_study, write_report

    console = Console()
    study = read_study(folder)
    written = [file for path in output or [folder / "report.html"] for file in write_report(study, path)]
    for file in written:
        console.print(Text(f"{file}  {_size(file)}"), soft_wrap=True)
    page = next((file for file in written if file.suffix == ".html"), None)
    if show and page is not None:
        typer.launch(page.resolve().as_uri())


def _size(path: Path) -> str:
    size = path.stat().st_size
    return f"{size / 1e6:.1f} MB" if size >= 1e6 else f"{max(1, round(size / 1e3))} kB"
