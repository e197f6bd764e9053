"""Du et al. 2023, "Improving Factuality and Reasoning through Multiagent Debate" (arXiv:2305.14325).

Round 1: every agent solves the problem. Every later round: each gets the last answers of all others as
"additional information" and solves it again, with the whole transcript in sight. The most frequent answer of
the last round wins. Their code has 3 agents, 2 rounds, 100 problems of GSM8K and gpt-3.5-turbo-0301; their
arithmetic is a+b*c+d-e*f.

Beside it stands the check of Huang et al. 2023 (arXiv:2310.01798, table 7): self-consistency with as many
answers.
"""

from __future__ import annotations

from typing import Any

from quorate.reproduce.cast import ONE, SEATS, Cast
from quorate.reproduce.published import AGAIN, COMMON, COPIES, Expected, Finding, Published
from quorate.reproduce.reproduction import Reproduction

PAPER, CHECK = "arXiv:2305.14325, table 1", "arXiv:2310.01798, table 7"
HEADLINE, MAJORITY = "3 agents, 2 rounds", "3 agents, vote"


def debate(agents: int, rounds: int) -> dict[str, Any]:
    """Return an arm: so many agents hear each other for so many rounds."""
    options = {"rounds": rounds, "until": "never", "critique": "off", "memory": "transcript"}
    return {"agents": list(SEATS[:agents]), **options}


SWEEP = ((3, 2), (2, 2), (4, 2), (5, 2), (3, 3), (3, 4))

REPRODUCTION = Reproduction(
    name="du2023",
    title="debate by agents and rounds",
    source="Du et al. 2023, arXiv:2305.14325",
    cast=Cast(SEATS[:5], members=(ONE,), kind=ONE),
    problems={"arithmetic": {"form": "a+b*c+d-e*f"}},
    arms={
        **{f"{agents} agents, {rounds} rounds": debate(agents, rounds) for agents, rounds in SWEEP},
        MAJORITY: {"agents": list(SEATS[:3]), "protocol": "vote"},
    },
    simpler={"memory": {"transcript": "own"}},
    controls={
        "best_single": {"agent": SEATS[0]},
        "self_consistency_calls": {"agent": SEATS[0]},
        "self_consistency_tokens": {"agent": SEATS[0]},
        "self_refinement": {"agent": SEATS[0]},
        "noise_peers": {"of": HEADLINE},
    },
    reference=MAJORITY,
    budget=HEADLINE,
    published=(
        Published(
            where="arithmetic, gpt-3.5-turbo, 100 problems",
            source=PAPER,
            certainty="paper",
            values={
                HEADLINE: (81.8, 2.3),
                MAJORITY: (69.0, 4.6),
                "best_single": (67.0, 4.7),
                "self_refinement": (72.1, 4.5),
            },
        ),
        Published(
            where="GSM8K, gpt-3.5-turbo, 100 problems",
            source=PAPER,
            certainty="paper",
            values={
                HEADLINE: (85.0, 3.5),
                MAJORITY: (81.0, 3.9),
                "best_single": (77.0, 4.2),
                "self_refinement": (75.0, 4.3),
            },
        ),
        Published(
            where="GSM8K, gpt-3.5-turbo-0301, all of the test split (88.2 for self-consistency with 9 "
            "answers)",
            source=CHECK,
            certainty="secondary",
            values={
                HEADLINE: 83.2,
                "3 agents, 3 rounds": 83.0,
                MAJORITY: 82.5,
                "best_single": 76.7,
                "self_consistency_calls": 85.3,
            },
        ),
    ),
    findings=(
        Finding(
            says="Debate beats the majority of the same agents' first answers.",
            better=HEADLINE,
            worse=MAJORITY,
            source=PAPER,
            certainty="paper",
        ),
        Finding(
            says="Debate beats a single agent.",
            better=HEADLINE,
            worse="best_single",
            source=PAPER,
            certainty="paper",
        ),
        Finding(
            says="With as many answers, self-consistency beats debate.",
            better="self_consistency_calls",
            worse=HEADLINE,
            source=CHECK,
            certainty="secondary",
        ),
    ),
    expected=(
        *COMMON,
        COPIES,
        AGAIN,
        Expected(
            says="The paper gives the majority 3 calls and the debate 6; 'self_consistency_calls' here "
            "gets as many as the debate, so that less may be left of its lead."
        ),
        Expected(
            says="With 100 problems a standard error is about 4 points: the published lead on GSM8K is about "
            "one of them, and may as well not be seen again."
        ),
        Expected(
            says="The temperature is Quorate's (0.7) unless another is given; that of the paper is not "
            "known here."
        ),
        Expected(says="Members are reminded of their last answer, not of the whole transcript.", when="pool"),
    ),
)
