"""Debate only where it pays: a gate looks at the first drafts and says whether to go on.

features    what the drafts show, as named numbers; no text is looked into
gate        the trained gate: how likely a debate is to mend the vote, and how likely to spoil it
gated       the protocol: drafts, then a vote, or any other protocol that goes on from them

`quorate.gating` trains gates on records and measures what they save and lose.
"""

from quorate.protocols.gating.features import FEATURES, features
from quorate.protocols.gating.gate import Forecast, Gate, Head, read_gate
from quorate.protocols.gating.gated import gated

__all__ = ["FEATURES", "Forecast", "Gate", "Head", "features", "gated", "read_gate"]
