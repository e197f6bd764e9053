"""Assigning roles: who at the table gets which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from quorate.agents.agent import Agent
from quorate.errors import BadOption
from quorate.role_files import Roles


def assign(roles: Roles, seats: Sequence[str]) -> dict[str, str]:
    """Give every seat a role, in order: what protocols with an option `roles` take.

    Parameters
    ----------
    roles : Roles
        At least as many as there are seats.
    seats : sequence of str

    Returns
    -------
    dict of str to str
        The text of each seat's role.

    Raises
    ------
    BadOption
        When there are fewer roles than seats.

    Examples
    --------
    >>> from quorate.role_files import Role
    >>> assign(Roles(roles=(Role(name="Clerk", text="You keep books."),)), ["ada"])
    {'ada': 'You keep books.'}
    """
    if len(roles) < len(seats):
        raise BadOption(f"{len(roles)} roles are too few for {len(seats)} seats; write or pick more.")
    return dict(zip(seats, roles.texts, strict=False))


def in_roles(agents: Sequence[Agent], roles: Roles) -> list[Agent]:
    """Return the agents in their roles: the system message of each is its role's text.

    Raises
    ------
    BadOption
        When there are fewer roles than agents.

    Examples
    --------
    >>> from quorate.agents import Scripted
    >>> from quorate.role_files import Role
    >>> clerk = Roles(roles=(Role(name="Clerk", text="You keep books."),))
    >>> in_roles([Agent("ada", Scripted("Answer: 5"))], clerk)[0].role
    'You keep books.'
    """
    texts = assign(roles, [agent.name for agent in agents])
    return [replace(agent, role=texts[agent.name]) for agent in agents]
