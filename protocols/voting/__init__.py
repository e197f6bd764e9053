"""Rules: from ballots to an outcome. A rule returns ALL winners; breaking a tie is a separate, named step.

[Ballot(seat="ada", answer="5"), Ballot(seat="bo", answer="6"), Ballot(seat="cy", answer="5")]
-> Outcome(winners=("5",), tally={"5": 2.0, "6": 1.0}, ...)

One family a file. Every rule declares what it needs, the axioms it satisfies, its cost and its source;
`quorate rules` lists them. A ballot counts as often as it weighs, except where a rule counts heads
(plurality, majority, supermajority, unanimity, private).
"""

from quorate.protocols.voting.approval import approval
from quorate.protocols.voting.axioms import AXIOMS, FAIR
from quorate.protocols.voting.ballots import Profile, answers_on, approval_of, first_choice, ranking_of
from quorate.protocols.voting.batches import plurality_many, schulze_many
from quorate.protocols.voting.bradley_terry import bradley_terry
from quorate.protocols.voting.chance import random_ballot
from quorate.protocols.voting.condorcet import condorcet, copeland, minimax, schulze
from quorate.protocols.voting.decisions import Decision, Rule, resolve_decision, resolve_rule
from quorate.protocols.voting.kemeny import kemeny
from quorate.protocols.voting.pairs import margins_of, pairwise, smith_set
from quorate.protocols.voting.plurality import majority, plurality, supermajority, unanimity
from quorate.protocols.voting.pools import linear_pool, log_pool
from quorate.protocols.voting.positional import borda, cumulative
from quorate.protocols.voting.private import epsilon, private
from quorate.protocols.voting.ranked_pairs import ranked_pairs
from quorate.protocols.voting.runoff import instant_runoff
from quorate.protocols.voting.scoring import majority_judgement, range_
from quorate.protocols.voting.ties import TieBreak, break_tie, none_, random_, seat_order
from quorate.protocols.voting.weighted import (
    confidence_weighted,
    inverse_entropy,
    most_confident,
    weighted_plurality,
)

__all__ = [
    "AXIOMS",
    "FAIR",
    "Decision",
    "Profile",
    "Rule",
    "TieBreak",
    "answers_on",
    "approval",
    "approval_of",
    "borda",
    "bradley_terry",
    "break_tie",
    "condorcet",
    "confidence_weighted",
    "copeland",
    "cumulative",
    "epsilon",
    "first_choice",
    "instant_runoff",
    "inverse_entropy",
    "kemeny",
    "linear_pool",
    "log_pool",
    "majority",
    "majority_judgement",
    "margins_of",
    "minimax",
    "most_confident",
    "none_",
    "pairwise",
    "plurality",
    "plurality_many",
    "private",
    "random_",
    "random_ballot",
    "range_",
    "ranked_pairs",
    "ranking_of",
    "resolve_decision",
    "resolve_rule",
    "schulze",
    "schulze_many",
    "seat_order",
    "smith_set",
    "supermajority",
    "unanimity",
    "weighted_plurality",
]
