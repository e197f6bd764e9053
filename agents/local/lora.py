"""Several LoRA adapters on one base in one batch, without copies of the base and without a loop per row.

For each adapted linear layer the matrices of all adapters lie stacked: A as (sum of ranks, in), B as
(sum of ranks, out). A batch is *routed*: each row speaks with one adapter or none. Its update is then

    masked    ((x A^T) * mask) B    two products for the whole batch; the mask keeps each row's own ranks
    by runs   x_k A_k^T B_k         two products for each run of neighbouring rows with the same adapter
    merged    x_k (W + B_k^T A_k)^T one product for each run, in the place of the layer's own

Masked does more arithmetic, runs make more calls, and merging, which only float32 is wide enough for, pays
when a run reads many tokens: the cheapest is taken (LoRA: Hu et al. 2021, section 4.1; batches that mix
adapters as in S-LoRA, Sheng et al. 2023).
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quorate.agents.local.lora_files import LoraFile, mismatch, read_lora
from quorate.errors import ModelError

if TYPE_CHECKING:
    import torch

CALL_COST = {"cpu": 500_000, "cuda": 200_000_000}
"""Multiply-adds that take as long as the calls for one more run, by kind of device (measured)."""


class Route:
    """Which adapter each row of a batch speaks with; -1 for none.

    Examples
    --------
    >>> Route([0, 0, 2, -1, -1]).runs
    [(0, 0, 2), (2, 2, 3), (-1, 3, 5)]
    """

    def __init__(self, adapters: Sequence[int]) -> None:
        self.adapters = list(adapters)
        self.runs: list[tuple[int, int, int]] = []
        """(adapter, first row, last row + 1) of each run of neighbours."""
        self._masks: dict[tuple[int, ...], torch.Tensor] = {}
        start = 0
        for adapter, run in itertools.groupby(self.adapters):
            stop = start + sum(1 for _ in run)
            self.runs.append((adapter, start, stop))
            start = stop

    def mask(self, starts: tuple[int, ...], like: torch.Tensor) -> torch.Tensor:
        """Return the mask (rows, 1, ranks) of a layer where adapter k has the ranks starts[k]:starts[k+1]."""
        if starts not in self._masks:
            mask = like.new_zeros(len(self.adapters), 1, starts[-1])
            for adapter, first, last in self.runs:
                if adapter >= 0:
                    mask[first:last, :, starts[adapter] : starts[adapter + 1]] = 1
            self._masks[starts] = mask
        return self._masks[starts]


class Stack:
    """The matrices of all adapters for one linear layer.

    `parts` are A, B and the starts: `starts[k]:starts[k+1]` are the ranks of adapter k, none when it leaves
    this layer alone. They are replaced together, since other threads may be computing with the old ones.
    """

    def __init__(self, linear: Any) -> None:
        self._linear = linear
        self._plain = linear.forward
        inputs, outputs = _features(linear)
        empty = linear.weight.new_empty
        self.parts: tuple[torch.Tensor, torch.Tensor, tuple[int, ...]] = (
            empty(0, inputs),
            empty(0, outputs),
            (0,),
        )

    def push(self, pair: tuple[torch.Tensor, torch.Tensor] | None) -> None:
        """Add the next adapter's matrices."""
        import torch

        a, b, starts = self.parts
        if pair is not None:
            a, b = (torch.cat([old, new.to(old)]) for old, new in zip((a, b), pair, strict=True))
        self.parts = (a, b, (*starts, len(a)))

    def forward(self, x: torch.Tensor, route: Route | None) -> torch.Tensor:
        """Compute the layer with the routed adapters.

        Parameters
        ----------
        x : Tensor, shape (rows, tokens, in)
        route : Route, optional
            One adapter for each row; None is the layer itself.

        Returns
        -------
        Tensor, shape (rows, tokens, out)
        """
        if route is None:
            return self._plain(x)  # type: ignore[no-any-return]
        if self._merging_pays(x, route):
            return self._merged(x, route)
        out: torch.Tensor = self._plain(x)
        self._add(x, out, route)
        return out

    def _merged(self, x: torch.Tensor, route: Route) -> torch.Tensor:
        import torch

        a, b, starts = self.parts
        outs = []
        for adapter, first, last in route.runs:
            weight = self._linear.weight
            if _has_ranks(starts, adapter):
                ranks = slice(starts[adapter], starts[adapter + 1])
                weight = torch.addmm(weight, b[ranks].T, a[ranks])
            outs.append(torch.nn.functional.linear(x[first:last], weight, self._linear.bias))
        return outs[0] if len(outs) == 1 else torch.cat(outs)

    def _merging_pays(self, x: torch.Tensor, route: Route) -> bool:
        """Compare what the updates of all tokens cost with what changing the weights for each run costs."""
        import torch

        rows, tokens, inputs = x.shape
        a, b, _ = self.parts
        if type(self._linear) is not torch.nn.Linear or a.dtype != torch.float32:
            return False
        outputs = b.shape[1]
        return rows * tokens * (inputs + outputs) > 4 * len(route.runs) * inputs * outputs

    def _add(self, x: torch.Tensor, out: torch.Tensor, route: Route) -> None:
        """Add the routed adapters' updates to `out`, in place."""
        a, b, starts = self.parts
        x = x.to(a.dtype)
        runs = [run for run in route.runs if _has_ranks(starts, run[0])]
        if len(runs) > 1 and _masking_pays(x, b.shape[1], starts, runs):
            inner = x @ a.T
            inner *= route.mask(starts, like=inner)
            _add_product(out, inner, b)
            return
        for adapter, first, last in runs:
            ranks = slice(starts[adapter], starts[adapter + 1])
            _add_product(out[first:last], x[first:last] @ a[ranks].T, b[ranks])


