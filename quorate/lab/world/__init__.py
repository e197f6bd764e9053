"""The world: word problems without end, made from a seed, for training and studying tiny models.

    >>> item = generate("train", 6, seed=12, level=2, mixed_share=1, private_share=0.2)[-1]
    >>> print(item.text)
    Mia is 11 years old, and Clara is 17 years older. What is the sum of their ages? Call this number W. The
    cave goes down W vosk, and the ladder stands out 30 metres above it. How many metres long is the ladder?
    >>> print(solution(item))
    [1] older: 11+17=<82>28
    [2] sum: 28+11=<93>39
    [3] measure: vosk=5
    [4] metres: 39*5=<591>195
    [5] total: 195+30=<522>225
    Answer: 225

Five domains (rates, money, measure, sets, ages) hold the skills, one file each; a problem chains one to three
of them. Basic skills are for everybody, advanced ones for the domain's specialist, and private ones need a
table of invented words that mean something else in every domain (here: one vosk is 5 metres). Every answer
is a whole number from 1 to 500, and so is every number on the way.

    python -m quorate.lab.world          prints some problems of each domain

To add a skill, copy one in its domain's file and change it; then write down a worked case in that domain's
test.
"""

from quorate.lab.world.corruption import MISTAKES, Corrupted, corrupt
from quorate.lab.world.domains import DOMAINS, SKILLS
from quorate.lab.world.items import Item, dump, load
from quorate.lab.world.mix import LEVELS
from quorate.lab.world.plan import Step
from quorate.lab.world.private import private_table
from quorate.lab.world.solution import drill, hide_scratch, solution
from quorate.lab.world.split import SPLITS, held_out_pair
from quorate.lab.world.stream import generate, stream
from quorate.lab.world.verdict import Verdict, check
from quorate.lab.world.vocabulary import PIECE, pieces, vocabulary

__all__ = [
    "DOMAINS",
    "LEVELS",
    "MISTAKES",
    "PIECE",
    "SKILLS",
    "SPLITS",
    "Corrupted",
    "Item",
    "Step",
    "Verdict",
    "check",
    "corrupt",
    "drill",
    "dump",
    "generate",
    "held_out_pair",
    "hide_scratch",
    "load",
    "pieces",
    "private_table",
    "solution",
    "stream",
    "vocabulary",
]
