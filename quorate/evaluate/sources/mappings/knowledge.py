"""Knowledge: questions with choices from exams and everyday life."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from quorate.evaluate.sources.mapping import ALL, mapping

GENERATION = "generation"


@mapping(
    hub="cais/mmlu",
    # Every subject is a configuration of its own too; `config` takes any of them by its name.
    configs=(
        ALL,
        "abstract_algebra",
        "anatomy",
        "astronomy",
        "business_ethics",
        "clinical_knowledge",
        "college_biology",
        "college_chemistry",
        "college_computer_science",
        "college_mathematics",
        "college_medicine",
        "college_physics",
        "computer_security",
        "conceptual_physics",
        "econometrics",
        "electrical_engineering",
        "elementary_mathematics",
        "formal_logic",
        "global_facts",
        "high_school_biology",
        "high_school_chemistry",
        "high_school_computer_science",
        "high_school_european_history",
        "high_school_geography",
        "high_school_government_and_politics",
        "high_school_macroeconomics",
        "high_school_mathematics",
        "high_school_microeconomics",
        "high_school_physics",
        "high_school_psychology",
        "high_school_statistics",
        "high_school_us_history",
        "high_school_world_history",
        "human_aging",
        "human_sexuality",
        "international_law",
        "jurisprudence",
        "logical_fallacies",
        "machine_learning",
        "management",
        "marketing",
        "medical_genetics",
        "miscellaneous",
        "moral_disputes",
        "moral_scenarios",
        "nutrition",
        "philosophy",
        "prehistory",
        "professional_accounting",
        "professional_law",
        "professional_medicine",
        "professional_psychology",
        "public_relations",
        "security_studies",
        "sociology",
        "us_foreign_policy",
        "virology",
        "world_religions",
    ),
    config=ALL,
    splits=("auxiliary_train", "dev", "validation", "test"),
    split="test",
    columns=("question", "choices", "answer"),
    source="Hendrycks et al. 2021, arXiv:2009.03300",
    size=14042,
)
def mmlu(row: Mapping[str, Any], config: str) -> dict[str, Any]:
    """Exam questions of 57 subjects with four choices."""
    return {"text": row["question"], "choices": row["choices"], "gold_place": row["answer"]}


@mapping(
    hub="TIGER-Lab/MMLU-Pro",
    splits=("validation", "test"),
    split="test",
    columns=("question_id", "question", "options", "answer_index"),
    source="Wang et al. 2024, arXiv:2406.01574",
    size=12032,
)
def mmlu_pro(row: Mapping[str, Any], config: str) -> dict[str, Any]:
    """Harder exam questions of 14 categories with up to ten choices."""
    asked = {"id": row["question_id"], "text": row["question"], "choices": row["options"]}
    return {**asked, "gold_place": row["answer_index"]}


@mapping(
    hub="allenai/ai2_arc",
    configs=("ARC-Challenge", "ARC-Easy"),
    config="ARC-Challenge",
    splits=("train", "validation", "test"),
    split="test",
    columns=("id", "question", "choices", "answerKey"),
    source="Clark et al. 2018, arXiv:1803.05457",
    size=1172,
)
def arc(row: Mapping[str, Any], config: str) -> dict[str, Any]:
    """Science questions of the third to ninth grade; the choices are lettered or numbered."""
    return _keyed(row)


@mapping(
    hub="tau/commonsense_qa",
    splits=("train", "validation", "test"),
    split="validation",
    columns=("id", "question", "choices", "answerKey"),
    source="Talmor et al. 2019, arXiv:1811.00937",
    size=1221,
)
def commonsense_qa(row: Mapping[str, Any], config: str) -> dict[str, Any]:
    """Questions of common sense with five choices; the gold of the test split is not published."""
    return _keyed(row)


@mapping(
    hub="truthfulqa/truthful_qa",
    configs=("multiple_choice", GENERATION),
    config="multiple_choice",
    splits=("validation",),
    split="validation",
    columns=("question",),
    source="Lin et al. 2022, arXiv:2109.07958",
    size=817,
)
def truthfulqa(row: Mapping[str, Any], config: str) -> dict[str, Any]:
    """Questions that many people answer wrongly: one true choice (MC1), shuffled, or in free words."""
    text = row["question"]
    if config == GENERATION:
        return {"text": text, "kind": "text", "references": (row["best_answer"], *row["correct_answers"])}
    # On the hub the true choice always comes first.
    pairs = zip(row["mc1_targets"]["choices"], row["mc1_targets"]["labels"], strict=True)
    shuffled = sorted(pairs, key=lambda pair: _shuffled(text, pair[0]))
    choices, right = [choice for choice, _ in shuffled], [label for _, label in shuffled]
    return {"text": text, "choices": choices, "gold_place": right.index(1)}


@mapping(
    hub="GBaker/MedQA-USMLE-4-options",
    splits=("train", "test"),
    split="test",
    columns=("question", "options", "answer_idx"),
    source="Jin et al. 2021, arXiv:2009.13081",
    size=1273,
)
def medqa(row: Mapping[str, Any], config: str) -> dict[str, Any]:
    """Questions of the United States medical licensing examination with four choices."""
    options = {letter: text for letter, text in sorted(row["options"].items()) if text is not None}
    place = list(options).index(row["answer_idx"].strip())
    return {"text": row["question"], "choices": list(options.values()), "gold_place": place}


def _keyed(row: Mapping[str, Any]) -> dict[str, Any]:
    """Read choices that carry labels of their own; an empty key means that the gold is not published."""
    labels: Sequence[str] = row["choices"]["label"]
    key = row["answerKey"]
    asked = {"id": row["id"], "text": row["question"], "choices": row["choices"]["text"]}
    return {**asked, "gold_place": list(labels).index(key) if key else None}


def _shuffled(*parts: str) -> bytes:
    """Return a key that sorts choices in an order of its own for every question."""
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=8).digest()
