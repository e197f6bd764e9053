"""Graphs that thin themselves: one debate, filters of the package and one of one's own.

A filter sees what was said and takes edges away, round by round. Scripted agents, so it runs at once.
"""

from quorate import Agent, Definition, Scripted
from quorate.events import Noted
from quorate.nouns import Reply
from quorate.registry import filter

SURE = {"ada": 0.9, "bo": 0.6, "cy": 0.7, "di": 0.4, "eve": 0.5, "fay": 0.8}


def speak(ask, seed):
    wrong = ask.seat in ("di", "eve") and not ask.turn
    text = f"17*3 is 17+17+17.\nAnswer: {41 if wrong else 51}"
    return Reply(text=text, confidence=SURE[ask.seat], tokens_in=len(ask.instruction.split()), tokens_out=5)


@filter
def unlike_me(floor, hearing):
    """Let every seat hear only those who answer otherwise; nobody who agrees is worth the tokens."""
    return {
        seat: tuple(name for name in heard if floor.answer_of(name) != floor.answer_of(seat))
        for seat, heard in hearing.items()
    }


def debate(filters):
    """Hold the debate with these filters; return its outcome and what was noted."""
    options = {"filters": filters, "rounds": 2, "until": "never", "silent": "keep"}
    agents = [Agent(name, Scripted(speak)) for name in SURE]
    events = []
    definition = Definition(agents, topology="complete", protocol={"debate": options})
    outcome = definition.ask("What is 17*3?", events.append)
    return outcome, [event for event in events if isinstance(event, Noted)]


whole, _ = debate([])
for filters in (["redundant"], [{"top_k": {"k": 2}}], ["redundant", {"top_k": {"k": 1}}], ["unlike_me"]):
    outcome, notes = debate(filters)
    saved = 1 - outcome.tokens_in / whole.tokens_in
    print(f"{filters}: {saved:.0%} of the input saved")
    for note in notes:
        print(f"    round {note.turn + 1}: {note.text}")
