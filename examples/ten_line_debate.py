"""The ten-line debate: three agents on one model, a ring, an answer with its dissent.

Any folder or hub name works as a model: LocalModel("Qwen/Qwen3-4B-Instruct-2507") on a GPU, say. Here a tiny
checkpoint with random weights stands in, so that the script runs anywhere; its answers mean nothing.
"""

from pathlib import Path
from tempfile import mkdtemp

from quorate import Agent, LocalModel, Question, Sampling, deliberate
from quorate.lab.standin import make_standin

base = LocalModel(make_standin(Path(mkdtemp()) / "base"))
sampling = Sampling(max_tokens=24, answering="options")
agents = [Agent(name, base, role=f"You are {name}.", sampling=sampling) for name in ("ada", "bo", "cy")]
question = Question(text="Which number is prime?", choices=("4", "7", "9"))
outcome = deliberate(question, agents, topology="ring", protocol={"debate": {"rounds": 3}})
print("answer:", outcome.answer, "because", outcome.reason)
for dissent in outcome.dissent:
    print("dissent:", dissent.seat, "says", dissent.answer)
