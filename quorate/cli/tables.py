"""Who sits at the table of a command, as plain data: what a definition file would say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from quorate.errors import BadOption


def of_models(
    models: Sequence[str],
    adapters: Sequence[str],
    endpoint: str | None,
    agents: int,
    judge: str | None,
    sampling: Mapping[str, Any],
) -> dict[str, Any]:
    """Seat agents on checkpoints or on a server, one an adapter or so many as are wanted."""

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
        for name, (model, path) in zip(names(len(seats)), seats, strict=True)
    ]
    officers = (
        {"judge": {"name": "judge", "model": named(judge), "sampling": dict(sampling)}} if judge else {}
    )
    return {"agents": listed, "offices": officers}


def names(count: int) -> list[str]:
    """Return so many names."""
    first = ["ada", "bo", "cy", "di", "eve", "fay", "gus", "hal", "ida", "jo"]
    return [first[i] if i < len(first) else f"agent-{i + 1}" for i in range(count)]


def spec(text: str, option: str) -> Any:
    """Read a name, or a name with its options, as a definition file would say it.

    Examples
    --------
    >>> spec("top_k: {k: 2}", "filter")
    {'top_k': {'k': 2}}
    """
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        raise BadOption(
            f'--{option} is a name, or a name with its options such as "name: {{option: value}}", '
            f'not "{text}".'
        ) from None


def debating(
    topology: str | None,
    rounds: int | None,
    until: str | None,
    judge: str | None,
    filters: Sequence[Any] = (),
) -> dict[str, Any]:
    """Say how models debate."""
    options: dict[str, Any] = {"rounds": 3 if rounds is None else rounds, "until": until or "unanimous"}
    if filters:
        options["filters"] = list(filters)
    if judge:
        options |= {"until": {"any": [options["until"], "judge_agrees"]}, "decide": "judge_decides"}
    return {"topology": topology or "ring", "protocol": {"debate": options}}


def of_pool(
    folder: Path | None,
    topology: str | None,
    rounds: int | None,
    until: str | None,
    sampling: Mapping[str, Any],
    filters: Sequence[Any] = (),
) -> dict[str, Any]:
    """Seat the specialists of a pool."""
    from quorate.lab.demo import pool_data
    from quorate.lab.members import RELAY, Pool

    [(name, bound)] = RELAY["protocol"].items()
    given = {"rounds": rounds, "until": until, "filters": list(filters) or None}
    options = bound | {key: value for key, value in given.items() if value is not None}
    return pool_data(Pool(folder), topology=topology, protocol={name: options}, sampling=sampling)


def check_pool_options(**given: Any) -> None:
    """Complain about options that the specialists of the pool have no use for."""
    for option, value in given.items():
        if value:
            raise BadOption(
                f"--{option} needs a --model to go with; without one, the specialists of the pool answer."
            )