def _has_ranks(starts: tuple[int, ...], adapter: int) -> bool:
    return adapter >= 0 and starts[adapter] < starts[adapter + 1]


def _masking_pays(
    x: torch.Tensor, outputs: int, starts: tuple[int, ...], runs: Sequence[tuple[int, int, int]]
) -> bool:
    """Compare the arithmetic that masking wastes with what the calls for each run cost."""
    rows, tokens, inputs = x.shape
    own = sum((last - first) * (starts[adapter + 1] - starts[adapter]) for adapter, first, last in runs)
    wasted = (rows * starts[-1] - own) * tokens * (inputs + outputs)
    return wasted < len(runs) * CALL_COST.get(x.device.type, CALL_COST["cuda"])


def _features(linear: Any) -> tuple[int, int]:
    """Return the numbers of inputs and outputs of a linear layer, also of GPT-2's Conv1D (nx to nf)."""
    if hasattr(linear, "nx"):
        return linear.nx, linear.nf
    return linear.in_features, linear.out_features


def _add_product(out: torch.Tensor, inner: torch.Tensor, b: torch.Tensor) -> None:
    out.view(-1, out.shape[-1]).addmm_(inner.reshape(-1, inner.shape[-1]).to(b.dtype), b)


class _Routing(threading.local):
    """What a thread's forward passes are routed by."""

    adapters: Sequence[int] = ()
    route: Route | None = None


class LoraBank:
    """All adapters of one base.

    Parameters
    ----------
    model : transformers model
        The base; its weights are not touched, its adapted layers get a forward method of their own.
    base : str
        What the base is called in error messages.
    """

    def __init__(self, model: Any, base: str) -> None:
        self._model = model
        self._base = base
        self._stacks: dict[str, Stack] = {}
        self._numbers: dict[str, int] = {}
        self._identities: dict[str, dict[str, Any]] = {}
        self._folders: dict[str, Path] = {}
        self._routing = _Routing()
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._numbers)

    @property
    def identities(self) -> Mapping[str, Mapping[str, Any]]:
        """Path, rank and weight hash of each adapter, by name."""
        return self._identities

    def folder(self, name: str) -> Path:
        """Return the folder that an adapter was read from."""
        return self._folders[name]

    def number(self, name: str | None) -> int:
        """Return what `route` calls the adapter `name`; -1 for None."""
        return -1 if name is None else self._numbers[name]

    def load(self, name: str) -> None:
        """Read an adapter and stack it onto the others; nothing happens when it is already there.

        Raises
        ------
        AdapterMismatch
            When it was trained on a base of another shape.
        ModelError
            When it cannot be read or is more than plain LoRA.
        """
        with self._lock:
            if name not in self._numbers:
                self.add(read_lora(name))

    def add(self, file: LoraFile) -> None:
        """Stack an adapter that was read already."""
        linears = {module: self._linear(file, module) for module in file.pairs}
        for name, copy in file.copies.items():
            self._check_copy(file, name, copy)
        for module, linear in linears.items():
            if module not in self._stacks:
                self._stacks[module] = stack = Stack(linear)
                for _ in self._numbers:
                    stack.push(None)
                linear.forward = partial(self._forward, stack)
        for module, stack in self._stacks.items():
            stack.push(file.pairs.get(module))
        self._numbers[file.name] = len(self._numbers)
        self._identities[file.name] = file.identity
        self._folders[file.name] = file.folder

    def route(self, adapters: Sequence[int]) -> None:
        """Let the rows of this thread's next forward passes speak with these adapters (-1: with none)."""
        routing = self._routing
        if adapters is not routing.adapters:  # the same rows at every token of a text
            routing.adapters = adapters
            routing.route = Route(adapters) if any(adapter >= 0 for adapter in adapters) else None

    def bytes(self) -> int:
        """Count the bytes that the adapters hold."""
        return sum(matrix.nbytes for stack in self._stacks.values() for matrix in stack.parts[:2])

    def _linear(self, file: LoraFile, module: str) -> Any:
        """Find the layer that a pair adapts and check that it fits."""
        a, b = file.pairs[module]
        try:
            linear = self._model.get_submodule(module)
            wanted = _features(linear)
        except AttributeError:
            raise mismatch(file, self._base, f"the base has no linear layer '{module}'") from None
        if (a.shape[1], b.shape[1]) != wanted:
            found, sizes = f"{a.shape[1]} to {b.shape[1]}", f"{wanted[0]} to {wanted[1]}"
            raise mismatch(file, self._base, f"its '{module}' maps {found} features, the base's {sizes}")
        return linear

    def _check_copy(self, file: LoraFile, name: str, copy: torch.Tensor) -> None:
        """Check that a weight saved along with an adapter is the base's own."""
        try:
            own = self._model.get_parameter(name)
        except AttributeError:
            raise mismatch(file, self._base, f"the base has no '{name}'") from None
        if own.shape != copy.shape or not (own == copy.to(own)).all():
            raise mismatch(file, self._base, f"it brings a '{name}' of its own")

    def _forward(self, stack: Stack, x: torch.Tensor) -> torch.Tensor:
        route = self._routing.route
        if route is not None and (x.ndim != 3 or len(x) != len(route.adapters)):
            raise ModelError(
                f"An adapter changes a layer of '{self._base}' that does not see one row for each request "
                f"(an expert of a mixture?); such adapters cannot share a batch. Merge it into its base."
            )
        return stack.forward(x, route)
