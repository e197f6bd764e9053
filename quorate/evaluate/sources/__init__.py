"""Sources of problems: files, well-known data sets, and sets that are made from a seed.

    read_problems("data.csv")
    read_problems({"dataset": "gsm8k", "folder": "./gsm8k", "count": 100, "seed": 0})
    read_problems({"pool": {"kind": "mixed"}, "count": 1000})

source       what may be said about a source, and the way in: `read_problems`
files        rows of JSONL, JSON, CSV and Parquet
columns      which column holds which field of a problem
hub          rows of data sets from the Hugging Face hub or a copy
mappings     how the rows of well-known data sets become problems
procedural   problems made from a seed
samples      samples and parts that do not depend on the order of rows
sets         what comes out: problems, where they come from, their digest
"""

from quorate.evaluate.sources.mapping import Dataset, datasets, find_dataset, mapping
from quorate.evaluate.sources.procedural import procedural
from quorate.evaluate.sources.samples import PARTS, cut, part_of, sample
from quorate.evaluate.sources.sets import ProblemSet, digest
from quorate.evaluate.sources.source import Source, read_problems

__all__ = [
    "PARTS",
    "Dataset",
    "ProblemSet",
    "Source",
    "cut",
    "datasets",
    "digest",
    "find_dataset",
    "mapping",
    "part_of",
    "procedural",
    "read_problems",
    "sample",
]
