"""Resume after a crash: a run is killed with SIGKILL, resumed, and nothing is asked twice."""

import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import mkdtemp

from quorate import Agent, Definition, Question, Scripted
from quorate.record import read_events


def slow_sum(ask, seed):
    """Stand in for a model that takes its time."""
    time.sleep(0.01)
    return f"Answer: {seed % 3}"


panel = [Agent(name, Scripted(slow_sum)) for name in ("ada", "bo", "cy")]
definition = Definition(panel, topology="ring", at_once=4)
questions = [Question(id=f"q{i}", text=f"What is {i}+1?") for i in range(20)]

if len(sys.argv) > 1:  # the process that will be killed
    definition.run(questions, record=sys.argv[1])
    sys.exit()

folder = Path(mkdtemp()) / "run"
victim = subprocess.Popen([sys.executable, __file__, str(folder)])
events = folder / "events.jsonl"
while not events.exists() or events.stat().st_size < 8000:
    time.sleep(0.01)
victim.send_signal(signal.SIGKILL)
victim.wait()
before = sum(event.type == "said" for event in read_events(folder))
print(f"killed after {before} answers")

run = definition.run(questions, record=folder, resume=True)
answers = Counter((e.question, e.message.number) for e in read_events(folder) if e.type == "said")
print(f"resumed: {len(run.outcomes)} questions decided, {len(answers) - before} answers more")
print("asked twice:", sum(count > 1 for count in answers.values()))
