"""A conversation as one text: a debate is about a question, and does not go on from turn to turn."""

from __future__ import annotations

from collections.abc import Sequence

from quorate.errors import BadQuestion

SYSTEM = ("system", "developer")


def one_text(roles: Sequence[str], texts: Sequence[str]) -> str:
    r"""Put a conversation into one text: what the system says, what was said before (quoted), the question.

    Parameters
    ----------
    roles : sequence of str
        "system", "developer", "user" or "assistant", one a message.
    texts : sequence of str
        What they said; the last is what is asked.

    Raises
    ------
    BadQuestion
        When the last message is not the user's, or empty.

    Examples
    --------
    >>> one_text(["user"], ["What is 2+3?"])
    'What is 2+3?'
    >>> print(one_text(["system", "user", "assistant", "user"], ["Be brief.", "2+3?", "5", "Twice that?"]))
    Be brief.
    <BLANKLINE>
    What was said before:
    <BLANKLINE>
    User:
    > 2+3?
    <BLANKLINE>
    Assistant:
    > 5
    <BLANKLINE>
    What is asked now:
    <BLANKLINE>
    Twice that?
    """
    if not roles or roles[-1] != "user":
        raise BadQuestion("The last message must be the user's: it is the question.")
    if not texts[-1].strip():
        raise BadQuestion("The last message is empty: give it some text.")
    told = [text for role, text in zip(roles, texts, strict=True) if role in SYSTEM]
    before = [
        f"{role.capitalize()}:\n" + "\n".join(f"> {line}" for line in text.splitlines())
        for role, text in zip(roles[:-1], texts[:-1], strict=True)
        if role not in SYSTEM
    ]
    earlier = ["What was said before:", *before, "What is asked now:"] if before else []
    return "\n\n".join(part for part in (*told, *earlier, texts[-1]) if part.strip())
