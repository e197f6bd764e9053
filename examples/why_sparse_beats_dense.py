"""Why sparse beats dense here: the same specialists and first drafts, three graphs, one round of debate.

Who hears everybody reads many wrong drafts for each right one, in a context twice as long, and pays for all
of it. The figures are real: small models write every word. Expect about a minute on a laptop.
"""

import sys

from quorate.lab.evaluation import Seating, difference, measure, problem_sets
from quorate.lab.members import pool_folder

count = int(sys.argv[1]) if len(sys.argv) > 1 else 40
seating = Seating(pool_folder())
problems = problem_sets(seating.recipe, count)["mixed"]
panel = seating.agents(seating.recipe.specialists)
debate = {"debate": {"rounds": 2, "critique": "off", "until": "never", "decide": "most_confident"}}

arms = {}
for graph in ("complete", "ring", "star"):
    arms[graph] = arm = measure(panel, problems, {"topology": graph, "protocol": debate})
    print(f"{graph:9} {arm.rate.percent:>12} %  {arm.tokens:5.0f} tokens a question")
    print(f"{'':9} {arm.won} answers turned right, {arm.lost} turned wrong")

saved = 1 - arms["ring"].tokens / arms["complete"].tokens
print(f"ring minus complete: {difference(arms['ring'].right, arms['complete'].right).points} points")
print(f"ring reads and writes {saved:.0%} fewer tokens")
