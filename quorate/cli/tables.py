"""Who sits at the table of a command and how they deliberate, as plain data: as a definition file says it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from quorate.errors import BadOption

JUDGE = "judge"
"""The office, and the member of a pool that holds it."""


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
        read = yaml.safe_load(text)
    except yaml.YAMLError:
        read = None
    if isinstance(read, (str, Mapping)):
        return read
    raise BadOption(
        f'--{option} is a name, or a name with its options such as "name: {{option: value}}", not "{text}".'
    )


def pairs(given: Sequence[str], option: str, *, texts: bool = False) -> dict[str, Any]:
    """Read what is given as key=value, each value as a definition file would say it.

    With `texts` a value is taken as it stands, unless it is a list.

    Examples
    --------
    >>> pairs(["k=2", "hears=hub"], "option"), pairs(["gold=2", "text=[a, b]"], "field", texts=True)
    ({'k': 2, 'hears': 'hub'}, {'gold': '2', 'text': ['a', 'b']})
    """
    found: dict[str, Any] = {}
    for pair in given:
        key, equals, value = pair.partition("=")
        if not equals or not key.strip():
            raise BadOption(f"--{option} is given as key=value, not '{pair}'.")
        try:
            found[key.strip()] = value if texts and value[:1] != "[" else yaml.safe_load(value)
        except yaml.YAMLError:
            raise BadOption(f"The value of --{option} {key.strip()} cannot be read: '{value}'.") from None
    return found


def debating(
    topology: str | None,
    rounds: int | None,
    until: str | None,
    judge: str | None,
    filters: Sequence[Any] = (),
    protocol: Any = None,
) -> dict[str, Any]:
    """Say how models debate, or by which other protocol they deliberate."""
    usual = {"debate": {"rounds": 3, "until": "unanimous"}}
    name, options = bound(protocol, usual, rounds=rounds, until=until, filters=filters)
    if judge and name == "debate":
        ends = {"any": [options["until"], "judge_agrees"]}
        options = {"decide": "judge_decides", **options, "until": ends}
    return {"topology": topology or usual_topology(name), "protocol": {name: options}}


def of_pool(
    folder: Path | None,
    topology: str | None,
    rounds: int | None,
    until: str | None,
    sampling: Mapping[str, Any],
    filters: Sequence[Any] = (),
    protocol: Any = None,
) -> dict[str, Any]:
    """Seat the specialists of a pool, and its judge where they do not deliberate as usual."""
    from quorate.lab.demo import pool_data
    from quorate.lab.members import RELAY, Pool

    pool, usual = Pool(folder), RELAY["protocol"]
    name, options = bound(protocol, usual, rounds=rounds, until=until, filters=filters)
    data = pool_data(
        pool,
        topology=topology or usual_topology(name),
        protocol={name: options},
        sampling={**drawing(name), **sampling},
    )
    if {name: options} != usual and JUDGE in pool.members:
        [judge] = pool_data(pool, members=[JUDGE], sampling=sampling)["agents"]
        data["offices"] = {JUDGE: judge}
    return data


def bound(
    protocol: Any,
    usual: Mapping[str, Mapping[str, Any]],
    *,
    rounds: int | None,
    until: str | None,
    filters: Sequence[Any],
) -> tuple[str, dict[str, Any]]:
    """Return a protocol's name and its options: those given with it, and what the flags add to them.

    Parameters
    ----------
    protocol : name or mapping of a name to options, optional
        As `spec` reads it; what is usual when None.
    usual : mapping of a name to options
        The protocol where none is given; its options are where that protocol starts from, named or not.
    rounds, until, filters
        The flags, which a protocol understands that has options of these names.

    Raises
    ------
    UnknownName, BadOption
        For a protocol or an option that there is not, and for flags that the protocol does not understand
        or that say again what its options say.

    Examples
    --------
    >>> bound("dylan", {"debate": {"rounds": 3}}, rounds=4, until=None, filters=())
    ('dylan', {'rounds': 4})
    """
    from quorate import registry

    spec = usual if protocol is None else protocol
    registry.protocol.resolve(spec)
    [(name, options)] = [(spec, None)] if isinstance(spec, str) else spec.items()
    flags = {"rounds": rounds, "until": until, "filters": list(filters) or None}
    given = {key: value for key, value in flags.items() if value is not None}
    if protocol is not None:
        _check_flags(name, options or {}, list(given))
    return name, {**usual.get(name, {}), **(options or {}), **given}


def _check_flags(name: str, options: Mapping[str, Any], given: Sequence[str]) -> None:
    from quorate import registry

    flags = {"rounds": "--rounds", "until": "--until", "filters": "--filter"}
    known = {each: registry.option_names(registry.protocol[each]) for each in registry.protocol}
    for option in given:
        if option not in known[name]:
            able = ", ".join(each for each in known if option in known[each])
            raise BadOption(
                f"{flags[option]} goes with {able}; '{name}' has no {option}: leave it out. Options of "
                f"'{name}' are given as --protocol \"{name}: {{option: value}}\": {', '.join(known[name])}."
            )
        if option in options:
            raise BadOption(
                f"{flags[option]} and the option {option} in --protocol say the same: give one of them."
            )


def usual_topology(protocol: str) -> str:
    """Return who hears whom where nothing else is said: debates and relays are sparse."""
    return "ring" if protocol in ("debate", "relay") else "complete"


def drawing(protocol: str) -> dict[str, Any]:
    """Return how the members of a pool depart from greedy answers where one is sampled many times.

    Examples
    --------
    >>> drawing("self_consistency"), drawing("vote")
    ({'temperature': 0.6}, {})
    """
    from quorate import registry
    from quorate.experiments.controls import DRAWN

    sampled = {"samples", "most"}.intersection(registry.option_names(registry.protocol[protocol]))
    return {"temperature": DRAWN} if sampled else {}


def check_pool_options(**given: Any) -> None:
    """Complain about options that the specialists of the pool have no use for."""
    for option, value in given.items():
        if value:
            raise BadOption(
                f"--{option} needs a --model to go with; without one, the specialists of the pool answer."
            )
