"""The model card: what the pool is, how it was made and how good it is, with every number read from files."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from quorate.lab.evaluation.report import DEBATES_TOKENS, Report, comparisons, table
from quorate.lab.evaluation.seeds import over_seeds
from quorate.lab.training.ledger import HEADS, told
from quorate.lab.training.recipe import Recipe
from quorate.lab.training.stages import stages

CARD = "CARD.md"
EVALUATION = "evaluation.json"
LONGER = ", or, where it says so, as two\nrounds of a debate that keeps the surest drafts"
_TEXT = """# The embedded pool

A Llama of {parameters} million parameters and adapters for it, trained from nothing by Quorate's own script
on word problems from its own generator (`quorate.lab.world`). It is a laboratory for studying groups of
models on any laptop. It solves problems of that world and nothing else; what it does not recognise it is
taught to decline.

- `base` knows the basic skills of all domains. Everybody else was trained from it.
- Each specialist ({specialists}) also knows the advanced skills and the private
  table of its own domain, and has learned to continue a shared board and to revise with the others' drafts
  in sight.
- `generalist` was taught all domains in the steps of one specialist, `polymath` in those of all together.
- `critic` reads drafts and names the first step that it finds too unlikely. `judge` solves with the drafts of
  others in sight, aggregates them, and chooses the best.
- `weak` and `stubborn` are for studies of robustness.

## Data

Everything is made by the generator from seeds: five domains, {skills} skills, chains of two and three
domains, three levels, and {facts} private facts that conflict between the domains. Number combinations and
ordered pairs of skills are held out from training, so the accuracies below are about problems of a kind, not
about problems seen. No text of any other source was used.

## Accuracy

Greedy answers to held-out problems (split `{split}`, seed {seed}), percent with 95 % Wilson intervals. In a
domain's column {advanced:.0%} of the segments need an advanced skill and {private:.0%} the private table;
"mixed" problems chain two or three domains.

{table}

The flips count seats whose answer turned between their first draft and their last. All arms share the same
first drafts; self-consistency may spend as many tokens as the relay on the full graph{longer}.
A confidence head looks at states that writing computes anyway, so it adds no pass through the model.

### Deliberation against its rivals

Differences in percentage points on the same problems with paired 95 % bootstrap intervals; bold where the
interval excludes 0.

{comparisons}
{seeds}{critic}{speed}
## Confidence

How well the confidence heads tell right from wrong, on drafts of training problems that they did not learn
from: area under the curve, and expected calibration error, of lines and of whole answers.

{heads}

## Training

`quorate pool train FOLDER --seed {recipe_seed}`, recipe `{digest}`, on {hardware}. Tokens count
padding; the minutes are those of that machine and of whatever else ran on it.

{stages}
{remarks}"""


def write_card(
    recipe: Recipe,
    folder: str | Path,
    report: Report,
    *,
    others: Sequence[Report] = (),
    remarks: str = "",
    hardware: str | None = None,
) -> Path:
    """Write `evaluation.json` and `CARD.md` into a pool and return the card's path.

    Parameters
    ----------
    recipe : Recipe
        What the pool was trained by.
    folder : str or Path
        The pool, with what its stages report.
    report : Report
        Its evaluation.
    others : sequence of Report
        Those of pools from other seeds, written to `evaluation-SEED.json`.
    remarks : str
        What else an honest card says: failures, departures from the recipe.
    hardware : str, optional
        What it was trained on; what its stages noted when None.
    """
    folder = Path(folder)
    for one in (report, *others):
        name = EVALUATION if one is report else f"evaluation-{one.pool_seed}.json"
        (folder / name).write_text(one.model_dump_json() + "\n", encoding="utf-8")
    card = folder / CARD
    card.write_text(_text(recipe, folder, [report, *others], remarks, hardware), encoding="utf-8")
    return card


def _text(recipe: Recipe, folder: Path, reports: Sequence[Report], remarks: str, hardware: str | None) -> str:
    from quorate.lab.world import SKILLS, private_table

    took = {name: found for name in stages(recipe) if (found := told(folder, name))}
    heads = took.get(HEADS, {}).get("metrics", {})
    report = reports[0]
    return _TEXT.format(
        parameters=f"{took['base']['trained'] / 1e6:.2f}",
        specialists=", ".join(f"`{name}`" for name in recipe.specialists),
        skills=len(SKILLS),
        facts=sum(len(private_table(domain, recipe.world)) for domain in recipe.domains),
        split=report.split,
        seed=report.seed,
        advanced=recipe.advanced_share,
        private=recipe.private_share,
        table=table(report),
        longer=LONGER if any(name.endswith(DEBATES_TOKENS) for name in report.arms) else "",
        comparisons=comparisons(report),
        seeds=_seeds(reports),
        critic=_critic(report),
        speed=_speed(report),
        heads=_heads(heads),
        digest=recipe.digest(),
        recipe_seed=recipe.seed,
        hardware=hardware or _hardware(took),
        stages=_stages(took),
        remarks=f"\n{remarks.strip()}\n" if remarks.strip() else "",
    )


def _stages(took: dict[str, dict[str, Any]]) -> str:
    lines = [
        "| stage | steps | tokens | minutes | trained parameters | last loss |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {name} | {one['steps']} | {one['tokens'] / 1e6:.2f} M | {one['minutes']:.1f} | "
        f"{one['trained']:,} | {one['loss']:.3f} |"
        for name, one in took.items()
        if "steps" in one
    ]
    return "\n".join(lines)


def _hardware(took: dict[str, dict[str, Any]]) -> str:
    noted = dict.fromkeys(one["hardware"] for one in took.values() if "hardware" in one)
    return " and ".join(noted) or "a machine that was not noted"


def _seeds(reports: Sequence[Report]) -> str:
    if len(reports) == 1:
        return ""
    apart = [f"seed {one.pool_seed}" for one in reports if one.base_seed != reports[0].base_seed]
    own = f" ({' and '.join(apart)} on a base of its own)" if apart else ""
    return (
        "\n### Over several seeds\n\nThe members and their rivals were trained again from other seeds, "
        f"on the same base{own}, and measured on the same problems. The intervals of pooled differences "
        f"draw whole problems.\n\n{over_seeds(reports)}\n"
    )


def _speed(report: Report) -> str:
    if report.speed is None:
        return ""
    return (
        f"\nThe specialists drafted together on {report.speed.problems:g} problems a second, "
        f"{report.speed.tokens:.0f} tokens a second, read and written.\n"
    )


def _critic(report: Report) -> str:
    told = {"faulty drafts": report.critic, "the group's own faulty drafts": report.critic_of_group}
    return "".join(
        f"\nThe critic names the wrong step of {found.wrong_step.percent} % of {kind}, calls "
        f"{found.faulty.percent} % of them faulty, and calls {found.right.percent} % of right drafts right.\n"
        for kind, found in told.items()
        if found is not None
    )


def _heads(metrics: dict[str, dict[str, Any]]) -> str:
    lines = [
        "| member | AUC, lines | error, lines | AUC, answers | error, answers |",
        "|---|---|---|---|---|",
    ]
    for name, found in metrics.items():
        if "refused" in found:
            lines.append(f"| {name} | none: {found['refused']} | | | |")
            continue
        cells = [_figure(found[kind][what]) for kind in ("lines", "answers") for what in ("auc", "ece")]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _figure(found: float | None) -> str:
    return "unknown" if found is None else f"{found:.3f}"
