"""Debate only where it pays: a gate learns from recorded debates where talk mends the vote, and where not.

The agents are scripts: they slip at sums with a carry, recognise a right draft of such a sum when they read
one, and are talked out of what they know about the others. A gate is trained on half of the record and tested
on the rest, beside a cascade that asks more agents only in doubt. Put your own models in their place.
"""

import random
import tempfile
from functools import partial
from pathlib import Path

from quorate import Agent, Definition, Scripted
from quorate.evaluate import Problem
from quorate.gating import savings, split, train_gate
from quorate.nouns import Question
from quorate.protocols import cascade
from quorate.protocols.gating import gated
from quorate.transcript_files import load_transcripts


def add(ask, seed):
    rng = random.Random(seed)
    first, second = map(int, ask.question.text.rstrip("?").split("+"))
    right, carries = first + second, first % 10 + second % 10 > 9
    others = [message.answer for message in ask.heard]
    if others and carries:
        answer = right if str(right) in others and rng.random() < 0.8 else others[0]
    elif others:
        answer = right if rng.random() < 0.8 else rng.choice(others)
    else:
        answer = right if rng.random() < (0.45 if carries else 0.8) else right + rng.choice([-10, 10, -1])
    return f"So it is.\nAnswer: {answer}"


rng = random.Random(0)
sums = [(rng.randrange(10, 90), rng.randrange(10, 90)) for _ in range(400)]
problems = [
    Problem(question=Question(text=f"{a}+{b}?", id=f"q{n}", kind="number"), gold=str(a + b))
    for n, (a, b) in enumerate(sums)
]
always = {"debate": {"rounds": 2, "until": "never"}}
folder = Path(tempfile.mkdtemp()) / "run"
agents = [Agent(name, Scripted(add)) for name in ("ada", "bo", "cy", "di", "eve")]
Definition(agents, protocol=always).run(problems, record=folder)

learned, tested = split(load_transcripts(folder).transcripts, 0.5)
gate = train_gate(learned, slack=0.01)
print(f"trained on {gate.n} debates; {gate.changed} of them changed what the answer was worth")
arms = {
    "gate": partial(gated, gate=gate, then=always),
    "cascade": partial(cascade, start=2, sure=0.75, then=always),
}
for name, protocol in arms.items():
    print(f"{name}: {savings(tested, protocol).told()}")
