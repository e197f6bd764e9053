"""Adversaries: agents that work against the table, made of any model, without a second one.

adversary   the model that plays a part in another model's place, and what a part gets to see
parts       the parts: confidently wrong, colluding, copying, stubborn, injecting
lies        wrong answers, and texts that make them look right
"""

from quorate.agents.adversaries.adversary import Adversary, Play, Scene, adversary
from quorate.agents.adversaries.lies import wrong_answer
from quorate.agents.adversaries.parts import colluding, confidently_wrong, copying, injecting, stubborn

__all__ = [
    "Adversary",
    "Play",
    "Scene",
    "adversary",
    "colluding",
    "confidently_wrong",
    "copying",
    "injecting",
    "stubborn",
    "wrong_answer",
]
