r"""How good a pool is: its members on held-out problems of every kind, and what the group makes of them.

    report = evaluate(recipe, "pool", 200, mixed=1000)
    print(table(report), comparisons(report), sep="\n\n")

Everything goes through Quorate's own engine: the members sit at a table and the protocols ask them.
"""

from quorate.evaluate.statistics import Difference, Rate, difference
from quorate.lab.evaluation.arms import ARMS, Arm, measure, self_consistency
from quorate.lab.evaluation.card import write_card
from quorate.lab.evaluation.report import Report, comparisons, evaluate, table
from quorate.lab.evaluation.seating import Seating, problem_sets
from quorate.lab.evaluation.seeds import over_seeds, pooled

__all__ = [
    "ARMS",
    "Arm",
    "Difference",
    "Rate",
    "Report",
    "Seating",
    "comparisons",
    "difference",
    "evaluate",
    "measure",
    "over_seeds",
    "pooled",
    "problem_sets",
    "self_consistency",
    "table",
    "write_card",
]
