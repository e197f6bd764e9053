"""Packing: every debate of a study as compact data that a page carries and unfolds on demand.

The *index* has one short row a debate, enough to list, search and filter. What was said lies in *chunks* of
a few problems each, a text that occurs in several arms only once; a page unfolds a chunk when a debate of it
is opened. Both are JSON, gzipped, in base64: letters that mean nothing to a browser.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from quorate.events import Heard, Noted
from quorate.nouns import BoardLine, Message, Outcome
from quorate.report.debates import Debate, Recorded
from quorate.report.places import places
from quorate.report.standing import elected, standing
from quorate.report.study import Study

CHUNK = 400_000
"""Characters of JSON after which a chunk is full."""
Row = list[Any]


@dataclass
class Pack:
    """The data of a page: the index, and the chunks its rows point to.

    Examples
    --------
    >>> pack = Pack({"debates": []}, [{"texts": [], "debates": {}}])
    >>> unfold(pack.folded()[0])
    {'debates': []}
    """

    index: dict[str, Any]
    chunks: list[dict[str, Any]]

    def folded(self) -> list[str]:
        """Return the index and then every chunk as text for a page."""
        return [fold(data) for data in (self.index, *self.chunks)]


def fold(data: Any) -> str:
    """Write data as gzipped JSON in base64; the same data gives the same text."""
    plain = json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return base64.b64encode(gzip.compress(plain.encode("utf-8", "replace"), 6, mtime=0)).decode("ascii")


def unfold(folded: str) -> Any:
    """Read back what `fold` wrote."""
    return json.loads(gzip.decompress(base64.b64decode(folded)))


class Once:
    """Puts equal things into a list once and hands out their places.

    Examples
    --------
    >>> once = Once()
    >>> once("ada"), once("bo"), once("ada"), once.held
    (0, 1, 0, ['ada', 'bo'])
    """

    def __init__(self) -> None:
        self.held: list[Any] = []
        self._places: dict[Hashable, int] = {}

    def __call__(self, thing: Any) -> int:
        """Return the place of a thing that can be a key."""
        return self.made(thing, lambda: thing)

    def made(self, key: Hashable, make: Callable[[], Any]) -> int:
        """Return the place of what `key` stands for; it is made when it is new."""
        if key not in self._places:
            self._places[key] = len(self.held)
            self.held.append(make())
        return self._places[key]


@dataclass
class Packing:
    """Packs the debates of a study, run by run.

    Parameters
    ----------
    study : Study
    """

    study: Study
    _arms: Once = field(default_factory=Once)
    _problems: Once = field(default_factory=Once)
    _layouts: Once = field(default_factory=Once)
    _rows: list[Row] = field(default_factory=list)
    _details: dict[int, dict[int, dict[str, Any]]] = field(default_factory=lambda: defaultdict(dict))

    def add(self, arm: str, seed: int, recorded: Recorded) -> None:
        """Pack a run. Its seats stand as its graph suggests where it has one, else on a circle."""
        shapes = {heard.edges for debate in recorded.debates for heard in debate.graphs}
        edges = shapes.pop() if len(shapes) == 1 else ()
        for debate in recorded.debates:
            seats = debate.seats or debate.transcript.seats
            layout = self._layouts.made((seats, edges), partial(places, seats, edges))
            self._add(arm, seed, debate, layout)

    def _add(self, arm: str, seed: int, debate: Debate, layout: int) -> None:
        question = debate.question
        listed = [question.id, question.text, debate.gold, list(question.choices)]
        problem = self._problems.made((question.id, question.text), lambda: listed)
        worth = self.study.worth.get((arm, seed, question.id))
        self._details[problem][len(self._rows)] = {"layout": layout, **detail(debate)}
        self._rows.append([problem, self._arms(arm), seed, *row(debate, worth)])

    def pack(self) -> Pack:
        """Return the data of the page."""
        chunks = list(_chunks(self._details))
        where = {problem: number for number, (problems, _) in enumerate(chunks) for problem in problems}
        index = {
            "arms": self._arms.held,
            "problems": [[*listed, where[at]] for at, listed in enumerate(self._problems.held)],
            "layouts": self._layouts.held,
            "debates": self._rows,
        }
        return Pack(index, [chunk for _, chunk in chunks])


def _chunks(
    details: Mapping[int, Mapping[int, dict[str, Any]]],
) -> Iterator[tuple[list[int], dict[str, Any]]]:
    """Yield chunks of whole problems, so that what the arms share lies together."""
    texts, held, problems, size = Once(), dict[str, Any](), list[int](), 0
    for problem in sorted(details):
        for place, told in details[problem].items():
            before = len(texts.held)
            held[str(place)] = _shared(told, texts)
            size += sum(map(len, texts.held[before:])) + 40 * len(told["said"])
        problems.append(problem)
        if size >= CHUNK:
            yield problems, {"texts": texts.held, "debates": held}
            texts, held, problems, size = Once(), {}, [], 0
    if problems:
        yield problems, {"texts": texts.held, "debates": held}


def _shared(told: dict[str, Any], texts: Once) -> dict[str, Any]:
    """Put the texts of a debate into the common list, and their places where they were."""
    said = [[*message[:3], texts(message[3]), *message[4:]] for message in told["said"]]
    boards = [[t, s, [[seat, texts(text), sure] for seat, text, sure in b]] for t, s, b in told["boards"]]
    outcome = told["outcome"]
    if outcome is not None:
        lines = [[seat, texts(text), sure] for seat, text, sure in outcome["board"]]
        dissent = [[seat, answer, texts(text)] for seat, answer, text in outcome["dissent"]]
        outcome = outcome | {"board": lines, "dissent": dissent}
    return told | {"said": said, "boards": boards, "outcome": outcome}


def row(debate: Debate, worth: float | None = None) -> Row:
    """Return what a list shows of a debate: answer, state, print, rounds, tokens, signs.

    The *state* is how the vote over the first drafts stood and how the debate ended: "r" right, "w" wrong,
    "t" tied with the right answer among the tied, "-" unknown. The *print* has a word a round and a letter a
    seat: "r" right, "w" wrong, "n" no answer, "." not asked; without gold, "r" is what was decided.
    """
    outcome, stood = debate.outcome, standing(debate)
    decided = outcome.answer if outcome is not None else None
    after = _after(debate, worth)
    tokens = sum(message.tokens_in + message.tokens_out for message in debate.said)
    state = _before(debate, stood) + after
    return [decided, state, _print(debate, decided), len(stood), tokens, _signs(debate, stood)]


def _before(debate: Debate, stood: Sequence[Mapping[str, str | None]]) -> str:
    if debate.gold is None or not stood:
        return "-"
    won = elected(dict(stood[0]))
    return "w" if debate.gold not in won else "r" if len(won) == 1 else "t"


def _after(debate: Debate, worth: float | None) -> str:
    if debate.outcome is None:
        return "-"
    if worth is None and debate.gold is not None:
        worth = float(debate.outcome.answer == debate.gold)
    return "-" if worth is None else "r" if worth > 0.5 else "w"


def _print(debate: Debate, decided: str | None) -> str:
    target = debate.gold if debate.gold is not None else decided
    rounds = debate.transcript.rounds
    voters = list(dict.fromkeys(seat for held in rounds for seat in held.answers))

    def letter(message: Message | None) -> str:
        if message is None:
            return "."
        return "n" if message.answer is None else "r" if message.answer == target else "w"

    return " ".join("".join(letter(held.answers.get(seat)) for seat in voters) for held in rounds)


SIGNS = ("disagreed", "dissent", "tie", "failed", "unread", "board", "open")
"""What a debate can be filtered by, in the order of the bits of its signs."""


def _signs(debate: Debate, stood: Sequence[Mapping[str, str | None]]) -> int:
    outcome = debate.outcome
    first = {answer for answer in stood[0].values() if answer is not None} if stood else set()
    found = {
        "disagreed": len(first) > 1,
        "dissent": bool(outcome and outcome.dissent),
        "tie": bool(outcome and len(outcome.winners) > 1),
        "failed": any(message.failed for message in debate.said),
        "unread": any(
            message.answer is None and not message.failed
            for held in debate.transcript.rounds
            for message in held.answers.values()
        ),
        "board": bool(debate.boards or (outcome and outcome.board)),
        "open": outcome is None,
    }
    return sum(found[name] << bit for bit, name in enumerate(SIGNS))


def detail(debate: Debate) -> dict[str, Any]:
    """Return all that happened in a debate as plain lists; texts are still in full."""
    said = debate.said
    speakers = list(dict.fromkeys([*debate.seats, *(message.seat for message in said)]))
    place = {seat: number for number, seat in enumerate(speakers)}
    return {
        "seats": speakers,
        "graphs": [[heard.turn, _edges(heard, place)] for heard in debate.graphs],
        "said": [_said(message, place, debate.heard.get(message.number, ())) for message in said],
        "boards": [[b.turn, [place.get(s, -1) for s in b.seats], _board(b.board)] for b in debate.boards],
        "notes": [[note.turn, note.kind, note.text, _edges(note, place)] for note in debate.notes],
        "outcome": None if debate.outcome is None else _outcome(debate.outcome),
    }


def _edges(heard: Heard | Noted, place: Mapping[str, int]) -> list[list[int]]:
    return [[place[u], place[v]] for u, v in heard.edges if u in place and v in place]


def _said(message: Message, place: Mapping[str, int], heard: Sequence[int]) -> Row:
    sure = None if message.confidence is None else round(message.confidence, 3)
    tokens = [message.tokens_in, message.tokens_out]
    return [
        place[message.seat],
        message.act,
        message.turn,
        message.text,
        message.answer,
        sure,
        *tokens,
        list(heard),
        message.number,
        message.error,
    ]


def _board(board: Sequence[BoardLine]) -> list[Row]:
    return [[line.seat, line.text, line.confidence] for line in board]


def _outcome(outcome: Outcome) -> dict[str, Any]:
    kept = outcome.model_dump(
        mode="json", include={"winners", "answer", "tie_break", "tally", "reason", "rounds", "consensus"}
    )
    more = outcome.model_dump(
        mode="json", include={"invalid", "failed", "cut", "calls", "tokens_in", "tokens_out"}
    )
    dissent = [[said.seat, said.answer, said.text] for said in outcome.dissent]
    return kept | more | {"dissent": dissent, "board": _board(outcome.board)}
