"""Who speaks: models in a role. A model answers batches of requests; agents share it.

Importing this package loads neither torch nor any client; models load when a run prepares them.
"""

from quorate.agents.agent import Agent, Model, Request, Sampling
from quorate.agents.scripted import Scripted

__all__ = ["Agent", "Model", "Request", "Sampling", "Scripted"]
