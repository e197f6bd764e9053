"""A custom protocol in fifteen lines: only those who disagree with the leading answer are asked to revise."""

from quorate import Agent, Definition, History, Scripted, protocol, unanimous
from quorate.contracts import check_protocol
from quorate.protocols import hold, plurality, random_, settle


@protocol
def minority_revises(question, table, *, rounds=3):
    """Draft, then let the minority hear its neighbours and think again."""
    history = History(question, table)
    yield from hold(history, history.drafts())
    for _ in range(1, rounds):
        if unanimous(history) or not history.answers():
            break
        [(leading, _)] = history.answers().most_common(1)
        minority = [ask for ask in history.revisions() if history.answer_of(ask.seat) != leading]
        yield from hold(history, minority)
    return (yield from settle(history, plurality, random_, "the minority was heard"))


check_protocol(minority_revises)  # the public contract: it ends, is pure, hears only along edges

parts = {"ada": "Answer: 51", "bo": ["Answer: 41", "You are right.\nAnswer: 51"], "cy": "Answer: 51"}
panel = [Agent(name, Scripted(parts)) for name in parts]
outcome = Definition(panel, topology="ring", protocol="minority_revises").ask("What is 17*3?")
print(outcome.answer, "after", outcome.calls, "calls:", outcome.reason)
