"""A loaded causal language model: its weights, its tokenizer, and one forward pass over a batch."""

from __future__ import annotations

import inspect
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

from quorate.agents.local.files import HUB_HINT, first_line, quiet
from quorate.errors import BadOption, MissingModel, ModelError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import torch

    from quorate.agents.local.lora import LoraBank

NO_NUMBERS = "The model computed no numbers (NaN or infinity) here; its dtype may be too narrow."


@dataclass(frozen=True)
class Base:
    """A model ready to be asked.

    `context` is the longest sequence in tokens (None: no limit), `ends` the tokens that end a text,
    `kv_bytes` what one token of one row keeps in the key-value cache, `layers` the numbers of the hidden
    states that confidence heads look at (0: the embeddings). `movable` says that cached tokens may
    lie in any slots: every layer attends to all of them, with no sliding window and no running state.
    """

    model: Any
    tokenizer: Any
    device: torch.device
    context: int | None
    ends: tuple[int, ...]
    kv_bytes: int
    layers: tuple[int, ...]
    movable: bool
    _takes: frozenset[str]

    def forward(
        self,
        ids: torch.Tensor,
        mask: torch.Tensor | None,
        positions: torch.Tensor,
        cache: Any,
        *,
        last: bool = True,
    ) -> torch.Tensor:
        """Run the model over new tokens and return their logits.

        Parameters
        ----------
        ids, positions : Tensor of int64, shape (rows, new)
            The new tokens and their places in their own rows' texts.
        mask : Tensor of bool, shape (rows, cached + new), optional
            False where a slot of the cache holds padding; None when nothing before a token is padding.
        cache : transformers Cache
            Extended in place.
        last : bool
            Only the logits of the last new token.

        Returns
        -------
        Tensor of float32, shape (rows, 1 or new, vocabulary)
        """
        out = self._call(ids, mask, positions, cache, last)
        return (out.logits[:, -1:] if last else out.logits).float()  # type: ignore[no-any-return]

    def observe(
        self,
        ids: torch.Tensor,
        mask: torch.Tensor | None,
        positions: torch.Tensor,
        cache: Any,
        *,
        last: bool = True,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Run the model as `forward` does; return its logits and the hidden states they were made from.

        Returns
        -------
        logits : Tensor of float32, shape (rows, 1 or new, vocabulary)
        states : Tensor, shape (rows, 1 or new, layers * hidden)
            Those of the layers that heads look at, one behind the other, in the model's own dtype.
        """
        import torch

        out = self._call(ids, mask, positions, cache, last, output_hidden_states=True)
        states = torch.cat([out.hidden_states[layer] for layer in self.layers], dim=-1)
        if last:
            return out.logits[:, -1:].float(), states[:, -1:]
        return out.logits.float(), states

    def _call(
        self,
        ids: torch.Tensor,
        mask: torch.Tensor | None,
        positions: torch.Tensor,
        cache: Any,
        last: bool,
        **options: Any,
    ) -> Any:
        if "position_ids" in self._takes:
            options["position_ids"] = positions
        if last and "logits_to_keep" in self._takes:
            options["logits_to_keep"] = 1
        return self.model(
            input_ids=ids, attention_mask=mask, past_key_values=cache, use_cache=True, **options
        )


class Stopped(Exception):
    """The model was closed while it worked: not an error of the request."""


@dataclass(frozen=True)
class Runner:
    """A base, its adapters, and the flags that end its work early: one of the model, one of the call."""

    base: Base
    bank: LoraBank
    stop: Event = field(default_factory=Event)
    stop_call: Event = field(default_factory=Event)

    def for_one_call(self) -> Runner:
        """Return the same with a flag of its own for one call."""
        return replace(self, stop_call=Event())

    def __call__(
        self,
        adapters: Sequence[int],
        ids: torch.Tensor,
        mask: torch.Tensor | None,
        positions: torch.Tensor,
        cache: Any,
        *,
        last: bool = True,
    ) -> torch.Tensor:
        """Let each row, speaking with its adapter (-1: none), read new tokens; arguments as for `forward`.

        Raises
        ------
        Stopped
            When a flag is set.
        """
        self._begin(adapters)
        return self.base.forward(ids, mask, positions, cache, last=last)

    def observe(
        self,
        adapters: Sequence[int],
        ids: torch.Tensor,
        mask: torch.Tensor | None,
        positions: torch.Tensor,
        cache: Any,
        *,
        last: bool = True,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Do the same and return the hidden states too; see `Base.observe`."""
        self._begin(adapters)
        return self.base.observe(ids, mask, positions, cache, last=last)

    def _begin(self, adapters: Sequence[int]) -> None:
        if self.stop.is_set() or self.stop_call.is_set():
            raise Stopped
        self.bank.route(adapters)


def load_base(folder: Path, *, dtype: str, device: str) -> Base:
    """Load the checkpoint in a local folder; nothing is fetched and no code of the folder is run.

    Parameters
    ----------
    folder : Path
        Holds `config.json`, weights as safetensors, and a tokenizer.
    dtype : str
        "auto" is float32 on the CPU and what the checkpoint is stored in elsewhere.
    device : str
        "auto" is the first accelerator, else the CPU.

    Raises
    ------
    MissingModel
        When the folder holds no checkpoint.
    ModelError
        When it cannot be loaded, or the device is not there.
    """
    check_folder(folder)
    from transformers import AutoModelForCausalLM, AutoTokenizer

    place = find_device(device)
    if dtype == "auto" and place.type == "cpu":
        dtype = "float32"  # half precision is slow on most CPUs
    own: dict[str, Any] = {"local_files_only": True, "trust_remote_code": False}
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, **own)
    except Exception as problem:
        raise ModelError(
            f"The tokenizer in '{folder}' cannot be loaded: {first_line(problem)} Save it beside the weights "
            f"with its own save_pretrained."
        ) from problem
    try:
        with quiet():
            model, found = AutoModelForCausalLM.from_pretrained(
                folder, dtype=dtype, use_safetensors=True, output_loading_info=True, **own
            )
            model = model.to(place).eval().requires_grad_(False)
    except Exception as problem:
        raise ModelError(f"The model in '{folder}' cannot be loaded: {first_line(problem)}") from problem
    _check_complete(folder, sorted(found["missing_keys"]))
    return describe_base(model, tokenizer, place)


