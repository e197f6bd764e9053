"""SQuAD's measures, BLEU, chrF and ROUGE: as their own libraries have them, and bounded on huge texts."""

from __future__ import annotations

from typing import Any

import pytest
import sacrebleu
from hypothesis import given
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer
from sacrebleu.metrics.bleu import BLEU
from sacrebleu.metrics.chrf import CHRF

from quorate.evaluate.metrics import bleu, chrf, corpus, exact_match, f1, rouge1, rouge2, rouge_l, rouge_lsum
from quorate.evaluate.problems import Problem
from quorate.nouns import Question

KNOWN = ["the", "cat", "cats", "sat", "on", "a", "mat", "Paris,", "dog's", "runs", "running"]
WORDS = st.lists(st.sampled_from(KNOWN), max_size=12)
SENTENCES = WORDS.map(" ".join)


def free(*references: str) -> Problem:
    return Problem(question=Question(id="q", text="Translate."), references=references)


def of_text(gold: str, *references: str) -> Problem:
    return Problem(question=Question(id="q", text="Who?", kind="text"), gold=gold, references=references)


@pytest.mark.parametrize(
    ("gold", "answer", "match", "shared"),
    [
        ("paris", "paris", 1.0, 1.0),
        ("the eiffel tower", "eiffel tower", 1.0, 1.0),
        ("eiffel tower", "tower of paris", 0.0, 0.4),
        ("cat cat dog", "cat cat cat", 0.0, 2 / 3),
        ("paris", "london", 0.0, 0.0),
        ("u.s.", "us", 1.0, 1.0),
        ("the", "a", 1.0, 1.0),
    ],
)
def test_short_answers_as_squad_has_them(gold: str, answer: str, match: float, shared: float) -> None:
    assert exact_match(of_text(gold), "ignored", answer) == match
    assert f1(of_text(gold), "ignored", answer) == pytest.approx(shared)


def test_an_abstention_shares_nothing_and_the_nearest_reference_counts() -> None:
    assert (exact_match(of_text("paris"), "Paris!", None), f1(of_text("paris"), "Paris!", None)) == (0.0, 0.0)
    assert exact_match(of_text("paris", "city of light"), "", "the city of light") == 1.0
    assert f1(free("a red fox", "one brown fox"), "Brown fox.", None) == pytest.approx(0.8)


def test_a_label_stands_for_its_choice() -> None:
    question = Question(id="q", text="Which?", choices=("the red fox", "a brown fox"))
    assert f1(Problem(question=question, gold="A"), "", "B") == pytest.approx(0.5)
    assert exact_match(Problem(question=question, gold="A"), "", "A") == 1.0


@given(SENTENCES, SENTENCES)
def test_f1_is_symmetric_and_at_least_the_match(one: str, other: str) -> None:
    there, back = f1(free(one), other, None), f1(free(other), one, None)
    assert there == pytest.approx(back)
    matched = exact_match(free(one), other, None)
    assert (matched or 0) <= (there or 0) <= 1


@given(SENTENCES, st.lists(SENTENCES, min_size=1, max_size=3))
def test_sentences_are_scored_as_sacrebleu_does(text: str, references: list[str]) -> None:
    problem = free(*references)
    assert bleu(problem, text, None) == pytest.approx(sacrebleu.sentence_bleu(text, references).score / 100)
    assert chrf(problem, text, None) == pytest.approx(sacrebleu.sentence_chrf(text, references).score / 100)


def test_corpora_are_scored_and_signed_as_sacrebleu_does() -> None:
    texts = ["the cat sat on the mat .", "it is raining again in Paris", "nobody knows why"]
    references = [
        ["a cat sat on the mat.", "the cat was on the mat"],
        ["it rains again in Paris"],
        ["who knows why?"],
    ]
    streams: Any = [[given[at] if at < len(given) else None for given in references] for at in range(2)]
    theirs = BLEU()
    assert corpus("bleu", texts, references).points == pytest.approx(
        theirs.corpus_score(texts, streams).score
    )
    assert corpus("bleu", texts, references).signature == str(theirs.get_signature())
    assert "nrefs:var|" in str(theirs.get_signature())
    words = CHRF(word_order=2)
    ours = corpus({"chrf": {"word_order": 2}}, texts, references)
    assert ours.points == pytest.approx(words.corpus_score(texts, streams).score)
    assert ours.signature == str(words.get_signature())
    spelled = corpus({"bleu": {"tokenize": "char"}}, texts, references)
    assert "tok:char" in spelled.signature
    assert spelled.score > corpus("bleu", texts, references).score


@pytest.mark.parametrize("name", ["bleu", "chrf", "rouge1"])
def test_a_corpus_has_the_interval_of_a_bootstrap_over_its_texts(name: str) -> None:
    texts = ["the cat sat on the mat today", "it is raining again in Paris", "nobody knows why they left"]
    references = ["a cat sat on the mat today", "it rains again in Paris", "nobody knows why"]
    few, many = corpus(name, texts * 3, references * 3), corpus(name, texts * 30, references * 30)
    for found in (few, many):
        assert found.interval is not None
        low, high = found.interval
        assert 0 <= low < found.score < high <= 1
    assert few.interval is not None
    assert many.interval is not None
    assert few.interval[1] - few.interval[0] > 2 * (many.interval[1] - many.interval[0])
    assert corpus(name, texts[:1], references[:1]).interval is None
    nothing = corpus(name, ["qqq", "zzz"], ["a b c d e", "f g h i j"])
    assert (nothing.score, nothing.interval) == (0.0, (0.0, 0.0))


@given(SENTENCES, SENTENCES)
def test_summaries_are_scored_as_rouge_score_does(text: str, reference: str) -> None:
    theirs = RougeScorer(["rouge1", "rouge2", "rougeL", "rougeLsum"], use_stemmer=True).score(reference, text)
    ours = [maker(free(reference), text, None) for maker in (rouge1, rouge2, rouge_l, rouge_lsum)]
    assert ours == pytest.approx([found.fmeasure for found in theirs.values()])


def test_stems_and_several_references() -> None:
    assert rouge1(free("the cats were running"), "the cat was running", None) == pytest.approx(0.75)
    assert rouge1(free("the cats were running"), "the cat was running", None, stem=False) == pytest.approx(
        0.5
    )
    assert rouge1(free("nothing alike", "the cat sat"), "the cat sat", None) == 1.0
    found = corpus({"rouge1": {"stem": False}}, ["the cat was running"], ["the cats were running"])
    assert found.score == pytest.approx(0.5)
    assert "|stem:no|" in found.signature


@pytest.mark.timeout(120)  # whole, it would take hours
def test_a_huge_text_is_cut() -> None:
    huge = "word " * 2_000_000
    problem = free("a word or two", "another word")
    for maker in (bleu, chrf, rouge_l, rouge_lsum):
        assert 0 <= (maker(problem, huge, None) or 0) < 0.5
