"""Layers of proposers: who answers in each, what is passed on from it, and how the last becomes an outcome.

    drafts -> (selection) -> layer 2 hears what is passed on -> ... -> the aggregator hears the last

A proposer hears what is passed on over the graph of the turn, which is everybody where nothing else is said,
and is reminded of its own answer when that was passed on. The aggregator hears all of it.
"""

from __future__ import annotations

import copy
from collections.abc import Generator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from quorate.errors import BadOption, did_you_mean
from quorate.nouns import Ask, Message, Outcome, Question, Table
from quorate.protocols.debating import settle
from quorate.protocols.history import History, Turns
from quorate.protocols.mixture.offices import aggregator_of
from quorate.protocols.mixture.roles import read_roles
from quorate.protocols.prompting import Prompts
from quorate.protocols.voting import break_tie, plurality, resolve_decision

Steps = Generator[Sequence[Ask], Sequence[Message], None]
Layers = int | Sequence[Sequence[str]]
"""How many layers of all seats, or who proposes in each."""
Roles = Mapping[str, str] | str | Path | None

AGGREGATE = "aggregate"
"""`decide=`: the aggregator's answer is the answer."""


class Mixture:
    """A mixture of agents on one question.

    Parameters
    ----------
    question, table
        What is asked; who proposes, and who holds which office.
    layers : int or list of lists of str
        How many layers of all seats, or who proposes in each.
    aggregator : str, optional
        Who aggregates; see `aggregator_of`.
    decide : "aggregate", or rule, decision, name or mapping
        How the last layer becomes an outcome.
    roles : mapping or file, optional
        What each proposer is told to be; see `read_roles`.
    synthesise : bool
        Whether later layers and the aggregator are asked in the words of `synthesise`, not of `aggregate`.
    quote_limit, prompts
        As in `debate`.
    """

    def __init__(
        self,
        question: Question,
        table: Table,
        *,
        layers: Layers,
        aggregator: str | None = None,
        decide: Any = AGGREGATE,
        roles: Roles = None,
        synthesise: bool = False,
        quote_limit: int = 4000,
        prompts: str | None = None,
    ) -> None:
        self.question, self.table = question, table
        self.layers = read_layers(layers, table.seats)
        self.roles = read_roles(roles, table.seats)
        self.prompt = "synthesise" if synthesise else "aggregate"
        self._named = aggregator
        self._decision = None if decide == AGGREGATE else resolve_decision(decide)
        if self._decision is None:
            _ = self.aggregator
        self.history = History(
            question, table, memory="none", prompts=Prompts.load(prompts), quote_limit=quote_limit
        )
        self.answers: tuple[Message, ...] = ()
        """What the proposers of the last layer stand by, in seat order."""
        self.passed: tuple[Message, ...] = ()
        """The part of it that is passed on."""
        self.residual: Message | None = None
        """What somebody found new in the last layer, passed on beside it."""

    @cached_property
    def aggregator(self) -> str:
        """Who aggregates; BadOption when nobody can."""
        return aggregator_of(self.table, self._named)

    def propose(self, seats: Sequence[str]) -> Steps:
        """Ask the proposers of a layer; all they say is passed on, until somebody selects."""
        if self.history.rounds:
            asks = [self._ask(seat) for seat in seats]
        else:
            asks = [ask for ask in self.history.drafts() if ask.seat in seats]
        asks = self.history.noted([self._in_role(ask) for ask in asks])
        self.history.add(asks, (yield asks))
        standing = self.history.standing
        self.answers = self.passed = tuple(standing[seat] for seat in seats if seat in standing)

    def pass_on(self, messages: Sequence[Message]) -> None:
        """Pass on only these answers, in seat order."""
        kept = {message.number for message in messages}
        self.passed = tuple(message for message in self.answers if message.number in kept)

    def reaching(self, seat: str, messages: Sequence[Message]) -> tuple[Message, ...]:
        """Return the messages that reach somebody: all of them an office, those it hears a seat."""
        if seat not in self.table.seats:
            return tuple(messages)
        hears = self.history.hears(seat, self.history.turn + 1)
        return tuple(message for message in messages if message.seat == seat or message.seat in hears)

    def settle(self, tie_break: Any, ended: str = "") -> Turns:
        """Let the aggregator answer, or decide over the last layer's answers by a rule.

        `ended` says why no further layer was held; left out, that all were.
        """
        history, count = self._last(), len(self.layers)
        ended = ended or f"{count} layer{'s' * (count != 1)} held"
        if self._decision is not None:
            return (yield from settle(history, self._decision, tie_break, ended))
        reach = self.reaching(self.aggregator, self.passed)
        said = yield history.noted([self._fusion(reach)])
        history.messages.extend(said)
        outcome = fused(plurality(history.ballots()), said[0], len(reach))
        if outcome.answer is None:
            history.note("fallback", outcome.reason, [self.aggregator])
            rng = self.table.rng(self.question.id, "tie")
            outcome = break_tie(outcome, history.ballots(), tie_break, rng)
        return history.conclude(outcome, ended)

    def instruction(self, own: Message | None, heard: Sequence[Message]) -> str:
        """Return what somebody is asked who hears these answers; a first draft where there is nothing."""
        quotes, prompts = self.history.quotes, self.history.prompts
        fields = {
            "own": quotes([own], title="Your last answer") if own else "",
            "drafts": quotes(heard),
            "critiques": quotes([self.residual], title="New in this layer") if self.residual else "",
        }
        if not any(fields.values()):
            return prompts.draft(self.question)
        name = self.prompt if fields["drafts"] or fields["critiques"] else "recheck"
        return prompts.render(name, self.question, **fields)

    def _ask(self, seat: str) -> Ask:
        """Ask a proposer for its answer in the light of what it hears of the layer before."""
        turn = self.history.turn + 1
        passed = {message.seat: message for message in self.passed}
        heard = self.history.heard_by(seat, passed, turn)
        return self._hearing(seat, "revise", turn, passed.get(seat), heard)

    def _fusion(self, reach: Sequence[Message]) -> Ask:
        """Ask the aggregator; one that proposes too is reminded of its own answer, as a proposer is."""
        own = next((message for message in reach if message.seat == self.aggregator), None)
        heard = tuple(message for message in reach if message is not own)
        return self._hearing(self.aggregator, "fuse", self.history.turn + 1, own, heard)

    def _hearing(
        self, seat: str, act: str, turn: int, own: Message | None, heard: tuple[Message, ...]
    ) -> Ask:
        residual = (self.residual,) if self.residual else ()
        return Ask(
            seat=seat,
            act=act,
            turn=turn,
            question=self.question,
            instruction=self.instruction(own, heard),
            heard=heard + residual,
            expects="answer",
        )

    def _in_role(self, ask: Ask) -> Ask:
        role = self.roles.get(ask.seat)
        if not role:
            return ask
        told = self.history.prompts.render("role", self.question, role=role)
        return ask.model_copy(update={"instruction": f"{told}\n\n{ask.instruction}"})

    def _last(self) -> History:
        """Return the history as the last layer's own: whoever proposed only before has no vote."""
        seats = tuple(seat for seat in self.table.seats if seat in self.layers[len(self.history.rounds) - 1])
        if seats == self.table.seats:
            return self.history
        last = copy.copy(self.history)
        last.table = Table(seats, offices=self.table.offices, seed=self.table.seed)
        last.standing = {seat: said for seat, said in self.history.standing.items() if seat in seats}
        return last


