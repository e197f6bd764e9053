"""Judges: offices outside the graph that stop a debate, decide it, compare, rank or score its drafts.

    offices={"judge": solon}                      judge_agrees, judge_decides and all below
    offices={"judge1": solon, "judge2": pia}      a panel: judge_compares, judge_ranks, judge_scores
    decide=peer_ranked                            the seats judge each other, weighed by peer rank

Verdicts are read strictly. One that cannot be read is counted, and never falls to the first candidate.
"""

from quorate.protocols.judging.comparisons import Comparison, PositionBias, duels, position_bias
from quorate.protocols.judging.consensus import ask_judge, judge_agrees, judge_decides, verdict
from quorate.protocols.judging.lists import judge_ranks, judge_scores, read_mark
from quorate.protocols.judging.offices import judges_of
from quorate.protocols.judging.pairwise import ask_pairs, judge_compares, peer_ranked
from quorate.protocols.judging.peers import PeerRank, peer_rank, weighted_verdicts
from quorate.protocols.judging.tournaments import tournament

__all__ = [
    "Comparison",
    "PeerRank",
    "PositionBias",
    "ask_judge",
    "ask_pairs",
    "duels",
    "judge_agrees",
    "judge_compares",
    "judge_decides",
    "judge_ranks",
    "judge_scores",
    "judges_of",
    "peer_rank",
    "peer_ranked",
    "position_bias",
    "read_mark",
    "tournament",
    "verdict",
    "weighted_verdicts",
]
