"""Growing: what may change between two starts of an experiment, and what may not.

Arms and controls may come and go: what they made stays. An arm that is there already, the problems, the seeds
and the common table may not change, for what was recorded would then be something else's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from quorate.errors import RecordMismatch
from quorate.evaluate import Problem
from quorate.record import check_same

if TYPE_CHECKING:
    from quorate.experiments.experiment import Experiment
    from quorate.experiments.folder import Folder

FREE = ("metrics", "prices", "at_once", "timeout", "reference", "budget")
"""What may change from one start to the next: no recorded answer depends on it."""
COMING = ("arms", "controls")
"""What may come and go."""
STEADY = ("kind", "path", "model", "revision", "source", "digest")
"""What identifies a model before it is loaded, without its server's address."""


def check_grown(
    folder: Folder, known: Mapping[str, Any], setup: Mapping[str, Any], experiment: Experiment
) -> None:
    """Refuse an experiment that is not the one in a folder, nor what that may grow to.

    Parameters
    ----------
    folder : Folder
    known : mapping
        What the folder says of itself.
    setup : mapping
        What the experiment is set up with now.
    experiment : Experiment

    Raises
    ------
    RecordMismatch
        Naming the first difference: other problems with their numbers, an option of an arm by its place.
    """
    was, now = steady(known["setup"]), steady(setup)
    if was["problems"] != now["problems"]:
        raise RecordMismatch(_other_problems(folder, known, experiment.problems))
    if was["development"] != now["development"]:
        raise RecordMismatch(_other_sample(folder, known, experiment.development))
    fixed = [{k: v for k, v in one.items() if k not in (*FREE, *COMING)} for one in (was, now)]
    check_same(fixed[0], fixed[1])
    for kind in COMING:
        before = {**_known(known.get("gone"), kind), **was[kind]}
        _check_same_names(before, now[kind], kind)


def _check_same_names(before: Mapping[str, Any], now: Mapping[str, Any], kind: str) -> None:
    both = [name for name in now if name in before]
    try:
        check_same({name: before[name] for name in both}, {name: now[name] for name in both}, kind)
    except RecordMismatch as problem:
        more = " Under another name it can be compared beside the old one." if kind == "arms" else ""
        raise RecordMismatch(f"{problem}{more}") from None


def _known(gone: Any, kind: str) -> dict[str, Any]:
    """Return what left the experiment, as far as it decides what may come back."""
    return dict(steady({**{one: {} for one in COMING}, **(gone or {})})[kind])


def _other_problems(folder: Folder, known: Mapping[str, Any], problems: Sequence[Problem]) -> str:
    was, now = known["problems"], len(problems)
    if was != now:
        return (
            f"The experiment in {folder.path} was begun with {was:,} problems, now there are {now:,}. Take "
            "the same count and limit, or compare into another folder."
        )
    pairs = zip(folder.problems(), problems, strict=True)
    other = next((one.question.id for one, two in pairs if one != two), problems[0].question.id)
    return (
        f"The experiment in {folder.path} was begun with other problems: of the {now:,}, '{other}' is the "
        "first that differs. Take those it was begun with, or compare into another folder."
    )


def _other_sample(folder: Folder, known: Mapping[str, Any], problems: Sequence[Problem]) -> str:
    was, now = known.get("development"), len(problems)
    differs = f"{was:,} problems, now there are {now:,}" if was not in (None, now) else "other problems"
    return (
        f"The development sample of the experiment in {folder.path} was begun with {differs}. Take the one "
        "it was begun with, or compare into another folder."
    )


def gone_since(known: Mapping[str, Any], setup: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the arms and controls that were compared in a folder once, and are not in the experiment now.

    Examples
    --------
    >>> gone_since({"setup": {"arms": {"ring": {}}, "controls": {}}}, {"arms": {"star": {}}, "controls": {}})
    {'arms': {'ring': {}}, 'controls': {}}
    """
    found: dict[str, dict[str, Any]] = {}
    for kind in COMING:
        before = {**(known.get("gone") or {}).get(kind, {}), **known.get("setup", {}).get(kind, {})}
        found[kind] = {name: one for name, one in before.items() if name not in setup[kind]}
    return found


def steady(setup: Mapping[str, Any]) -> dict[str, Any]:
    """Return a set-up without what models tell only once they are loaded, and whom controls follow."""
    arms = {
        name: {
            **arm,
            "models": [{k: v for k, v in model.items() if k in STEADY} for model in arm.get("models", ())],
        }
        for name, arm in setup["arms"].items()
    }
    controls = {
        name: {option: value for option, value in options.items() if option != "of"}
        for name, options in setup["controls"].items()
    }
    return {**setup, "arms": arms, "controls": controls}