def fused(votes: Outcome, said: Message, heard: int) -> Outcome:
    """Return an aggregator's answer as the outcome, with the votes of those it heard in the tally.

    One that cannot be read counts as invalid, and the votes are the outcome.

    Examples
    --------
    >>> votes = Outcome(winners=("5",), tally={"5": 2, "6": 1}, reason="plurality, 2 of 3 votes")
    >>> said = Message(number=3, seat="solon", act="fuse", turn=1, text="Answer: 6", answer="6")
    >>> fused(votes, said, 3).reason
    'solon aggregated 3 answers, 1 of 3 votes for its own'
    """
    if said.answer is None:
        what = "failed" if said.failed else "gave no answer that can be read"
        reason = f"{said.seat}, who aggregates, {what}; {votes.reason}"
        return votes.model_copy(update={"invalid": votes.invalid + 1, "reason": reason})
    tally = {said.answer: 0.0, **votes.tally}
    how = f"aggregated {heard} answer{'s' * (heard != 1)}" if heard else "had nothing to aggregate"
    share = f"{tally[said.answer]:g} of {sum(tally.values()):g} votes for its own"
    update = {"winners": (said.answer,), "answer": said.answer, "tally": tally}
    return votes.model_copy(update={**update, "reason": f"{said.seat} {how}, {share}"})


def read_layers(layers: Layers, seats: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Return who proposes in each layer, in seat order.

    Raises
    ------
    BadOption
        For no layer, a layer without agents, and somebody who is not at the table or is named twice.

    Examples
    --------
    >>> read_layers(2, ["ada", "bo"])
    (('ada', 'bo'), ('ada', 'bo'))
    >>> read_layers([["bo", "ada"], []], ["ada", "bo"])
    Traceback (most recent call last):
    ...
    quorate.errors.BadOption: Layer 2 has no agents: name who proposes in it, or leave it out.
    """
    if isinstance(layers, int) and not isinstance(layers, bool):
        layers = [seats] * layers
    if isinstance(layers, (bool, str)) or not isinstance(layers, Sequence):
        raise BadOption(f"Layers are a number, or a list of who proposes in each, not {layers!r}.")
    if not layers:
        raise BadOption("A mixture without layers asks nobody; the first drafts count as one, so give 1.")
    return tuple(_layer(number, layer, seats) for number, layer in enumerate(layers, 1))


def _layer(number: int, layer: Sequence[str], seats: Sequence[str]) -> tuple[str, ...]:
    if isinstance(layer, str) or not isinstance(layer, Sequence):
        raise BadOption(f"Layer {number} is a list of who proposes in it, not {layer!r}.")
    if not layer:
        raise BadOption(f"Layer {number} has no agents: name who proposes in it, or leave it out.")
    for name in layer:
        if name not in seats:
            raise BadOption(f"Layer {number}: there is no agent '{name}'. {did_you_mean(str(name), seats)}")
    if len(set(layer)) < len(layer):
        raise BadOption(f"Layer {number} names somebody twice; `self_moa` samples one agent several times.")
    return tuple(seat for seat in seats if seat in layer)
