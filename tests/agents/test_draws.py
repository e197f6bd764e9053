"""Drawing tokens: from numbers to tokens, and the numbers of a row."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from quorate.agents.local.draws import Noise, draw_tokens


@given(
    logits=st.lists(st.floats(-8, 8), min_size=2, max_size=9),
    number=st.floats(0, 1),
    top_p=st.one_of(st.none(), st.floats(0.05, 1)),
)
@settings(deadline=None)
def test_a_draw_inverts_the_cumulative_distribution(
    logits: list[float], number: float, top_p: float | None
) -> None:
    import torch

    row = torch.tensor([logits])
    nucleus = None if top_p is None else torch.tensor([[top_p]])
    token = int(draw_tokens(row, nucleus, torch.tensor([number], dtype=torch.float64))[0])
    chances = row.softmax(-1)[0].numpy()
    ranks = np.argsort(-chances, kind="stable")
    before = np.cumsum(chances[ranks]) - chances[ranks]
    kept = set(ranks[before < (1 if top_p is None else top_p) - 1e-6].tolist()) | {int(ranks[0])}
    nearly = set(ranks[before < (1 if top_p is None else top_p) + 1e-6].tolist())
    assert token in nearly
    total = sum(chances[place] for place in kept)
    low = sum(chances[place] for place in kept if place < token)
    if kept == nearly:
        assert low - 1e-5 <= number * total <= low + chances[token] + 1e-5


def test_draws_follow_the_distribution() -> None:
    import torch

    chances = torch.tensor([0.5, 0.3, 0.15, 0.05])
    numbers = torch.from_numpy(Noise(range(4000)).next())
    drawn = Counter(draw_tokens(chances.log().expand(4000, 4), None, numbers).tolist())
    for token, chance in enumerate(chances.tolist()):
        assert abs(drawn[token] / 4000 - chance) < 4 * (chance * (1 - chance) / 4000) ** 0.5


@given(seeds=st.lists(st.integers(0, 2**63 - 1), min_size=1, max_size=5), data=st.data())
def test_noise_belongs_to_its_seed_alone(seeds: list[int], data: st.DataObject) -> None:
    together = Noise(seeds)
    alone = [Noise([seed]) for seed in seeds]
    here = list(range(len(seeds)))
    for step in range(70):
        numbers = together.next()
        assert numbers.tolist() == [float(noise.next()[0]) for noise in alone]
        assert ((numbers >= 0) & (numbers < 1)).all()
        if step == 10:
            stay = data.draw(st.lists(st.sampled_from(range(len(here))), min_size=1, unique=True))
            together.keep(np.array(stay))
            alone = [alone[place] for place in stay]
