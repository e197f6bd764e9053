"""Answers: read from what a model wrote, and compared as values.

`reading` is the front: markers say where an answer stands, and each kind of value (numbers, choices, maths
and text) has a canonical form of its own, in the file of that name.
"""

from quorate.answers.reading import Mode, canonical, read, read_confidence, same

__all__ = ["Mode", "canonical", "read", "read_confidence", "same"]
