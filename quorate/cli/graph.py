"""`quorate graph`: learn who should hear whom, look at what was learned, and take it elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from quorate.errors import BadOption

if TYPE_CHECKING:
    from quorate.learning import Recipe, Step
    from quorate.topologies.learned_graphs import LearnedEdge, LearnedGraph

app = typer.Typer(
    name="graph",
    help="Learn who should hear whom, from records or by policy gradient; show and export such graphs.",
    no_args_is_help=True,
    rich_markup_mode="markdown",
)
LEARN = """**Examples**

`quorate graph learn runs/first runs/second -o sparse.json` asks no model: it weighs what was recorded.

`quorate graph learn runs/study --arm full --keep if_helpful`

`quorate graph learn runs/votes --score oracle --keep if_helpful` keeps who knew what others did not.

`quorate graph learn debate.yaml --problems train.jsonl --recipe agentprune` tries graphs on problems.

Then, in a definition file:

    topology: {learned: {file: ./sparse.json}}
"""
SHOW = """**Examples**

`quorate graph show sparse.json`

`quorate graph show sparse.json --turn 2`
"""
EXPORT = """**Examples**

`quorate graph export sparse.json -o sparse.graphml` for Gephi, igraph, yEd, or the topology `from_graphml`.

`quorate graph export sparse.json -o all.graphml --everything` with the edges that were pruned.
"""
DEFINITIONS = (".yaml", ".yml", ".py")
FileArgument = Annotated[Path, typer.Argument(help="A learned graph, as `quorate graph learn` writes it.")]
TurnOption = Annotated[int, typer.Option(min=1, help="Which turn's graph; 1 is the first revision.")]


def _recipes() -> list[str]:
    from quorate.learning.recipes import RECIPES

    return list(RECIPES)


@app.command(epilog=LEARN)
def learn(
    sources: Annotated[
        list[Path],
        typer.Argument(help="Folders of runs or experiments, files of outputs; or ONE definition file."),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", help="Where to write the graph.")] = Path(
        "learned.json"
    ),
    per_turn: Annotated[bool, typer.Option("--per-turn", help="Learn a graph for every turn.")] = False,
    score: Annotated[
        str | None,
        typer.Option(
            help="From records: changes (what hearing did), oracle (what only the heard one knew), or a rule "
            "over the first drafts. [default: changes]"
        ),
    ] = None,
    keep: Annotated[
        str | None,
        typer.Option(help="From records: unless_harmful or if_helpful. [default: unless_harmful]"),
    ] = None,
    level: Annotated[
        float | None, typer.Option(help="From records: coverage of the intervals. [default: 0.95]")
    ] = None,
    least: Annotated[
        int | None, typer.Option(min=1, help="From records: fewer questions judge no edge. [default: 20]")
    ] = None,
    arm: Annotated[
        list[str] | None, typer.Option(help="From an experiment: only this arm; several may be given.")
    ] = None,
    gold: Annotated[Path | None, typer.Option(help="From records: JSONL with id and gold.")] = None,
    problems: Annotated[
        str | None,
        typer.Option(help="With a definition: problems to learn from, a file or a set; with gold answers."),
    ] = None,
    limit: Annotated[
        int | None, typer.Option(min=1, help="With a definition: only the first so many problems.")
    ] = None,
    recipe: Annotated[
        str | None,
        typer.Option(
            help="With a definition: agentprune, agentdropout or gptswarm. [default: agentprune]",
            autocompletion=_recipes,
        ),
    ] = None,
    iterations: Annotated[
        int | None, typer.Option(min=1, help="Of every phase. [default: the recipe's]")
    ] = None,
    batch: Annotated[
        int | None, typer.Option(min=1, help="Problems of an iteration. [default: the recipe's]")
    ] = None,
    price: Annotated[
        float | None, typer.Option(min=0, help="Of 1,000 tokens, in right answers. [default: 0]")
    ] = None,
    baseline: Annotated[
        bool, typer.Option("--baseline", help="Subtract the moving average of the utility: less noise.")
    ] = False,
    seed: Annotated[int | None, typer.Option(min=0, help="Of the draws of graphs. [default: 0]")] = None,
) -> None:
    """Learn which edges to keep: from records, without asking any model, or by trying graphs on problems.

    A training is kept after every iteration beside the graph: run the same command again to go on.
    """
    weighing = {"score": score, "keep": keep, "level": level, "least": least, "arms": arm, "gold": gold}
    training = {
        "limit": limit,
        "recipe": recipe,
        "iterations": iterations,
        "batch": batch,
        "price": price,
        "baseline": baseline or None,
        "seed": seed,
    }
    if any(source.suffix in DEFINITIONS for source in sources):
        _refuse(weighing, "from records; a definition is tried on --problems")
        found = _train(sources, problems, out, {**_given(training), "per_turn": per_turn})
    else:
        _refuse({**training, "problems": problems}, "with a definition; from records nothing is tried")
        found = _weigh(sources, {**_given(weighing), "per_turn": per_turn})
    found.save(out)
    _tell(Console(), found, 1)
    if score not in (None, "changes"):
        _tell_agents(Console(), found)
    Console().print(Text(f"\nwritten to {out}", style="dim"), soft_wrap=True)


def _given(options: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in options.items() if value is not None}


def _refuse(options: dict[str, Any], why: str) -> None:
    for name in _given(options):
        raise BadOption(f"--{name.removesuffix('s') if name == 'arms' else name} is for learning {why}.")


def _weigh(sources: Sequence[Path], options: dict[str, Any]) -> LearnedGraph:
    from quorate.learning import learn_from_records

    with Console(stderr=True).status("Weighing ..."):
        return learn_from_records(*sources, **options)


def _train(sources: Sequence[Path], problems: str | None, out: Path, options: dict[str, Any]) -> LearnedGraph:
    from quorate.definition_file import load_definition
    from quorate.evaluate.sources import read_problems
    from quorate.learning import learn_by_policy_gradient

    if len(sources) > 1:
        raise BadOption("A graph is learned for one definition at a time: give one file.")
    if problems is None:
        raise BadOption(
            "Say what to learn from: --problems with a file or a set that `quorate problems` lists."
        )
    todo = read_problems(problems).problems[: options.get("limit")]
    recipe = _recipe(options)
    checkpoint = out.with_name(out.name + ".training")
    console = Console(stderr=True)
    console.print(Text(f"{recipe.name}: {recipe.trials:,} debates in {recipe.iterations} iterations"))
    with _interruptible(console), console.status("Learning ..."):
        found = learn_by_policy_gradient(
            load_definition(sources[0]),
            todo,
            recipe=recipe,
            seed=options.get("seed", 0),
            checkpoint=checkpoint,
            watch=lambda step: _progress(console, step),
        )
    checkpoint.unlink(missing_ok=True)
    return found


def _progress(console: Console, step: Step) -> None:
    console.print(Text(str(step)), soft_wrap=True)


@contextmanager
def _interruptible(console: Console) -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        console.print("Stopped. Whole iterations are kept: run the same command again to go on.")
        raise typer.Exit(130) from None


def _recipe(options: dict[str, Any]) -> Recipe:
    from quorate.learning.recipes import recipe_called

    found = recipe_called(options.get("recipe", "agentprune"))
    sizes: dict[str, Any] = {name: options[name] for name in ("iterations", "batch") if name in options}
    changed: dict[str, Any] = {"phases": tuple(phase.model_copy(update=sizes) for phase in found.phases)}
    if options.get("per_turn"):
        changed["per_turn"] = True
    if options.get("baseline"):
        changed["baseline"] = "moving_average"
    if "price" in options:
        changed["token_price"] = options["price"]
    return found.model_copy(update=changed)


@app.command(epilog=SHOW)
def show(file: FileArgument, turn: TurnOption = 1) -> None:
    """Draw a learned graph in the terminal, with what was learned about every edge."""
    from quorate.topologies.learned_graphs import load_learned_graph

    _tell(Console(), load_learned_graph(file), turn)


@app.command(epilog=EXPORT)
def export(
    file: FileArgument,
    out: Annotated[Path, typer.Option("--out", "-o", help="Where to write GraphML.")],
    turn: TurnOption = 1,
    everything: Annotated[
        bool, typer.Option("--everything", help="With the edges that were pruned, marked by `kept`.")
    ] = False,
) -> None:
    """Write the graph of one turn as GraphML, with probabilities as attributes of its edges."""
    from quorate.topologies.learned_graphs import export_graphml, load_learned_graph

    export_graphml(load_learned_graph(file), out, turn=turn, everything=everything)
    Console().print(Text(f"written to {out}", style="dim"), soft_wrap=True)


def _tell(console: Console, found: LearnedGraph, turn: int) -> None:
    """Draw the graph of a turn and list its edges, the likeliest first."""
    from quorate.topologies.drawing import draw
    from quorate.topologies.labels import clean

    console.print(Text(clean(str(found))), soft_wrap=True)
    if len(found.turns) > 1:
        console.print(Text(f"turn {turn}:"))
    learned = found.at(turn)
    if learned.dropped:
        console.print(Text(f"dropped: {', '.join(map(clean, learned.dropped))}"), soft_wrap=True)
    if found.kept(turn):
        console.print(Text("\n".join(draw(found.graph(turn), min(console.width, 80), 17).lines)))
    weighed = any(edge.gain is not None for edge in learned.edges)
    columns = ["hearer", "heard", "kept", "probability", *(["gain, points", "cases"] if weighed else []), ""]
    grid = Grid(*columns, box=SIMPLE_HEAD, padding=(0, 1), pad_edge=False, header_style="dim")
    for edge in sorted(learned.edges, key=lambda edge: (not edge.kept, -edge.probability)):
        grid.add_row(*(Text(clean(cell)) for cell in _cells(edge, weighed)))
    console.print(grid)


def _tell_agents(console: Console, found: LearnedGraph) -> None:
    """List what each agent's drafts are worth to the table."""
    from quorate.learning import Worth
    from quorate.topologies.labels import clean

    grid = Grid("agent", "alone, %", "its share, points", "lost without it, points", box=SIMPLE_HEAD)
    for agent in map(Worth.model_validate, found.about["agents"]):
        alone = f"{100 * agent.alone.mean:.1f}"
        grid.add_row(*map(Text, (clean(agent.agent), alone, agent.shapley.points, agent.left_out.points)))
    console.print(grid)


def _cells(edge: LearnedEdge, weighed: bool) -> Iterator[str]:
    yield from (edge.hearer, edge.heard, "yes" if edge.kept else "no", f"{edge.probability:.2f}")
    if weighed:
        gain = (edge.gain, edge.low, edge.high)
        known = [100 * value for value in gain if value is not None]
        yield "{:+.1f} [{:+.1f}, {:+.1f}]".format(*known) if len(known) == 3 else ""
        yield "" if edge.cases is None else f"{edge.cases:,}"
    yield edge.why
