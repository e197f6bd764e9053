"""Choi, Zhu and Li 2025, "Debate or Vote" (arXiv:2508.17536).

Five agents; the vote over their first answers against debates of T = 2, 3 and 5 rounds after them: all hear
all, each hears its two neighbours on a ring, or all hear a hub that hears all and alone answers (central).
Decoding at temperature 1.0 and top_p 0.9. Their theory has it that the belief in the right answer is a
martingale under debate; the test for drift says whether the answers speak against it.
"""

from __future__ import annotations

from typing import Any

from quorate.reproduce.cast import ONE, SEATS, Cast
from quorate.reproduce.published import COMMON, COPIES, Expected, Finding, Published
from quorate.reproduce.reproduction import Reproduction

PAPER = "arXiv:2508.17536"
TABLE = SEATS[:5]
TALK: dict[str, Any] = {"until": "never", "critique": "off"}
OF_HUB = {"weighted": {"weights": {seat: float(seat == TABLE[0]) for seat in TABLE}}}
"""Only the hub's answer counts."""
GRAPHS: dict[str, dict[str, Any]] = {
    "full": {"topology": "complete"},
    "ring": {"topology": "ring"},
    "central": {"topology": {"star": {"hub": TABLE[0]}}, "decide": OF_HUB},
}
ROUNDS = (2, 3, 5)


def named(graph: str, rounds: int) -> str:
    """Return the name of an arm."""
    return f"{graph}, T={rounds}"


def column(where: str, single: float | None, vote: float, **graphs: tuple[float | None, ...]) -> Published:
    """Return figures in percent: one agent, the vote, and the graphs over 2, 3 and 5 rounds."""
    values: dict[str, float | None] = {"best_single": single, "vote": vote}
    for graph, figures in graphs.items():
        values |= {named(graph, rounds): value for rounds, value in zip(ROUNDS, figures, strict=True)}
    known = {name: value for name, value in values.items() if value is not None}
    return Published(where=where, source=f"{PAPER}, table 1", certainty="paper", values=known)


def finding(says: str, better: str, worse: str) -> Finding:
    """Return a finding of the paper."""
    return Finding(says=says, better=better, worse=worse, source=PAPER, certainty="paper")


REPRODUCTION = Reproduction(
    name="debate_or_vote",
    title="the vote against debates over three graphs",
    source="Choi, Zhu and Li 2025, arXiv:2508.17536",
    cast=Cast(TABLE, members=(ONE,), kind=ONE, sampling={"temperature": 1.0, "top_p": 0.9}),
    problems={"arithmetic": {}, "seed": 1},
    count=60,
    arms={
        named(graph, rounds): {**options, **TALK, "rounds": rounds + 1}
        for graph, options in GRAPHS.items()
        for rounds in ROUNDS
    },
    controls={
        "best_single": {"agent": TABLE[0]},
        "self_consistency_calls": {"agent": TABLE[0]},
        "self_consistency_tokens": {"agent": TABLE[0]},
        "self_refinement": False,
        "noise_peers": False,
    },
    budget=named("full", 2),
    published=(
        column(
            "mean of 7 sets, Qwen2.5-7B",
            72.05,
            76.91,
            full=(73.77, 71.12, 70.50),
            ring=(73.30, 72.18, 71.60),
            central=(65.51, 66.09, 66.72),
        ),
        column(
            "mean of 7 sets, Llama3.1-8B",
            62.03,
            72.42,
            full=(69.29, 67.88, 67.61),
            ring=(69.90, 67.91, 67.52),
            central=(60.94, 60.53, 56.70),
        ),
        column("GSM8K, Qwen2.5-7B", None, 94.0, full=(88.67, None, 83.33), ring=(90.33, 88.33, 87.0)),
        column("GSM8K, Llama3.1-8B", 73.93, 87.33, full=(79.33, 79.33, 78.0), ring=(81.33, 79.67, 76.67)),
        column("arithmetic, Qwen2.5-7B (the best debate: 84)", None, 99.0),
    ),
    findings=(
        finding("The vote beats the full debate.", "vote", named("full", 5)),
        finding("The vote beats the debate on a ring.", "vote", named("ring", 5)),
        finding("The vote beats the central debate.", "vote", named("central", 5)),
        finding("The full debate gets worse from round to round.", named("full", 2), named("full", 5)),
        finding("The central debate is worse than a single agent.", "best_single", named("central", 2)),
    ),
    expected=(
        *COMMON,
        COPIES,
        Expected(
            says="The authors prompt without the models' chat template, which suits debate better, they "
            "say; here the template is used. Their reader of answers is another, too: by itself it is "
            "reported to move a single agent on GSM8K from 87 to 66 % (quoted by others)."
        ),
        Expected(
            says="A vote beats the debates where agents are independent and mostly right. Where most "
            "agents are wrong, neither helps; where they know different things, debate may."
        ),
        Expected(
            says="In the central debate everybody hears the hub, and the hub everybody: no martingale for "
            "the mean of the seats even in the paper's model, where seats differ in skill."
        ),
    ),
    drifts=tuple(named(graph, 5) for graph in GRAPHS),
)
