"""A confusion matrix an agent, learned from agreement alone, for labels that mean the same everywhere."""

from __future__ import annotations

import numpy as np

from quorate.errors import BadOption
from quorate.protocols.sheets import Sheet
from quorate.protocols.weights.crowd import Crowd, Floats, Votes, check_options, crowd_of, highest

MOST_LABELS = 100
"""More labels than this are open answers: a confusion matrix over them would hold noise."""


def dawid_skene(
    sheet: Sheet,
    *,
    strength: float = 2.0,
    starts: int = 5,
    seed: int = 0,
    steps: int = 1000,
    tolerance: float = 1e-9,
) -> Crowd:
    """Learn a confusion matrix an agent from agreement alone (Dawid and Skene 1979, Applied Statistics 28).

    Labels must mean the same on every question, such as the letters of a multiple choice; a matrix row is
    P(agent says l | the truth is c). Abstentions say nothing. O(labels * answers) a step.

    Parameters
    ----------
    sheet : Sheet
        Gold answers are not looked at.
    strength : float
        Each row of a matrix, and the frequencies of the labels, start with so many imagined answers: in a row
        (1 + 1/K) / 2 of them right and the others spread evenly.
    starts, seed, steps, tolerance
        As in `one_coin`; random starts perturb the majority.

    Returns
    -------
    Crowd
        An agent's accuracy is the mean of its diagonal over the frequencies of the labels.

    Raises
    ------
    BadOption
        For open answers (more than `MOST_LABELS` labels), a single label, or when nobody answered anything.

    Examples
    --------
    >>> rows = (("A", "A", "B"), ("B", "B", "B"), ("A", "A", "A"), ("B", "A", "B"), ("B", "B", "A"))
    >>> dawid_skene(Sheet(("ada", "bo", "cy"), rows)).answers
    ('A', 'B', 'A', 'B', 'B')
    """
    check_options(strength, starts, steps)
    votes = Votes.of(sheet)
    labels = sorted(set(votes.names))
    if len(labels) > MOST_LABELS or len(labels) < 2:
        raise BadOption(
            f"Dawid and Skene's model needs 2 to {MOST_LABELS} labels that mean the same on every question; "
            f"these answers hold {len(labels)}. Use one_coin for open answers."
        )
    model = _Confusion(votes, labels, strength)
    first = np.zeros((len(sheet.rows), len(labels)))
    np.add.at(first, (votes.owner, model.label_of_slot), votes.shares())
    first[np.diff(votes.first) == 0] = 1 / len(labels)
    rng = np.random.default_rng(seed)
    noise = [rng.dirichlet(np.ones(len(labels)), len(sheet.rows)) for _ in range(starts - 1)]
    found = highest(
        [first, *((first + other) / 2 for other in noise)],
        model.step,
        steps,
        tolerance * len(sheet.rows),
    )
    accuracies = model.accuracies(found.state)
    return crowd_of("dawid_skene", sheet, votes, found, accuracies, len(labels), seed)


class _Confusion:
    def __init__(self, votes: Votes, labels: list[str], strength: float) -> None:
        place = {label: at for at, label in enumerate(labels)}
        size = len(labels)
        self.votes, self.size, self.strength = votes, size, strength
        self.label_of_slot = np.array([place[name] for name in votes.names])
        self.said = self.label_of_slot[votes.slot]
        centre = (1 + 1 / size) / 2
        self.prior = np.full((size, size), strength * (1 - centre) / (size - 1))
        np.fill_diagonal(self.prior, strength * centre)

    def matrices(self, truth: Floats) -> tuple[Floats, Floats]:
        """M step: label frequencies, shape (labels,), and matrices, shape (agents, truth, said)."""
        votes, size = self.votes, self.size
        frequencies = truth.sum(0) + self.strength / size
        at = votes.agent * size + self.said
        counts = np.stack(
            [
                np.bincount(at, truth[votes.question, c], votes.agents * size).reshape(-1, size)
                for c in range(size)
            ],
            axis=1,
        )
        counts += self.prior
        return frequencies / frequencies.sum(), counts / counts.sum(2, keepdims=True)

    def step(self, truth: Floats) -> tuple[Floats, Floats, float]:
        """Return the next chances of the labels, the same by slot, and the log-posterior they come from."""
        votes = self.votes
        frequencies, matrices = self.matrices(truth)
        logs = np.log(frequencies) + np.stack(
            [
                np.bincount(votes.question, np.log(matrices[votes.agent, c, self.said]), len(truth))
                for c in range(self.size)
            ],
            axis=1,
        )
        total = np.logaddexp.reduce(logs, axis=1)
        prior = self.strength / self.size * np.log(frequencies).sum() + (self.prior * np.log(matrices)).sum()
        after = np.exp(logs - total[:, None])
        return after, after[votes.owner, self.label_of_slot], float(total.sum() + prior)

    def accuracies(self, truth: Floats) -> Floats:
        """Return the chance that each agent is right, shape (agents,)."""
        frequencies, matrices = self.matrices(truth)
        return np.asarray(np.diagonal(matrices, axis1=1, axis2=2) @ frequencies)
