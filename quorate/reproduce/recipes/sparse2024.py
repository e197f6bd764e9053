"""Li et al. 2024, "Improving Multi-Agent Debate with Sparse Communication Topology" (arXiv:2406.11776).

Six agents on regular graphs of density 1, 4/5, 3/5 and 2/5 (each hears 5, 4, 3 or 2 others); all speak at
once, each knows its own and its neighbours' last answers, the majority of the last round wins. The first
answers are the same for all graphs. The cost is counted in input tokens.
"""

from __future__ import annotations

from quorate.reproduce.cast import ONE, SEATS, Cast
from quorate.reproduce.published import COMMON, COPIES, Expected, Finding, Published
from quorate.reproduce.reproduction import Reproduction

PAPER = "arXiv:2406.11776"
TALK = {"rounds": 3, "until": "never", "critique": "off"}
FULL = "density 1"
GRAPHS = {
    FULL: "complete",
    "density 4/5": {"ring": {"k": 2}},
    "density 3/5": {"random_regular": {"degree": 3}},
    "density 2/5": {"ring": {"k": 1}},
}
SPARSE = tuple(GRAPHS)[1:]


def accuracy(where: str, single: float | tuple[float, float], vote: float, *graphs: float) -> Published:
    """Return a row of the paper's table: one agent, the vote, and the graphs from the densest on."""
    values = {"best_single": single, "vote": vote, **dict(zip(GRAPHS, graphs, strict=True))}
    return Published(where=where, source=PAPER, certainty="paper", values=values)


def saved(where: str, *shares: float) -> Published:
    """Return what the sparse graphs save, in percent of the input tokens of the full one."""
    return Published(
        where=where,
        source=PAPER,
        certainty="paper",
        measure="tokens_in",
        against=FULL,
        values=dict(zip(SPARSE, shares, strict=True)),
    )


REPRODUCTION = Reproduction(
    name="sparse2024",
    title="density of the graph against accuracy and tokens",
    source="Li et al. 2024, arXiv:2406.11776",
    cast=Cast(SEATS, members=(ONE,), kind=ONE),
    problems={"dataset": "gsm8k"},
    count=60,
    arms={name: {"topology": graph, **TALK} for name, graph in GRAPHS.items()},
    controls={
        "best_single": {"agent": SEATS[0]},
        "self_consistency_calls": {"agent": SEATS[0]},
        "self_consistency_tokens": {"agent": SEATS[0]},
        "self_refinement": False,
        "noise_peers": False,
    },
    budget=FULL,
    published=(
        accuracy("MATH (linear algebra in one variable), GPT-3.5", (58.0, 2.0), 60.0, 64.0, 67.5, 63.0, 66.0),
        accuracy("GSM8K, GPT-3.5", (77.5, 4.2), 80.0, 84.5, 83.5, 86.5, 84.5),
        accuracy("helpfulness, Mistral-7B", (60.8, 1.2), 62.6, 65.5, 65.6, 64.6, 66.6),
        accuracy("harmlessness, Mistral-7B", (58.2, 2.0), 60.0, 60.7, 62.2, 60.4, 61.7),
        saved("MATH, GPT-3.5", 14.6, 29.2, 41.5),
        saved("GSM8K, GPT-3.5", 12.7, 29.1, 43.6),
        saved("helpfulness, Mistral-7B", 18.3, 35.2, 53.5),
    ),
    findings=(
        *(
            Finding(
                says=f"Debate at {sparse} is not worse than on the full graph.",
                better=sparse,
                worse=FULL,
                source=PAPER,
                certainty="paper",
                margin=0.02,
            )
            for sparse in SPARSE
        ),
        Finding(
            says="Debate on the full graph beats the vote over the same first answers.",
            better=FULL,
            worse="vote",
            source=PAPER,
            certainty="paper",
        ),
    ),
    expected=(
        *COMMON,
        COPIES,
        Expected(
            says="What the paper calls self-consistency seems to be the vote over the same six first "
            "answers; it stands beside 'vote' here. It makes 6 calls where a debate makes 6 a round, so "
            "that the self-consistency at equal calls and tokens, which the paper has not, is the harder "
            "rival."
        ),
        Expected(
            says="How many rounds the paper holds is not known here; 3 are held. Savings depend on it: "
            "with n agents, R rounds, questions of q tokens and answers of r, a debate reads n R q + (R-1) "
            "r n (1 + D(n-1)) tokens, and densities 4/5, 3/5 and 2/5 save at most 16.7, 33.3 and 50 %: "
            "less where questions and instructions are long beside answers."
        ),
        Expected(
            says="With 100 problems the interval is about 9 points to each side, and the published "
            "accuracies neither rise nor fall with the density: expect no order of the graphs."
        ),
        Expected(
            says="Every draft that is heard costs these members accuracy: expect the sparser graphs to be "
            "the better ones here.",
            when="pool",
        ),
        Expected(
            says="The margin of 2 points for 'not worse' is Quorate's; it takes thousands of problems to "
            "see it."
        ),
    ),
)
