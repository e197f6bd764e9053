"""What is loadable here: checkpoints and adapters in folders and in the hub cache, and known servers.

Loadable(kind="model", name="./checkpoints/base", detail="LlamaForCausalLM, 3.6 MB")
Loadable(kind="adapter", name="./checkpoints/rates", detail="LoRA rank 16 on ./checkpoints/base")
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Literal, NamedTuple

SKIPPED = {".git", ".venv", "node_modules", "__pycache__"}


class Loadable(NamedTuple):
    """Something an agent can speak with, by the name to give as its model or adapter."""

    kind: Literal["model", "adapter", "endpoint"]
    name: str
    detail: str


def loadable(folders: Iterable[str | Path] = (".",), *, depth: int = 3) -> list[Loadable]:
    """List the models that can be loaded here without a download.

    Parameters
    ----------
    folders
        Where to look for checkpoints and adapters.
    depth : int
        How many levels below each folder.

    Examples
    --------
    >>> loadable([])  == [*_cached(), *_served()]
    True
    """
    found = [item for folder in folders for item in _in_folder(Path(folder), depth)]
    return [*found, *_cached(), *_served()]


def _in_folder(folder: Path, depth: int) -> Iterator[Loadable]:
    item = _checkpoint(folder)
    if item is not None:
        yield item
    if depth > 0 and folder.is_dir():
        for child in sorted(folder.iterdir()):
            if child.is_dir() and not child.is_symlink() and child.name not in SKIPPED:
                yield from _in_folder(child, depth - 1)


def _checkpoint(folder: Path) -> Loadable | None:
    name = str(folder) if folder.is_absolute() else f"./{folder}"
    adapter = _json(folder / "adapter_config.json")
    if adapter:
        base = adapter.get("base_model_name_or_path") or "an unnamed base"
        return Loadable(
            "adapter", name, f"{adapter.get('peft_type', '?')} rank {adapter.get('r', '?')} on {base}"
        )
    config = _json(folder / "config.json")
    weights = sum(path.stat().st_size for path in folder.glob("*.safetensors")) if config else 0
    architecture = next(iter(config.get("architectures") or []), "")
    if not weights or not architecture.endswith(("ForCausalLM", "LMHeadModel", "ForConditionalGeneration")):
        return None
    return Loadable("model", name, f"{architecture}, {weights / 1e6:,.1f} MB")


def _json(path: Path) -> dict[str, Any]:
    try:
        data = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return data if isinstance(data, dict) else {}


def _cached() -> Iterator[Loadable]:
    """Checkpoints of the hub cache, as `huggingface_hub` lists them."""
    from huggingface_hub import scan_cache_dir
    from huggingface_hub.errors import CacheNotFound

    try:
        repos = scan_cache_dir().repos
    except CacheNotFound:
        return
    for repo in sorted(repos, key=lambda repo: repo.repo_id):
        if repo.repo_type == "model":
            yield Loadable("model", repo.repo_id, f"hub cache, {repo.size_on_disk / 1e6:,.1f} MB")


def _served() -> Iterator[Loadable]:
    url = os.environ.get("OPENAI_BASE_URL")
    if url:
        yield Loadable("endpoint", url, "OPENAI_BASE_URL")
