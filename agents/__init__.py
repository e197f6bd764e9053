"""Who speaks: models in a role. A model answers batches of requests; agents share it.

Importing this package loads neither torch nor any client; models load when a run prepares them.
"""

from quorate.agents.agent import Agent, Model, Request, Sampling
from quorate.agents.endpoint import Endpoint
from quorate.agents.human import Human
from quorate.agents.local import LocalModel
from quorate.agents.nested import Nested
from quorate.agents.recorded import Recorded
from quorate.agents.scripted import Scripted
from quorate.agents.verifying import criticise

__all__ = [
    "Agent",
    "Endpoint",
    "Human",
    "LocalModel",
    "Model",
    "Nested",
    "Recorded",
    "Request",
    "Sampling",
    "Scripted",
    "criticise",
]
