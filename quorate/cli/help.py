"""The examples that `--help` teaches with, one text a command."""

DEBATE = """**Examples**

`quorate debate "A bus keeps to 40 km per hour for 3 hours. How many kilometres does it go?"`

`quorate debate "A bus keeps to 40 km per hour for 3 hours. How many kilometres does it go?" -p smoa`

`quorate debate "What is 17*3?" --model ./base --judge ./judge -p "smoa: {layers: 3, k: 1}"`

`quorate debate "What is 17*3?" --model ./checkpoints/base --agents 5 --topology ring`

`quorate debate "Which is prime?" -c 4 -c 7 --endpoint http://localhost:8000/v1 --model Qwen/Qwen3-4B`

`quorate debate "Is 91 prime?" --model ./base -f redundant -f "top_k: {k: 2, by: agreement}"`

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

Members of the embedded pool (`quorate pool list`) are seated by name:

    agents:
      - {name: ada, model: pool, adapter: rates}
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

POOL_LIST = """**Examples**

`quorate pool list`

`quorate pool list --pool ./mine`
"""

POOL_SHOW = """**Examples**

`quorate pool show rates`

`quorate pool show money --problem 7` lets it solve another problem.
"""

POOL_TRAIN = """**Examples**

`quorate pool train ./mine --miniature` takes half a minute.

`quorate pool train ./mine --seed 1` takes well over an hour on two cores, and minutes on a GPU.

`quorate pool train ./mine rates rates-debate` trains one specialist on the base that is there.
"""

POOL_EVALUATE = """**Examples**

`quorate pool evaluate -n 50`

`quorate pool evaluate ./mine --split development`

`quorate pool evaluate ./mine -n 200 --mixed 1000 --write`
"""

POOL_PROBLEM = """**Examples**

`quorate pool problem -n 3`

`quorate pool problem --domain money --level 2 --seed 5`

`quorate pool problem -n 100 --jsonl problems.jsonl`
"""
