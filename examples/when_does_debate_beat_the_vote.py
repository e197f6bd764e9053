"""When does debate beat the vote? When knowledge is spread over the agents; where all know the same, never.

Three kinds of problems, the same five specialists, the same first drafts: a plain vote, the surest draft, and
a relay in which everybody continues the lines that are trusted.
"""

import sys

from quorate.lab.evaluation import Seating, difference, measure, problem_sets
from quorate.lab.members import pool_folder

count = int(sys.argv[1]) if len(sys.argv) > 1 else 30
seating = Seating(pool_folder())
panel = seating.agents(seating.recipe.specialists)
ways = {
    "vote": {"protocol": "vote"},
    "surest draft": {"protocol": {"vote": {"decide": "most_confident"}}},
    "relay": {"topology": "complete", "protocol": {"relay": {"rounds": 4}}},
}
kinds = {
    "basic": "everybody was taught what they need",
    "money": "one specialist was taught what they need",
    "mixed": "no single specialist was taught all that they need",
}
sets = problem_sets(seating.recipe, count)
for kind, why in kinds.items():
    arms = {name: measure(panel, sets[kind], options) for name, options in ways.items()}
    print(f"{kind} problems ({why})")
    for name, arm in arms.items():
        print(f"  {name:13} {arm.rate.percent:>14} %  {arm.tokens:5.0f} tokens")
    for rival in ("vote", "surest draft"):
        gain = difference(arms["relay"].right, arms[rival].right)
        verdict = {1: "the relay is better", 0: "no difference is shown", -1: "the relay is worse"}[gain.sign]
        print(f"  relay minus {rival}: {gain.points} points, {verdict}")
