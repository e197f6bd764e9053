"""The nouns of a deliberation: Question, Ask, Reply, Message, Ballot, Outcome; and the Table, from its file.

All data types are frozen and refuse unknown fields. A datum of each, in the order of the flow:

    Question(id="q1", text="What is 2+3?")
    Ask(seat="ada", act="draft", turn=0, question=..., instruction="Solve ...", expects="answer")
    Message(number=0, seat="ada", act="draft", turn=0, text="2+3=5. Answer: 5", answer="5", ...)
    Outcome(question="q1", winners=("5",), answer="5", tally={"5": 3.0}, reason="unanimous", rounds=1)
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from quorate.errors import BadOption, BadQuestion, did_you_mean
from quorate.notebook import drawn
from quorate.table import Hearing as Hearing
from quorate.table import Table as Table
from quorate.table import derive_seed as derive_seed

AnswerKind = Literal["auto", "number", "choice", "maths", "text"]
NoteKind = Literal["selected", "pruned", "stopped", "fallback", "gated", "scored"]


class Noun(BaseModel):
    """A frozen record that refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")


class Question(Noun):
    """What is deliberated. The gold answer is not in it, so no agent can ever be handed it.

    Parameters
    ----------
    text : str
        The question; not blank.
    id : str
        Unique in a run; a digest of the text when left out.
    choices : tuple of str
        The options of a multiple-choice question, labelled A, B, C ... in this order.
    kind : {"auto", "number", "choice", "maths", "text"}
        How answers are compared; "auto" means by choice when there are choices, else by what the answer
        looks like.

    Examples
    --------
    >>> Question(text="Which is prime?", choices=("4", "7")).labels
    ('A', 'B')
    """

    text: str
    id: str = ""
    choices: tuple[str, ...] = ()
    kind: AnswerKind = "auto"

    @model_validator(mode="before")
    @classmethod
    def _complete(cls, data: Any) -> Any:
        if isinstance(data, Mapping):
            text, choices = data.get("text"), tuple(data.get("choices") or ())
            if not isinstance(text, str) or not text.strip():
                raise BadQuestion("The question is empty: give it some text.")
            if not _is_utf8(text, *(choice for choice in choices if isinstance(choice, str))):
                raise BadQuestion("The question holds half a character (a lone surrogate): mend its text.")
            if not data.get("id"):
                seed = "\x1f".join((text, *map(str, choices)))
                data = {**data, "id": "q-" + hashlib.blake2b(seed.encode(), digest_size=5).hexdigest()}
            data = {**data, "choices": choices}
            if choices and data.get("kind", "auto") == "auto":
                data = {**data, "kind": "choice"}
            if data.get("kind") == "choice" and len(choices) < 2:
                raise BadQuestion(f"The question {data['id']!r} is a choice but lists fewer than 2 choices.")
        return data

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """The letters of the choices: A to Z, then AA, AB ..."""
        return tuple(_letters(index) for index in range(len(self.choices)))

    @cached_property
    def stated(self) -> str:
        """The question with its labelled choices, as prompts show it.

        Examples
        --------
        >>> print(Question(text="Which is prime?", choices=("4", "7")).stated)
        Question: Which is prime?
        A) 4
        B) 7
        """
        lines = [f"Question: {self.text.strip()}"]
        lines += [f"{name}) {choice}" for name, choice in zip(self.labels, self.choices, strict=True)]
        return "\n".join(lines)

    @classmethod
    def of(cls, question: Question | str) -> Question:
        """Return `question` itself, or make one from its text."""
        return question if isinstance(question, Question) else cls(text=question)


def _is_utf8(*texts: str) -> bool:
    try:
        "".join(texts).encode()
    except UnicodeEncodeError:
        return False
    return True


def _letters(index: int) -> str:
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


class Cut(Noun):
    """What had to be left out of a prompt that was longer than the model's context."""

    exchanges: int = 0
    """Whole earlier rounds dropped, oldest first."""
    tokens: int = 0
    """Tokens then cut from the middle of the instruction."""


