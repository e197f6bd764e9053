"""Weigh the votes: a recorded panel, its best member, and what weights, confidence and rules make of it.

The panel is lopsided on purpose: a generalist that was trained on everything, five specialists who are
right in their own domain only, and the weak member. Counting heads lets the many who guess outvote the one
who knows.
"""

import sys

from quorate import Definition
from quorate.calibration import Metrics
from quorate.events import Said
from quorate.lab.evaluation import problem_sets
from quorate.lab.members import Pool
from quorate.nouns import Ballot
from quorate.protocols.sheets import Sheet, shares_right, vote_share
from quorate.protocols.voting import confidence_weighted, inverse_entropy, most_confident
from quorate.protocols.weights import apply_weights, cross_validated, log_odds, naive_log_odds, one_coin

count = int(sys.argv[1]) if len(sys.argv) > 1 else 60
pool = Pool()
panel = pool.agents([*pool.recipe.specialists, "generalist", "weak"])
problems = [item.problem() for item in problem_sets(pool.recipe, count)["mixed"]]

ballots: dict[str, list[Ballot]] = {problem.question.id: [] for problem in problems}


def record(event):
    """Keep every vote with its confidence."""
    if isinstance(event, Said):
        said = event.message
        ballots[event.question].append(Ballot(seat=said.seat, answer=said.answer, confidence=said.confidence))


Definition(panel, protocol="vote").run(problems, listeners=[record])
gold = [problem.gold for problem in problems]
sheet = Sheet.of([{one.seat: one.answer for one in votes} for votes in ballots.values()], gold)

alone = shares_right(sheet)
best = max(alone, key=alone.get)
plurality = vote_share(sheet)
print("alone:", ", ".join(f"{name} {share:.0%}" for name, share in alone.items()))
print(f"plurality {plurality:.1%}, {plurality - alone[best]:+.1%} against its best member, {best}")

print("weights, each learned on one half and scored on the other:")
for name, learn in {"log-odds": log_odds, "naive log-odds": naive_log_odds}.items():
    weights = cross_validated(sheet, learn)
    print(f"  {name}: {weights.held_out:.1%}")
crowd = one_coin(sheet).weights()
print(f"  without any gold, by EM: {vote_share(sheet, crowd.values):.1%}")

claims = [
    (one.confidence, one.answer == right)
    for votes, right in zip(ballots.values(), gold, strict=True)
    for one in votes
]
known = [(claim, right) for claim, right in claims if claim is not None]
metrics = Metrics.of([claim for claim, _ in known], [right for _, right in known])
print(f"confidence heads: area under the curve {metrics.auc:.3f}, calibration error {metrics.ece:.3f}")

learned = log_odds(sheet)
for rule in (most_confident, confidence_weighted, inverse_entropy):
    right = sum(
        rule(votes).winners == (answer,) for votes, answer in zip(ballots.values(), gold, strict=True)
    )
    weighted = sum(
        rule(apply_weights(votes, learned)).winners == (answer,)
        for votes, answer in zip(ballots.values(), gold, strict=True)
    )
    print(f"  {rule.__name__}: {right / count:.1%}, with the weights as well {weighted / count:.1%}")
