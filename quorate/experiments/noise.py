"""Irrelevant peers: the same protocol, but what a seat hears from others was said about another question.

What is left of a debate's gain when the peers talk about something else was not won by listening to them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import networkx as nx

from quorate.nouns import Message, Question, Table, derive_seed
from quorate.protocols.history import Turns
from quorate.registry import spell
from quorate.run import Protocol
from quorate.transcripts import Transcript


class Irrelevant:
    """Hold a protocol among seats whose peers speak about another question.

    Each question has one other for donor: a seat that would hear a peer hears what that peer said about the
    donor, in the same act and turn, or in its last one where the donor's deliberation ended earlier. A seat's
    own answers stay its own, and so do the votes.

    Parameters
    ----------
    protocol : callable
        `(Question, Table) -> Turns`, options bound.
    transcripts : sequence of Transcript
        What the same table said about each question; at least two.
    seed : int
        Of the draw of the donors.
    of : str
        The name of the arm that said it, for the manifest.

    Examples
    --------
    >>> from quorate.protocols import debate
    >>> def speak(name, text):
    ...     return [Message(number=n, seat=s, act="draft", turn=0, text=text) for n, s in enumerate("ab")]
    >>> said = {name: Transcript.of(Question(id=name, text="?"), "ab", speak(name, f"on {name}"))
    ...         for name in ("q1", "q2")}
    >>> turns = Irrelevant(debate, list(said.values()))(Question(id="q1", text="?"), Table("ab"))
    >>> asks = next(turns)
    >>> lines = turns.send(speak("q1", "on q1"))[0].instruction.splitlines()
    >>> [line for line in lines if line.startswith(">") or line.endswith(":")]
    ['Your last answer:', '> on q1', 'Draft of b:', '> on q2']
    """

    def __init__(
        self, protocol: Protocol, transcripts: Sequence[Transcript], *, seed: int = 0, of: str = ""
    ) -> None:
        self.protocol, self.of = protocol, of
        self._said = {t.question.id: _spoken(t) for t in transcripts}
        self._order = sorted(self._said, key=lambda name: derive_seed(seed, "donor", name))
        self._place = {name: place for place, name in enumerate(self._order)}

    def __call__(self, question: Question, table: Table) -> Turns:
        """Deliberate with irrelevant peers."""
        return (yield from self.protocol(question, _Elsewhere(table, self.donors(question.id))))

    def donors(self, question: str) -> list[Mapping[tuple[str, str], Mapping[int, Message]]]:
        """Return what was said about the other questions, the donor's own first."""
        start = self._place[question] + 1
        turned = [*self._order[start:], *self._order[: start - 1]]
        return [self._said[name] for name in turned]

    @property
    def spelling(self) -> dict[str, Any]:
        """What a manifest stores: the protocol within, and a digest of what the peers say instead."""
        digest = hashlib.blake2b(digest_size=8)
        for name in self._order:
            for place, turns in sorted(self._said[name].items()):
                digest.update(repr((name, place, [(t, m.text) for t, m in sorted(turns.items())])).encode())
        about = {"of": self.of, "protocol": spell(self.protocol), "said": digest.hexdigest()}
        return {"irrelevant": about}


class _Elsewhere(Table):
    """A table at which peers are heard about another question."""

    def __init__(
        self, table: Table, donors: Sequence[Mapping[tuple[str, str], Mapping[int, Message]]]
    ) -> None:
        def graph(turn: int) -> nx.DiGraph[str]:
            edges = [(peer, seat) for seat, peers in table.hearing(turn).items() for peer in peers]
            made: nx.DiGraph[str] = nx.DiGraph(edges)
            made.add_nodes_from(table.seats)
            return made

        super().__init__(table.seats, graph, offices=table.offices, seed=table.seed)
        self._donors = donors

    def heard_by(self, seat: str, said: Mapping[str, Message], turn: int) -> tuple[Message, ...]:
        """Return what reaches a seat, in the place of what was said here."""
        heard = (self._instead(message) for message in super().heard_by(seat, said, turn))
        return tuple(message for message in heard if message is not None)

    def _instead(self, message: Message) -> Message | None:
        for spoken in self._donors:
            turns = spoken.get((message.seat, "critique" if message.act == "critique" else "answer"))
            if turns:
                other = turns.get(message.turn) or turns[max(turns)]
                known = {"text": other.text, "answer": other.answer, "confidence": other.confidence}
                return message.model_copy(update={**known, "stretches": other.stretches})
        return None


def _spoken(transcript: Transcript) -> dict[tuple[str, str], dict[int, Message]]:
    """Return what a seat said that others may hear: its answers and its critiques, by turn."""
    found: dict[tuple[str, str], dict[int, Message]] = {}
    for held in transcript.rounds:
        for message in held.messages:
            kind = "critique" if message.act == "critique" else "answer"
            if not message.failed and message.seat in transcript.seats:
                found.setdefault((message.seat, kind), {})[message.turn] = message
    return found


def quotes_peers(protocol: Protocol, table: Table, transcripts: Sequence[Transcript]) -> bool:
    """Tell whether a protocol lets seats hear messages, so that others can be put in their place.

    A relay does not: its boards pass from seat to seat inside the protocol.
    """
    spy = _Spy(table)
    for transcript in transcripts:
        turns = protocol(transcript.question, spy)
        said = iter([*(m for held in transcript.rounds for m in held.messages), *transcript.rest])
        try:
            asks = next(turns)
            while not spy.heard:
                asks = turns.send([next(said) for _ in asks])
        except (StopIteration, RuntimeError):
            pass
        finally:
            turns.close()
        if spy.heard:
            return True
    return False


class _Spy(_Elsewhere):
    """A table that knows whether anybody heard anything."""

    def __init__(self, table: Table) -> None:
        super().__init__(table, ())
        self.heard = False

    def heard_by(self, seat: str, said: Mapping[str, Message], turn: int) -> tuple[Message, ...]:
        found = Table.heard_by(self, seat, said, turn)
        self.heard = self.heard or bool(found)
        return found
