"""Dynamics: what deliberation did to the answers, from transcripts; no model is asked.

rounds         accuracy of the seats and their plurality after each round, oracle, disagreement
flips          right to wrong and wrong to right, of the seats and of the group
conformity     what seats did after they had heard a right, or a wrong, opinion
consensus      rounds until all agreed, and on what
drift          whether the belief in the right answer moves on average: the martingale of "Debate or Vote"
influence      how often the others move to a seat's answer, against the base rate
contribution   what a seat's ballot does for the outcome: leave one out, Shapley
readers        what the strict and the lenient reader cannot read, and calls that failed
courses        the arrays all of this is computed on
"""

from quorate.evaluate.dynamics.courses import Course, Hearings
from quorate.evaluate.dynamics.dynamics import Dynamics, read_dynamics
from quorate.evaluate.dynamics.shifts import Shift

__all__ = ["Course", "Dynamics", "Hearings", "Shift", "read_dynamics"]
