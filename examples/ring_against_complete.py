"""A sparse ring against the complete graph: the same first drafts, fewer tokens read.

The first drafts draw the same seeds under every topology, so only what is heard differs between the arms.
"""

from functools import partial
from pathlib import Path
from tempfile import mkdtemp

from quorate import Agent, Definition, LocalModel, Question, Sampling, debate
from quorate.lab.standin import make_standin
from quorate.topologies import measure

folder = make_standin(Path(mkdtemp()) / "base", adapters=6)
base = LocalModel(folder)
agents = [
    Agent(f"agent-{i}", base, adapter=str(folder / f"adapter-{i}"), sampling=Sampling(max_tokens=40))
    for i in range(6)
]
questions = [Question(text=f"What is {i} + {i * i}?", kind="number") for i in range(8)]
three_rounds = partial(debate, rounds=3, until="never", critique="off")

read = {}
for topology in ("complete", "ring"):
    run = Definition(agents, topology, three_rounds).run(questions)
    read[topology] = sum(outcome.tokens_in for outcome in run)
    print(f"{topology:>9}: {sum(o.calls for o in run)} calls, {read[topology]:,} tokens read")

predicted = measure(Definition(agents, "ring").graph, question_tokens=60, reply_tokens=40, rounds=3).saving
saved = 1 - read["ring"] / read["complete"]
print(f"the ring reads {saved:.0%} fewer tokens (the formula says {predicted:.0%})")
