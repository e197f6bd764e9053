"""Referees of a sparse mixture: a judge that selects which answers are passed on, a moderator that ends it.

Both are asked in one call, as published, or apart. What they write is read for one of these:

    {"reasoning": "...", "chosen responses": [2, 4], "end debate": false}
    Chosen: 2, 4
    End: no
"""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from quorate.errors import BadOption, did_you_mean
from quorate.nouns import Ask, Message, NoteKind
from quorate.protocols.judging.consensus import verdict
from quorate.protocols.mixture.layers import Mixture
from quorate.protocols.mixture.offices import officer
from quorate.protocols.mixture.selecting import ASKING, matching, most_shared, read_selection, surest
from quorate.protocols.picks import json_values, pick

Moderation = Literal["joint", "apart"]
MODERATIONS: tuple[str, ...] = ("joint", "apart")
LONGEST_READ = 20_000
"""Characters of a reply that are read, from its end."""

_END_KEY = re.compile(r"\b(?:end|stop|finish)", re.IGNORECASE)
_END_LINE = re.compile(
    r"^[ \t*_>]*(?:end|stop|finish)(?:[ \t_]+(?:the[ \t]+)?(?:debate|discussion))?[ \t*_]*[:=][ \t*_]*"
    r"(yes|no|true|false)\b[ \t*_.]*$",
    re.IGNORECASE | re.MULTILINE,
)
_WORDS = {"yes": True, "true": True, "no": False, "false": False}

_UNFOLLOWED = {
    "": "",
    "unreadable": "made no choice that can be read, by lot",
    "too many": "chose too many, by lot",
}

Page = Sequence[Message]


@dataclass(frozen=True)
class Referees:
    """Who selects and ends, and how."""

    judge: str
    moderator: str
    select: str
    k: int
    moderate: bool
    moderation: Moderation

    @classmethod
    def of(cls, mixture: Mixture, *, select: Any, k: int, moderate: bool, moderation: Moderation) -> Referees:
        """Seat the referees of a mixture: the offices `judge` and `moderator`, else who aggregates.

        Raises
        ------
        BadOption
            When more answers are to be kept than a layer gives, the judge would judge only itself, or two
            are to be asked in one call.
        """
        select = read_selection(select)
        if moderation not in MODERATIONS:
            raise BadOption(
                f"There is no moderation '{moderation}'. {did_you_mean(str(moderation), MODERATIONS)}"
            )
        if not isinstance(moderate, bool):
            raise BadOption(f"moderate is true or false, not {moderate!r}.")
        asks = select in ASKING or moderate
        judge = _judge(mixture) if asks else ""
        moderator = officer(mixture.table, "moderator", judge)
        referees = cls(judge, moderator, select, k, moderate, moderation)
        referees._check(mixture)
        return referees

    def _check(self, mixture: Mixture) -> None:
        asking = [name for name, asks in self._who().items() if asks]
        for number, layer in enumerate(mixture.layers, 1):
            if len(layer) == 1 and layer[0] in asking:
                raise BadOption(
                    f"'{layer[0]}' is the only proposer of layer {number} and would judge itself: add "
                    "agents, seat another one with offices={'judge': agent}, or give select='off' and "
                    "moderate=False."
                )
        if self.select != "off":
            check_k(self.k, mixture)
        joint = self.select in ASKING and self.moderate and self.moderation == "joint"
        if joint and self.moderator != self.judge:
            raise BadOption(
                f"'{self.judge}' judges and '{self.moderator}' moderates, so they cannot do it in one call: "
                "give moderation='apart', or leave the office of the moderator empty."
            )

    def _who(self) -> dict[str, bool]:
        return {self.judge: self.select in ASKING, self.moderator: self.moderate}

    def sit(self, mixture: Mixture, *, last: bool) -> Generator[Sequence[Ask], Sequence[Message], str]:
        """Select what a layer passes on; return why the mixture ends with it, if it does.

        After the last layer a joint call selects as before; nobody is asked only whether to end.
        """
        page, view = self._page(mixture, self.judge), self._page(mixture, self.moderator)
        choosing = self.select != "off" and len(page) > self.k
        asked = choosing and self.select in ASKING
        joint = asked and self.moderate and self.moderation == "joint"
        apart = self.moderate and not joint and not last and bool(view)
        asks = [self._judging(mixture, page, joint)] if asked else []
        asks += [self._moderating(mixture, view)] if apart else []
        said: Sequence[Message] = (yield mixture.history.noted(asks)) if asks else ()
        mixture.history.messages.extend(said)
        if choosing:
            self._choose(mixture, page, said[0] if asked else None)
        if last or not (joint or apart):
            return ""
        return self._ended(mixture, view, said[-1], joint)

    def _page(self, mixture: Mixture, seat: str) -> Page:
        """Return the answers in the order in which they are shown: drawn, so that no place favours a seat."""
        page = list(mixture.reaching(seat, mixture.answers))
        mixture.table.rng(mixture.question.id, "page", mixture.history.turn).shuffle(page)
        return page

    def _judging(self, mixture: Mixture, page: Page, joint: bool) -> Ask:
        if self.select == "match":
            prompt, drafts = "judge_finally", mixture.history.quotes(_seated(page))
        else:
            prompt, drafts = "smoa_judge" if joint else "smoa_select", _numbered(mixture, page)
        return self._ask(mixture, self.judge, "select", prompt, drafts, page)

    def _moderating(self, mixture: Mixture, page: Page) -> Ask:
        if self.select == "match":
            prompt, drafts = "judge", mixture.history.quotes(_seated(page))
        else:
            prompt, drafts = "smoa_moderate", _numbered(mixture, page)
        return self._ask(mixture, self.moderator, "moderate", prompt, drafts, page)

    def _ask(self, mixture: Mixture, seat: str, act: str, prompt: str, drafts: str, page: Page) -> Ask:
        history = mixture.history
        return Ask(
            seat=seat,
            act=act,
            turn=history.turn,
            question=mixture.question,
            instruction=history.prompts.render(prompt, mixture.question, drafts=drafts, most=str(self.k)),
            heard=tuple(message for message in _seated(page) if message.seat != seat),
            expects="answer" if act == "select" and self.select == "match" else "text",
        )

    def _choose(self, mixture: Mixture, page: Page, said: Message | None) -> None:
        """Pass on what is selected; where that cannot be followed the published rules stand in."""
        chosen, fallback = self._chosen(mixture, page, said)
        mixture.pass_on(chosen)
        history, by = mixture.history, self.judge if said else self.select
        seats = [message.seat for message in mixture.passed]
        kind: NoteKind = "fallback" if fallback else "selected"
        told = f"{by} {fallback or 'chose'} {len(seats)} of {len(page)}: {', '.join(seats)}"
        history.note(kind, told, seats)
        history.count("picks could not be followed", bool(fallback), 1)

    def _chosen(self, mixture: Mixture, page: Page, said: Message | None) -> tuple[Sequence[Message], str]:
        """Return what is selected, and in words why it is not what was asked for, if it is not."""
        rng = mixture.table.rng(mixture.question.id, "smoa", mixture.history.turn)
        answers = _seated(page)
        if said is not None and self.select == "judge":
            picked = pick(said.text, len(page), self.k, rng)
            return [page[place] for place in picked.places], _UNFOLLOWED[picked.fallback]
        if said is not None:
            found = matching(answers, self.k, said.answer)
            why = "" if found else "matches nobody, so the most shared"
            return found or most_shared(answers, self.k), why
        if self.select == "agreement":
            return most_shared(answers, self.k), ""
        found = surest(answers, self.k)
        return (found, "") if found else (rng.sample(answers, self.k), "is known of nobody, by lot")

    def _ended(self, mixture: Mixture, page: Page, said: Message, joint: bool) -> str:
        """Return why the mixture ends now; a flag that is missing says that it does not."""
        if joint and self.select == "match":
            sharing = sum(message.answer == said.answer for message in page)
            end: bool | None = said.answer is not None and 2 * sharing > len(page)
        else:
            end = read_end(said)
            mixture.history.count("end flags missing", end is None, 1)
        if not end:
            return ""
        layer, layers = len(mixture.history.rounds), len(mixture.layers)
        ended = f"{said.seat} ended it after layer {layer} of {layers}"
        mixture.history.note("stopped", ended, [said.seat])
        return ended


