"""The sampling baselines over recorded samples: what they would have drawn, and what that was worth.

replay(rows, gold, until=partial(settled, criterion="beta"), most=40)
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence

from quorate.errors import BadOption
from quorate.nouns import Noun

Enough = Callable[[Sequence[str | None]], bool]
"""From the answers drawn so far, in order, to whether they are enough: `settled`, `agreeing_window`."""


class Drawn(Noun):
    """What was drawn for one question: how many samples, all most frequent answers, whether it was enough."""

    used: int
    winners: tuple[str, ...]
    enough: bool


class Replayed(Noun):
    """What sampling was worth over many questions.

    `accuracy` counts a tie by its share and an abstention as wrong; `samples` is the mean number drawn,
    `stopped` the share of questions where it was enough before the last sample.
    """

    n: int
    accuracy: float
    samples: float
    stopped: float


def draw(samples: Sequence[str | None], *, until: Enough | None = None, most: int | None = None) -> Drawn:
    """Draw recorded samples in order until they are enough, `most` were drawn, or there are no more.

    Without `until` all are drawn: self-consistency (Wang et al. 2023, arXiv:2203.11171).

    Raises
    ------
    BadOption
        When `most` lets nobody speak, or there is no sample.

    Examples
    --------
    >>> from quorate.protocols.sampling import settled
    >>> draw(["5", "5", "6", "5", "5", "5", "5", "5"], until=settled)
    Drawn(used=7, winners=('5',), enough=True)
    >>> draw(["5", "5", "6"])
    Drawn(used=3, winners=('5',), enough=False)
    """
    limit = len(samples) if most is None else min(most, len(samples))
    if limit < 1:
        raise BadOption("At least 1 sample must be drawn: give samples, and a positive most.")
    used, enough = limit, False
    if until is not None:
        for count in range(1, limit + 1):
            if until(samples[:count]):
                used, enough = count, True
                break
    counts = Counter(answer for answer in samples[:used] if answer is not None)
    top = max(counts.values(), default=0)
    return Drawn(
        used=used, winners=tuple(answer for answer, count in counts.items() if count == top), enough=enough
    )


def replay(
    rows: Sequence[Sequence[str | None]],
    gold: Sequence[str | None],
    *,
    until: Enough | None = None,
    most: int | None = None,
) -> Replayed:
    """Draw from the recorded samples of many questions; those without a gold answer are left out.

    Parameters
    ----------
    rows : sequence of sequences of str or None, shape (questions, samples)
        Canonical answers of one agent, in the order in which they were drawn.
    gold : sequence of str or None, shape (questions,)
    until, most
        As in `draw`.

    Raises
    ------
    BadOption
        When rows and gold do not fit together or no question has a gold answer.

    Examples
    --------
    >>> replay([["5", "5", "6"], ["1", "2", "2"]], ["5", "1"], until=lambda drawn: len(drawn) == 2)
    Replayed(n=2, accuracy=0.75, samples=2.0, stopped=1.0)
    """
    if len(rows) != len(gold):
        raise BadOption(f"There are {len(gold)} gold answers for {len(rows)} questions.")
    known = [
        (draw(row, until=until, most=most), answer) for row, answer in zip(rows, gold, strict=True) if answer
    ]
    if not known:
        raise BadOption("No question has a gold answer, so nothing can be measured.")
    right = [1 / len(drawn.winners) for drawn, answer in known if answer in drawn.winners]
    return Replayed(
        n=len(known),
        accuracy=math.fsum(right) / len(known),
        samples=sum(drawn.used for drawn, _ in known) / len(known),
        stopped=sum(drawn.enough for drawn, _ in known) / len(known),
    )
