"""Learning who should hear whom: graphs that are thinner than what they were learned from, and as good.

policy_gradient   graphs are drawn, tried on questions with gold answers, and rewarded
records           what each edge did for its hearer in recorded debates, without asking any model
training          what one iteration does
recipes           the published ways to learn, as data
policy            the probabilities of the edges, and their gradient
trials            many graphs over many questions in one pass of the engine
checkpoints       a training that was stopped goes on as if it had not been
gains             what hearing somebody was worth, with intervals
worth             what a seat's first draft adds to what the others know or decide

What is learned is a `LearnedGraph`: saved as JSON, loaded by the topology `learned`.
"""

from quorate.learning.policy_gradient import learn_by_policy_gradient
from quorate.learning.recipes import AGENTDROPOUT, AGENTPRUNE, GPTSWARM, Phase, Recipe
from quorate.learning.records import learn_from_records, learn_from_transcripts
from quorate.learning.training import Step
from quorate.learning.worth import Worth, worth_of_agents

__all__ = [
    "AGENTDROPOUT",
    "AGENTPRUNE",
    "GPTSWARM",
    "Phase",
    "Recipe",
    "Step",
    "Worth",
    "learn_by_policy_gradient",
    "learn_from_records",
    "learn_from_transcripts",
    "worth_of_agents",
]