class Stretch(Noun):
    """What a model knows about one stretch of its text: from the end of the stretch before to `end`.

    `end` counts characters from the beginning of the text; `logprob` is the total natural-log probability
    of the stretch's tokens, `confidence` how likely a confidence head finds it to be right, in [0, 1].
    """

    end: int = Field(ge=0)
    logprob: float | None = None
    confidence: float | None = Field(None, ge=0, le=1)


class Reply(Noun):
    """What a model returns for one request. `text` is untrusted.

    `logprob` is the mean natural-log probability of the generated tokens (temperature 1, no truncation);
    `confidence` lies in [0, 1]; `scores` maps option labels to total log-likelihoods in nats.
    """

    text: str
    tokens_in: int = Field(0, ge=0)
    tokens_out: int = Field(0, ge=0)
    tokens_cached: int = Field(0, ge=0)
    """Part of `tokens_in` that was not computed anew because it was shared with another request."""
    logprob: float | None = None
    confidence: float | None = Field(None, ge=0, le=1)
    finish: Literal["stop", "length", "error"] = "stop"
    cut: Cut | None = None
    scores: dict[str, float] | None = None
    stretches: tuple[Stretch, ...] = ()
    """The lines of the text, one stretch each, when the ask wanted them and the model knows about them."""

    @field_validator("text", mode="before")
    @classmethod
    def _whole(cls, text: Any) -> Any:
        """Replace half characters (lone surrogates), which no file can hold."""
        if isinstance(text, str) and not text.isascii():
            return text.encode("utf-8", "replace").decode()
        return text


class Message(Reply):
    """A reply in its place in the deliberation.

    `number` counts the asks of its question from 0 and is how records refer to it; `at` is the Unix time
    it was said, `seconds` how long the answer took; `error` is set when the seat failed, and then there
    is no text.
    """

    number: int
    seat: str
    act: str
    turn: int
    answer: str | None = None
    """The canonical answer read from the text; None when there is none to read: an abstention."""
    seed: int = 0
    at: float = 0.0
    seconds: float = 0.0
    error: str | None = None

    @property
    def failed(self) -> bool:
        """Whether the seat could not answer at all."""
        return self.error is not None


class Exchange(Noun):
    """An earlier instruction to a seat and what it said: one round of its transcript."""

    instruction: str
    message: Message


class BoardLine(Noun):
    """One line of a board: who wrote it, the text (untrusted), and how likely it is right, in [0, 1]."""

    seat: str
    text: str
    confidence: float | None = Field(None, ge=0, le=1)


class Note(Noun):
    """What a protocol did besides asking: whom it selected or scored, which edges it pruned, why it stopped.

    `seats` are those it concerns, `edges` (u, v) those that were taken away: v no longer hears u. `text` says
    it in words.

    Examples
    --------
    >>> Note(kind="pruned", seats=("bo",), edges=(("ada", "bo"),), text="bo no longer hears ada").kind
    'pruned'
    """

    kind: NoteKind
    seats: tuple[str, ...] = ()
    text: str = ""
    edges: tuple[tuple[str, str], ...] = ()


class Ask(Noun):
    """Exactly what one seat is asked.

    The protocol renders `instruction`; the agent adds its role and the chat template of its model.
    `heard` are the messages quoted in the instruction, `board` the lines of a shared board in it; `past` is
    the transcript that precedes it. `stretches` asks the model how sure it is of every line it writes.
    `notes` say what the protocol did before it asked; no model sees them.
    """

    seat: str
    act: str
    turn: int
    question: Question
    instruction: str
    heard: tuple[Message, ...] = ()
    board: tuple[BoardLine, ...] = ()
    past: tuple[Exchange, ...] = ()
    expects: Literal["answer", "text"] = "text"
    stretches: bool = False
    notes: tuple[Note, ...] = ()

    def digest(self, seed: int = 0) -> str:
        """Return a fingerprint of everything the model sees: equal asks have equal digests."""
        digest = hashlib.blake2b(
            f"{self.seat}\x1f{self.act}\x1f{self.turn}\x1f{seed}\x1f{self.instruction}".encode(
                "utf-8", "surrogatepass"
            ),
            digest_size=8,
        )
        for exchange in self.past:
            digest.update(f"\x1e{exchange.instruction}\x1f{exchange.message.text}".encode("utf-8", "replace"))
        return digest.hexdigest()


