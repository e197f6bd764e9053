"""Aggarwal et al. 2023, "Let's Sample Step by Step: Adaptive-Consistency" (arXiv:2305.11860).

Answers of one model are drawn one after the other until the most frequent is safe: with the counts v1 and v2
of the two leading answers, until 1 - I_0.5(v1 + 1, v2 + 1) >= 0.95, and 40 at most. Beside it: always 40,
and always 7, which is what the published saving leaves of 40.
"""

from __future__ import annotations

from typing import Any

from quorate.reproduce.cast import ONE, SEATS, Cast
from quorate.reproduce.published import COMMON, Certainty, Expected, Finding, Published
from quorate.reproduce.reproduction import Reproduction

PAPER = "arXiv:2305.11860"
WHOLE = "fixed, 40"


def fixed(samples: int) -> dict[str, Any]:
    """Return an arm that always draws so many samples."""
    return {"protocol": "self_consistency", "samples": samples}


def saving(where: str, value: float, certainty: Certainty) -> Published:
    """Return how many times fewer samples were drawn."""
    return Published(
        where=where,
        source=PAPER,
        certainty=certainty,
        measure="calls",
        against=WHOLE,
        values={"adaptive": value},
    )


REPRODUCTION = Reproduction(
    name="adaptive_consistency",
    title="self-consistency that stops when the vote is safe",
    source="Aggarwal et al. 2023, arXiv:2305.11860",
    cast=Cast(SEATS[:1], members=(ONE,), kind=ONE, sampling={"temperature": 0.7}),
    problems={"dataset": "gsm8k"},
    arms={
        WHOLE: fixed(40),
        "adaptive": {"protocol": "adaptive_consistency", "most": 40, "criterion": "beta", "threshold": 0.95},
        "fixed, 7": fixed(7),
    },
    controls={
        "vote": False,
        "self_consistency_calls": False,
        "self_consistency_tokens": False,
        "self_refinement": False,
        "noise_peers": False,
    },
    reference=WHOLE,
    published=(
        Published(
            where="mean of the paper's sets and models, at most",
            source=PAPER,
            certainty="secondary",
            measure="loss",
            against=WHOLE,
            values={"adaptive": 0.1},
        ),
        saving("on the best set, up to", 6.0, "secondary"),
        saving("on the best set, up to, in a later version", 7.9, "memory"),
    ),
    findings=(
        Finding(
            says="Stopping early costs next to no accuracy.",
            better="adaptive",
            worse=WHOLE,
            source=PAPER,
            certainty="secondary",
            margin=0.02,
        ),
    ),
    expected=(
        *COMMON,
        Expected(
            says="The saving grows with how often the model agrees with itself: 4 equal answers end it at "
            "once, a tenfold saving; where it disagrees with itself all 40 are drawn. The published one is "
            "the best of the sets, not the mean."
        ),
        Expected(
            says="Samples are the same for all arms, so that an early stop is compared with what the rest "
            "of the same samples would have changed."
        ),
        Expected(
            says="The margin of 2 points for 'next to no' is Quorate's; a loss of 0.1 point cannot be told "
            "from 0 with fewer than tens of thousands of problems."
        ),
        Expected(
            says="The model is the pool's specialist for sets on problems of its field. It mostly agrees "
            "with itself, on right answers and on wrong ones.",
            when="pool",
        ),
        Expected(
            says="Other controls are left out: at equal calls self-consistency is the same samples once more."
        ),
    ),
)
