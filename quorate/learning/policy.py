"""The policy: every edge is drawn by itself, with a probability that is learned.

Edge (u, v) of graph k is there with probability sigmoid(logits[k, u, v]); v hears u. Where one graph is
learned for all turns, each turn draws from it anew. Gradients and Adam are torch's, in double precision.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from quorate.evaluate.dynamics.shifts import Bools, Floats

if TYPE_CHECKING:
    import torch

Drawn = Mapping[int, Bools]
"""The edges that were drawn for each turn that was held, shape (seats, seats)."""


class Policy:
    """The probabilities of all edges, and what is left of them.

    Parameters
    ----------
    open : array of bool, shape (graphs, seats, seats)
        The edges that may be drawn; [k, u, v] says that v may hear u.
    first : float
        Probability of every edge to begin with.
    learning_rate : float
        Of Adam (Kingma and Ba 2015), with its usual other options.

    Examples
    --------
    >>> policy = Policy(~np.eye(2, dtype=bool)[None], first=0.5, learning_rate=0.1)
    >>> policy.probabilities.tolist()
    [[[0.0, 0.5], [0.5, 0.0]]]
    """

    def __init__(self, open: Bools, *, first: float, learning_rate: float) -> None:
        import torch

        self.open = np.array(open, dtype=np.bool_)
        begin = math.log(first / (1 - first))
        self.logits = torch.full(self.open.shape, begin, dtype=torch.float64, requires_grad=True)
        self._optimiser = torch.optim.Adam([self.logits], lr=learning_rate)

    @property
    def probabilities(self) -> Floats:
        """How likely each edge is, shape (graphs, seats, seats); 0 where it cannot be drawn."""
        return np.asarray(self.logits.detach().sigmoid().numpy() * self.open)

    def place(self, turn: int) -> int:
        """Return which graph a turn draws from: the last one stays."""
        return min(max(turn, 1), len(self.open)) - 1

    def draw(self, turn: int, rng: random.Random) -> Bools:
        """Draw the edges of a turn, shape (seats, seats)."""
        probabilities = self.probabilities[self.place(turn)]
        chances = np.array([rng.random() for _ in range(probabilities.size)])
        return np.asarray(chances.reshape(probabilities.shape) < probabilities)

    def log_probability(self, drawn: Drawn) -> torch.Tensor:
        """Return the log-probability of the edges of all turns that were drawn; it has a gradient."""
        import torch
        from torch.nn.functional import logsigmoid

        total = 0.0 * self.logits.sum()  # where all agreed before anybody heard anybody, nothing was drawn
        for turn, edges in drawn.items():
            place = self.place(turn)
            sign = torch.from_numpy(np.where(edges, 1.0, -1.0))
            total = total + (logsigmoid(self.logits[place] * sign) * torch.from_numpy(self.open[place])).sum()
        return total

    def loss(self, drawn: Sequence[Drawn], advantages: Sequence[float]) -> torch.Tensor:
        """Return the surrogate whose gradient estimates that of the negative expected utility.

        REINFORCE (Williams 1992): the mean over the graphs of -log p(graph) times its advantage.
        """
        import torch

        terms = [
            -self.log_probability(one) * advantage for one, advantage in zip(drawn, advantages, strict=True)
        ]
        return torch.stack(terms).mean()

    def rank_penalty(self, delta: float) -> torch.Tensor:
        """Return what AgentDropout adds to the loss, the mean over the graphs.

        The nuclear norm of the probabilities, and what their Frobenius distance to all edges has over
        `delta`. The released code takes these norms of the logits; these are of probabilities, as the paper
        has it.
        """
        import torch

        full = torch.from_numpy(self.open.astype(np.float64))
        found = self.logits.sigmoid() * full
        nuclear = torch.linalg.matrix_norm(found, ord="nuc")
        apart = torch.linalg.matrix_norm(full - found, ord="fro")
        penalty: torch.Tensor = (nuclear + torch.relu(apart - delta)).mean()
        return penalty

    def step(self, loss: torch.Tensor) -> None:
        """Go one step down the gradient of a loss."""
        self._optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        self._optimiser.step()

    def prune(self, share: float) -> None:
        """Close the least likely share of the edges left in each graph, at least one.

        Examples
        --------
        >>> policy = Policy(~np.eye(4, dtype=bool)[None], first=0.5, learning_rate=0.1)
        >>> policy.prune(0.25)
        >>> int(policy.open.sum())
        9
        """
        logits = self.logits.detach().numpy()
        for place, left in enumerate(self.open):
            heard, hearer = np.nonzero(left)
            if heard.size:
                least = np.argsort(logits[place][heard, hearer], kind="stable")
                gone = least[: max(1, round(heard.size * share))]
                self.open[place, heard[gone], hearer[gone]] = False

    def weakest(self, share: float) -> list[list[int]]:
        """Return for each graph the share of the seats with the lowest weighted degree, at least one.

        The weighted degree is the mean probability of the edges to and from a seat that may be drawn.
        """
        found = []
        for left, likely in zip(self.open, self.probabilities, strict=True):
            degree = left.sum(axis=0) + left.sum(axis=1)
            mean = (likely.sum(axis=0) + likely.sum(axis=1)) / np.maximum(degree, 1)
            many = max(1, round(len(left) * share))
            found.append(sorted(np.argsort(mean, kind="stable")[:many].tolist()))
        return found

    def state(self) -> dict[str, Any]:
        """Return all that the next step depends on, as plain data."""
        adam = self._optimiser.state.get(self.logits, {})
        return {
            "open": self.open.tolist(),
            "logits": self.logits.detach().tolist(),
            "adam": {name: value.tolist() for name, value in adam.items()},
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Go back to a state, to the last bit."""
        import torch

        self.open = np.array(state["open"], dtype=np.bool_)
        with torch.no_grad():
            self.logits.copy_(torch.tensor(state["logits"], dtype=torch.float64))
        if state["adam"]:
            # The step counter of Adam is a float32 tensor; its moments are as precise as the logits.
            self._optimiser.state[self.logits] = {
                name: torch.tensor(value, dtype=torch.float32 if name == "step" else torch.float64)
                for name, value in state["adam"].items()
            }
