"""The world: word problems without end, made from a seed, for training and studying tiny models.

    >>> item = generate("train", 6, seed=19, level=2, mixed_share=1, private_share=0.2)[-1]
    >>> print(item.text)
    Max fills a pond for 4 minutes at 14 litres a minute and spills 18 litres. How many litres stay inside?
    Call this number K. A kite flies K trin above a tower that is 8 metres high. How many metres above the
    ground is the kite?
    >>> print(solution(item))
    [1] filled: 14*4=<65>56
    [2] left: 56-18=<83>38
    [3] trin=6
    [4] metres: 38*6=<822>228
    [5] total: 228+8=<632>236
    Answer: 236

Five domains (rates, money, measure, sets, ages) hold the skills, one file each; a problem chains one to three
of them. Basic skills are for everybody, advanced ones for the domain's specialist, and private ones need a
table of invented words that mean something else in every domain (here: one trin is 6 metres). Every answer
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