def _check_complete(folder: Path, missing: Sequence[str]) -> None:
    """Refuse a checkpoint with holes, which transformers fills with random numbers."""
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise ModelError(
            f"The model in '{folder}' is not complete: its weights lack '{missing[0]}'{more}. Copy the whole "
            f"checkpoint, or save a causal language model there."
        )


def describe_base(model: Any, tokenizer: Any, device: torch.device) -> Base:
    """Read off a loaded model what asking it needs to know."""
    from transformers.cache_utils import DynamicCache, DynamicLayer

    takes = frozenset(inspect.signature(model.forward).parameters)
    if "past_key_values" not in takes:
        raise ModelError(f"{type(model).__name__} keeps no key-value cache; Quorate cannot ask such a model.")
    config = model.config.get_text_config(decoder=True)
    context = getattr(config, "max_position_embeddings", None) or getattr(tokenizer, "model_max_length", None)
    return Base(
        model=model,
        tokenizer=tokenizer,
        device=device,
        context=int(context) if context and context < 10**8 else None,  # tokenizers write 10**30 for "any"
        ends=_ends(model, tokenizer),
        kv_bytes=_kv_bytes(config, model.dtype.itemsize),
        layers=_watched_layers(config.num_hidden_layers),
        movable=all(type(layer) is DynamicLayer for layer in DynamicCache(config=model.config).layers),
        _takes=takes,
    )


def check_folder(folder: Path) -> None:
    """Raise MissingModel, saying what is there instead, unless `folder` holds a checkpoint."""
    if not (folder / "config.json").is_file():
        if (folder / "adapter_config.json").is_file():
            raise MissingModel(
                f"'{folder}' is an adapter, not a model: give its base as the path, and the folder as the "
                f"adapter of an agent."
            )
        raise MissingModel(f"The folder '{folder}' is no checkpoint: it has no config.json. {HUB_HINT}")
    if not weight_files(folder):
        raise MissingModel(
            f"The folder '{folder}' has no weights as safetensors, the only format that is loaded. Convert "
            f"others by loading them with transformers and calling save_pretrained."
        )


def weight_files(folder: Path) -> list[Path]:
    """List the files that hold the weights of the checkpoint in `folder`."""
    others = ("adapter_", "confidence")  # an adapter or a confidence head may lie beside its base
    return [file for file in folder.glob("*.safetensors") if not file.name.startswith(others)]


def find_device(name: str) -> torch.device:
    """Turn the name of a device into the device, "auto" into the best one there is."""
    import torch

    if name == "auto":
        return torch.accelerator.current_accelerator() or torch.device("cpu")
    try:
        device = torch.device(name)
    except RuntimeError:
        raise BadOption(
            f"There is no device '{name}': say 'auto', 'cpu', 'cuda', 'cuda:1' or 'mps'."
        ) from None
    try:
        torch.empty(0, device=device)
    except Exception as problem:
        raise ModelError(f"The device '{name}' cannot be used here: {first_line(problem)}") from problem
    return device


def _ends(model: Any, tokenizer: Any) -> tuple[int, ...]:
    """Collect the tokens that end a text: what the generation config and the tokenizer say."""
    declared = getattr(model.generation_config, "eos_token_id", None)
    ends = set(declared if isinstance(declared, (list, tuple)) else [declared]) | {tokenizer.eos_token_id}
    return tuple(sorted(end for end in ends if end is not None))


def _watched_layers(count: int) -> tuple[int, ...]:
    """Name the middle and the last layer: the last one is about the next word, the middle about the text."""
    return tuple(sorted({max(1, count // 2), count}))


def _kv_bytes(config: Any, itemsize: int) -> int:
    heads = getattr(config, "num_key_value_heads", None) or config.num_attention_heads
    width = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    return int(2 * config.num_hidden_layers * heads * width * itemsize)
