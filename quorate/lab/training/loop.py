"""The training loop: Muon, warm-up and cosine, loss on what is learned, checkpoints that resume exactly.

Muon (Jordan 2024; torch.optim.Muon) turns the matrices, AdamW everything else. On these tiny models it needs
about a third of the tokens that AdamW alone needs for the same loss.

Beside the curve, one JSON object a line, lies the checkpoint while the training lasts:

    {"step": 20, "loss": 3.1, "rate": 0.0006, "tokens": 40100, "seconds": 4.2}
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quorate.errors import ModelError
from quorate.lab.training.batches import IGNORED, Batches, Place, Row, tensors
from quorate.lab.training.recipe import Budget
from quorate.nouns import Noun

if TYPE_CHECKING:
    import torch

BETAS = (0.9, 0.98)
CLIP = 1.0
SMOOTHING = 0.98
CHECKPOINTS = (".pt", ".part")
"""How the names of a checkpoint end, of a whole one and of one that is being written."""
REPORTS = 20
"""Steps from one report of the progress to the next."""


class Progress(Noun):
    """Where a stage is; `loss` is a moving average in nats a token, `tokens` counts padding too.

    Stages that train nothing, such as those that write drafts, have no loss, rate or tokens.
    """

    stage: str
    step: int
    steps: int
    loss: float | None = None
    rate: float | None = None
    tokens: int = 0
    seconds: float

    @property
    def left(self) -> float:
        """Seconds to go at the speed so far."""
        return self.seconds / max(1, self.step) * (self.steps - self.step)

    def line(self) -> str:
        """Say it in one line.

        Examples
        --------
        >>> Progress(
        ...     stage="base", step=20, steps=80, loss=3.125, rate=1e-3, tokens=40_000, seconds=4.0
        ... ).line()
        'base 20/80 loss 3.1250 rate 0.00100 0.04 M tokens 10.0 k/s, 0.2 min to go'
        """
        if self.loss is None or self.rate is None:
            return f"{self.stage} {self.step}/{self.steps}, {self.left / 60:.1f} min to go"
        speed = self.tokens / max(self.seconds, 1e-9) / 1000
        return (
            f"{self.stage} {self.step}/{self.steps} loss {self.loss:.4f} rate {self.rate:.5f} "
            f"{self.tokens / 1e6:.2f} M tokens {speed:.1f} k/s, {self.left / 60:.1f} min to go"
        )


Listener = Callable[[Progress], None]


def counting(stage: str, listener: Listener | None) -> Callable[[int, int], None]:
    """Return what is told how much of a stage without training is done, and passes it on."""
    start = time.monotonic()

    def tell(done: int, of: int) -> None:
        if listener is not None and (done % REPORTS == 0 or done == of):
            listener(Progress(stage=stage, step=done, steps=of, seconds=time.monotonic() - start))

    return tell


@dataclass
class State:
    """What a checkpoint holds besides weights, optimizer, schedule and the generators of torch."""

    step: int = 0
    loss: float = 0.0
    tokens: int = 0
    seconds: float = 0.0


class Training:
    """One training of one model, from the beginning or from its checkpoint.

    Parameters
    ----------
    model : transformers or PEFT model
        Its parameters with `requires_grad` are trained, in place.
    rows : callable
        `rows(seed, step)` returns the rows of one pool (see `Batches`).
    budget : Budget
    stage : str
        Its name in progress reports and of its files.
    folder : Path
        Where curve and checkpoint go.
    seed : int
    bfloat16 : bool
        Whether products are computed in bfloat16.
    compiled : bool
        Whether torch compiles the step, which needs a C++ compiler and a minute, and then saves a quarter.
    mark : str
        What a checkpoint must carry to be this training's; one with another mark is left aside.
    """

    def __init__(
        self,
        model: Any,
        rows: Callable[[int, int], Sequence[Row]],
        budget: Budget,
        *,
        stage: str,
        folder: Path,
        seed: int,
        bfloat16: bool,
        compiled: bool = False,
        mark: str = "",
    ) -> None:
        import torch
        from transformers import get_cosine_with_min_lr_schedule_with_warmup as cosine

        self.model = model
        self.budget = budget
        self.stage = stage
        self.state = State()
        self.curve = folder / f"{stage}.jsonl"
        self.checkpoint = folder / f"{stage}{CHECKPOINTS[0]}"
        self._bfloat16 = bfloat16
        self.mark = mark
        self._batches = Batches(rows, budget.tokens, seed)
        self._weights = [weight for weight in model.parameters() if weight.requires_grad]
        self._optimizers = optimizers(model, budget)
        self._schedules = [
            cosine(optimizer, budget.warmup, budget.steps, min_lr_rate=budget.floor)
            for optimizer in self._optimizers
        ]
        self._loss = torch.compile(mean_loss, dynamic=True) if compiled else mean_loss
        folder.mkdir(parents=True, exist_ok=True)

    def run(
        self,
        listener: Listener | None = None,
        *,
        resume: bool = True,
        keep: Callable[[State], None] = lambda state: None,
    ) -> State:
        """Train until the budget is spent; the checkpoint then goes away.

        Parameters
        ----------
        listener : callable, optional
            Told the progress every 20 steps and at the end.
        resume : bool
            Whether to go on from this training's checkpoint if there is one.
        keep : callable
            Saves what was trained; until it returns, the checkpoint stays.

        Raises
        ------
        ModelError
            When the checkpoint is damaged.
        """
        if not (resume and self.checkpoint.exists() and self._load()):
            self.curve.unlink(missing_ok=True)
        self.model.train()
        start = time.monotonic() - self.state.seconds
        for batch in self._batches:
            if self.state.step >= self.budget.steps:
                break
            self._step(batch)
            self.state.seconds = time.monotonic() - start
            self._report(listener)
        self.model.eval()
        keep(self.state)
        self.checkpoint.unlink(missing_ok=True)
        return self.state

    def _step(self, batch: Sequence[Row]) -> None:
        import torch

        ids, targets = tensors(batch, pad=0)
        loss = self._loss(self.model, ids, targets, bfloat16=self._bfloat16)
        self.model.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self._weights, CLIP)
        for part in (*self._optimizers, *self._schedules):
            part.step()
        state, value = self.state, loss.item()
        state.loss = value if state.step == 0 else SMOOTHING * state.loss + (1 - SMOOTHING) * value
        state.step += 1
        state.tokens += ids.numel()

    def _report(self, listener: Listener | None) -> None:
        step, last = self.state.step, self.budget.steps
        if step % REPORTS == 0 or step == last:
            [rate] = self._schedules[0].get_last_lr()
            progress = Progress(stage=self.stage, steps=last, rate=rate, **asdict(self.state))
            row = progress.model_dump(exclude={"stage", "steps"})
            with self.curve.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")
            if listener is not None:
                listener(progress)
        if step % self.budget.checkpoint == 0 and step < last:
            self._save()

    def _save(self) -> None:
        """Write the checkpoint so that a crash leaves the old one or the new one, never half of one."""
        import torch

        devices = range(torch.cuda.device_count()) if torch.cuda.is_available() else ()
        # A frozen base is not written: it is where the adapter's training began.
        held = {name: weight for name, weight in self.model.named_parameters() if weight.requires_grad}
        reached = {
            "mark": self.mark,
            "weights": held,
            "optimizers": [part.state_dict() for part in self._optimizers],
            "schedules": [part.state_dict() for part in self._schedules],
            "random": [torch.get_rng_state(), *map(torch.cuda.get_rng_state, devices)],
            "state": asdict(self.state),
            "place": asdict(self._batches.place),
        }
        part = self.checkpoint.with_suffix(CHECKPOINTS[1])
        with part.open("wb") as file:
            torch.save(reached, file)
        os.replace(part, self.checkpoint)

    def _load(self) -> bool:
        """Take up the checkpoint, if it is this training's."""
        import torch

        try:
            held = torch.load(self.checkpoint, weights_only=True, map_location="cpu")
            known = held["mark"]
        except Exception as problem:
            raise ModelError(
                f"The checkpoint {self.checkpoint} is damaged; remove it, and the stage begins again."
            ) from problem
        if known != self.mark:
            return False
        self.model.load_state_dict(held["weights"], strict=False)
        for part, state in zip(self._optimizers, held["optimizers"], strict=True):
            part.load_state_dict(state)
        for part, state in zip(self._schedules, held["schedules"], strict=True):
            part.load_state_dict(state)
        torch.set_rng_state(held["random"][0])
        for device, state in enumerate(held["random"][1:]):
            torch.cuda.set_rng_state(state, device)
        self.state = State(**held["state"])
        self._batches.place = Place(**held["place"])
        self._cut_curve()
        return True

    def _cut_curve(self) -> None:
        """Take back what the curve says about steps after the checkpoint."""
        lines = self.curve.read_text("utf-8").splitlines(keepends=True) if self.curve.exists() else []
        kept = [line for line in lines if line.endswith("\n") and json.loads(line)["step"] <= self.state.step]
        self.curve.write_text("".join(kept), encoding="utf-8")


