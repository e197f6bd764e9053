"""Shared by all rooms: properties are not timed, and one miniature pool is trained once."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("untimed", deadline=None)  # a busy machine is no failure
settings.load_profile("untimed")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # Started in the background, a shell has told this process, and all it starts, to overhear ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def miniature_pool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A pool with every member, trained for seconds: it loads, seats and answers, and knows nothing."""
    import torch

    from quorate.lab.training import Recipe, train

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return train(Recipe.miniature(), tmp_path_factory.mktemp("pool") / "mini")
    finally:
        torch.set_num_threads(threads)
