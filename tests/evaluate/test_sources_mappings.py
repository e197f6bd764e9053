"""Ready mappings: a row in the layout that each data set has on the hub becomes the right problem."""

from __future__ import annotations

import gzip
import json
import os
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from quorate.answers import canonical
from quorate.errors import BadOption, BadQuestion, UnknownName
from quorate.evaluate.metrics.scoring import metric
from quorate.evaluate.problems import Problem
from quorate.evaluate.sources import datasets, find_dataset
from quorate.evaluate.sources.mappings.numbers import boxed

DATA = Path(os.environ.get("QUORATE_DATA") or Path(__file__).resolve().parents[3] / "shared" / "data")
RECORDED = DATA / "bench_small.jsonl.gz"

# One row of each data set with all its columns, and (text, choices, gold) of the problem it becomes.
ROWS: dict[str, tuple[dict[str, Any], tuple[str, tuple[str, ...], str]]] = {
    "gsm8k": (
        {
            "question": "Lea picks 4 plums and then twice as many. How many has she?",
            "answer": "She picks 4*2=<<4*2=8>>8 more.\nThat makes 4+8=<<4+8=12>>12.\n#### 1,012",
        },
        ("Lea picks 4 plums and then twice as many. How many has she?", (), "1012"),
    ),
    "math": (
        {
            "problem": "Find $x$ with $4x = 3$.",
            "level": "Level 1",
            "type": "Algebra",
            "solution": r"We divide, so first $\boxed{x}$ and then $x = \boxed{\frac{3}{4}}$.",
        },
        ("Find $x$ with $4x = 3$.", (), "0.75"),
    ),
    "aqua": (
        {
            "question": "A shop takes a fifth off 40 crowns. What is left to pay?",
            "options": ["A)28", "B)30", "C)32", "D)A) 36", "E)none of these"],
            "rationale": "40 - 8 = 32",
            "correct": "C",
        },
        (
            "A shop takes a fifth off 40 crowns. What is left to pay?",
            ("28", "30", "32", "A) 36", "none of these"),
            "C",
        ),
    ),
    "mmlu": (
        {
            "question": "How many corners has a cube?",
            "subject": "geometry",
            "choices": ["4", "8", "1", "3"],
            "answer": 1,
        },
        ("How many corners has a cube?", ("4", "8", "1", "3"), "B"),
    ),
    "mmlu_pro": (
        {
            "question_id": 70,
            "question": "Which metal is liquid in a warm room?",
            "options": [
                "tin",
                "iron",
                "zinc",
                "lead",
                "gold",
                "silver",
                "copper",
                "nickel",
                "mercury",
                "cobalt",
            ],
            "answer": "I",
            "answer_index": 8,
            "cot_content": "",
            "category": "chemistry",
            "src": "own",
        },
        (
            "Which metal is liquid in a warm room?",
            ("tin", "iron", "zinc", "lead", "gold", "silver", "copper", "nickel", "mercury", "cobalt"),
            "I",
        ),
    ),
    "arc": (
        {
            "id": "Own_1",
            "question": "What does a plant need for growing?",
            "choices": {"text": ["light", "music", "paint", "sand"], "label": ["1", "2", "3", "4"]},
            "answerKey": "1",
        },
        ("What does a plant need for growing?", ("light", "music", "paint", "sand"), "A"),
    ),
    "commonsense_qa": (
        {
            "id": "7f00",
            "question": "Where does one keep milk fresh?",
            "question_concept": "milk",
            "choices": {
                "label": ["A", "B", "C", "D", "E"],
                "text": ["oven", "shelf", "fridge", "car", "roof"],
            },
            "answerKey": "C",
        },
        ("Where does one keep milk fresh?", ("oven", "shelf", "fridge", "car", "roof"), "C"),
    ),
    "truthfulqa": (
        {
            "question": "Do goldfish forget everything within seconds?",
            "mc1_targets": {"choices": ["No, for months", "Yes", "Only when fed"], "labels": [1, 0, 0]},
            "mc2_targets": {"choices": ["No, for months", "Yes"], "labels": [1, 0]},
        },
        ("Do goldfish forget everything within seconds?", ("Yes", "No, for months", "Only when fed"), "B"),
    ),
    "medqa": (
        {
            "question": "A child with a barking cough improves in cold air. What is it?",
            "answer": "Croup",
            "options": {"A": "Asthma", "B": "Croup", "C": "Measles", "D": "Gout"},
            "meta_info": "step1",
            "answer_idx": "B",
            "metamap_phrases": ["child"],
        },
        (
            "A child with a barking cough improves in cold air. What is it?",
            ("Asthma", "Croup", "Measles", "Gout"),
            "B",
        ),
    ),
    "strategyqa": (
        {
            "qid": "ab12",
            "term": "Loaf",
            "description": "bread",
            "question": "Could a loaf of bread fit in a letter box?",
            "answer": False,
            "facts": "A loaf is thick.",
        },
        ("Could a loaf of bread fit in a letter box?", (), "no"),
    ),
    "bbh": (
        {
            "input": "Ann is taller than Ben. Who is shorter?\nOptions:\n(A) Ann\n(B) Ben",
            "target": "(B)",
        },
        ("Ann is taller than Ben. Who is shorter?", ("Ann", "Ben"), "B"),
    ),
}

