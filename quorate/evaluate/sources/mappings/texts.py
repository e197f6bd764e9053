"""Texts: code, summaries, translations, instructions; what is written is compared with references.

These questions have no gold answer, so no vote can be right or wrong about them: compare the texts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from quorate.evaluate.sources.mapping import mapping

LANGUAGES = {
    "cs": "Czech",
    "de": "German",
    "en": "English",
    "fr": "French",
    "hi": "Hindi",
    "ru": "Russian",
}
_PAIRS = ("cs-en", "de-en", "fr-en", "hi-en", "ru-en")


def _stored(config: str) -> str:
    """Return the pair under which the hub holds a direction of translation; English is second there."""
    return config if config in _PAIRS else "-".join(reversed(config.split("-")))


@mapping(
    hub="openai/openai_humaneval",
    splits=("test",),
    split="test",
    columns=("task_id", "prompt", "canonical_solution"),
    metrics=("chrf", "bleu"),
    source="Chen et al. 2021, arXiv:2107.03374",
    size=164,
)
def humaneval(row: Mapping[str, Any], config: str) -> dict[str, Any]:
    """Python functions to complete, compared as text: nothing that a model writes is executed."""
    text = "Complete this Python function. Write its body only.\n\n" + row["prompt"]
    return _free(text, row["canonical_solution"], id=row["task_id"])


@mapping(
    hub="abisee/cnn_dailymail",
    configs=("1.0.0", "2.0.0", "3.0.0"),
    config="3.0.0",
    splits=("train", "validation", "test"),
    split="test",
    columns=("id", "article", "highlights"),
    metrics=("rouge1", "rouge2", "rouge_l"),
    source="See et al. 2017, arXiv:1704.04368",
    size=11490,
)
def cnn_dailymail(row: Mapping[str, Any], config: str) -> dict[str, Any]:
    """News articles to sum up in a few sentences."""
    text = "Sum up this article in three or four short sentences.\n\n" + row["article"]
    return _free(text, row["highlights"], id=row["id"])


@mapping(
    hub="wmt/wmt14",
    configs=(*_PAIRS, *("-".join(reversed(pair.split("-"))) for pair in _PAIRS)),
    config="de-en",
    stored=_stored,
    splits=("train", "validation", "test"),
    split="test",
    columns=("translation",),
    metrics=("bleu", "chrf"),
    source="Bojar et al. 2014, Findings of WMT",
    size=3003,
)
def wmt14(row: Mapping[str, Any], config: str) -> dict[str, Any]:
    """Sentences of the news to translate; de-en is out of German, en-de into it."""
    spoken, wanted = config.split("-")
    sentences = row["translation"]
    text = f"Translate from {LANGUAGES[spoken]} into {LANGUAGES[wanted]}.\n\n"
    return _free(text + sentences[spoken], sentences[wanted])


@mapping(
    hub="llm-blender/mix-instruct",
    splits=("train", "validation", "test"),
    split="test",
    columns=("id", "instruction", "input", "output"),
    metrics=("rouge_l", "chrf", "bleu"),
    source="Jiang et al. 2023, arXiv:2306.02561",
    size=5000,
)
def mixinstruct(row: Mapping[str, Any], config: str) -> dict[str, Any]:
    """Instructions of all kinds, as eleven models were given them."""
    parts = (row["instruction"], row["input"])
    return _free("\n\n".join(part for part in parts if part), row["output"], id=row["id"])


def _free(text: str, reference: str, **more: Any) -> dict[str, Any]:
    return {**more, "text": text, "kind": "text", "references": (reference,)}
