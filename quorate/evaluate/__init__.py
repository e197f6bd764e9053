"""Evaluation: problems with their gold answers, what an answer is worth, what it cost, what may be claimed.

problems     questions with gold answers, which no agent is ever handed
sources      where they come from: files, Hugging Face data sets, generators; samples and parts by seed
metrics      what an answer is worth: accuracy, maths, F1, BLEU, chrF, ROUGE, preference, calibration
prices       what it cost in money
results      what an arm achieved and cost on each problem, and the table over all arms
statistics   shares, means and paired differences with intervals
claims       what may be said of one arm against another, and what a number of problems can show at all
dynamics     what deliberation did: flips, conformity, drift, influence
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
from quorate.evaluate.statistics import Difference, Estimate, Rate, average, difference, wilson

__all__ = [
    "ALIASES",
    "FIELDS",
    "Difference",
    "Estimate",
    "Problem",
    "Rate",
    "average",
    "correct",
    "difference",
    "dump_problems",
    "load_problems",
    "parse_problems",
    "wilson",
]
