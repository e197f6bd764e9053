"""How agents deliberate: protocols, stop checks, rules and decisions, all pure.

A protocol is a generator: it yields what it wants asked, is sent what was said, and returns the outcome.
It never calls a model.
"""

from quorate.protocols.boards import splitter
from quorate.protocols.convergence import all_of, any_of, budget, never, quorum, stable, unanimous
from quorate.protocols.debating import debate, hold, settle, vote
from quorate.protocols.history import History, Stop, Turns, consult
from quorate.protocols.judging import ask_judge, judge_agrees, judge_decides, verdict
from quorate.protocols.prompting import Prompts
from quorate.protocols.relay import relay
from quorate.protocols.voting import (
    Rule,
    TieBreak,
    break_tie,
    confidence_weighted,
    most_confident,
    none_,
    plurality,
    random_,
    seat_order,
)

__all__ = [
    "History",
    "Prompts",
    "Rule",
    "Stop",
    "TieBreak",
    "Turns",
    "all_of",
    "any_of",
    "ask_judge",
    "break_tie",
    "budget",
    "confidence_weighted",
    "consult",
    "debate",
    "hold",
    "judge_agrees",
    "judge_decides",
    "most_confident",
    "never",
    "none_",
    "plurality",
    "quorum",
    "random_",
    "relay",
    "seat_order",
    "settle",
    "splitter",
    "stable",
    "unanimous",
    "verdict",
    "vote",
]