def _judge(mixture: Mixture) -> str:
    held = mixture.table.offices.get("judge")
    return mixture.aggregator if held is None else held


def _seated(page: Page) -> list[Message]:
    """Return the answers of a page in the order in which they were given."""
    return sorted(page, key=lambda message: message.number)


def _numbered(mixture: Mixture, page: Page) -> str:
    """Quote the answers of a page, numbered from 1 and without names."""
    prompts, limit = mixture.history.prompts, mixture.history.quote_limit
    return "\n\n".join(
        f"Response {number}:\n{prompts.quote(message.text, limit)}" for number, message in enumerate(page, 1)
    )


def check_k(k: int, mixture: Mixture) -> None:
    """Refuse to pass on no answer, or more than the smallest layer gives.

    Raises
    ------
    BadOption
        Saying what to do.
    """
    if isinstance(k, bool) or not isinstance(k, int) or k < 1:
        raise BadOption(f"k, the answers that are passed on, is a whole number of at least 1, not {k!r}.")
    for number, layer in enumerate(mixture.layers, 1):
        if k > len(layer):
            raise BadOption(
                f"k={k} answers cannot be passed on from layer {number}, which has {len(layer)} "
                f"agent{'s' * (len(layer) != 1)}: lower k or add agents."
            )


def read_end(message: Message) -> bool | None:
    """Read whether to end: a flag in a JSON object, a line "End: yes", or a verdict; None without any.

    Examples
    --------
    >>> text = 'As agreed: {"end debate": "true"}'
    >>> said = Message(number=4, seat="solon", act="moderate", turn=0, text=text)
    >>> read_end(said)
    True
    >>> read_end(said.model_copy(update={"text": "Verdict: continue"}))
    False
    >>> read_end(said.model_copy(update={"text": "In the end it does not matter."})) is None
    True
    """
    text = message.text[-LONGEST_READ:]
    found: bool | None = None
    for value in json_values(text):
        for key, flag in value.items() if isinstance(value, dict) else ():
            if _END_KEY.search(str(key)):
                read = flag if isinstance(flag, bool) else _WORDS.get(str(flag).strip().lower())
                found = read if read is not None else found
    if found is not None:
        return found
    lines = _END_LINE.findall(text)
    if lines:
        return _WORDS[lines[-1].lower()]
    said = verdict(message)
    return None if said is None else said == "consensus"
