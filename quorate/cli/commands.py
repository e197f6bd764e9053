"""The commands: each turns its arguments into one call that Python has too."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from quorate import registry
from quorate.cli import graph, help, pool, tables
from quorate.cli.options import PoolOption, RecordOption, ViewOption, names_of
from quorate.cli.showing import View, deliberate, is_drawn, keep_free, readable, roles_of, viewing
from quorate.cli.topology import topology
from quorate.errors import BadOption

app = typer.Typer(
    name="quorate",
    help="Several language models deliberate over a sparse graph until they agree, a judge decides, "
    "or the budget ends.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)
app.add_typer(pool.app)
app.add_typer(graph.app)


@app.command(epilog=help.DEBATE)
def debate(
    question: Annotated[str, typer.Argument(help="The question, in quotes.")],
    model: Annotated[
        list[str] | None,
        typer.Option("--model", "-m", help="Checkpoint folder or hub name; give several to mix models."),
    ] = None,
    adapter: Annotated[
        list[str] | None,
        typer.Option("--adapter", "-a", help="LoRA adapter; one agent each, on the first model."),
    ] = None,
    endpoint: Annotated[
        str | None, typer.Option(help="URL of an OpenAI-compatible server that serves the models.")
    ] = None,
    pool: PoolOption = None,
    choice: Annotated[
        list[str] | None, typer.Option("--choice", "-c", help="An option of a multiple-choice question.")
    ] = None,
    agents: Annotated[
        int | None,
        typer.Option("--agents", "-n", min=1, help="How many agents sit at the table. [default: 3]"),
    ] = None,
    judge: Annotated[
        str | None,
        typer.Option(
            help="Model of a judge, who ends a debate and decides it, or does what another protocol asks."
        ),
    ] = None,
    protocol: Annotated[
        str | None,
        typer.Option(
            "--protocol",
            "-p",
            help='How they deliberate, as a name or "name: {option: value}". '
            "[default: debate; the pool: relay]",
            autocompletion=names_of(registry.protocol),
        ),
    ] = None,
    topology: Annotated[
        str | None,
        typer.Option(
            "--topology",
            "-t",
            help="Who hears whom. [default: ring for a debate or relay, else complete]",
            autocompletion=names_of(registry.topology),
        ),
    ] = None,
    rounds: Annotated[
        int | None,
        typer.Option(
            "--rounds",
            "-r",
            help="Most rounds, the drafts included. [default: the protocol's, mostly 3; the pool's relay: 4]",
        ),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(
            help="When to stop early. [default: the protocol's; a debate: unanimous; a relay: never]",
            autocompletion=names_of(registry.stop),
        ),
    ] = None,
    filter_: Annotated[
        list[str] | None,
        typer.Option(
            "--filter",
            "-f",
            help="What makes each round's graph sparser, as `quorate filters` lists; several work in order.",
            autocompletion=names_of(registry.filter),
        ),
    ] = None,
    temperature: Annotated[
        float | None,
        typer.Option(min=0.0, help="0 is greedy. [default: 0.7; the pool: 0, or 0.6 to sample one member]"),
    ] = None,
    max_tokens: Annotated[
        int | None, typer.Option(min=1, help="Most tokens of one answer. [default: 512; the pool: 200]")
    ] = None,
    human: Annotated[bool, typer.Option("--human", help="Take a seat yourself.")] = False,
    seed: Annotated[int, typer.Option(help="Every draw derives from it.")] = 0,
    record: RecordOption = None,
    view: ViewOption = View.auto,
) -> None:
    """Let several models debate ONE question over a graph, and print the outcome with its dissent.

    Without `--model`, the specialists of the shipped pool relay: small transformers that Quorate trained
    itself. They know word problems such as `quorate pool problem` prints, and nothing else. The pool's
    judge does what a `--protocol` asks a judge.
    """
    from quorate.definition_file import build
    from quorate.nouns import Question

    given = {"temperature": temperature, "max_tokens": max_tokens}
    sampling = {name: value for name, value in given.items() if value is not None}
    filters = [tables.spec(text, "filter") for text in filter_ or []]
    led = None if protocol is None else tables.spec(protocol, "protocol")
    pooled = not (model or endpoint)
    if pooled:
        tables.check_pool_options(agents=agents, judge=judge, adapter=adapter, choice=choice)
        data = tables.of_pool(pool, topology, rounds, until, sampling, filters, led)
    else:
        if pool is not None:
            raise BadOption("--pool and --model exclude each other: give one of them.")
        data = tables.of_models(model or [], adapter or [], endpoint, agents or 3, judge, sampling)
        data |= tables.debating(topology, rounds, until, judge, filters, led)
    data["seed"] = seed
    if human:
        data["agents"].append({"name": "you", "model": "human"})
    # The pool was trained on questions that ask for a number.
    asked = Question(text=question, choices=tuple(choice or ()), kind="number" if pooled else "auto")
    definition = build(data, where="debate", folder=Path.cwd())
    (outcome,) = deliberate(definition, [asked], record, keep_free(view, human))
    if pooled:
        from quorate.lab.demo import doubts

        if said := doubts(outcome):
            Console().print(Text(said), soft_wrap=True)


@app.command()
def demo(
    record: RecordOption = None,
    topology: Annotated[
        str | None,
        typer.Option(
            "--topology",
            "-t",
            help="Who hears whom. [default: ring]",
            autocompletion=names_of(registry.topology),
        ),
    ] = None,
    seed: Annotated[int, typer.Option(help="Every draw derives from it.")] = 0,
    pace: Annotated[
        float, typer.Option(min=0.0, help="Seconds to wait after every message while it is drawn live.")
    ] = 0.25,
    pool: PoolOption = None,
    view: ViewOption = View.auto,
) -> None:
    """Watch five small trained transformers solve three problems together, offline, in seconds.

    Nothing is scripted: the problems were chosen for what happens to them, one that the group does not
    solve included, and the models that ship with Quorate deliberate over them anew.
    """
    from quorate.definition_file import build
    from quorate.lab.demo import Witness, demo_items, notice, pool_data
    from quorate.lab.members import Pool

    members, witness = Pool(pool), Witness()
    items = demo_items(members)
    deliberate(
        build(pool_data(members, topology=topology, seed=seed), where="demo"),
        [item.problem() for item in items],
        record,
        view,
        notice=notice(members),
        pace=pace if is_drawn(view) else 0.0,
        listeners=[witness],
        apart=True,
    )
    if view is not View.quiet:
        for number, found in enumerate(witness.found(items), 1):
            Console().print(Text(f"\n{number}. {found.story()}"))


@app.command(epilog=help.RUN)
def run(
    definition: Annotated[Path, typer.Argument(help="A definition: YAML, or Python that sets `definition`.")],
    problems: Annotated[
        str,
        typer.Argument(
            help="Problems in JSONL, CSV or Parquet: text, and optionally id, choices, gold; or a set that "
            "`quorate problems` lists."
        ),
    ],
    record: RecordOption = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Continue the run in --record if there is one.")
    ] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="Only the first so many problems.")] = None,
    view: ViewOption = View.auto,
) -> None:
    """Deliberate over a file of problems, with progress and accuracy where gold answers are known."""
    from quorate.definition_file import load_definition
    from quorate.evaluate.sources import read_problems

    todo = read_problems(problems).problems[:limit]
    deliberate(load_definition(definition), todo, record or _fresh_folder(), view, resume=resume)


def _fresh_folder() -> Path:
    import time

    return Path("runs") / time.strftime("%Y%m%d-%H%M%S")


@app.command()
def resume(
    folder: Annotated[Path, typer.Argument(help="The folder of a recorded run.")],
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Ask again where a seat had failed.")
    ] = False,
    view: ViewOption = View.auto,
) -> None:
    """Continue a run that was stopped or killed; nothing that was answered is asked again."""
    from quorate.definition_file import rebuild
    from quorate.evaluate import load_problems
    from quorate.record import PROBLEMS, read_manifest

    definition = rebuild(read_manifest(folder), folder)
    todo = load_problems(folder / PROBLEMS)
    deliberate(definition, todo, folder, view, resume=True, retry_failed=retry_failed)


@app.command(epilog=help.WATCH)
def watch(
    folder: Annotated[Path, typer.Argument(help="The folder of a recorded run.")],
    speed: Annotated[
        float | None,
        typer.Option(min=0.0, help="Replay from the start at so many times real speed (0: at once)."),
    ] = None,
    view: ViewOption = View.auto,
) -> None:
    """Watch a running run live, or replay a finished one at a chosen speed.

    Without `--speed`, everything so far is shown at once and a run that is still going is followed.
    """
    from quorate.evaluate import load_problems
    from quorate.live import replay
    from quorate.record import PROBLEMS, follow_events, read_events, read_manifest

    setup = read_manifest(folder)["setup"]
    todo = load_problems(folder / PROBLEMS)
    with viewing(todo, view, title=folder.name, roles=roles_of(setup)) as shown:
        listener = readable(shown, setup)
        if speed is None:
            for event in follow_events(folder):
                listener(event)
        else:
            replay(read_events(folder), listener, speed=speed)


app.command(epilog=help.TOPOLOGY)(topology)


@app.command(epilog=help.MODELS)
def models(
    folders: Annotated[
        list[Path] | None, typer.Argument(help="Where to look; the current folder if left out.")
    ] = None,
) -> None:
    """List what is loadable here: checkpoints, adapters, the hub cache, the server in OPENAI_BASE_URL."""
    from quorate.agents.catalog import loadable

    console = Console()
    items = loadable(folders or [Path()])
    if not items:
        console.print(
            "Nothing to load here. Put a checkpoint (config.json and .safetensors) below this folder, "
            "fill the hub cache, or set OPENAI_BASE_URL. `quorate demo` needs none of them."
        )
        return
    grid = Grid.grid(padding=(0, 2))
    for item in items:
        grid.add_row(Text(item.kind, style="dim"), Text(item.name, style="bold"), Text(item.detail))
    console.print(grid)