# The same for data sets of texts, with what the question must hold and the references.
TEXTS: dict[str, tuple[dict[str, Any], str, str, tuple[str, ...]]] = {
    "humaneval": (
        {
            "task_id": "Own/0",
            "prompt": 'def double(x):\n    """Twice x."""\n',
            "canonical_solution": "    return 2 * x\n",
            "test": "assert double(2) == 4",
            "entry_point": "double",
        },
        "",
        'def double(x):\n    """Twice x."""',
        ("    return 2 * x\n",),
    ),
    "cnn_dailymail": (
        {
            "article": "The bridge in Linz opened on Monday. It took nine years.",
            "highlights": "Bridge opens.\nNine years of work.",
            "id": "f00d",
        },
        "",
        "The bridge in Linz opened on Monday.",
        ("Bridge opens.\nNine years of work.",),
    ),
    "wmt14": (
        {"translation": {"de": "Der Zug kommt.", "en": "The train is coming."}},
        "de-en",
        "from German into English.\n\nDer Zug kommt.",
        ("The train is coming.",),
    ),
    "mixinstruct": (
        {
            "id": "own/3",
            "instruction": "Make it polite.",
            "input": "Give me the salt.",
            "output": "Could you pass me the salt, please?",
            "candidates": [
                {"decoding_method": "top_p_sampling", "model": "m", "text": "Salt!", "scores": {}}
            ],
        },
        "",
        "Make it polite.\n\nGive me the salt.",
        ("Could you pass me the salt, please?",),
    ),
}


def test_every_data_set_is_tested_here() -> None:
    assert {*ROWS, *TEXTS} == set(datasets())
    promised = {
        "gsm8k",
        "math",
        "mmlu",
        "mmlu_pro",
        "strategyqa",
        "aqua",
        "arc",
        "commonsense_qa",
        "truthfulqa",
    }
    assert promised | {"bbh", "medqa", "humaneval", "cnn_dailymail", "wmt14", "mixinstruct"} <= set(
        datasets()
    )


@pytest.mark.parametrize("name", ROWS)
def test_a_row_becomes_its_problem(name: str) -> None:
    row, (text, choices, gold) = ROWS[name]
    known = find_dataset(name)
    problem = known.problem(row, known.config)
    assert (problem.question.text, problem.question.choices, problem.gold) == (text, choices, gold)
    assert problem.references == ()


