"""The examples that `--help` teaches with, one text a command."""

DEBATE = """**Examples**

`quorate debate "What is 17*3?" --model ./checkpoints/base --agents 5 --topology ring`

`quorate debate "Which is prime?" -c 4 -c 7 --endpoint http://localhost:8000/v1 --model Qwen/Qwen3-4B`

`quorate debate "Is 91 prime?" --model ./base --judge ./judge --human -o runs/primes`
"""

RUN = """**Examples**

`quorate run study.yaml problems.jsonl -o runs/first`

`quorate run study.yaml problems.jsonl -o runs/first --resume`

A definition in YAML:

    models:
      base: {transformers: {path: ./checkpoints/base}}
    agents:
      - {name: ada, model: base, adapter: ./checkpoints/rates}
      - {name: bo, model: base}
    topology: {ring: {k: 1}}
    protocol: {debate: {rounds: 3, until: quorum}}

Problems, one JSON object a line:

    {"id": "q1", "text": "What is 2+3?", "gold": "5"}
"""

WATCH = """**Examples**

`quorate watch runs/first`

`quorate watch runs/first --speed 4`
"""

TOPOLOGY = """**Examples**

`quorate topology` lists them all.

`quorate topology ring -n 8`

`quorate topology small_world -n 12 -o k=4 -o p=0.2`
"""

MODELS = """**Examples**

`quorate models`

`quorate models ./checkpoints ~/models`
"""
