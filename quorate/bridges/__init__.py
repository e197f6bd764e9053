"""Ways in from other frameworks: their tasks run on a deliberation.

harness   a panel as a model of lm-evaluation-harness     pip install "quorate[harness]"
inspect   a panel as a model and as a solver of Inspect   pip install "quorate[inspect]"

Importing this package loads neither; each module loads its own.
"""
