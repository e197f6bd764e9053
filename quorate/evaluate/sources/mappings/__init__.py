"""The data sets that are known by name, by what they ask for.

numbers     gsm8k, math, aqua
knowledge   mmlu, mmlu_pro, arc, commonsense_qa, truthfulqa, medqa
reasoning   strategyqa, bbh
texts       humaneval, cnn_dailymail, wmt14, mixinstruct

To add one, write a reading function with `@mapping(...)` and a row of its layout in its test.
"""

from quorate.evaluate.sources.mappings import knowledge, numbers, reasoning, texts

__all__ = ["knowledge", "numbers", "reasoning", "texts"]
