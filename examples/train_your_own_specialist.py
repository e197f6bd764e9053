"""Train your own specialist and seat it at the table.

In another world the invented words mean something else, so the shipped money specialist is lost there. A
short training of an adapter on the shipped base makes one that knows that world; it takes the old one's seat.
"""

import shutil
import sys
import tempfile
from pathlib import Path

from quorate import Definition
from quorate.agents import Agent, LocalModel
from quorate.lab.members import Pool
from quorate.lab.training import train
from quorate.lab.world import generate

steps = int(sys.argv[1]) if len(sys.argv) > 1 else 120
shipped = Pool()
mine = Path(tempfile.mkdtemp(prefix="quorate-")) / "mine"
mine.mkdir()
for file in ("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"):
    shutil.copy(shipped.folder / file, mine)

budget = shipped.recipe.specialist.model_copy(update={"steps": steps})
recipe = shipped.recipe.model_copy(update={"world": 7, "specialist": budget})
train(recipe, mine, ["money"], progress=lambda progress: print(progress.line()))

newcomer = Agent(
    "money",
    LocalModel(mine),
    adapter=str(mine / "training" / "alone" / "money"),
    sampling=shipped.agent("money").sampling,
)
problems = [
    item.problem()
    for item in generate("test", 40, seed=1, domains=["money"], private_share=1, advanced_share=0, world=7)
]
others = [agent for agent in shipped.specialists() if agent.name != "money"]
for name, agent in {"the shipped specialist": shipped.agent("money"), "your own": newcomer}.items():
    alone = Definition([agent], protocol="vote").run(problems)
    seated = Definition([agent, *others], protocol={"vote": {"decide": "most_confident"}}).run(problems)
    print(f"{name}: {alone.accuracy:.0%} alone, {seated.accuracy:.0%} at the table")
