"""The pool's tokenizer: one token a word with the space before it, one a digit, single bytes for the rest.

    "Ada has 26 coins."  ->  A d a · has · 2 6 · coins .     (Ada is in the vocabulary: one token)

Any text survives the round trip, whatever somebody types: a word that the vocabulary lacks becomes its bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from quorate.lab.world import PIECE, vocabulary

PAD, BEGIN, END = "<|pad|>", "<|begin|>", "<|end|>"
SPECIALS = (PAD, BEGIN, END)


def make_tokenizer(words: Sequence[str] | None = None, *, context: int = 1024) -> Any:
    """Build the tokenizer.

    Parameters
    ----------
    words : sequence of str, optional
        The pieces of text that get a token of their own (see `quorate.lab.world.PIECE`); by default
        everything that problems, solutions and Quorate's prompts are made of.
    context : int
        Longest sequence in tokens.

    Returns
    -------
    transformers.PreTrainedTokenizerFast
        Its ids begin with the special tokens, the 256 bytes follow, then the words. A special token that
        somebody spells out in a text is not taken for one.

    Examples
    --------
    >>> tokenizer = make_tokenizer(["Ada", " has"])
    >>> tokenizer.tokenize("Ada has 26")
    ['Ada', 'Ġhas', 'Ġ', '2', '6']
    >>> text = "Zoë <|end|>?"
    >>> tokenizer.decode(tokenizer(text, add_special_tokens=False).input_ids) == text
    True
    """
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    ids = {token: index for index, token in enumerate(_tokens(vocabulary() if words is None else words))}
    # Without merges and with `ignore_merges`, a piece that the vocabulary has is one token, else its bytes.
    tokenizer = Tokenizer(models.BPE(vocab=ids, merges=[], ignore_merges=True))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PIECE), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{BEGIN} $A", pair=f"{BEGIN} $A $B", special_tokens=[(BEGIN, ids[BEGIN])]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token=PAD,
        bos_token=BEGIN,
        eos_token=END,
        padding_side="left",
        model_max_length=context,
        split_special_tokens=True,
        clean_up_tokenization_spaces=False,
    )


def _tokens(words: Sequence[str]) -> list[str]:
    """Return all tokens in the order of their ids, each written with the byte alphabet (a space is Ġ)."""
    from tokenizers import pre_tokenizers

    level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
    spelled = ["".join(part for part, _ in level.pre_tokenize_str(word)) for word in words]
    return list(dict.fromkeys([*SPECIALS, *sorted(pre_tokenizers.ByteLevel.alphabet()), *sorted(spelled)]))
