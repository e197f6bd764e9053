"""Liang et al. 2023, "Encouraging Divergent Thinking through Multi-Agent Debate", MAD (arXiv:2305.19118).

The affirmative side answers, the negative side is told to disagree, a moderator ends the debate as soon as it
prefers an answer, at most 3 rounds; then a judge decides. Temperature 0. The protocol is `one_by_one`, which
says in what it differs.
"""

from __future__ import annotations

from quorate.protocols.one_by_one import one_by_one
from quorate.reproduce.cast import ONE, Cast
from quorate.reproduce.published import AGAIN, COMMON, COPIES, Expected, Finding, Published
from quorate.reproduce.reproduction import Reproduction

PAPER = "arXiv:2305.19118"
NEGATIVE = (
    "You hold the negative side of a debate. You disagree with the answer of the affirmative side: say "
    "what is wrong with it, and give your own answer with your reasons."
)
MODERATOR = (
    "You moderate a debate between an affirmative and a negative side. As soon as one side has convinced "
    "you, declare consensus on its answer, whether or not the other side agrees."
)


def beats(rival: str, says: str) -> Finding:
    """Return the finding that the debate is better than something else."""
    return Finding(says=says, better="debate", worse=rival, source=PAPER, certainty="figure")


REPRODUCTION = Reproduction(
    name="mad",
    title="affirmative against negative side, and a judge",
    source="Liang et al. 2023, arXiv:2305.19118",
    cast=Cast(
        ("affirmative", "negative"),
        members=(ONE,),
        kind=ONE,
        drawn=False,
        judge="judge",
        roles={"negative": NEGATIVE, "judge": MODERATOR},
        sampling={"temperature": 0},
    ),
    table=("affirmative",),
    problems={"dataset": "gsm8k"},
    arms={
        "debate": {
            "agents": ["affirmative", "negative"],
            "protocol": one_by_one.__name__,
            "rounds": 3,
        }
    },
    controls={"vote": False, "noise_peers": False},
    reference="best_single",
    published=(
        Published(
            where="counter-intuitive arithmetic (CIAR), gpt-3.5; one agent reasons step by step",
            source=PAPER,
            certainty="figure",
            values={
                "debate": 36.0,
                "best_single": 24.0,
                "self_consistency_calls": 30.0,
                "self_refinement": 20.0,
            },
        ),
        Published(
            where="the same in the final version of the paper",
            source=PAPER,
            certainty="secondary",
            values={"debate": 37.0, "self_consistency_calls": 29.5},
        ),
    ),
    findings=(
        beats("best_single", "The debate beats one agent that reasons step by step."),
        beats("self_consistency_calls", "The debate beats self-consistency."),
        beats("self_refinement", "The debate beats an agent that reflects on its own answer."),
    ),
    expected=(
        *COMMON,
        COPIES,
        AGAIN,
        Expected(
            says="The problems of the paper (CIAR) are made so that the first answer misleads. On others a "
            "side that must disagree argues against right answers too: expect less of a lead, or none."
        ),
        Expected(
            says="How many samples the paper's self-consistency draws is not known here; this one draws as "
            "many as the debate makes calls, the moderator's included."
        ),
        Expected(
            says="The moderator answers by Quorate's strict verdict, not by JSON, and must name an answer "
            "that one side gave; the last decision takes one call, where the paper takes two."
        ),
        Expected(
            says="The negative side is not told to disagree: it solves the problem again with the other's "
            "answer in sight. The pool's judge cannot say that a side has convinced it: all rounds are held, "
            "and then it solves the problem with both answers in sight.",
            when="pool",
        ),
    ),
)
