"""Reasoning: questions of several steps, answered by yes and no, a choice, a number or a few words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from quorate.answers import canonical
from quorate.evaluate.sources.mapping import ALL, mapping

TASKS = (
    "boolean_expressions",
    "causal_judgement",
    "date_understanding",
    "disambiguation_qa",
    "dyck_languages",
    "formal_fallacies",
    "geometric_shapes",
    "hyperbaton",
    "logical_deduction_five_objects",
    "logical_deduction_seven_objects",
    "logical_deduction_three_objects",
    "movie_recommendation",
    "multistep_arithmetic_two",
    "navigate",
    "object_counting",
    "penguins_in_a_table",
    "reasoning_about_colored_objects",
    "ruin_names",
    "salient_translation_error_detection",
    "snarks",
    "sports_understanding",
    "temporal_sequences",
    "tracking_shuffled_objects_five_objects",
    "tracking_shuffled_objects_seven_objects",
    "tracking_shuffled_objects_three_objects",
    "web_of_lies",
    "word_sorting",
)
_OPTIONS = re.compile(r"\n\s*Options:\s*\n")
_OPTION = re.compile(r"\s*\(([A-Z])\)\s*(.*\S)\s*")


@mapping(
    hub="ChilleD/StrategyQA",
    splits=("train", "test"),
    split="test",
    columns=("qid", "question", "answer"),
    source="Geva et al. 2021, arXiv:2101.02235",
    size=687,
)
def strategyqa(row: Mapping[str, Any], config: str) -> dict[str, Any]:
    """Questions whose steps are not said; the answer is yes or no."""
    gold = {True: "yes", False: "no"}[row["answer"]]
    return {"id": row["qid"], "text": row["question"], "gold": gold, "kind": "text"}


@mapping(
    hub="SaylorTwift/bbh",
    configs=TASKS,
    config=ALL,
    splits=("test",),
    split="test",
    columns=("input", "target"),
    source="Suzgun et al. 2022, arXiv:2210.09261",
    size=6511,
)
def bbh(row: Mapping[str, Any], config: str) -> dict[str, Any]:
    """BIG-Bench Hard: 27 tasks, each with answers of its own kind."""
    text, gold = row["input"], row["target"].strip()
    stated = _options(text)
    letter = _OPTION.fullmatch(gold + " .")
    if stated is not None and letter is not None:
        return {"text": stated[0], "choices": stated[1], "gold": letter[1]}
    kind = "number" if canonical("number", gold) == gold else "text"
    return {"text": text, "gold": gold, "kind": kind}


def _options(text: str) -> tuple[str, list[str]] | None:
    """Take the lettered options at the end of a text apart; None when they are not A, B, C ..."""
    asked, *rest = _OPTIONS.split(text)
    found = [_OPTION.fullmatch(line) for line in rest[-1].splitlines() if line.strip()] if rest else []
    if len(rest) != 1 or len(found) < 2:
        return None
    pairs = [(option[1], option[2]) for option in found if option is not None]
    in_order = [letter for letter, _ in pairs] == [chr(ord("A") + place) for place in range(len(found))]
    return (asked, [choice for _, choice in pairs]) if in_order else None
