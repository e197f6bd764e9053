"""Training a head: drafts are read once, their lines become features, and a small network learns the labels.

A line with a label is learned from by itself. Where only the answer is known to be wrong, some line must be:
the product of the lines' chances learns that (a noisy-or as in Maron and Lozano-Pérez 1998). Questions are
split three ways: most to learn from, some to stop early and to calibrate on, some to measure.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from quorate.agents.agent import Agent, Request
from quorate.agents.confidence.examples import Example, Label, Progress
from quorate.agents.confidence.features import line_features
from quorate.agents.confidence.head import ConfidenceHead, HeadConfig, product_logits, worth_judging
from quorate.agents.confidence.network import Lessons, fit_network, log_odds
from quorate.agents.confidence.owner import owner_of
from quorate.agents.local.base import NO_NUMBERS
from quorate.agents.local.lines import lines_of
from quorate.agents.local.model import LocalModel
from quorate.agents.local.watch import read_traces
from quorate.calibration import Calibration, Floats, Metrics
from quorate.errors import BadOption, ModelError
from quorate.nouns import Ask, Question

if TYPE_CHECKING:
    import torch

    from quorate.agents.local.session import Session

SHARES = (0.7, 0.15)
"""Questions to learn from, and to stop early and calibrate on; the rest measures."""
FEWEST = 10
"""Least number of questions: fewer cannot be split three ways."""
READ_AT_ONCE = 2**16
"""Most tokens read in one batch, whose states are all kept until they are features."""


def train_head(
    model: LocalModel | str | Path,
    adapter: str | Path | None,
    examples: Iterable[Example],
    *,
    role: str = "",
    seed: int = 0,
    units: int = 64,
    progress: Progress | None = None,
) -> ConfidenceHead:
    """Train a confidence head for a model, or for one adapter of it, on labelled drafts.

    Parameters
    ----------
    model : LocalModel, str or Path
        The base; one that is loaded already is used as it is.
    adapter : str or Path, optional
        The LoRA adapter that the head is for.
    examples : iterable of Example
        Best the agent's own drafts; see `sample_examples`. Drafts on one question stay together.
    role : str
        The role of the agent, part of every prompt.
    seed : int
        Determines the split and the training.
    units : int
        Size of the hidden layer.
    progress : callable, optional
        `(drafts read, drafts in all) -> None`.

    Returns
    -------
    ConfidenceHead
        Calibrated, with its metrics on questions that nothing was learned from; `save` it into the folder
        of the adapter, or of the model. A model that is loaded already goes on without it.

    Raises
    ------
    BadOption
        When there are too few questions, no labels, only right or only wrong ones, or no units.
    ModelError
        When the model or the adapter cannot be loaded or computes no numbers, or a draft does not fit the
        context.

    Examples
    --------
    >>> import tempfile
    >>> from quorate.lab.standin import make_standin
    >>> base = make_standin(tempfile.mkdtemp())
    >>> drafts = [
    ...     Example(f"What is {number}+3?", f"Answer: {number + 3 - wrong}", right=not wrong)
    ...     for number in range(20)
    ...     for wrong in (0, 1)
    ... ]
    >>> head = train_head(base, None, drafts)
    >>> head.config.answer_metrics.n
    6
    >>> head.save(base) == base
    True
    """
    found = list(examples)
    _check(found)
    if units < 1:
        raise BadOption(f"The hidden layer of a head needs at least 1 unit, not {units}.")
    local = model if isinstance(model, LocalModel) else LocalModel(model)
    session = replace(local.open().without_heads().for_one_call(), budget=READ_AT_ONCE)
    agent = Agent("agent", local, role=role, adapter=None if adapter is None else str(adapter))
    session.adapter(agent)
    lessons, kept = _lessons(session, [_text(session, agent, example) for example in found], progress)
    learn, tune, measure = _split([found[place].question for place in kept], seed)
    weights = fit_network(lessons.part(learn), lessons.part(tune), units=units, seed=seed)
    lines, answers = _calibrate(weights, lessons.part(tune))
    line_metrics, answer_metrics = _measure(weights, lessons.part(measure), lines, answers)
    config = HeadConfig(
        owner=owner_of(session.run, session.folder, agent.adapter),
        lines=lines,
        answers=answers,
        examples=len(lessons),
        line_metrics=line_metrics,
        answer_metrics=answer_metrics,
    )
    return ConfidenceHead(config, weights)


@dataclass(frozen=True, eq=False)
class _Text:
    """A draft in tokens behind its prompt, the line of each token, and the labels."""

    prompt: tuple[int, tuple[int, ...]]
    ids: tuple[int, ...]
    owners: npt.NDArray[np.int64]
    lines: list[str]
    labels: tuple[Label, ...]
    right: Label
    question: str

    @property
    def size(self) -> int:
        return len(self.prompt[1]) + len(self.ids)


def _check(examples: Sequence[Example]) -> None:
    """Raise BadOption when nothing can be learned from these."""
    _check_count({example.question for example in examples})
    verdicts = {
        verdict
        for example in examples
        for verdict in (*example.labels(), example.right)
        if verdict is not None
    }
    if len(verdicts) == 2:
        return
    if not verdicts:
        raise BadOption("The examples have no labels: say which lines or which answers are right.")
    kind = "right" if verdicts == {True} else "wrong"
    raise BadOption(
        f"All labels say {kind}: nothing can be told apart. Sample at another temperature, or from "
        f"{'harder' if kind == 'right' else 'easier'} questions."
    )


def _check_count(questions: set[str]) -> None:
    if len(questions) < FEWEST:
        raise BadOption(
            f"A confidence head needs drafts that say something on {FEWEST} questions or more, and a few "
            f"hundred to be of use; there are {len(questions)}."
        )


def _text(session: Session, agent: Agent, example: Example) -> _Text:
    ask = example.ask
    if isinstance(ask, str):
        ask = Ask(seat="agent", act="draft", turn=0, question=Question(text=ask), instruction=ask)
    encode, ends = session.format.encode, session.run.base.ends
    prefix = encode(example.prefix) if example.prefix else []
    ids, spoken = tuple(example.ids), example.spoken
    if not ids:
        said = session.format.encode_clean(example.text)
        ids, spoken = (*said, *ends[:1]), len(said)
    row, _ = session.row(Request(agent, ask, 0), 0, len(prefix) + len(ids))
    finder = session.finder
    lines = lines_of(example.text)
    owners = finder.owners(ids, spoken, example.text)
    prompt = (row.adapter, (*row.prompt, *prefix))
    return _Text(prompt, ids, owners, lines, example.labels(), example.right, example.question)


def _lessons(
    session: Session, texts: Sequence[_Text], progress: Progress | None
) -> tuple[Lessons, list[int]]:
    """Read texts; return what there is to learn, and which texts have lines that say something."""
    import torch

    def work(places: Sequence[int]) -> list[tuple[torch.Tensor, npt.NDArray[np.int64]]]:
        with torch.inference_mode():
            return _features(session, [texts[place] for place in places])

    order = sorted(
        (place for place, text in enumerate(texts) if text.ids),
        key=lambda place: (len(texts[place].prompt[1]), texts[place].prompt),
    )
    found: dict[int, tuple[torch.Tensor, npt.NDArray[np.int64]]] = {}
    for place, result in session.spread(work, order, [texts[place].size for place in order]):
        if isinstance(result, Exception):
            raise ModelError(f"A draft could not be read: {result}") from result
        found[place] = result
        if progress is not None:
            progress(len(found), len(order))
    kept = [place for place in sorted(found) if len(found[place][1])]
    _check_count({texts[place].question for place in kept})
    labels = [[texts[place].labels[line] for line in found[place][1]] for place in kept]
    lessons = Lessons(
        features=torch.cat([found[place][0] for place in kept]),
        labels=_numbers(label for row in labels for label in row),
        starts=np.cumsum([0, *map(len, labels)]),
        right=_numbers(texts[place].right for place in kept),
    )
    return lessons, kept


def _features(session: Session, texts: Sequence[_Text]) -> list[tuple[torch.Tensor, npt.NDArray[np.int64]]]:
    """Return for each text the features of the lines that say something, and their numbers."""
    traces = read_traces(session.run, [text.prompt for text in texts], [text.ids for text in texts])
    lines = line_features(traces, [text.owners for text in texts])
    if not lines.features.isfinite().all():
        raise ModelError(NO_NUMBERS)
    judged = worth_judging(lines, [text.lines for text in texts])
    places = [np.flatnonzero(judged & (lines.texts == text)) for text in range(len(texts))]
    return [(lines.features[chosen], lines.numbers[chosen]) for chosen in places]


def _numbers(labels: Iterable[Label]) -> Floats:
    return np.array([np.nan if label is None else float(label) for label in labels])


def _split(questions: Sequence[str], seed: int) -> list[npt.NDArray[np.int64]]:
    """Split texts three ways so that those on one question stay together."""
    names = sorted(set(questions))
    random.Random(seed).shuffle(names)
    first, second = round(SHARES[0] * len(names)), round(sum(SHARES) * len(names))
    parts = (set(names[:first]), set(names[first:second]), set(names[second:]))
    return [
        np.array([place for place, name in enumerate(questions) if name in part], dtype=np.int64)
        for part in parts
    ]


def _calibrate(weights: dict[str, torch.Tensor], tune: Lessons) -> tuple[Calibration, Calibration]:
    """Calibrate lines, then the products of calibrated lines."""
    logits = _logits(weights, tune)
    known = ~np.isnan(tune.labels)
    lines = Calibration.fit(logits[known], tune.labels[known])
    whole = product_logits(lines(logits), tune.texts, len(tune))
    known = ~np.isnan(tune.right)
    return lines, Calibration.fit(whole[known], tune.right[known])


def _measure(
    weights: dict[str, torch.Tensor], held_out: Lessons, lines: Calibration, answers: Calibration
) -> tuple[Metrics, Metrics]:
    chances = lines(_logits(weights, held_out))
    whole = answers(product_logits(chances, held_out.texts, len(held_out)))
    known, told = ~np.isnan(held_out.labels), ~np.isnan(held_out.right)
    return (
        Metrics.of(chances[known], held_out.labels[known]),
        Metrics.of(whole[told], held_out.right[told]),
    )


def _logits(weights: dict[str, torch.Tensor], lessons: Lessons) -> Floats:
    found: Floats = log_odds(weights, lessons.features).double().numpy()
    return found
