"""A tiny Llama with random weights, its own tokenizer and random LoRA adapters, saved like any checkpoint.

A stand-in loads, batches, adapts and costs like a real model, and its drafts read as words, but they
mean nothing: it is what tests, demos and benchmarks run on when only the machinery matters.

    standin/  config.json  model.safetensors  tokenizer.json  adapter-0/  adapter-1/ ...
"""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from quorate.agents.local.files import quiet
from quorate.errors import BadOption

SPECIALS = ("<pad>", "<s>", "</s>", "<|turn|>")
"""Padding, beginning, end, and the mark that opens a turn in the chat template."""

CHAT_TEMPLATE = (
    "{{ bos_token }}"
    "{% for message in messages %}<|turn|>{{ message.role }}\n{{ message.content }}\n{% endfor %}"
    "{% if add_generation_prompt %}<|turn|>assistant\n{% endif %}"
)

WORDS = """the a of to and in is that it we so if then because but not all some each more less than first next
last add take give count sum left right half twice total number answer step check true false maybe
agree differ point reason claim fact error same other apples coins trains hours people boxes price"""
READABLE = {*"ABCDEFGH0123456789.:+=", "</s>"}
"""Tokens beside the words that may turn up in a draft."""


def make_standin(
    folder: str | Path,
    *,
    seed: int = 0,
    hidden: int = 64,
    layers: int = 2,
    heads: int = 4,
    ff: int | None = None,
    vocabulary: int = 352,
    context: int = 1024,
    chat_template: bool = False,
    adapters: int = 0,
    rank: int = 8,
) -> Path:
    """Build a random Llama with tokenizer and adapters and save it under `folder`.

    Parameters
    ----------
    folder : str or Path
        Where the checkpoint goes; made when it is not there.
    seed : int
        The same seed gives the same weights; the global generator of torch is left as it was.
    hidden, layers, heads, ff : int
        Width, depth, attention heads and feed-forward width (three times `hidden` when None) of the model.
    vocabulary : int
        Number of tokens: 4 special ones, the 256 bytes, and words for the rest.
    context : int
        Longest sequence in tokens.
    chat_template : bool
        Whether the tokenizer brings a chat template.
    adapters, rank : int
        Number of LoRA adapters, saved as `adapter-0`, `adapter-1` ..., and their rank.

    Returns
    -------
    Path
        `folder`.

    Raises
    ------
    BadOption
        When the vocabulary does not hold all bytes or the heads do not divide the width.

    Examples
    --------
    >>> import tempfile
    >>> folder = make_standin(tempfile.mkdtemp(), adapters=1)
    >>> sorted(path.name for path in folder.glob("*adapter*"))
    ['adapter-0']
    """
    if vocabulary < len(SPECIALS) + 256:
        raise BadOption(f"A stand-in has at least {len(SPECIALS) + 256} tokens, not {vocabulary}.")
    if hidden % heads or (hidden // heads) % 2:
        raise BadOption(f"A stand-in's width of {hidden} does not split into {heads} heads of even width.")
    import torch

    folder = Path(folder)
    tokens = [*SPECIALS, *_byte_characters(), *itertools.islice(_lexicon(), vocabulary - len(SPECIALS) - 256)]
    _tokenizer(tokens, context, chat_template).save_pretrained(folder)
    with quiet(), torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        model = _model(tokens, hidden, layers, heads, ff or 3 * hidden, context)
        model.save_pretrained(folder)
        if adapters:
            _save_adapters(model, folder, adapters, rank)
    return folder


def _lexicon() -> Iterator[str]:
    """Yield words as they stand after a space (the tokenizer writes a space as Ġ); invented ones at last."""
    yield from ("Ġ" + word for word in WORDS.split())
    syllables = ["".join(pair) for pair in itertools.product("bdklmnrst", "aiou")]
    for length in itertools.count(2):
        yield from ("Ġ" + "".join(word) for word in itertools.product(syllables, repeat=length))


def _byte_characters() -> list[str]:
    from tokenizers import pre_tokenizers

    return sorted(pre_tokenizers.ByteLevel.alphabet())


def _tokenizer(tokens: list[str], context: int, chat_template: bool) -> Any:
    """Whole words where the lexicon has them, single bytes elsewhere: any text survives the round trip."""
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, processors
    from transformers import PreTrainedTokenizerFast

    ids = {token: index for index, token in enumerate(tokens)}
    # Without merges and with `ignore_merges`, a word is one token when the vocabulary has it, else its bytes.
    tokenizer = Tokenizer(models.BPE(vocab=ids, merges=[], ignore_merges=True))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A", pair="<s> $A $B", special_tokens=[("<s>", ids["<s>"])]
    )
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token="<pad>",
        bos_token="<s>",
        eos_token="</s>",
        additional_special_tokens=["<|turn|>"],
        chat_template=CHAT_TEMPLATE if chat_template else None,
        model_max_length=context,
        clean_up_tokenization_spaces=False,
    )


def _model(tokens: list[str], hidden: int, layers: int, heads: int, ff: int, context: int) -> Any:
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(
        vocab_size=len(tokens),
        hidden_size=hidden,
        intermediate_size=ff,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        num_key_value_heads=heads if heads % 2 else heads // 2,
        max_position_embeddings=context,
        pad_token_id=0,
        bos_token_id=1,
        eos_token_id=2,
        tie_word_embeddings=False,
        # Large enough that what was read before matters; the usual 0.02 only looks at the last token.
        initializer_range=hidden**-0.5,
    )
    model = LlamaForCausalLM(config).eval()
    readable = torch.tensor([token.startswith("Ġ") or token in READABLE for token in tokens])
    with torch.no_grad():
        # Bytes keep a logit of 0, words get logits of standard deviation 3: drafts read as words.
        model.lm_head.weight.mul_(3.0 * readable[:, None])
    return model


def _save_adapters(model: Any, folder: Path, count: int, rank: int) -> None:
    from peft import LoraConfig, get_peft_model

    model.name_or_path = str(folder)
    names = [f"adapter-{index}" for index in range(count)]
    config = LoraConfig(
        r=rank,
        lora_alpha=2 * rank,
        target_modules="all-linear",
        task_type="CAUSAL_LM",
        init_lora_weights=False,
    )
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "`is_gradient_checkpointing`", FutureWarning)  # peft 0.21 reads it
        adapted = get_peft_model(model, config, adapter_name=names[0])
    for name in names[1:]:
        adapted.add_adapter(name, config)
    adapted.save_pretrained(str(folder), selected_adapters=names, save_embedding_layers=False)
