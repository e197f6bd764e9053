"""Evaluation: problems with their gold answers, what an answer is worth, what it cost, what may be claimed.

problems     questions with gold answers, which no agent is ever handed
results      what an arm achieved and cost on each problem, and the table over all arms
statistics   shares and paired differences with intervals
"""

from quorate.evaluate.problems import (
    ALIASES,
    FIELDS,
    Problem,
    correct,
    dump_problems,
    load_problems,
    parse_problems,
)
from quorate.evaluate.statistics import Difference, Rate, difference, wilson

__all__ = [
    "ALIASES",
    "FIELDS",
    "Difference",
    "Problem",
    "Rate",
    "correct",
    "difference",
    "dump_problems",
    "load_problems",
    "parse_problems",
    "wilson",
]
