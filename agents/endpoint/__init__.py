"""OpenAI-compatible servers as models: `model` asks, `connection` holds the line, `completion` reads."""

from quorate.agents.endpoint.model import Endpoint, endpoint

__all__ = ["Endpoint", "endpoint"]
