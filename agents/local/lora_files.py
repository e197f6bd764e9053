"""LoRA adapters as PEFT saves them: read, checked, and turned into plain pairs of matrices.

A folder with `adapter_config.json` and `adapter_model.safetensors` becomes

    {"model.layers.0.self_attn.q_proj": (A of shape (rank, in), scaled B of shape (rank, out)), ...}
"""

from __future__ import annotations

import dataclasses
import math
import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quorate.agents.local.files import find_folder, fingerprint, first_line
from quorate.errors import AdapterMismatch, MissingModel, ModelError

if TYPE_CHECKING:
    import torch

WEIGHTS = "adapter_model.safetensors"
KEY = re.compile(r"base_model\.model\.(?P<module>.+)\.lora_(?P<part>[AB])\.weight")
COPY = re.compile(r"base_model\.model\.(?P<module>(?!.*lora_).+?)(\.base_layer)?\.weight")
"""PEFT saves the weights of the embedding and the head along when one of them is adapted."""
PLAIN_STARTS = (True, False, "gaussian", "orthogonal", "eva")
"""Values of `init_lora_weights` that leave the weights of the base as they are."""
UNSUPPORTED = (
    "modules_to_save",
    "trainable_token_indices",
    "target_parameters",
    "layer_replication",
    "lora_bias",
    "use_qalora",
)
"""Options of PEFT, besides those it marks as variants of LoRA, that change more than matrix products."""


@dataclass(frozen=True)
class LoraFile:
    """An adapter on its way into a bank.

    `pairs` maps module names to (A, B) with A of shape (rank, in) and B of shape (rank, out); B already
    carries the scaling, so the adapted output is `x @ W.T + (x @ A.T) @ B`. `copies` are weights of the
    base that PEFT saved along, by their names there.
    """

    name: str
    folder: Path
    base: str
    identity: dict[str, Any]
    pairs: dict[str, tuple[torch.Tensor, torch.Tensor]]
    copies: dict[str, torch.Tensor]


def read_lora(name: str) -> LoraFile:
    """Read the LoRA adapter called `name`, a folder or a hub name.

    Raises
    ------
    MissingModel
        When there is no adapter of that name.
    ModelError
        When it is damaged, or uses a feature of PEFT that is more than plain LoRA.
    """
    folder, commit = find_folder(name)
    config = _config(name, folder)
    weights = _weights(name, folder)
    copies = {
        match["module"] + ".weight": weights.pop(key)
        for key in list(weights)
        if (match := COPY.fullmatch(key)) is not None
    }
    pairs = _pairs(name, config, weights)
    identity = {"path": name, "rank": max(a.shape[0] for a, _ in pairs.values())}
    if commit:
        identity["revision"] = commit
    identity.update(fingerprint([folder / WEIGHTS]))
    return LoraFile(
        name, folder, str(config.base_model_name_or_path or "another base"), identity, pairs, copies
    )


def _config(name: str, folder: Path) -> Any:
    from peft import PeftConfig

    if not (folder / "adapter_config.json").is_file():
        raise MissingModel(f"The folder '{name}' is no adapter: it has no adapter_config.json.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a newer PEFT's options are refused below if they matter
            config = PeftConfig.from_pretrained(str(folder))
    except Exception as problem:
        raise ModelError(f"The adapter '{name}' cannot be read: {first_line(problem)}") from problem
    _check_features(name, config)
    return config


def _check_features(name: str, config: Any) -> None:
    """Refuse an adapter that plain matrix products would silently get wrong."""
    kind = str(getattr(config.peft_type, "value", config.peft_type))
    if kind != "LORA":
        raise ModelError(f"The adapter '{name}' is of the type {kind}; only LoRA adapters are supported.")
    variants = [
        option.name for option in dataclasses.fields(config) if option.metadata.get("is_lora_variant")
    ]
    used = [option for option in (*variants, *UNSUPPORTED) if getattr(config, option, None)]
    if config.bias != "none":
        used.append(f"bias='{config.bias}'")
    if used:
        raise ModelError(
            f"The adapter '{name}' uses {', '.join(used)}, which is more than plain LoRA. Train it without, "
            f"or merge it into its base with PEFT and give the merged model as a base."
        )
    if config.init_lora_weights not in PLAIN_STARTS:
        raise ModelError(
            f"The adapter '{name}' was started with init_lora_weights='{config.init_lora_weights}', which "
            f"also changes its base. Save it again with path_initial_model_for_weight_conversion."
        )


def _weights(name: str, folder: Path) -> dict[str, torch.Tensor]:
    from peft.utils.save_and_load import load_peft_weights

    if not (folder / WEIGHTS).is_file():
        raise MissingModel(
            f"The adapter '{name}' has no {WEIGHTS}; weights are loaded from safetensors only."
        )
    try:
        return load_peft_weights(str(folder), device="cpu")  # type: ignore[no-any-return]
    except Exception as problem:
        raise ModelError(
            f"The weights of the adapter '{name}' cannot be read: {first_line(problem)}"
        ) from problem


def _pairs(
    name: str, config: Any, weights: dict[str, torch.Tensor]
) -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
    parts: dict[str, dict[str, torch.Tensor]] = {}
    for key, weight in weights.items():
        match = KEY.fullmatch(key)
        if match is None:
            raise ModelError(
                f"The adapter '{name}' holds '{key}', which is no LoRA matrix of a linear layer; adapt "
                f"linear layers only."
            )
        parts.setdefault(match["module"], {})[match["part"]] = weight
    pairs = {}
    for module, part in parts.items():
        if part.keys() != {"A", "B"} or part["A"].shape[0] != part["B"].shape[1]:
            raise ModelError(
                f"The adapter '{name}' is damaged: its two matrices for '{module}' do not match."
            )
        if not all(matrix.isfinite().all() for matrix in part.values()):
            # In a batch, 0 times such a number would be none for the rows of the other adapters too.
            raise ModelError(
                f"The adapter '{name}' is damaged: its matrices for '{module}' hold NaN or infinity."
            )
        scale = _scaling(config, module, part["A"].shape[0])
        pairs[module] = (part["A"], (part["B"].float() * scale).to(part["B"].dtype).T)
    if not pairs:
        raise ModelError(f"The adapter '{name}' is empty.")
    return pairs


def _scaling(config: Any, module: str, rank: int) -> float:
    """Return alpha / r, or alpha / sqrt(r) for rank-stabilised LoRA (Kalajdzievski 2023, equation 9)."""
    from peft.utils.other import get_pattern_key

    pattern = config.alpha_pattern or {}
    alpha = pattern.get(get_pattern_key(pattern.keys(), module), config.lora_alpha)
    return float(alpha) / (math.sqrt(rank) if config.use_rslora else rank)


def mismatch(file: LoraFile, base: str, why: str) -> AdapterMismatch:
    """Say that an adapter belongs to another base than the one it was given to."""
    return AdapterMismatch(
        f"The adapter '{file.name}' was trained on '{file.base}' and does not fit the base '{base}': {why}. "
        f"Give the agent an adapter of this base, or a model of the adapter's base."
    )
