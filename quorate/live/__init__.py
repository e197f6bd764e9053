"""The live view: what a researcher wants to see while models deliberate, on one screen.

`state` and `deliberation` fold the events, `scene` to `frame` turn the fold into lines, `view` puts them on
the terminal and `plain` into a pipe. Try it with 40 questions: `python -m quorate.live 40`.
"""

from quorate.live.card import outcome_card, outcome_text
from quorate.live.plain import PlainView, SilentView
from quorate.live.replaying import replay
from quorate.live.state import LiveState
from quorate.live.text import clean
from quorate.live.view import LiveView, View, view_for

__all__ = [
    "LiveState",
    "LiveView",
    "PlainView",
    "SilentView",
    "View",
    "clean",
    "outcome_card",
    "outcome_text",
    "replay",
    "view_for",
]
