"""Chen et al. 2023, "ReConcile: Round-Table Conference Improves Reasoning" (arXiv:2309.13007).

Three different models answer, each with its confidence, then revise for at most 3 rounds with the others'
answers in sight, and stop when all agree. Each vote counts by its confidence p: 1 for p = 1, 0.8 from 0.9,
0.5 from 0.8, 0.3 above 0.6, else 0.1.

The round table is a `debate` whose members say how sure they are. Two parts of the paper have no protocol
here: answers are not grouped ("there are 2 agents who think ..."), and nobody is shown human explanations
that convinced the others before.
"""

from __future__ import annotations

from typing import Any

from quorate.reproduce.cast import SEATS, SPECIALISTS, Cast
from quorate.reproduce.published import COMMON, Expected, Finding, Published
from quorate.reproduce.reproduction import Reproduction

PAPER = "arXiv:2309.13007"
SURE = (
    "Before the line with your answer, write one line that says how sure of it you are, "
    "such as: Confidence: 80%"
)


def table(decide: Any) -> dict[str, Any]:
    """Return an arm: the same talk, decided over in another way."""
    return {"rounds": 4, "until": "unanimous", "critique": "off", "decide": decide}


def of_weighted(where: str, value: float | tuple[float, float]) -> Published:
    """Return a published figure of the whole method."""
    return Published(where=where, source=PAPER, certainty="memory", values={"weighted": value})


REPRODUCTION = Reproduction(
    name="reconcile",
    title="different models around a table, votes weighted by confidence",
    source="Chen et al. 2023, arXiv:2309.13007",
    cast=Cast(
        SEATS[:3],
        members=SPECIALISTS,
        alike=False,
        role=SURE,
    ),
    problems={"dataset": "strategyqa"},
    arms={
        "weighted": table({"confidence_weighted": {"steps": "reconcile"}}),
        "majority": table("plurality"),
        "most confident": table("most_confident"),
    },
    controls={"noise_peers": False},
    budget="weighted",
    published=(
        Published(
            where="StrategyQA; ChatGPT, Bard, Claude 2",
            source=PAPER,
            certainty="memory",
            values={"weighted": (79.0, 1.6), "majority": 77.1, "most confident": 74.7},
        ),
        of_weighted("StrategyQA, without grouped answers", 76.7),
        of_weighted("StrategyQA, without convincing samples", 74.5),
        of_weighted("StrategyQA, with one model on all seats", 72.2),
        of_weighted("CommonsenseQA", (74.7, 0.4)),
        of_weighted("GSM8K", (85.3, 2.2)),
        of_weighted("AQuA", (66.0, 0.8)),
    ),
    findings=(
        Finding(
            says="Votes weighted by confidence beat the majority after the same talk.",
            better="weighted",
            worse="majority",
            source=PAPER,
            certainty="memory",
        ),
        Finding(
            says="They beat the answer of the most confident member.",
            better="weighted",
            worse="most confident",
            source=PAPER,
            certainty="memory",
        ),
    ),
    expected=(
        *COMMON,
        Expected(
            says="Answers are not grouped and there are no convincing samples: the paper's columns without "
            "them are the nearest to what is held here."
        ),
        Expected(
            says="Where all agree after the talk, the three ways of deciding give one answer: they can "
            "differ on the other problems only, and differences of 2 points take thousands of them."
        ),
        Expected(says="Confidences are those that the models' texts state.", when="models"),
        Expected(
            says="The seats are the pool's five specialists, who know different things, and greedy; "
            "confidences are those of their heads. Most problems are within the reach of few specialists, "
            "and the others decline them: a majority is often wrong, and the surest member's answer may be "
            "the best of the three.",
            when="pool",
        ),
    ),
)
