"""Reproductions: published experiments, run again on any models, with the published figures beside.

    found = reproduce("du2023", "runs/du2023", count=50)          on the embedded pool
    found = reproduce("du2023", "runs/qwen", voices=[{"model": "Qwen/Qwen3-4B"}])
    print(found)

recipes       one file a reproduction: who sits there, the arms, the published figures, what to expect
reproduction  what a recipe declares, and the experiment it becomes
cast          who sits at the table: members of the pool, or any models
published     published figures and findings, and how sure they are
reproducing   from a name to an account of what is seen here
account       own figures beside the published ones
telling       an account as plain text
counting      how many calls a reproduction takes
"""

from quorate.reproduce.account import Reproduced
from quorate.reproduce.reproducing import find_reproduction, reproduce, reproductions
from quorate.reproduce.reproduction import Reproduction

__all__ = ["Reproduced", "Reproduction", "find_reproduction", "reproduce", "reproductions"]
