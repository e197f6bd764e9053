"""Adversaries in a ring, a star and the complete graph: what they cost the honest, and which filter helps.

Six agents know most sums and believe whoever sounds surest: that is a script, so that the mechanism shows in
seconds. `honest` is what the honest stand for in the end; harm is what they lose against the same debate
without adversaries, from the same first drafts. With a filter everybody hears only the one whose answer most
others share. Nothing is named that could be chance.

    python adversaries.py 20        the same with the trained specialists of the pool, on 20 problems
"""

import sys

from quorate import Agent, Ask, Definition, Problem, Question, Reply, Scripted, read_problems
from quorate.lab.members import Pool
from quorate.nouns import derive_seed
from quorate.robustness import robustness


def believe_the_surest(ask: Ask, seed: int) -> Reply:
    drawn = derive_seed(ask.question.id, ask.seat) % 100
    right = sum(map(int, ask.question.text.rstrip("?").split("+")))
    answer, sure = str(right if drawn < 75 else right - drawn % 7 - 1), 0.5 + drawn % 40 / 100
    for said in ask.heard:
        if said.answer is not None and (said.confidence or 0) > sure:
            answer, sure = said.answer, said.confidence
    return Reply(text=f"I make it {answer}.\nAnswer: {answer}", confidence=sure)


if len(sys.argv) > 1:
    problems = read_problems({"pool": {"kind": "mixed"}, "count": int(sys.argv[1])}).problems
    agents = Pool().specialists()
else:
    problems = [
        Problem(question=Question(id=f"q{n}", text=f"{n}+{3 * n + 40}?"), gold=str(4 * n + 40))
        for n in range(60)
    ]
    model = Scripted(believe_the_surest)
    agents = [Agent(name, model) for name in ("ada", "bo", "cy", "di", "eve", "fay")]

found = robustness(
    Definition(agents, protocol={"debate": {"rounds": 3, "critique": "off", "until": "never"}}),
    problems,
    kinds=["confidently_wrong"],
    counts=[0, 1],
    places=["hub", "leaf"],
    topologies=["ring", "star", "complete"],
    filters=[{"top_k": {"k": 1, "by": "agreement"}}],
)
for one in found.findings:
    harm = "" if one.harm is None else f"harm {one.harm.difference.points}"
    print(f"{one.topology:9} {one.filter:24} {one.attack:28} honest {one.honest.percent:>13} %  {harm}")
print(*found.sentences(), sep="\n")
