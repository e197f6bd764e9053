"""A learned graph: who is worth hearing, found from recorded debates and by trying graphs.

Four agents of different skill follow the majority of what they hear, and half of the time they believe mal,
who is loud and always wrong. From the records of one debate each edge is weighed without asking anybody:
how often did hearing this seat put right what was wrong, and spoil what was right? Then graphs are drawn,
tried and rewarded, as AgentPrune does. The agents are scripted, so this takes seconds; nobody tells the
learners who mal is.
"""

import random
import sys
import tempfile
from collections import Counter
from pathlib import Path

from quorate import Agent, Definition, Problem, Question, Scripted
from quorate.learning import AGENTPRUNE, learn_by_policy_gradient, learn_from_records
from quorate.topologies import draw, export_graphml

SKILL = {"ada": 0.8, "bo": 0.6, "cy": 0.6, "di": 0.5, "mal": 0.0}


def speak(ask, seed):
    """Answer by skill at first; later believe mal half of the time, else follow the majority."""
    rng, gold = random.Random(seed), int(ask.question.text.split()[2]) % 7
    if ask.turn == 0:
        return f"Answer: {gold if rng.random() < SKILL[ask.seat] else rng.randrange(7, 10)}"
    heard = {said.seat: said.answer for said in ask.heard}
    if ask.seat == "mal":
        return "Answer: 9"
    if "mal" in heard and rng.random() < 0.5:
        return f"Answer: {heard['mal']}"
    return f"Answer: {Counter(heard.values()).most_common(1)[0][0] if heard else gold}"


def problems(first, count):
    """Return so many problems with their gold answers."""
    numbers = range(first, first + count)
    return [Problem(question=Question(text=f"What is {n} modulo 7?"), gold=str(n % 7)) for n in numbers]


count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
model, folder = Scripted(speak), Path(tempfile.mkdtemp())
panel = [Agent(name, model) for name in SKILL]
debate = {"debate": {"rounds": 2, "until": "never"}}
definition = Definition(panel, topology="complete", protocol=debate)

definition.run(problems(0, count), record=folder / "run")
weighed = learn_from_records(folder / "run")
print(weighed)
for edge in weighed.turns[0].edges:
    if not edge.kept:
        print(f"  {edge.hearer} no longer hears {edge.heard}: {100 * edge.gain:+.0f} points, {edge.why}")
weighed.save(folder / "weighed.json")
export_graphml(weighed, folder / "weighed.graphml")  # for Gephi, igraph, yEd
print("\n".join(draw(weighed.graph(), 60, 11).lines))

longer = AGENTPRUNE.phases[0].model_copy(update={"batch": 32})  # 4 as published, which is little
recipe = AGENTPRUNE.model_copy(update={"phases": (longer,), "baseline": "moving_average"})
tried = learn_by_policy_gradient(definition, problems(0, count), recipe=recipe)
print(f"{tried}, after {recipe.trials} debates")
gone = Counter(edge.heard for edge in tried.turns[0].edges if not edge.kept)
print("  no longer heard:", ", ".join(f"{name} by {times}" for name, times in gone.most_common()))
tried.save(folder / "tried.json")

for name in ("complete", "weighed", "tried"):
    topology = name if name == "complete" else {"learned": {"file": folder / f"{name}.json"}}
    run = Definition(panel, topology=topology, protocol=debate).run(problems(1000, 200))
    tokens = sum(outcome.tokens_in + outcome.tokens_out for outcome in run) / 200
    print(f"{name:9} {run.accuracy:.1%} of 200 other problems, {tokens:.0f} words each")
