"""Metrics by name: which apply, both readers, missing libraries, and what every metric keeps to."""

from __future__ import annotations

import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quorate.answers import canonical
from quorate.errors import BadOption, UnknownName
from quorate.evaluate.metrics import corpus, corpus_metric, metric, score, translation
from quorate.evaluate.problems import Problem
from quorate.nouns import Question

NUMBER = Problem(question=Question(id="q1", text="What is 2*9?"), gold="18")
LINES = Problem(question=Question(id="q2", text="Translate: Hallo"), references=("hello there", "hi"))
NEITHER = Problem(question=Question(id="q3", text="What is love?"))
TEXTS = st.text(max_size=60)


def test_only_metrics_that_apply_are_there() -> None:
    every = list(metric)
    assert set(every) >= {
        "accuracy",
        "bleu",
        "chrf",
        "exact_match",
        "f1",
        "lenient_accuracy",
        "maths",
        "rouge_l",
    }
    assert score(NEITHER, "who knows", None, every) == {}
    for problem, have in ((NUMBER, "gold"), (LINES, "references")):
        found = score(problem, "hello 18", "18", every)
        declared = {name for name in every if have in getattr(metric.declaration(name), "needs", ())}
        assert set(found) == declared


def test_both_readers() -> None:
    names = ["accuracy", "lenient_accuracy"]
    assert score(NUMBER, "Answer: 18", "18", names) == {"accuracy": 1.0, "lenient_accuracy": 1.0}
    assert score(NUMBER, "It is 18", None, names) == {"accuracy": 0.0, "lenient_accuracy": 1.0}
    assert score(NUMBER, "It is 18", "17", names) == {"accuracy": 0.0, "lenient_accuracy": 0.0}
    assert score(NUMBER, "x" * 50_000 + " so 18", None, names)["lenient_accuracy"] == 1.0


@given(TEXTS, st.one_of(st.none(), st.sampled_from(["18", "17", "x+1"])))
def test_the_lenient_reader_is_never_the_stricter(text: str, answer: str | None) -> None:
    found = score(NUMBER, text, answer, ["accuracy", "lenient_accuracy"])
    assert found["lenient_accuracy"] >= found["accuracy"]


@settings(max_examples=40)
@given(TEXTS)
def test_every_score_of_any_text_is_a_share_and_the_same_again(text: str) -> None:
    free = [name for name in metric if name != "maths"]
    for problem in (NUMBER, LINES):
        found = score(problem, text, canonical(problem.question, text), free)
        assert all(0 <= value <= 1 for value in found.values())
        assert score(problem, text, canonical(problem.question, text), free) == found


def test_options_and_unknown_names() -> None:
    plain = score(LINES, "hello here", None, ["chrf"])["chrf"]
    assert score(LINES, "hello here", None, [{"chrf": {"word_order": 2}}])["chrf"] != plain
    with pytest.raises(UnknownName, match="Did you mean 'rouge"):
        score(LINES, "hi", None, ["rouge_1"])
    with pytest.raises(BadOption, match=r"no option 'wordorder'\. Did you mean 'word_order'"):
        score(LINES, "hi", None, [{"chrf": {"wordorder": 2}}])
    with pytest.raises(BadOption, match="0 words in a row or more"):
        score(LINES, "hi", None, [{"chrf": {"word_order": -1}}])
    with pytest.raises(BadOption, match="no tokenizer 'flores'"):
        score(LINES, "hi", None, [{"bleu": {"tokenize": "flores"}}])


@pytest.mark.parametrize(
    ("name", "module"), [("chrf", "sacrebleu.metrics"), ("rouge1", "rouge_score.rouge_scorer")]
)
def test_a_missing_library_is_a_sentence(monkeypatch: pytest.MonkeyPatch, name: str, module: str) -> None:
    from quorate.evaluate.metrics import summary

    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.setattr(translation, "_made", translation._made.__wrapped__)
    monkeypatch.setattr(summary, "_scorer", summary._scorer.__wrapped__)
    with pytest.raises(BadOption, match=r'pip install "quorate\[evaluate\]"'):
        score(LINES, "some text nobody scored yet", None, [name])


@pytest.mark.parametrize("name", sorted(corpus_metric))
def test_a_corpus_of_perfect_texts_is_perfect_and_signed(name: str) -> None:
    texts = ["the cat sat on the mat", "a dog ran over the old bridge"]
    found = corpus(name, texts, [["a cat", texts[0]], texts[1]])
    assert found.score == pytest.approx(1.0)
    assert found.points == pytest.approx(100.0)
    assert (found.name, found.of) == (name, 2)
    assert "version:" in found.signature
    assert corpus(name, ["the cat", "a bird"], texts).score < 0.7


def test_a_corpus_without_references_is_named() -> None:
    with pytest.raises(BadOption, match="1 for 2"):
        corpus("bleu", ["a", "b"], ["a"])
    with pytest.raises(BadOption, match="at least one"):
        corpus("bleu", [], [])
    with pytest.raises(BadOption, match="Text 2 has no reference"):
        corpus("bleu", ["a", "b"], ["a", []])
    with pytest.raises(UnknownName, match="no corpus_metric called 'f1'"):
        corpus("f1", ["a"], ["a"])
