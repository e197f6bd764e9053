"""Li et al. 2024, "SMoA: Improving Multi-agent LLMs with Sparse Mixture-of-Agents" (arXiv:2411.03284).

In a mixture of agents (Wang et al. 2024, arXiv:2406.04692) every proposer of a layer reads all answers of the
layer before, and an aggregator reads those of the last. The sparse one passes on k = 2 of them, chosen by a
judge, who in the same call may end it; 2 layers. Both parts are taken away one by one here, and k is varied.

Beside them stands Self-MoA (Li et al. 2025, arXiv:2502.00674): the best model alone, sampled.
"""

from __future__ import annotations

from typing import Any

from quorate.reproduce.cast import EACH, JUDGE, SEATS, Cast
from quorate.reproduce.published import COMMON, Certainty, Expected, Finding, Published
from quorate.reproduce.reproduction import Reproduction

PAPER, CHECK, SELF = "arXiv:2411.03284", "Xie et al. 2025 (RMoA), ACL 2025", "arXiv:2502.00674"
PROPOSERS, STRONGEST = SEATS[:5], SEATS[5]
DENSE, SPARSE, MAJORITY, ALONE = "MoA", "SMoA", "majority", "Self-MoA"


def mixture(protocol: str, **options: Any) -> dict[str, Any]:
    """Return an arm of two layers of proposers."""
    return {"agents": list(PROPOSERS), "protocol": protocol, "layers": 2, **options}


def sparse(**options: Any) -> dict[str, Any]:
    """Return the sparse mixture with its published defaults, or without a part of it."""
    return mixture("smoa", **{"k": 2, "select": "judge", "moderate": True, **options})


def finding(
    says: str, better: str, worse: str, source: str, certainty: Certainty, margin: float = 0.0
) -> Finding:
    """Return a published finding."""
    return Finding(says=says, better=better, worse=worse, source=source, certainty=certainty, margin=margin)


REPRODUCTION = Reproduction(
    name="smoa",
    title="sparse against dense mixture of agents, part by part",
    source="Li et al. 2024, arXiv:2411.03284",
    cast=Cast(
        SEATS,
        members=(EACH, "polymath"),
        kind="basic",
        alike=False,
        judge=JUDGE,
        sampling={"temperature": 0.7},
    ),
    problems={"dataset": "gsm8k"},
    arms={
        DENSE: mixture("moa"),
        SPARSE: sparse(),
        "SMoA, no judge": sparse(select="off"),
        "SMoA, no moderator": sparse(moderate=False),
        "SMoA, k=1": sparse(k=1),
        "SMoA, k=3": sparse(k=3),
        ALONE: {
            "agents": [STRONGEST],
            "protocol": "self_moa",
            "samples": len(PROPOSERS),
            "aggregator": JUDGE,
            "shares_drafts": False,
        },
        MAJORITY: {"agents": list(PROPOSERS), "protocol": "vote"},
    },
    simpler={"select": {"judge": "match"}},
    controls={
        "vote": False,
        "self_refinement": False,
        "noise_peers": False,
    },
    reference=MAJORITY,
    budget=DENSE,
    published=(
        Published(
            where="mean of AlpacaEval 2, MATH, CRUX and MMLU-redux, Qwen2.5-7B on all seats",
            source=CHECK,
            certainty="secondary",
            values={DENSE: 56.64, SPARSE: 62.43, "best_single": 60.02},
        ),
        Published(
            where="AlpacaEval 2, length-controlled win rate; six open models, and the best of them",
            source=SELF,
            certainty="memory",
            values={DENSE: 59.1, ALONE: 65.7},
        ),
    ),
    findings=(
        finding(
            "The sparse mixture is not worse than the dense one.", SPARSE, DENSE, PAPER, "secondary", 0.02
        ),
        finding("With a small model it is better than the dense one.", SPARSE, DENSE, CHECK, "secondary"),
        finding("With a small model it beats a single agent.", SPARSE, "best_single", CHECK, "secondary"),
        finding("A small model alone beats its dense mixture.", "best_single", DENSE, CHECK, "secondary"),
        finding("More choice helps: k = 3 beats k = 1.", "SMoA, k=3", "SMoA, k=1", PAPER, "secondary"),
        finding("The best model, sampled, beats the mixture of models.", ALONE, DENSE, SELF, "secondary"),
    ),
    expected=(
        *COMMON,
        Expected(
            says="The paper's own tables are not known here, nor its sets (alignment, fairness and agent "
            "tasks, by win rates): the figures beside are others'."
        ),
        Expected(
            says="What is saved is an early end, not the choice: by the prompts' lengths 5 proposers, 2 "
            "layers and k = 2 take about nine tenths of the dense mixture's tokens when both layers are "
            "held, for the judge reads every answer too, and four tenths when one is. Compare 'SMoA' with "
            "'SMoA, no moderator' and 'SMoA, no judge'."
        ),
        Expected(
            says="The roles that the paper has written for each data set are left out: here the proposers "
            "differ by their models. Its ablation of roles is not held."
        ),
        Expected(
            says="'Self-MoA' samples the sixth seat and has the judge's office aggregate; the paper lets the "
            "sampled model do so. With five models or fewer the sixth seat is held by one of them again: "
            "name the strongest sixth, or first of five."
        ),
        Expected(
            says="'best_single' is the best of the six, who is not among the five proposers when it is the "
            "sixth."
        ),
        Expected(
            says="The proposers are the pool's five specialists, on problems of basic skills, which all of "
            "them have learned; the sixth seat is the polymath's, who has learned most. The pool's judge "
            "chooses better by matching than by writing lists: it solves the problem, and what matches its "
            "answer is passed on; it ends the mixture when most do, and without that choice never. It "
            "learned to judge specialists who know different things, and may lose what the samples of one "
            "model had.",
            when="pool",
        ),
    ),
)
