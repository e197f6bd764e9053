"""The axioms that rules declare, by name, each in one sentence. Tests hold every rule to those it declares.

An axiom speaks of the ballots that a rule reads, where each has some weight and some confidence, and of the
set of ALL winners, before any tie is broken.
"""

from __future__ import annotations

AXIOMS = {
    "anonymity": "Which seat cast which ballot does not matter.",
    "neutrality": "Renaming the answers renames the winners, and does nothing else.",
    "unanimity": "An answer that every ballot puts first, alone, is the only winner.",
    "pareto": "No answer wins to which every ballot prefers one and the same other answer.",
    "majority": "An answer that more than half of the ballots put first, alone, is the only winner.",
    "condorcet winner": "An answer that beats every other by a majority is the only winner.",
    "condorcet loser": "An answer that loses to every other by a majority does not win.",
    "smith": "All winners are in the smallest set of answers that beat all others by majorities.",
    "monotonicity": "A winner that one ballot raises, all else unchanged, still wins.",
    "reinforcement": "Where two groups share winners, the two together elect exactly the shared ones.",
    "clone independence": "A copy of an answer neither helps nor harms the others, nor the copied.",
    "reversal symmetry": "The only winner does not win when every ballot is turned upside down.",
}
"""What each axiom demands."""

FAIR = frozenset({"anonymity", "neutrality"})
"""What every rule that draws no lots satisfies."""
