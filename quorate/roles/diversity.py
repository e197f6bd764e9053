"""Diversity: how different the answers are that a table gives, with its roles or without.

found = role_diversity("runs/with-roles")
print(found.disagreement.mean, compare_diversity("runs/with-roles", "runs/plain").disagreement.points)

Only first drafts count: what is said later is shaped by what was heard.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any

from quorate.errors import BadOption
from quorate.evaluate.statistics import Difference, Estimate, average, difference
from quorate.nouns import Message, Noun
from quorate.transcript_files import load_transcripts
from quorate.transcripts import Transcript

if TYPE_CHECKING:
    import numpy as np

Embed = Callable[[Sequence[str]], "np.ndarray[Any, Any]"]
"""Texts to vectors of length 1, shape (texts, width)."""
Source = str | Path | Sequence[Transcript]


class Diversity(Noun):
    """How different first drafts are, each figure a mean over the questions with its interval.

    Parameters
    ----------
    questions : int
        With two answers or more.
    distinct : Estimate
        Different answers among the seats.
    disagreement : Estimate
        Share of the pairs of answering seats that answer differently, in [0, 1].
    distance : Estimate, optional
        Mean cosine distance of the texts of all pairs, in [0, 2]; None without an encoder.
    right_somewhere : Estimate, optional
        Share of the questions that some seat has right: what a perfect choice among the drafts would reach.
        None without gold.
    """

    questions: int
    distinct: Estimate
    disagreement: Estimate
    distance: Estimate | None = None
    right_somewhere: Estimate | None = None


class DiversityGain(Noun):
    """How much more diverse one run's first drafts are than another's, paired by question."""

    questions: int
    distinct: Difference
    disagreement: Difference
    distance: Difference | None = None
    right_somewhere: Difference | None = None


def role_diversity(source: Source, *, embed: str | Embed | None = None) -> Diversity:
    """Measure how different the first drafts of a run are.

    Parameters
    ----------
    source : run folder, file of recorded outputs, or transcripts
    embed : str or callable, optional
        An encoder: a checkpoint for `quorate.embedding`, or texts to vectors of length 1.

    Raises
    ------
    BadOption
        When no question has two answers.

    Examples
    --------
    >>> from quorate.nouns import Question
    >>> said = [
    ...     Message(number=n, seat=seat, act="draft", turn=0, text=answer, answer=answer)
    ...     for n, (seat, answer) in enumerate(zip("abc", "556"))
    ... ]
    >>> found = role_diversity([Transcript.of(Question(text="2+3?"), "abc", said)])
    >>> found.distinct.mean, round(found.disagreement.mean, 3)
    (2.0, 0.667)
    """
    rows = _rows(source, _encoder(embed))
    columns = {name: [row[name] for row in rows.values()] for name in _shared(rows)}
    return Diversity(questions=len(rows), **{name: average(values) for name, values in columns.items()})


def compare_diversity(source: Source, other: Source, *, embed: str | Embed | None = None) -> DiversityGain:
    """Return by how much the first drafts of one run are more diverse than another's on the same questions.

    Parameters
    ----------
    source, other
        Runs as for `role_diversity`, such as one with roles and one without.
    embed : str or callable, optional
        As for `role_diversity`.

    Raises
    ------
    BadOption
        When they have no question in common that both gave two answers to.
    """
    encoder = _encoder(embed)
    first, second = _rows(source, encoder), _rows(other, encoder)
    both = [name for name in first if name in second]
    if not both:
        raise BadOption("The two runs have no question in common that two seats answered in both.")
    names = [name for name in _shared(first) if name in _shared(second)]
    gaps = {
        name: difference([first[q][name] for q in both], [second[q][name] for q in both]) for name in names
    }
    return DiversityGain(questions=len(both), **gaps)


def _encoder(embed: str | Embed | None) -> Embed | None:
    if isinstance(embed, str):
        from quorate.embedding import load_embedder

        return load_embedder(embed)
    return embed


def _shared(rows: dict[str, dict[str, float]]) -> list[str]:
    """Return the measures that every question has."""
    first, *others = rows.values()
    return [name for name in first if all(name in row for row in others)]


def _rows(source: Source, embed: Embed | None) -> dict[str, dict[str, float]]:
    """Return the measures of every question with two answers or more, by its id."""
    given = load_transcripts(source).transcripts if isinstance(source, (str, Path)) else source
    found: dict[str, dict[str, float]] = {}
    for transcript in given:
        drafts = transcript.rounds[0].answers.values() if transcript.rounds else ()
        said = [draft for draft in drafts if draft.answer is not None]
        if len(said) > 1:
            found[transcript.question.id] = _measured(transcript, said, embed)
    if not found:
        raise BadOption("Diversity needs a question that two seats or more answered; there is none.")
    return found


def _measured(transcript: Transcript, said: Sequence[Message], embed: Embed | None) -> dict[str, float]:
    answers = [message.answer for message in said]
    measures = {
        "distinct": float(len(set(answers))),
        "disagreement": fmean(a != b for a, b in combinations(answers, 2)),
    }
    if embed is not None:
        vectors = embed([message.text for message in said])
        measures["distance"] = fmean(1 - float(a @ b) for a, b in combinations(vectors, 2))
    if transcript.gold is not None:
        measures["right_somewhere"] = float(transcript.gold in answers)
    return measures