@pytest.mark.parametrize("name", TEXTS)
def test_a_row_of_texts_becomes_a_question_with_references(name: str) -> None:
    row, config, held, references = TEXTS[name]
    problem = find_dataset(name).problem(row, config)
    assert held in problem.question.text
    assert (problem.gold, problem.references) == (None, references)


@pytest.mark.parametrize("name", [*ROWS, *TEXTS])
def test_the_declared_columns_are_those_that_are_read(name: str) -> None:
    row = ROWS[name][0] if name in ROWS else TEXTS[name][0]
    known = find_dataset(name)
    known.check(row, "here")
    for column in known.columns:
        with pytest.raises(BadQuestion, match=f"here has no column '{column}'.*Columns there: "):
            known.check([other for other in row if other != column], "here")
    only = {column: row[column] for column in known.columns}
    if name != "truthfulqa":  # its two configurations have other columns
        known.problem(only, known.config)


@pytest.mark.parametrize("name", [*ROWS, *TEXTS])
def test_a_row_of_another_layout_is_a_sentence(name: str) -> None:
    known = find_dataset(name)
    values: tuple[Any, ...] = (None, 7, [], {})
    for value in values:
        broken = dict.fromkeys(known.columns, value)
        with pytest.raises(BadQuestion):
            known.problem(broken, known.config)


def test_the_suggested_metrics_exist() -> None:
    for known in datasets().values():
        assert set(known.metrics) <= set(metric), known.name
        assert known.split in known.splits
        assert not known.configs or known.wanted(None)


def test_configurations() -> None:
    assert len(find_dataset("math").wanted(None)) == 7
    assert len(find_dataset("bbh").wanted("all")) == 27
    assert find_dataset("mmlu").wanted(None) == ("all",)
    assert len(find_dataset("mmlu").configs) == 58
    assert find_dataset("gsm8k").wanted("socratic") == ("socratic",)
    with pytest.raises(BadOption, match=r"no configuration 'algbra'. Did you mean 'algebra'"):
        find_dataset("math").wanted("algbra")
    with pytest.raises(BadOption, match="It has only one; leave `config` out"):
        find_dataset("medqa").wanted("main")
    with pytest.raises(UnknownName, match="Did you mean 'mmlu_pro' or 'mmlu'"):
        find_dataset("mmlu-pro")


def test_translation_goes_both_ways() -> None:
    known, row = find_dataset("wmt14"), TEXTS["wmt14"][0]
    assert known.stored("en-de") == known.stored("de-en") == "de-en"
    problem = known.problem(row, "en-de")
    assert "from English into German.\n\nThe train is coming." in problem.question.text
    assert problem.references == ("Der Zug kommt.",)


def test_the_true_choice_of_truthfulqa_does_not_stand_first() -> None:
    known = find_dataset("truthfulqa")
    found: Counter[str | None] = Counter()
    for number in range(300):
        targets = {"choices": ["right", "wrong", "worse", "worst"], "labels": [1, 0, 0, 0]}
        problem = known.problem({"question": f"Is {number} odd?", "mc1_targets": targets}, "multiple_choice")
        assert problem.gold is not None
        assert problem.question.choices["ABCD".index(problem.gold)] == "right"
        found[problem.gold] += 1
    assert all(50 <= found[letter] <= 100 for letter in "ABCD")


def test_truthfulqa_in_free_words() -> None:
    row = {
        "type": "Adversarial",
        "category": "Animals",
        "question": "Can owls turn their heads all the way round?",
        "best_answer": "No",
        "correct_answers": ["No, by three quarters", "They cannot"],
        "incorrect_answers": ["Yes"],
        "source": "own",
    }
    problem = find_dataset("truthfulqa").problem(row, "generation")
    assert problem.references == ("No", "No, by three quarters", "They cannot")
    assert problem.gold is None


def test_unpublished_gold_is_no_gold() -> None:
    row = {**ROWS["commonsense_qa"][0], "answerKey": ""}
    assert find_dataset("commonsense_qa").problem(row, "").gold is None


