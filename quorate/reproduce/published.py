"""Published figures and findings, each with its source and how sure it is that the source says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from quorate.nouns import Noun

Certainty = Literal["code", "figure", "paper", "secondary", "memory"]
CERTAINTIES: Mapping[str, str] = {
    "code": "read in the authors' code",
    "figure": "read off a table or figure that the authors publish with their code",
    "paper": "read in the paper's own text",
    "secondary": "quoted by others; not checked against the paper",
    "memory": "not checked anywhere: look it up before you rely on it",
}
"""How sure a figure is, in words."""

Measure = Literal["accuracy", "loss", "tokens_in", "calls"]
MEASURES: Mapping[Measure, str] = {
    "accuracy": "accuracy, %",
    "loss": "accuracy lost against '{against}', points",
    "tokens_in": "input tokens, % fewer than '{against}'",
    "calls": "calls, times fewer than '{against}'",
}
"""What a figure measures; the same is measured here."""

Value = float | tuple[float, float]
"""A figure, or a figure and its published spread."""


class Published(Noun):
    """Figures of one column of a published table.

    Parameters
    ----------
    where : str
        On which problems, with which model.
    source : str
        The paper, with its table.
    certainty : {"code", "figure", "paper", "secondary", "memory"}
    values : dict of str to float, or to a pair of float
        By the arm or control that stands for it here.
    measure : {"accuracy", "loss", "tokens_in", "calls"}
    against : str, optional
        The arm that is saved or lost against.
    """

    where: str
    source: str
    certainty: Certainty
    values: dict[str, Value]
    measure: Measure = "accuracy"
    against: str | None = None

    @property
    def told(self) -> str:
        """Say where it is from."""
        return f"{self.where} ({self.source}: {self.certainty})"

    @property
    def heading(self) -> str:
        """What is measured, in words."""
        return MEASURES[self.measure].format(against=self.against)

    def shown(self, arm: str) -> str:
        """Write the figure of an arm; nothing where none was published.

        Examples
        --------
        >>> column = Published(where="sums", source="?", certainty="memory", values={"debate": (81.8, 2.3)})
        >>> column.shown("debate"), column.shown("vote")
        ('81.8 ± 2.3', '')
        """
        value = self.values.get(arm)
        if value is None:
            return ""
        return f"{value[0]:g} ± {value[1]:g}" if isinstance(value, tuple) else f"{value:g}"


class Finding(Noun):
    """A published claim that one arm is better than another, or hardly worse.

    Parameters
    ----------
    says : str
        The claim, as a sentence.
    better, worse : str
        The arms or controls that stand for it here.
    source : str
    certainty : {"code", "figure", "paper", "secondary", "memory"}
    margin : float
        By how much `better` may be worse, in [0, 1]: 0 claims that it is better, more that it is not worse
        than by this. Such margins are Quorate's own; papers seldom name one.
    """

    says: str
    better: str
    worse: str
    source: str
    certainty: Certainty
    margin: float = 0.0


class Expected(Noun):
    """A difference from the paper that is to be expected, and why.

    `when` says where it applies: always, only on the embedded pool, or only with models of the user's own.
    """

    says: str
    when: Literal["always", "pool", "models"] = "always"


COMMON = (
    Expected(
        says="Prompts are Quorate's own and the same for all arms, and one reader reads all answers; the "
        "papers have theirs, which moves all levels. Compare differences between arms, not levels."
    ),
    Expected(
        says="The embedded pool holds tiny models that know the problems of their own world only; they read "
        "trained prompts, and no roles. Its levels have nothing to do with the published ones.",
        when="pool",
    ),
    Expected(
        says="Models have become better since: where one alone is nearly always right, no arm can show much.",
        when="models",
    ),
)
"""What differs in every reproduction."""

COPIES = Expected(
    says="The seats are copies of the pool's specialist for sets, on problems of its field, most of which "
    "it solves alone. It learned to revise among specialists who know different things and are seldom right: "
    "among its own copies it gives up right answers. Expect debate to cost accuracy, the first round most, "
    "where the papers see a gain or a small loss.",
    when="pool",
)
"""What differs where copies of one member debate."""

AGAIN = Expected(
    says="No member learned to check its own answer without the drafts of others: asked to, it mostly breaks "
    "what was right. That the debate beats 'self_refinement' says nothing here.",
    when="pool",
)
"""What differs where a member of the pool refines its own answer."""
