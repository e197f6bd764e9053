"""How sure a model is of what it wrote: a small head on its frozen states, trained on its own drafts.

    examples = sample_examples(agent, exercises, check)        what the agent writes, labelled right or wrong
    head = train_head("./base", "./base/ada", examples)        seconds on a CPU; the model is not changed
    head.save("./base/ada")                                    loaded from now on wherever the adapter is

A local model with a head fills `Reply.confidence`, how likely the whole answer is right, and, where an ask
wants stretches, `Stretch.confidence`, how likely each line is right when all lines before it are. The head
looks at states that writing computes anyway: it adds no forward pass (Kadavath et al. 2022, "Language
models (mostly) know what they know", train such heads on the answers of large models).
"""

from quorate.agents.confidence.examples import Example, Exercise, sample_examples
from quorate.agents.confidence.head import ConfidenceHead
from quorate.agents.confidence.training import train_head
from quorate.agents.local.lines import lines_of

__all__ = ["ConfidenceHead", "Example", "Exercise", "lines_of", "sample_examples", "train_head"]