@pytest.mark.parametrize(
    ("asked", "target", "kind", "gold"),
    [
        ("not ( True ) and ( True ) is", "False", "text", "false"),
        ("((2 + 3) * -4) =", "-20", "number", "-20"),
        ("Is it valid?\nOptions:\n- valid \n- invalid", "invalid", "text", "invalid"),
        ("Sort: pear fig", "fig pear", "text", "fig pear"),
        ("Close: < ( [", "] ) >", "text", "] ) >"),
        ("Is this plausible?", "yes", "text", "yes"),
        ("Who is shorter?\nOptions:\n(A) Ann\n(B) Ben", "Ann", "text", "ann"),
        ("Who is shorter?\nOptions:\n(A) Ann\n(C) Ben", "Ben", "text", "ben"),
    ],
)
def test_bbh_tasks_have_answers_of_their_own_kind(asked: str, target: str, kind: str, gold: str) -> None:
    problem = find_dataset("bbh").problem({"input": asked, "target": target}, "own")
    assert (problem.question.kind, problem.gold, problem.question.text) == (kind, gold, asked)


@pytest.mark.parametrize(
    ("solution", "found"),
    [
        (r"It is $\boxed{\text{(A)}}$.", r"\text{(A)}"),
        (r"It is \fbox{3}.", "3"),
        (r"It is $\boxed 7$.", "7"),
        (r"It is $\boxed{\left\{1, 2\right\}}$.", r"\left\{1, 2\right\}"),
        (r"It is $\boxed{never closed$.", None),
        ("It has none.", None),
    ],
)
def test_the_last_box_of_a_solution(solution: str, found: str | None) -> None:
    assert boxed(solution) == found


def test_math_500_has_an_answer_column_of_its_own() -> None:
    row = {"problem": "What is $1+1$?", "solution": "It is two.", "answer": "2", "unique_id": "own/1"}
    assert find_dataset("math").problem(row, "algebra").gold == "2"
    with pytest.raises(BadQuestion, match=r"no .boxed answer"):
        find_dataset("math").problem({**row, "answer": None}, "algebra")


def _original(row: dict[str, Any]) -> tuple[str, dict[str, Any]] | None:
    """Put a recorded question back into the layout of its data set."""
    name = row["task"].split("/")[0]
    options = row.get("options") or {}
    if name == "bbh":
        return name, {"input": row["question"], "target": row["gold"]}
    if name == "medqa":
        return name, {"question": row["question"], "options": options, "answer_idx": row["gold"]}
    if name == "aqua":
        lettered = [f"{letter}){text}" for letter, text in options.items()]
        return name, {"question": row["question"], "options": lettered, "correct": row["gold"]}
    if name == "math":
        return name, {"problem": row["question"], "solution": rf"It is $\boxed{{{row['gold']}}}$."}
    return None


@pytest.mark.skipif(not RECORDED.exists(), reason="needs recorded questions")
def test_real_questions_keep_their_gold() -> None:
    found: Counter[str] = Counter()
    bbh: dict[str, set[tuple[str, str | None]]] = {}
    with gzip.open(RECORDED, "rt", encoding="utf-8") as file:
        for line in file:
            row = json.loads(line)
            original = _original(row)
            if original is None:
                continue
            name, fields = original
            problem: Problem = find_dataset(name).problem(fields, row["task"].split("/")[-1])
            assert problem.gold is not None, row["id"]
            assert canonical(problem.question, problem.gold) == problem.gold
            found[name] += 1
            if name == "bbh" and not problem.question.choices:
                bbh.setdefault(row["task"], set()).add((row["gold"].strip().casefold(), problem.gold))
    assert found == {"bbh": 405, "medqa": 100, "aqua": 100, "math": 200}
    for task, pairs in bbh.items():  # different targets stay different answers
        assert len({gold for _, gold in pairs}) == len({target for target, _ in pairs}), task
