"""Casts: who sits at the table of a reproduction, with members of the embedded pool or with any models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from quorate.agents.agent import Sampling
from quorate.errors import BadOption

SEATS = ("ada", "bo", "cy", "di", "eve", "fay")
"""Names for seats that differ in nothing else."""
JUDGE = "judge"
EACH = "specialists"
"""Among members: all specialists of the pool, one after the other."""
ONE = "specialist"
"""Among members: one specialist of the pool, see `specialist_of`; as a kind of problems, its own field."""
SPECIALISTS = (EACH,)
"""In the place of members: all specialists of the pool, each under its own name."""

Voice = Mapping[str, Any]
"""What a seat speaks with, as in a definition file: `model`, and perhaps `adapter`."""
Spec = dict[str, Any]


@dataclass(frozen=True)
class Cast:
    """Who sits there.

    Parameters
    ----------
    seats : tuple of str
        Names. With more models than seats that need not be `alike`, there are as many seats as models.
    members : tuple of str
        Members of the embedded pool that take the seats, in turn; `SPECIALISTS` seats all specialists, and
        `EACH` stands for them among others.
    kind : str
        What kind of the pool's problems they are asked (see `quorate.evaluate.sources.procedural.pool`), or
        `ONE`: those of the specialist's field.
    alike : bool
        Whether the paper seats copies of one model.
    drawn : bool
        Whether it takes answers that are drawn: greedy copies of one model all say the same.
    judge : str, optional
        The member of the pool that holds the office of the judge; nobody does when None.
    role : str
        What all seats are told beforehand. Members of the pool were not trained to read it, and are told
        nothing.
    roles : mapping of str to str
        What single seats, and the judge, are told instead.
    sampling : mapping
        The paper's, where it is known; else it is that of any agent.
    """

    seats: tuple[str, ...]
    members: tuple[str, ...] = ("polymath",)
    kind: str = "mixed"
    alike: bool = True
    drawn: bool = True
    judge: str | None = None
    role: str = ""
    roles: Mapping[str, str] = field(default_factory=dict)
    sampling: Mapping[str, Any] = field(default_factory=dict)


def seat_pool(
    cast: Cast, folder: str | Path | None = None, sampling: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return `agents` and `offices`, as a definition file has them, with members of a pool.

    Parameters
    ----------
    cast : Cast
    folder : path, optional
        The pool; the shipped one when None.
    sampling : mapping, optional
        What departs from the cast's.

    Raises
    ------
    MissingModel, UnknownName
        When there is no pool, or it has no such member.
    BadOption
        When greedy copies would all say the same.
    """
    from quorate.lab.demo import pool_data
    from quorate.lab.members import Pool, find_member

    pool = Pool(folder)
    names = pool.recipe.specialists if cast.members == SPECIALISTS else cast.seats
    members = _members(cast, pool.recipe.specialists)
    chosen = [members[place % len(members)] for place in range(len(names))]
    for member in {*chosen, *([cast.judge] if cast.judge else [])}:
        find_member(pool.folder, member)
    drawn = {**_drawing(cast), **(sampling or {})}

    def seated(name: str, member: str) -> Spec:
        (spec,) = pool_data(pool, members=[member], sampling=drawn)["agents"]
        return {**spec, "name": name}

    agents = [seated(name, member) for name, member in zip(names, chosen, strict=True)]
    _check_drawn(cast, agents)
    return {"agents": agents, "offices": {JUDGE: seated(JUDGE, cast.judge)} if cast.judge else {}}


def _drawing(cast: Cast) -> dict[str, Any]:
    """Return how members of the pool draw: they are greedy unless the cast takes drawn answers of copies."""
    if cast.members == SPECIALISTS:
        return {}
    usual = {"temperature": Sampling().temperature} if cast.drawn else {}
    return {**usual, **cast.sampling}


def kind_for(cast: Cast, folder: str | Path | None = None) -> str:
    """Return which kind of a pool's problems a cast is asked."""
    from quorate.lab.members import Pool

    return specialist_of(Pool(folder).recipe.specialists) if cast.kind == ONE else cast.kind


def specialist_of(specialists: Sequence[str]) -> str:
    """Return whose copies debate: of the shipped pool's specialists the one that revises best.

    Examples
    --------
    >>> specialist_of(["rates", "sets"]), specialist_of(["rates", "money"])
    ('sets', 'rates')
    """
    return "sets" if "sets" in specialists else specialists[0]


def _members(cast: Cast, specialists: Sequence[str]) -> list[str]:
    meant = {EACH: list(specialists), ONE: [specialist_of(specialists)]}
    return [member for name in cast.members for member in meant.get(name, [name])]


def seat_models(
    cast: Cast,
    voices: Sequence[Voice],
    *,
    judge: Voice | None = None,
    sampling: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return `agents` and `offices`, as a definition file has them, with any models.

    Parameters
    ----------
    cast : Cast
    voices : sequence of mapping
        Models, with adapters where there are any; they take the seats in turn.
    judge : mapping, optional
        Who judges, where the cast has a judge; the first voice when None.
    sampling : mapping, optional
        What departs from the cast's.

    Raises
    ------
    BadOption
        For no model, more models than seats, a judge whom nobody needs, or greedy copies of one model.

    Examples
    --------
    >>> seated = seat_models(Cast(SEATS[:3]), [{"model": "base"}, {"model": "other"}])
    >>> [(agent["name"], agent["model"]) for agent in seated["agents"]]
    [('ada', 'base'), ('bo', 'other'), ('cy', 'base')]
    """
    names = cast.seats
    if len(voices) > len(names) and not cast.alike:
        names = (*names, *(f"agent-{place + 1}" for place in range(len(names), len(voices))))
    if not 0 < len(voices) <= len(names):
        raise BadOption(
            f"There are {len(names)} seats, for 1 to {len(names)} models or adapters, not {len(voices)}."
        )
    if judge is not None and cast.judge is None:
        raise BadOption("Nobody judges in this reproduction; leave the judge out.")

    def seated(name: str, voice: Voice) -> Spec:
        role = cast.roles.get(name, "" if name == JUDGE else cast.role)
        return {
            "adapter": None,
            **voice,
            "name": name,
            "role": role,
            "sampling": {**cast.sampling, **(sampling or {})},
        }

    agents = [seated(name, voices[place % len(voices)]) for place, name in enumerate(names)]
    _check_drawn(cast, agents)
    return {"agents": agents, "offices": {JUDGE: seated(JUDGE, judge or voices[0])} if cast.judge else {}}


def different_voices(agents: Sequence[Spec]) -> int:
    """Count the different models, with their adapters."""
    return len({(str(agent["model"]), agent.get("adapter")) for agent in agents})


def _check_drawn(cast: Cast, agents: Sequence[Spec]) -> None:
    greedy = agents[0]["sampling"].get("temperature") == 0
    if not cast.drawn or not greedy or 1 < len(agents) == different_voices(agents):
        return
    other = f", or {len(agents)} different models" if len(agents) > 1 else ""
    raise BadOption(
        f"At temperature 0 one model always says the same, and there is nothing to compare. Give a "
        f"temperature above 0{other}."
    )