class Ballot(Noun):
    """One seat's vote: an answer (None abstains), how sure the seat is, and what its vote weighs.

    A seat that was asked for more says more: a `ranking` in tiers, best first, the answers it has `approved`,
    or `scores` of answers. Answers that a ranking leaves out are tied behind those in it. `candidates` are
    what was put to the vote, where that was a fixed list: nothing else can be named then.

    Raises
    ------
    BadOption
        For a confidence outside [0, 1], a negative or non-finite weight, a score that is not finite, or a
        candidate that is unknown or named twice.

    Examples
    --------
    >>> Ballot(seat="ada", answer="5", ranking=(("5",), ("6", "7")), candidates=("5", "6", "7", "8")).weight
    1.0
    >>> Ballot(seat="ada", answer="5", ranking=(("5",), ("6", "5")))
    Traceback (most recent call last):
    ...
    quorate.errors.BadOption: The ballot of 'ada' ranks '5' twice; name every candidate once.
    """

    seat: str
    answer: str | None
    confidence: float | None = None
    weight: float = 1.0
    ranking: tuple[tuple[str, ...], ...] = ()
    approved: tuple[str, ...] = ()
    scores: dict[str, float] = Field(default_factory=dict)
    candidates: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _check(self) -> Ballot:
        whose = f"The ballot of '{self.seat}'"
        if self.confidence is not None and not 0 <= self.confidence <= 1:
            raise BadOption(f"{whose} has a confidence of {self.confidence:g}; it lies between 0 and 1.")
        if not 0 <= self.weight < math.inf:
            raise BadOption(f"{whose} weighs {self.weight:g}; a weight is finite and not negative.")
        if self.ranking or self.approved or self.scores or self.candidates:
            self._check_names(whose)
        return self

    def _check_names(self, whose: str) -> None:
        ranked = [answer for tier in self.ranking for answer in tier]
        lists = {"ranks": ranked, "approves of": self.approved, "may choose": self.candidates}
        for what, names in lists.items():
            twice = [name for name, count in Counter(names).items() if count > 1]
            if twice:
                raise BadOption(f"{whose} {what} '{twice[0]}' twice; name every candidate once.")
        for name, score in self.scores.items():
            if not math.isfinite(score):
                raise BadOption(f"{whose} scores '{name}' with {score:g}; a score is a finite number.")
        named = {*ranked, *self.approved, *self.scores, *([] if self.answer is None else [self.answer])}
        unknown = sorted(named.difference(self.candidates)) if self.candidates else []
        if unknown:
            raise BadOption(
                f"{whose} names '{unknown[0]}', which was not put to the vote. "
                f"{did_you_mean(unknown[0], self.candidates)}"
            )


class Dissent(Noun):
    """A seat that ended with another answer than the outcome's, and what it last said."""

    seat: str
    answer: str
    text: str = ""


class Outcome(Noun):
    """How a deliberation ended.

    `winners` holds ALL tied winners; `answer` is the one that the named `tie_break` picked (the winner
    itself without a tie), and None when nothing could be decided.
    """

    question: str = ""
    winners: tuple[str, ...] = ()
    answer: str | None = None
    tie_break: str | None = None
    """Name of the tie-break that picked `answer`; None when there was no tie."""
    tally: dict[str, float] = Field(default_factory=dict)
    reason: str = ""
    rounds: int = 0
    """Answer rounds held, the first drafts included."""
    consensus: bool = False
    """Whether every seat that answered ended with `answer`."""
    dissent: tuple[Dissent, ...] = ()
    invalid: int = 0
    """Seats whose last answer could not be read: abstentions."""
    failed: tuple[str, ...] = ()
    """Seats that failed at least once."""
    cut: int = 0
    """Prompts that had to be shortened to fit a model's context; the messages say by how much."""
    board: tuple[BoardLine, ...] = ()
    """The board as it stood at the end, where the protocol keeps one: the group's own solution."""
    notes: tuple[Note, ...] = ()
    """What the protocol did after its last ask; what it did before is in the events."""
    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0

    @field_validator("winners")
    @classmethod
    def _sorted(cls, winners: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(sorted(winners))

    def _repr_html_(self) -> str | None:
        """Show itself in a notebook."""
        return drawn(self, "outcome_html")
