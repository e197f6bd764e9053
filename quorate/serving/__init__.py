"""A debate behind an OpenAI-compatible endpoint: `quorate serve`.

panel        a definition that answers under a name
sitting      a table that stays open: questions come and go, all in the same batches
conversation several messages as one question
chats        a chat request, read as a question
minutes      what was said about it, in words and counts
hearing      one question, followed from an event loop
completions  what is sent back, whole or in pieces
refusals     what is said instead
limits       what is taken on
app, server  the web application, and running it
ending       how a server ends while debates go on

Importing this package loads no web server.
"""

from quorate.serving.limits import Limits
from quorate.serving.minutes import Minutes
from quorate.serving.panel import Panel
from quorate.serving.refusals import Refusal
from quorate.serving.sitting import Sitting

__all__ = ["Limits", "Minutes", "Panel", "Refusal", "Sitting"]
