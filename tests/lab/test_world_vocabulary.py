"""The vocabulary covers everything that can be asked, answered or prompted, and its pieces lose nothing."""

from __future__ import annotations

import itertools
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quorate.lab.world import (
    DOMAINS,
    PIECE,
    check,
    corrupt,
    drill,
    generate,
    hide_scratch,
    pieces,
    private_table,
    solution,
    stream,
    vocabulary,
)
from quorate.nouns import Ask, Message, Table
from quorate.protocols import debate

VOCABULARY = frozenset(vocabulary())


@given(st.text())
def test_pieces_put_together_give_the_text_back(text: str) -> None:
    assert "".join(pieces(text)) == text


@pytest.mark.parametrize(("split", "count"), [("train", 14_000), ("development", 3_000), ("test", 3_000)])
def test_problems_and_solutions_are_covered(split: str, count: int) -> None:
    rng = Random(0)
    source = stream(split, seed=2, advanced_share=0.35, private_share=0.35)
    for item in itertools.islice(source, count):
        text = item.text + "\n" + solution(item)
        if rng.random() < 0.2:
            text += corrupt(item, rng).text + drill(rng) + hide_scratch(solution(item))
        assert set(pieces(text)) <= VOCABULARY


def said(ask: Ask, number: int, text: str) -> Message:
    return Message(number=number, seat=ask.seat, act=ask.act, turn=ask.turn, text=text, answer=str(number))


def test_the_instructions_of_a_debate_are_covered() -> None:
    item = generate("test", 1, seed=5, level=3)[0]
    turns = debate(item.problem().question, Table(list(DOMAINS)), rounds=3)
    number, asks = 0, next(turns)
    heard = 0
    try:
        while True:
            replies = []
            for ask in asks:
                assert set(pieces(ask.instruction)) <= VOCABULARY
                replies.append(said(ask, number, solution(item)))
                heard += len(ask.heard)
                number += 1
            asks = turns.send(replies)
    except StopIteration:
        assert heard > 0


def test_no_piece_is_there_in_vain() -> None:
    """Nearly every piece turns up in a large sample: the vocabulary is not padded."""
    seen = set()
    for item in itertools.islice(stream("train", seed=3, advanced_share=0.35, private_share=0.35), 15_000):
        seen.update(pieces(item.text + "\n" + solution(item)))
    assert len(VOCABULARY - seen) < 150
    assert len(VOCABULARY) < 1400


def test_extra_texts_are_added() -> None:
    assert set(vocabulary(["xylophone!"])) - VOCABULARY == {"xylophone", "!"}


def test_the_pattern_works_in_the_tokenizers_library() -> None:
    from tokenizers import Regex, pre_tokenizers

    splitter = pre_tokenizers.Split(Regex(PIECE), "isolated")
    text = solution(generate("train", 1, seed=0)[0]) + " Ünï–code\t42 > [1]"
    assert [piece for piece, _ in splitter.pre_tokenize_str(text)] == pieces(text)


def test_private_words_have_one_piece() -> None:
    for word in private_table("rates"):
        assert f" {word}" in VOCABULARY


def test_check_reads_what_pieces_rebuild() -> None:
    for item in generate("train", 50, seed=9):
        assert check(item, "".join(pieces(solution(item)))).right
