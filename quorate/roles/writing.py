"""Writing roles: one call of a model for a whole data set, kept in a file and used again.

SMoA (Li et al., arXiv:2411.03284) has a model write one role a proposer from a description of the
task, with an occupation, a personality and a social group, after one example; the file is then reused.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator
from pathlib import Path
from string import Template
from typing import Any

from quorate.agents.agent import Agent, Request
from quorate.errors import BadOption
from quorate.lanes import answers_of
from quorate.nouns import Ask, Question, Reply, derive_seed
from quorate.protocols.prompting import Prompts
from quorate.role_files import Role, Roles, load_roles
from quorate.roles.library import library, pick

PROMPT = Path(__file__).with_name("write.txt")
PARTS = ("occupation", "personality", "perspective")
TRIES = 2
"""How often a model is asked before the library steps in."""
LONGEST_TASK = 4000
LONGEST_REPLY = 50_000
"""Characters of a reply that are looked at: it is untrusted."""
MOST_BRACKETS = 200
"""Places in a reply at which a list is looked for: brackets within brackets take long to read."""


def write_roles(
    agent: Agent, task: str, count: int, *, file: str | Path | None = None, seed: int = 0
) -> Roles:
    """Let a model write roles for a task, or read them again from the file they were kept in.

    A reply that cannot be read is asked for once more; then the library's roles take their place, with a
    warning and a note.

    Parameters
    ----------
    agent : Agent
        Who writes; it is asked once for all roles, and not at all when the file has them.
    task : str
        What the agents will work on: a description of the data set, not a question of it.
    count : int
        How many roles.
    file : path, optional
        Where they are kept.
    seed : int
        Of the model's draws, and of the library's.

    Returns
    -------
    Roles
        With `written_by`, the agent's name or "library".

    Raises
    ------
    BadOption
        For an empty task, no role, more roles than the library could stand in for, or a file that holds
        roles for another task or another number.

    Examples
    --------
    >>> from quorate.agents import Scripted
    >>> said = '[{"name": "Clerk", "occupation": "You keep books.", "personality": "You doubt."}]'
    >>> roles = write_roles(Agent("solon", Scripted(said)), "Word problems", 1)
    >>> roles.texts, roles.written_by
    (('You keep books. You doubt.',), 'solon')
    """
    task = task.strip()
    if not task:
        raise BadOption("Roles are written for a task: describe it in a sentence.")
    if not 1 <= count <= len(library()):
        raise BadOption(f"1 to {len(library())} roles can be written at once, not {count}.")
    if file is not None and Path(file).exists():
        return _kept(Path(file), task, count)
    roles = _ask(agent, task, count, seed)
    if file is not None:
        roles.save(file)
    return roles


def _kept(file: Path, task: str, count: int) -> Roles:
    """Return the roles of a file; refuse those of something else, so that nothing is mixed up silently."""
    roles = load_roles(file)
    if roles.task.strip() != task:
        raise BadOption(
            f"The roles in {file} were written for another task ({roles.task[:80]!r}); "
            "name another file, or delete it to have them written anew."
        )
    if len(roles) != count:
        raise BadOption(
            f"{file} holds {len(roles)} roles, and {count} are wanted; name another file, or delete it."
        )
    return roles


def _ask(agent: Agent, task: str, count: int, seed: int) -> Roles:
    agent.model.prepare([agent])
    problem = ""
    for attempt in range(TRIES):
        request = Request(agent, _ask_for(agent, task, count), derive_seed(seed, "roles", attempt))
        [(_, said)] = answers_of(agent.model, [request])
        if isinstance(said, Reply):
            try:
                return Roles(task=task, roles=read_reply(said.text, count), written_by=agent.name)
            except BadOption as error:
                problem = str(error)
        else:
            problem = str(said)
    note = f"{agent.name} wrote no roles that can be read in {TRIES} tries ({problem[:200]}); the library's "
    note += "are used."
    warnings.warn(note, UserWarning, stacklevel=3)
    return pick(count, seed=seed).model_copy(update={"task": task, "note": note})


def _ask_for(agent: Agent, task: str, count: int) -> Ask:
    template = Template(PROMPT.read_text("utf-8").partition("\n")[2].strip())
    instruction = template.substitute(count=count, task=Prompts.quote(task, LONGEST_TASK))
    return Ask(
        seat=agent.name, act="write_roles", turn=0, question=Question(text=task), instruction=instruction
    )


def read_reply(text: str, count: int) -> tuple[Role, ...]:
    """Return the roles that a model wrote: the first JSON list with as many as are wanted.

    Each is an object with a name and an occupation, a personality or a perspective (or a text); more than are
    wanted are left out. Text around the list plays no part.

    Raises
    ------
    BadOption
        When there is no such list.

    Examples
    --------
    >>> read_reply('Sure: [{"name": "Clerk", "text": "You keep books."}]', 1)[0].text
    'You keep books.'
    >>> read_reply("I cannot do that.", 1)
    Traceback (most recent call last):
    ...
    quorate.errors.BadOption: The reply holds no JSON list of 1 roles.
    """
    for found in _lists(text[:LONGEST_REPLY]):
        roles = [role for item in found if (role := _role(item)) is not None]
        if len({role.name for role in roles[:count]}) == count:
            return tuple(roles[:count])
    raise BadOption(f"The reply holds no JSON list of {count} roles.")


def _lists(text: str) -> Iterator[list[Any]]:
    """Yield the JSON lists in a text, from the left; what is inside one is not looked at again."""
    decoder, at = json.JSONDecoder(), text.find("[")
    for _ in range(MOST_BRACKETS):
        if at < 0:
            return
        end = at + 1
        try:
            found, end = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            found = None
        if isinstance(found, list):
            yield found
        at = text.find("[", end)


def _role(item: Any) -> Role | None:
    if not isinstance(item, dict):
        return None
    said = [item.get(part) for part in ("text", *PARTS)]
    text = " ".join(part.strip() for part in said if isinstance(part, str) and part.strip())
    try:
        return Role(name=str(item.get("name") or ""), text=text, group="written")
    except BadOption:
        return None
