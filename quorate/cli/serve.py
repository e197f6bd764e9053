"""`quorate serve`: a debate behind an OpenAI-compatible endpoint."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.status import Status
from rich.text import Text

from quorate.cli.commands import app
from quorate.cli.options import PoolOption

EXAMPLES = """**Examples**

`quorate serve study.yaml` serves the definition as the model `study` on this machine, port 8000.

`quorate serve` serves the specialists of the shipped pool, as the model `pool`.

`QUORATE_API_KEY=... quorate serve study.yaml --host 0.0.0.0` serves others too, with a key.

Any client of OpenAI's API will do:

    client = openai.OpenAI(base_url="http://127.0.0.1:8000/v1", api_key="none")
    client.chat.completions.create(model="study", messages=[{"role": "user", "content": "What is 17*3?"}])
"""


class Kind(StrEnum):
    """How answers are compared."""

    auto = "auto"
    number = "number"
    maths = "maths"
    text = "text"


@app.command(epilog=EXAMPLES)
def serve(
    definition: Annotated[
        Path | None,
        typer.Argument(help="A definition: YAML, or Python that sets `definition`. [default: the pool]"),
    ] = None,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8000,
    name: Annotated[
        str | None, typer.Option(help="What clients call the model. [default: the file's name]")
    ] = None,
    kind: Annotated[
        Kind | None,
        typer.Option(help="How answers are compared. [default: auto; the pool: number]"),
    ] = None,
    requests: Annotated[int, typer.Option(min=1, help="Most debates at once; more are told to wait.")] = 32,
    characters: Annotated[int, typer.Option(min=1, help="Most characters of a prompt.")] = 32_000,
    seconds: Annotated[float, typer.Option(help="Longest time a debate may take.")] = 600.0,
    key_env: Annotated[
        str, typer.Option(help="Environment variable with the key that clients must send; unset: none.")
    ] = "QUORATE_API_KEY",
    pool: PoolOption = None,
) -> None:
    """Serve a debate as a model of an OpenAI-compatible endpoint: streaming, several at once, until ctrl-C.

    The rounds come as reasoning content, the answer on the last line, the outcome as data in `quorate`.
    Without a definition, the specialists of the shipped pool answer.
    """
    from quorate.serving import Limits, Panel
    from quorate.serving.server import LOCAL, listen
    from quorate.serving.server import serve as run

    limits = Limits(requests, characters, seconds)
    panel = Panel.of(definition, pool=pool, name=name, kind=kind.value if kind else None)
    key = os.environ.get(key_env) or None
    console = Console(stderr=True)
    if key is None and host not in LOCAL:
        warnings.warn(f"Whoever reaches {host} may use this: set {key_env} to ask for a key.", stacklevel=1)
    try:
        with listen(host, port) as opened, console.status("Loading models ...") as loading:
            run(panel, opened, limits=limits, key=key, announce=_announcer(console, loading, panel.name))
    except KeyboardInterrupt:
        console.print("Stopped.")
        raise typer.Exit(130) from None


def _announcer(console: Console, loading: Status, name: str) -> Callable[[str], None]:
    def announce(url: str) -> None:
        loading.stop()
        console.print(Text(f"Serving the model '{name}' at {url} (ctrl-C stops)"), soft_wrap=True)

    return announce
