"""The forecast: what a debate over one topology would do and cost, round by round."""

from __future__ import annotations

from quorate.nouns import Noun
from quorate.simulate.parameters import Parameters


class Span(Noun):
    """A mean over questions, between 0 and 1, and the interval that holds it with 95 %."""

    mean: float
    low: float
    high: float

    @property
    def percent(self) -> str:
        """In percent: "80.0 [77.2, 82.8]"."""
        return f"{100 * self.mean:.1f} [{100 * self.low:.1f}, {100 * self.high:.1f}]"


class ForecastRound(Noun):
    """How things stand after one answer round; all means are over the questions.

    Parameters
    ----------
    number : int
        From 1, the first drafts.
    agents : Span
        Share of the agents that are right.
    vote : Span
        Questions that a plurality vote over all agents gets right; ties by their share.
    agreement : float
        Share of the agents that give the commonest answer.
    unanimous : float
        Share of the questions on which all agents give one answer.
    distance : float
        How far they are from consensus: of degrees of opinion the spread, as a share of what it was at
        first; of answers, 1 - agreement.
    belief : float, optional
        Mean belief in the right answer, where opinions are degrees.
    open : float
        Share of the questions that hold this round: below 1 where talk ends with unanimity.
    messages, tokens_in, tokens_out : float
        Of this round, for one question on average.
    """

    number: int
    agents: Span
    vote: Span
    agreement: float
    unanimous: float
    distance: float
    belief: float | None
    open: float
    messages: float
    tokens_in: float
    tokens_out: float


class Forecast(Noun):
    """What a debate over one topology would do and cost: `simulate` makes it.

    Parameters
    ----------
    topology, dynamics : str
        Names, with their options.
    agents, questions, seed : int
        Simulated.
    parameters : Parameters
        What agents are taken to be like.
    memory, until : str
        What they remember ("last" round or "whole" transcript), and when they stop ("never" before the
        rounds are over, or once "unanimous").
    edges : int
        Directed: messages of a round of talk, in the first where the graph changes.
    density : float
    gap : float, optional
        Spectral gap of averaging over the graph; None where the graph changes or it is not known.
    gap_exact : bool
        Whether it is the gap; otherwise the gap is this or less.
    rounds_needed : int, optional
        Rounds of talk to consensus that the gap predicts from the worst start; None when it predicts none.
    rounds_taken : int, optional
        Rounds of talk after which `distance` was down to the tolerance; None when it never was.
    parts : int
        Parts of the graph between which no word passes.
    reached : float
        Agents that word from one agent has reached at the end, on average over the graph's agents drawn.
    tolerance : float
        Distance that counts as consensus.
    rounds : tuple of ForecastRound
    """

    topology: str
    dynamics: str
    agents: int
    questions: int
    seed: int
    parameters: Parameters
    memory: str
    until: str
    edges: int
    density: float
    gap: float | None
    gap_exact: bool
    rounds_needed: int | None
    rounds_taken: int | None
    parts: int
    reached: int
    tolerance: float
    rounds: tuple[ForecastRound, ...]

    @property
    def last(self) -> ForecastRound:
        """How things stand at the end."""
        return self.rounds[-1]

    @property
    def messages(self) -> float:
        """Messages read for one question, all rounds together."""
        return sum(held.messages for held in self.rounds)

    @property
    def tokens_in(self) -> float:
        """Tokens read for one question, all rounds together."""
        return sum(held.tokens_in for held in self.rounds)

    @property
    def tokens_out(self) -> float:
        """Tokens written for one question, all rounds together."""
        return sum(held.tokens_out for held in self.rounds)

    @property
    def agrees(self) -> bool:
        """Whether the agents come to a consensus within the rounds."""
        return self.rounds_taken is not None

    def __str__(self) -> str:
        """Tell it as plain text."""
        from quorate.simulate.telling import plain

        return plain(self)
