"""Parameters: how good agents are alone, and what they do with what they hear.

    Parameters(accuracy=0.6, correlation=0.2, given_right=0.6, given_wrong=0.3)

Questions differ: the chance p that an agent has a question right is Beta-distributed over the questions with
mean `accuracy`, so that two agents' answers to one question correlate by `correlation` (a beta-binomial).
What agents do next is a table of chances, by what they stood by and by how much of what they heard was right;
it is written by hand through a few numbers, or estimated from records by `fit`.
"""

from __future__ import annotations

import math
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field, model_validator

from quorate.errors import BadOption
from quorate.nouns import Noun

OWN = ("right", "wrong", "silent")
"""What an agent stood by: the rows of a table of reactions."""
HEARD = ("nobody", "none right", "few right", "half right", "most right", "all right")
"""Of the answers it heard and could read: the columns."""
AFTER = ("right", "kept", "adopted", "fresh", "silent")
"""What it answers next: the right answer; otherwise the wrong one it had, one it heard, another, or none."""

Table = tuple[tuple[tuple[float, ...], ...], ...]
Doubles = npt.NDArray[np.float64]
MOST_WRONG = 20


class Parameters(Noun):
    """What a simulation assumes about agents; every chance lies in [0, 1].

    Parameters
    ----------
    accuracy : float
        Of one agent's first draft, over all questions.
    correlation : float
        Of two agents' first drafts being right, in [0, 1): 0 when questions are all as hard, near 1 when all
        agents have the same questions right. n agents are worth n / (1 + (n-1) correlation).
    wrong_answers : int
        Different wrong answers there are to a question.
    same_wrong : float
        Chance that two wrong first drafts to a question are the same; at least 1 / wrong_answers.
    silent : float
        Share of the first drafts that are not right that give no answer.
    given_right, given_wrong : float
        Chance to switch to the right answer of a wrong agent that heard mostly right ones, and to a wrong one
        of a right agent that heard mostly wrong ones; a tie moves half as many.
    restless : float
        Chance to drop a right answer although most of what was heard was right.
    rescue : float
        Chance that a wrong agent finds the right answer although most of what was heard was wrong.
    reactions : table of shape (3, 6, 5), optional
        Chances of what comes `AFTER`, by `OWN` and `HEARD`; it takes the place of the four before.
    question_tokens, reply_tokens : float
        Mean length of a question with its instruction, and of a reply.
    revise_tokens : float, optional
        Mean length of a question with the instruction to revise; as `question_tokens` when left out.

    Raises
    ------
    BadOption
        When a number is impossible.

    Examples
    --------
    >>> Parameters(accuracy=0.6, correlation=0.2).shapes
    (2.4, 1.6)
    """

    accuracy: float = 0.6
    correlation: float = 0.2
    wrong_answers: int = 3
    same_wrong: float = 0.5
    silent: float = 0.0
    given_right: float = 0.5
    given_wrong: float = 0.25
    restless: float = 0.05
    rescue: float = 0.05
    reactions: Table | None = Field(None, repr=False)
    question_tokens: float = 150
    reply_tokens: float = 350
    revise_tokens: float | None = None

    @model_validator(mode="before")
    @classmethod
    def _check(cls, data: Any) -> Any:
        given = {name: field.default for name, field in cls.model_fields.items()} | dict(data)
        for name in ("accuracy", "silent", "given_right", "given_wrong", "restless", "rescue", "same_wrong"):
            _within(name, given[name], 0, 1)
        _within("correlation", given["correlation"], 0, 0.999)
        _within("question_tokens", given["question_tokens"], 0, 1e9)
        _within("reply_tokens", given["reply_tokens"], 0, 1e9)
        if given["revise_tokens"] is not None:
            _within("revise_tokens", given["revise_tokens"], 0, 1e9)
        _within("wrong_answers", given["wrong_answers"], 1, MOST_WRONG)
        least = 1 / given["wrong_answers"]
        if "same_wrong" in data and given["same_wrong"] < least - 1e-9:
            raise BadOption(
                f"Of {given['wrong_answers']} wrong answers, two are the same with a chance of at least "
                f"{least:.2g}, not {given['same_wrong']:g}: raise 'same_wrong', or 'wrong_answers'."
            )
        if given["reactions"] is not None and _badly_shaped(given["reactions"]):
            raise BadOption(
                "The table of reactions is 3 by 6 by 5: chances that add up to 1, for what an agent stood "
                f"by ({', '.join(OWN)}) and what it heard ({', '.join(HEARD)})."
            )
        return {**data, "same_wrong": max(given["same_wrong"], least)}

    @property
    def shapes(self) -> tuple[float, float] | None:
        """The two shapes of the Beta distribution of p; None where p is the same on every question."""
        if not self.correlation or not 0 < self.accuracy < 1:
            return None
        both = 1 / self.correlation - 1
        return round(self.accuracy * both, 9), round((1 - self.accuracy) * both, 9)

    @property
    def wrong_shares(self) -> Doubles:
        """How often each wrong answer is given, shape (wrong_answers,): the first the most, the others alike.

        The first has the share w that makes w^2 + (1-w)^2 / (m-1) = same_wrong, for m wrong answers.
        """
        m = self.wrong_answers
        if m == 1:
            return np.ones(1)
        first = (1 + math.sqrt(max(0.0, (m - 1) * (m * self.same_wrong - 1)))) / m
        return np.array([first, *[(1 - first) / (m - 1)] * (m - 1)])

    @property
    def table(self) -> Doubles:
        """The chances of what comes after, shape (3, 6, 5): given, or made of the four numbers."""
        if self.reactions is not None:
            return np.array(self.reactions, dtype=np.float64)
        made = np.zeros((3, 6, 5))
        lost = np.array([0, 1, 1, 0.5, 0, 0]) * self.given_wrong
        lost = lost + np.array([1, 0, 0, 0.5, 1, 1]) * self.restless
        found = (
            np.array([0, 0, 0, 0.5, 1, 1]) * self.given_right + np.array([1, 1, 1, 0.5, 0, 0]) * self.rescue
        )
        follows = np.array([0, 1, 1, 0.5, 0, 0])  # who leaves the right answer for one that was heard
        made[0, :, 0], made[0, :, 2], made[0, :, 3] = 1 - lost, lost * follows, lost * (1 - follows)
        made[1, :, 0], made[1, :, 1] = found, 1 - found
        made[2, :, 0], made[2, :, 4] = found, 1 - found
        return made

    @classmethod
    def of_table(cls, table: Doubles, **known: Any) -> Self:
        """Make parameters with a table of reactions, and the four numbers that it amounts to."""
        right, wrong = table[0, :, 0], table[1, :, 0]
        told = {
            "given_wrong": float(1 - right[[1, 2]].mean()),
            "given_right": float(wrong[[4, 5]].mean()),
            "restless": float(1 - right[[4, 5]].mean()),
            "rescue": float(wrong[[1, 2]].mean()),
        }
        rows = tuple(tuple(tuple(float(x) for x in cell) for cell in row) for row in table)
        return cls(reactions=rows, **{name: min(1.0, max(0.0, x)) for name, x in told.items()}, **known)


def _within(name: str, value: Any, low: float, high: float) -> None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        raise BadOption(f"The parameter '{name}' lies between {low:g} and {high:g}, not {value!r}.")


def _badly_shaped(table: Any) -> bool:
    try:
        found = np.array(table, dtype=np.float64)
    except (TypeError, ValueError):
        return True
    if found.shape != (len(OWN), len(HEARD), len(AFTER)):
        return True
    return not bool((found >= -1e-9).all() and np.allclose(found.sum(axis=2), 1, atol=1e-6))
