"""The embedded pool: a base and its members, small models that Quorate trained itself, ready to be seated.

    pool = Pool()                                    the shipped one; Pool("./mine") is one of your own
    outcome = deliberate(question, pool.specialists(), **RELAY)

In a definition file, a member is a name on the model `pool`:

    agents:
      - {name: ada, model: pool, adapter: rates}
      - {name: bo, model: pool, adapter: money}
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from quorate.agents.agent import Agent, Model, Request, Sampling
from quorate.agents.local import LocalModel
from quorate.agents.verifying import criticise, load_critic
from quorate.errors import MissingModel, ModelError, UnknownName, did_you_mean
from quorate.nouns import Reply
from quorate.protocols.prompting import Prompts
from quorate.registry import model

if TYPE_CHECKING:
    from quorate.lab.training.recipe import Recipe

HOME = Path(__file__).with_name("pool")
"""Where the shipped pool lies."""
LONGEST = 200
"""Tokens that a member may write; the longest solution has fewer."""
GREEDY = Sampling(temperature=0, max_tokens=LONGEST)
RELAY: Mapping[str, Any] = {
    "topology": "ring",
    "protocol": {"relay": {"rounds": 4, "threshold": 0.8}},
}
"""How the specialists deliberate where nothing else is said: options of a `Definition`."""
BASE = "base"
FIELDS = {
    "rates": "rates and time",
    "money": "money",
    "measure": "measures and geometry",
    "sets": "sets and fractions",
    "ages": "ages and logic",
}
"""What the domains are about."""
OTHERS = {
    BASE: "Knows the basic skills of all domains; every other member was trained from it.",
    "generalist": "Was taught everything, in the time of one specialist.",
    "polymath": "Was taught everything, in the time of all specialists together.",
    "critic": "Reads drafts as the polymath would write them, and says which step is wrong.",
    "judge": "Solves a problem with the drafts of others in sight, and chooses among them.",
    "weak": "Was trained for a tenth of a specialist's time: it is wrong most of the time.",
    "stubborn": "Repeats its first draft, whatever it hears.",
}


def pool_folder() -> Path:
    """Return the folder of the shipped pool.

    Raises
    ------
    MissingModel
        When this installation has none.
    """
    if not (HOME / "config.json").is_file():
        raise MissingModel(
            "This installation of Quorate has no trained pool. Train one with "
            "`quorate pool train FOLDER` and name it with --pool FOLDER (in Python: Pool(FOLDER))."
        )
    return HOME


class Pool:
    """The members of a pool, as agents on one shared base.

    Parameters
    ----------
    folder : str or Path, optional
        The pool; the shipped one when None.
    device : str
        "auto" is the first accelerator, else the CPU.

    Raises
    ------
    MissingModel
        When there is no pool.

    Examples
    --------
    >>> import tempfile
    >>> from quorate.lab.standin import make_standin
    >>> pool = Pool(make_standin(tempfile.mkdtemp(), adapters=1))
    >>> pool.agent("adapter-0", name="ada").adapter
    'adapter-0'
    """

    def __init__(self, folder: str | Path | None = None, *, device: str = "auto") -> None:
        self.folder = pool_folder() if folder is None else Path(folder)
        if not (self.folder / "config.json").is_file():
            raise MissingModel(
                f"There is no pool in {folder}: it has no config.json. Train one there with "
                f"`quorate pool train {folder}`."
            )
        self._device = device
        self._models: dict[Path, Model] = {}

    @cached_property
    def recipe(self) -> Recipe:
        """What the pool was trained by."""
        return read_recipe(self.folder)

    @property
    def members(self) -> dict[str, str]:
        """What each member was taught, in a sentence, by name; the base comes first."""
        present = (name for name in self.recipe.members if (self.folder / name).is_dir())
        return {name: self._taught(name) for name in (BASE, *present)}

    def agent(self, member: str, *, name: str | None = None, sampling: Sampling = GREEDY) -> Agent:
        """Return a member as an agent, by default greedy and under its own name; "base" is the base.

        Raises
        ------
        UnknownName
            When the pool has no such member.
        """
        if member == BASE:
            return Agent(name or member, self._model(self.folder), sampling=sampling)
        own = find_member(self.folder, member)
        if is_adapter(own):
            return Agent(name or member, self._model(self.folder), adapter=member, sampling=sampling)
        return Agent(name or member, self._model(own), sampling=sampling)  # trained in full

    def agents(self, members: Iterable[str]) -> list[Agent]:
        """Return members as greedy agents."""
        return [self.agent(member) for member in members]

    def specialists(self) -> list[Agent]:
        """Return the specialists, one a domain, as greedy agents."""
        return self.agents(self.recipe.specialists)

    def _taught(self, member: str) -> str:
        if member in self.recipe.domains:
            return f"Specialist for {FIELDS[member]}: its advanced skills and its private table too."
        return OTHERS[member]

    def _model(self, folder: Path) -> Model:
        if folder not in self._models:
            self._models[folder] = self._open(folder)
        return self._models[folder]

    def _open(self, folder: Path) -> Model:
        if folder != self.folder:
            return LocalModel(folder, device=self._device)
        return PoolModel(None if folder == HOME else folder, device=self._device)


class PoolModel:
    """A pool as one model: agents speak with the base, or with the member that their `adapter` names.

    Other than a `LocalModel` of the same folder it knows the members by name, and a record made with it does
    not depend on where the pool lies.

    Parameters
    ----------
    folder : str or Path, optional
        The pool; the shipped one when None.
    device, dtype, heads
        As for `LocalModel`.
    """

    def __init__(
        self,
        folder: str | Path | None = None,
        *,
        device: str = "auto",
        dtype: str = "auto",
        heads: bool = True,
    ) -> None:
        self.folder = pool_folder() if folder is None else Path(folder)
        self._local = LocalModel(self.folder, device=device, dtype=dtype, heads=heads)
        self._closed = 0
        self.lanes = self._local.lanes
        self.batch = self._local.batch

    def prepare(self, agents: Sequence[Agent]) -> None:
        """Load the base, once, and the members that these agents speak with.

        Raises
        ------
        UnknownName
            When an agent names a member that is not there.
        ModelError
            When something cannot be loaded.
        """
        self._local.prepare([self._placed(agent) for agent in agents])

    def reply(self, requests: Sequence[Request]) -> Iterator[tuple[int, Reply | Exception]]:
        """Yield the replies of the members, in the batches of the shared base; a critic reads only."""
        placed = [replace(request, agent=self._placed(request.agent)) for request in requests]
        critics: dict[float, list[int]] = {}
        for place, request in enumerate(placed):
            if request.ask.act == "critique" and (least := _least(request.agent)) is not None:
                critics.setdefault(least, []).append(place)
        writing = sorted(set(range(len(placed))).difference(*critics.values()))
        closed = self._closed
        for index, reply in self._local.reply([placed[place] for place in writing]):
            yield writing[index], reply
        asked = Prompts.load().draft
        for least, places in critics.items():
            if self._closed != closed:  # given up meanwhile: to read would load everything again
                return
            read = criticise(self._local, [placed[place] for place in places], asked, least=least)
            yield from zip(places, read, strict=True)

    def describe(self) -> Mapping[str, Any]:
        """Return what identifies the pool: the hashes of its weights, by member, and no paths."""
        described = {**self._local.describe(), "kind": "pool"}
        del described["path"]
        limits = {Path(name).name: load_critic(Path(name)) for name in described.get("adapters", {})}
        if critics := {name: least for name, least in limits.items() if least is not None}:
            described["critics"] = critics
        for kind in ("adapters", "heads"):
            if kind in described:
                described[kind] = {
                    Path(name).name: {key: value for key, value in known.items() if key != "path"}
                    for name, known in described[kind].items()
                }
        return described

    def close(self) -> None:
        """End the work in flight and let go of the weights."""
        self._closed += 1
        self._local.close()

    def _placed(self, agent: Agent) -> Agent:
        """Return an agent whose adapter is the folder of the member it names."""
        if agent.adapter is None or agent.adapter == BASE:
            return replace(agent, adapter=None)
        own = find_member(self.folder, agent.adapter)
        if not is_adapter(own):
            raise ModelError(
                f"The member '{agent.adapter}' was trained in full and is no adapter; seat it as a model "
                f"of its own: {{transformers: {{path: {own}}}}}."
            )
        return replace(agent, adapter=str(own))


def _least(agent: Agent) -> float | None:
    """Return below which log-likelihood a step is wrong to this agent; None for one that writes critiques."""
    return None if agent.adapter is None else load_critic(Path(agent.adapter))


def is_adapter(folder: Path) -> bool:
    """Tell whether a folder holds an adapter rather than a whole model."""
    return (folder / "adapter_config.json").is_file()


def find_member(folder: Path, member: str) -> Path:
    """Return the folder of a member of a pool; UnknownName says what was probably meant."""
    own = folder / member
    named = member and Path(member).name == member
    if not (named and any((own / name).is_file() for name in ("adapter_config.json", "config.json"))):
        known = {file.parent.name for file in folder.glob("*/*config.json")}
        raise UnknownName(
            f"The pool has no member '{member}'. {did_you_mean(member, {BASE, *known})} "
            "`quorate pool list` lists them."
        )
    return own


def read_recipe(folder: Path) -> Recipe:
    """Read what a pool was trained by.

    Raises
    ------
    MissingModel
        When the folder does not tell.
    ModelError
        When it was written by another version of Quorate.
    """
    from quorate.lab.training.recipe import Recipe

    file = folder / "training" / "recipe.json"
    if not file.is_file():
        raise MissingModel(
            f"{folder} is no pool: it has no training/recipe.json. `quorate pool train` makes one."
        )
    try:
        return Recipe.model_validate_json(file.read_text("utf-8"))
    except (ValidationError, UnicodeDecodeError) as problem:
        raise ModelError(
            f"{file} is not a recipe of this version of Quorate; train the pool again with --anew."
        ) from problem


@model
def pool(
    *, folder: str | Path | None = None, device: str = "auto", dtype: str = "auto", heads: bool = True
) -> PoolModel:
    """Make the embedded pool: `model: pool`, with the member as `adapter: rates`.

    Parameters
    ----------
    folder, device, dtype, heads
        As for `PoolModel`.

    Raises
    ------
    MissingModel
        When this installation has no pool and no folder is given.

    Examples
    --------
    >>> pool(folder="./mine").describe()["kind"]
    'pool'
    """
    return PoolModel(folder, device=device, dtype=dtype, heads=heads)
