"""Where checkpoints lie: local folders and hub names, and a fingerprint of the weights in them.

A folder that exists is never looked up on the network; a hub name is fetched as safetensors only.
"""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from quorate.errors import MissingModel

HUB_NAME = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?")
HUB_FILES = ("*.json", "*.safetensors", "*.txt", "*.model", "*.jinja", "*.tiktoken")
LARGE = 256 * 2**20
"""Bytes above which a file is fingerprinted by samples."""
SAMPLES, SAMPLE = 256, 2**16
"""Number and bytes of the blocks that stand for a large file."""


def find_folder(name: str | Path, revision: str | None = None) -> tuple[Path, str | None]:
    """Return the folder of a checkpoint or adapter and, when it came from the hub, its commit.

    Parameters
    ----------
    name : str or Path
        An existing folder, or `owner/model` on the Hugging Face hub.
    revision : str, optional
        Branch, tag or commit on the hub.

    Raises
    ------
    MissingModel
        When there is no such folder and the hub has no such model or cannot be reached.
    """
    folder = Path(name).expanduser()
    if folder.is_dir():
        return folder, None
    if folder.exists():
        raise MissingModel(f"'{name}' is a file; give the folder that holds it.")
    if not _is_hub_name(str(name)):
        raise MissingModel(f"There is no folder '{name}'. {_near(folder)}{HUB_HINT}")
    return _fetch(str(name), revision)


HUB_HINT = "A model on the Hugging Face hub is named 'owner/model'."


def _is_hub_name(name: str) -> bool:
    """Tell a hub name from a path: a path starts with a dot, a slash or a folder that is there."""
    return HUB_NAME.fullmatch(name) is not None and not ("/" in name and Path(name).parent.is_dir())


def _near(folder: Path) -> str:
    """Name the folders beside `folder` that are spelled alike."""
    parent = folder.parent
    if not parent.is_dir():
        return f"Its parent folder '{parent}' is not there either. "
    names = [path.name for path in parent.iterdir() if path.is_dir()]
    near = difflib.get_close_matches(folder.name, names, n=2, cutoff=0.5)
    if near:
        return f"Did you mean {' or '.join(repr(str(parent / guess)) for guess in near)}? "
    return f"The folder '{parent}' holds {', '.join(sorted(names)[:8]) or 'no folders'}. "


def _fetch(name: str, revision: str | None) -> tuple[Path, str | None]:
    from huggingface_hub import snapshot_download

    try:
        # "*/*" leaves out the folders of a repository: other formats of the same weights.
        folder = snapshot_download(
            name, revision=revision, allow_patterns=list(HUB_FILES), ignore_patterns=["*/*", "consolidated*"]
        )
    except Exception as problem:
        at = f" at revision '{revision}'" if revision else ""
        raise MissingModel(
            f"There is no folder '{name}', and no model of that name{at} could be fetched from the Hugging "
            f"Face hub ({first_line(problem)}). {_near(Path(name))}{HUB_HINT}"
        ) from problem
    return Path(folder), Path(folder).name


def first_line(problem: BaseException) -> str:
    r"""Return the first line of an exception's text, or its type when it has none.

    Examples
    --------
    >>> first_line(ValueError("too long\nsee the log"))
    'too long'
    """
    return (str(problem).strip().splitlines() or [type(problem).__name__])[0]


def fingerprint(files: Sequence[Path]) -> dict[str, str]:
    """Return one digest over the contents of `files`, under a name that says how it was made.

    Up to 256 MiB a file is hashed whole ("sha256"). Of a larger one the size, the first and last blocks and
    evenly spread ones are hashed, 16 MiB in all ("sampled_sha256"): it tells checkpoints apart within
    a second, and does not notice a change between the samples.

    Examples
    --------
    >>> list(fingerprint([Path(__file__)]))
    ['sha256']
    """
    digest = hashlib.sha256()
    sampled = False
    for file in sorted(files, key=lambda file: file.name):
        size = file.stat().st_size
        sampled |= size > LARGE
        digest.update(f"{file.name}\0{size}\0".encode())
        for block in _blocks(file, size):
            digest.update(block)
    return {"sampled_sha256" if sampled else "sha256": digest.hexdigest()}


def _blocks(file: Path, size: int) -> Iterator[bytes]:
    with file.open("rb") as stream:
        if size <= LARGE:
            while block := stream.read(2**20):
                yield block
            return
        for index in range(SAMPLES):
            stream.seek((size - SAMPLE) * index // (SAMPLES - 1))
            yield stream.read(SAMPLE)


@contextmanager
def quiet() -> Iterator[None]:
    """Silence the progress bars of transformers, which would draw over a live view."""
    from transformers.utils import logging

    shown = logging.is_progress_bar_enabled()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        if shown:
            logging.enable_progress_bar()
