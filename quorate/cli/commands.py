"""The commands: each turns its arguments into one call that Python has too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
import yaml
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from quorate.cli import help
from quorate.cli.showing import View, cache, deliberate, is_drawn, keep_free, roles_of, viewing
from quorate.errors import BadOption

if TYPE_CHECKING:
    from quorate.topologies import Measures

app = typer.Typer(
    name="quorate",
    help="Several language models deliberate over a sparse graph until they agree, a judge decides, "
    "or the budget ends.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
)


def _topologies() -> list[str]:
    from quorate import registry

    return list(registry.topology)


def _stops() -> list[str]:
    from quorate import registry

    return list(registry.stop)


ViewOption = Annotated[
    View, typer.Option(help="How to show the run: live on a terminal, plain lines elsewhere, or quiet.")
]
RecordOption = Annotated[
    Path | None,
    typer.Option("--record", "-o", help="Folder to record the run in, so that it can be resumed."),
]


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
    choice: Annotated[
        list[str] | None, typer.Option("--choice", "-c", help="An option of a multiple-choice question.")
    ] = None,
    agents: Annotated[
        int, typer.Option("--agents", "-n", min=1, help="How many agents sit at the table.")
    ] = 3,
    judge: Annotated[
        str | None, typer.Option(help="Model of a judge who ends the debate and decides.")
    ] = None,
    topology: Annotated[
        str, typer.Option("--topology", "-t", help="Who hears whom.", autocompletion=_topologies)
    ] = "ring",
    rounds: Annotated[int, typer.Option("--rounds", "-r", help="Most rounds, the drafts included.")] = 3,
    until: Annotated[str, typer.Option(help="When to stop early.", autocompletion=_stops)] = "unanimous",
    temperature: Annotated[float, typer.Option(min=0.0, help="0 is greedy.")] = 0.7,
    max_tokens: Annotated[int, typer.Option(min=1, help="Most tokens of one answer.")] = 512,
    human: Annotated[bool, typer.Option("--human", help="Take a seat yourself.")] = False,
    seed: Annotated[int, typer.Option(help="Every draw derives from it.")] = 0,
    record: RecordOption = None,
    view: ViewOption = View.auto,
) -> None:
    """Let several models debate ONE question over a graph, and print the outcome with its dissent.

    Without `--model`, the tiny stand-in checkpoint debates: real transformers with random weights, good
    for watching and for nothing else.
    """
    from quorate.definition_file import build
    from quorate.nouns import Question

    sampling = {"temperature": temperature, "max_tokens": max_tokens}
    if model or endpoint:
        data = _definition_of(model or [], adapter or [], endpoint, agents, judge, sampling)
    else:
        if judge or adapter:
            raise BadOption("--judge and --adapter need a --model to go with.")
        data = _standin_data(agents, bool(choice))
    data["topology"] = topology
    options: dict[str, Any] = {"rounds": rounds, "until": until}
    if judge:
        options |= {"until": {"any": [until, "judge_agrees"]}, "decide": "judge_decides"}
    data |= {"protocol": {"debate": options}, "seed": seed}
    if human:
        data["agents"].append({"name": "you", "model": "human"})
    asked = Question(text=question, choices=tuple(choice or ()))
    deliberate(build(data, where="debate", folder=Path.cwd()), [asked], record, keep_free(view, human))


def _definition_of(
    models: Sequence[str],
    adapters: Sequence[str],
    endpoint: str | None,
    agents: int,
    judge: str | None,
    sampling: Mapping[str, Any],
) -> dict[str, Any]:
    def named(model: str) -> Any:
        if endpoint:
            return {"endpoint": {"url": endpoint, "model": model}}
        return {"transformers": {"path": model}}

    if not models:
        raise BadOption("--endpoint needs --model, the name of a model that the server serves.")
    seats: list[tuple[str, str | None]] = [(models[0], path) for path in adapters] or [
        (models[index % len(models)], None) for index in range(max(agents, len(models)))
    ]
    listed = [
        {"name": name, "model": named(model), "adapter": path, "sampling": dict(sampling)}
        for name, (model, path) in zip(_names(len(seats)), seats, strict=True)
    ]
    officers = (
        {"judge": {"name": "judge", "model": named(judge), "sampling": dict(sampling)}} if judge else {}
    )
    return {"agents": listed, "offices": officers}


def _standin_data(agents: int, choices: bool) -> dict[str, Any]:
    from quorate.lab.demo import standin_agents

    return {"agents": standin_agents(cache(), _names(agents), choices=choices)}


def _names(count: int) -> list[str]:
    first = ["ada", "bo", "cy", "di", "eve", "fay", "gus", "hal", "ida", "jo"]
    return [first[i] if i < len(first) else f"agent-{i + 1}" for i in range(count)]


@app.command()
def demo(
    record: RecordOption = None,
    topology: Annotated[
        str, typer.Option("--topology", "-t", help="Who hears whom.", autocompletion=_topologies)
    ] = "ring",
    seed: Annotated[int, typer.Option(help="Every draw derives from it.")] = 0,
    pace: Annotated[
        float, typer.Option(min=0.0, help="Seconds to wait after every message while it is drawn live.")
    ] = 0.25,
    view: ViewOption = View.auto,
) -> None:
    """Watch five small local transformers deliberate over a few questions, offline, in seconds.

    Until trained models ship with Quorate, a tiny checkpoint with RANDOM weights stands in: drafting,
    hearing, revising, voting and recording are real, and the answers mean nothing.
    """
    from quorate.definition_file import build
    from quorate.lab.demo import NOTICE, demo_data, demo_problems

    definition = build(demo_data(cache(), topology=topology, seed=seed), where="demo")
    deliberate(definition, demo_problems(), record, view, notice=NOTICE, pace=pace if is_drawn(view) else 0.0)


@app.command(epilog=help.RUN)
def run(
    definition: Annotated[Path, typer.Argument(help="A definition: YAML, or Python that sets `definition`.")],
    problems: Annotated[
        Path, typer.Argument(help="Problems in JSONL: text, and optionally id, choices, gold.")
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
    from quorate.evaluate import load_problems

    todo = load_problems(problems)[:limit]
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

    manifest = read_manifest(folder)
    todo = load_problems(folder / PROBLEMS)
    with viewing(todo, view, title=folder.name, roles=roles_of(manifest["setup"])) as shown:
        if speed is None:
            for event in follow_events(folder):
                shown(event)
        else:
            replay(read_events(folder), shown, speed=speed)


@app.command(epilog=help.TOPOLOGY)
def topology(
    name: Annotated[
        str | None, typer.Argument(help="Which graph; leave it out for the list.", autocompletion=_topologies)
    ] = None,
    agents: Annotated[int, typer.Option("--agents", "-n", min=1, help="How many agents.")] = 6,
    option: Annotated[
        list[str] | None, typer.Option("--option", "-o", help="An option of the maker, as key=value.")
    ] = None,
    turn: Annotated[int, typer.Option(min=1, help="Which round's graph, for those that change.")] = 1,
    rounds: Annotated[int, typer.Option(min=1, help="Answer rounds, for the expected tokens.")] = 3,
    question_tokens: Annotated[int, typer.Option(min=0, help="Tokens of a question.")] = 150,
    reply_tokens: Annotated[int, typer.Option(min=0, help="Tokens of a reply.")] = 350,
) -> None:
    """Draw who hears whom in the terminal, with density, messages, diameter and expected tokens."""
    from quorate import registry
    from quorate.topologies import draw, measure

    console = Console()
    if name is None:
        _list_topologies(console)
        return
    maker = registry.topology.bind(registry.topology[name], _options(option or []))
    made = maker(_names(agents))
    graph = made(turn) if callable(made) else made
    drawing = draw(graph, min(console.width, 80), 17)
    console.print(Text("\n".join(drawing.lines)))
    console.print()
    measures = measure(graph, question_tokens=question_tokens, reply_tokens=reply_tokens, rounds=rounds)
    grid = Grid.grid(padding=(0, 2))
    for label, value in _measured(measures, rounds):
        grid.add_row(Text(label, style="dim"), Text(value))
    console.print(grid)


def _measured(measures: Measures, rounds: int) -> Iterator[tuple[str, str]]:
    yield "density", f"{measures.density:.3g}"
    yield "messages a round", f"{measures.messages_per_round:,}"
    yield (
        "diameter",
        "not everybody reaches everybody" if measures.diameter is None else str(measures.diameter),
    )
    if measures.spectral_gap is not None:
        consensus = measures.rounds_to_consensus
        predicted = (
            "no consensus predicted" if consensus is None else f"about {consensus:,} rounds to consensus"
        )
        yield "spectral gap", f"{measures.spectral_gap:.3g} (DeGroot: {predicted})"
    tokens = f"{measures.expected_input_tokens:,.0f} expected in {rounds} rounds"
    yield "input tokens", f"{tokens}, {measures.saving:.1%} fewer than complete"
    if measures.isolated:
        yield "isolated", ", ".join(measures.isolated)


def _list_topologies(console: Console) -> None:
    from quorate import registry

    grid = Grid.grid(padding=(0, 2))
    for name in registry.topology:
        maker = registry.topology[name]
        summary = (maker.__doc__ or "").strip().split("\n")[0]
        options = ", ".join(registry.option_names(maker))
        grid.add_row(Text(name, style="bold"), Text(summary), Text(options, style="dim"))
    console.print(grid)


def _options(pairs: Sequence[str]) -> dict[str, Any]:
    options: dict[str, Any] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals:
            raise BadOption(f"An option is given as key=value, not '{pair}'.")
        options[key.strip()] = yaml.safe_load(value)
    return options


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
