"""A mixed table: a local model, a server and a person debate one question, and a scripted judge decides.

The server is a real one on this machine: `transformers serve` with the same tiny checkpoint. Point
URL and NAME at vLLM, SGLang, Ollama or a hosted API instead, and the key at its environment variable. The
person is played by a script here; Human() asks at the terminal.
"""

import sys
from pathlib import Path
from tempfile import mkdtemp

from quorate import Agent, Definition, Endpoint, Human, LocalModel, Question, Sampling, Scripted
from quorate.lab.serving import transformers_server
from quorate.lab.standin import make_standin

folder = make_standin(Path(mkdtemp()) / "base", chat_template=True)
question = Question(text="Which number is prime?", choices=("4", "7", "9"))
short = Sampling(max_tokens=24, answering="options")

with transformers_server(folder) as url:
    agents = [
        Agent("local", LocalModel(folder), role="You check primes.", sampling=short),
        Agent("served", Endpoint(str(folder), url=url), sampling=Sampling(max_tokens=24)),
        Agent(
            "person", Human(ask=lambda prompt: "Only 1 and 7 divide 7.\nAnswer: B", show=lambda text: None)
        ),
    ]
    judge = Agent("solon", Scripted("The person is right.\nVerdict: consensus\nAnswer: B"))
    outcome = Definition(
        agents,
        topology="complete",
        protocol={"debate": {"rounds": 2, "until": "judge_agrees", "decide": "judge_decides"}},
        offices={"judge": judge},
    ).ask(question)

print("answer:", outcome.answer, "-", outcome.reason)
print("abstentions:", outcome.invalid, "failures:", outcome.failed)
sys.exit(bool(outcome.failed))