def optimizers(model: Any, budget: Budget) -> list[Any]:
    """Return Muon for the trained matrices and AdamW for the rest: embeddings and norms."""
    import torch

    trained = {name: weight for name, weight in model.named_parameters() if weight.requires_grad}
    matrices = {name for name, weight in trained.items() if weight.ndim == 2 and "embed" not in name}
    rest = [weight for name, weight in trained.items() if name not in matrices]
    found: list[Any] = [
        torch.optim.Muon(
            [trained[name] for name in trained if name in matrices],
            lr=budget.rate,
            weight_decay=budget.decay,
            adjust_lr_fn="match_rms_adamw",
        )
    ]
    if rest:
        found.append(
            torch.optim.AdamW(rest, lr=budget.rate, betas=BETAS, weight_decay=budget.decay, fused=True)
        )
    return found


def mean_loss(
    model: Any, ids: torch.Tensor, targets: torch.Tensor, *, bfloat16: bool = False
) -> torch.Tensor:
    """Return the mean cross entropy, in nats, of the tokens that are learned.

    Padding is on the right, where a causal model never looks from a token that counts; so no mask is needed.
    The vocabulary's logits are worked out at the learned places only.

    Parameters
    ----------
    model : transformers or PEFT causal language model
    ids, targets : Tensor, shape (rows, tokens)
        A target of -100 is not learned.
    bfloat16 : bool
        Whether products are computed in bfloat16.
    """
    import torch

    causal = model.get_base_model() if hasattr(model, "get_base_model") else model
    ids, wanted = ids.to(causal.device), targets[:, 1:].to(causal.device)
    learned = wanted != IGNORED
    with torch.autocast(causal.device.type, torch.bfloat16, enabled=bfloat16):
        hidden = causal.base_model(input_ids=ids, use_cache=False).last_hidden_state[:, :-1]
        logits = causal.get_output_embeddings()(hidden[learned])
    return torch.nn.functional.cross_entropy(logits.float(), wanted[learned])
