"""How far does a debate scale? A million agents on three graphs, without a model, in seconds.

Everybody repeatedly averages what they hear (DeGroot): the ring stalls, a random graph of four links each
agrees, and the complete graph agrees at once, for 200,000 times the tokens of that.
"""

import sys

from quorate.simulate import Parameters, plan, predict
from quorate.simulate.outlook import number

agents = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
topologies = ["ring", "random_regular:degree=4", "complete"]

outlook = plan(topologies, agents=agents, rounds=25, questions=2)
for forecast in outlook.forecasts:
    ended = "not" if forecast.rounds_taken is None else f"in round {forecast.rounds_taken + 1}"
    print(f"{forecast.topology:24} agrees {ended:12} {number(forecast.tokens_in):>7} tokens read")
for finding in outlook.findings[:-1]:
    print(f"- {finding}")

print("\nSix agents that follow a right majority more readily than a wrong one, one run of 200 questions:")
sceptics = Parameters(accuracy=0.6, correlation=0.2, given_right=0.7, given_wrong=0.2)
for topology in ("isolated", "ring", "complete"):
    told = predict(sceptics, topology, agents=6, rounds=3, runs=10)
    print(f"{topology:10} vote right on {told.last.vote.percent} %, {told.tokens_in:,.0f} tokens read")
