"""Sparse against dense mixtures of agents: the same specialists and first drafts, and what it costs or saves.

In the dense one everybody reads everybody, and the judge of the pool writes the answer. In the sparse one the
judge solves the problem first, passes on the two answers that match its own, and ends it when most of them
do; one arm does without that end. Beside them one agent that was taught everything, sampled as often as there
are seats. The figures are real: small models write every word. Expect about a minute on a laptop.
"""

import sys

from quorate import Sampling
from quorate.lab.evaluation import Seating, difference, measure, problem_sets
from quorate.lab.members import LONGEST, pool_folder
from quorate.protocols.mixture import Lengths, moa_tokens, smoa_tokens

count = int(sys.argv[1]) if len(sys.argv) > 1 else 3
seating = Seating(pool_folder())
kinds = problem_sets(seating.recipe, count)
problems = [item for kind in (*seating.recipe.domains, "mixed") for item in kinds[kind]]
panel = seating.specialists()
judge = {"judge": seating.agent("judge")}
alone = [seating.agent("polymath", sampling=Sampling(temperature=0.7, max_tokens=LONGEST))]
sparse = {"layers": 2, "k": 2, "select": "match"}
arms = {
    "MoA": measure(panel, problems, {"protocol": {"moa": {"layers": 2}}}, offices=judge),
    "SMoA": measure(panel, problems, {"protocol": {"smoa": sparse}}, offices=judge),
    "SMoA, no end": measure(
        panel, problems, {"protocol": {"smoa": {**sparse, "moderate": False}}}, offices=judge
    ),
    "Self-MoA": measure(
        alone,
        problems,
        {"protocol": {"self_moa": {"samples": len(panel)}}},
        offices={"aggregator": seating.agent("polymath", name="aggregator")},
    ),
}
for name, arm in arms.items():
    share = arm.tokens / arms["MoA"].tokens
    print(f"{name:12} {arm.rate.percent:>12} %  {arm.calls:4.1f} calls  {share:.0%} of the tokens of MoA")
points = difference(arms["SMoA"].right, arms["MoA"].right).points
print(f"SMoA minus MoA: {points} points on {len(problems)} problems")

print("by the formulas, answers of 350 tokens, k = 2:")
lengths = Lengths(question=150, response=350, aggregate=130, role=80, judge=180, choice=150)
for agents in (4, 6, 8):
    dense = moa_tokens(agents, 2, lengths).total
    full, ended = (smoa_tokens(agents, held, 2, lengths).total / dense for held in (2, 1))
    print(f"  {agents} agents: {full:.0%} of MoA's tokens, {ended:.0%} when it ends after the drafts")
