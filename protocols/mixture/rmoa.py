"""Residual mixture of agents: the most different answers go on, and with them what each layer adds."""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import Any

from quorate.errors import BadOption
from quorate.nouns import Ask, Message, Question, Table
from quorate.protocols.history import Turns
from quorate.protocols.mixture.diversity import WORDS, Embed, most_different, resolve_embed
from quorate.protocols.mixture.layers import AGGREGATE, Layers, Mixture, Roles
from quorate.protocols.mixture.referees import check_k
from quorate.protocols.voting import random_
from quorate.registry import protocol

_RESIDUALS = re.compile(
    r"^[ \t*_>]*residuals?(?:[ \t]+detected)?[ \t*_]*:[ \t*_]*(yes|no)\b", re.IGNORECASE | re.MULTILINE
)


@protocol
def rmoa(
    question: Question,
    table: Table,
    *,
    layers: Layers = 6,
    k: int = 3,
    embed: str | Path | Embed = WORDS,
    patience: int = 1,
    aggregator: str | None = None,
    roles: Roles = None,
    synthesise: bool = False,
    decide: Any = AGGREGATE,
    tie_break: Any = random_,
    quote_limit: int = 4000,
    prompts: str | None = None,
) -> Turns:
    """Do as `moa`, but pass on the k most different answers and what is new in each layer, until nothing is.

    Residual mixture of agents (Xie et al. 2025, arXiv:2505.24442), with its defaults: 6 layers, k = 3, chosen
    greedily by max-min distance of sentence embeddings. From layer 2 on, whoever aggregates is asked what
    the k answers of this layer have that those of the layer before lack: the residual, which the next layer
    hears besides the k answers. The mixture ends when there was none in `patience` layers running (1 in the
    authors' code). At the end the aggregator reads the answers of the layer before and the last residual.
    Calls: seats * layers + (layers - 1) + 1, with the layers that were held.

    Parameters
    ----------
    question, table, layers, aggregator, roles, synthesise, decide, tie_break, quote_limit, prompts
        As for `moa`; the paper gives each proposer a role.
    k : int
        How many answers a layer passes on.
    embed : "words", path, hub name or callable
        What answers are compared by: their words, which needs no model; a sentence-embedding model, as
        published (see `quorate.embedding`); or a function from n texts to vectors, shape (n, width).
    patience : int
        How many layers running may add nothing before it ends.

    Returns
    -------
    Outcome
        As for `moa`. A reply about the residual that cannot be read ends nothing, passes nothing on and is
        counted in the reason.

    Raises
    ------
    BadOption
        For a k above the agents of a layer, a patience below 1, no embedding, and as `moa` does.

    Examples
    --------
    >>> from quorate.agents import Agent, Scripted
    >>> from quorate.definition import Definition
    >>> seats = [Agent(name, Scripted("Answer: 5")) for name in ("ada", "bo", "cy")]
    >>> def say(ask, seed):
    ...     return "Residuals: no" if ask.act == "compare" else "Answer: 5"
    >>> solon = Agent("solon", Scripted(say))
    >>> outcome = Definition(seats, protocol="rmoa", offices={"aggregator": solon}).ask("2+3?")
    >>> outcome.calls, outcome.reason
    (8, 'nothing new in layer 2 of 6; solon aggregated 3 answers, 3 of 3 votes for its own')
    """
    mixture = Mixture(
        question,
        table,
        layers=layers,
        aggregator=aggregator,
        decide=decide,
        roles=roles,
        synthesise=synthesise,
        quote_limit=quote_limit,
        prompts=prompts,
    )
    check_k(k, mixture)
    if isinstance(patience, bool) or not isinstance(patience, int) or patience < 1:
        raise BadOption(f"patience is a whole number of layers, at least 1, not {patience!r}.")
    vectors, _ = resolve_embed(embed), mixture.aggregator
    ended, empty = "", 0
    for number, layer in enumerate(mixture.layers, 1):
        before = mixture.passed
        yield from mixture.propose(layer)
        _spread(mixture, vectors, k)
        if before:
            found = yield from _extract(mixture, before)
            empty = empty + 1 if found is False else 0
            last = number == len(mixture.layers)
            if last or empty == patience:
                mixture.passed = before
            if empty == patience and not last:
                ended = _stopped(mixture)
                break
    return (yield from mixture.settle(tie_break, ended))


def _spread(mixture: Mixture, vectors: Embed, k: int) -> None:
    """Pass on the k most different answers of the layer."""
    answers = mixture.answers
    if len(answers) <= k:
        return
    places = most_different(vectors([message.text for message in answers]), k)
    mixture.pass_on([answers[place] for place in places])
    seats = [message.seat for message in mixture.passed]
    told = f"{k} of {len(answers)} differ most: {', '.join(seats)}"
    mixture.history.note("selected", told, seats)


def _extract(
    mixture: Mixture, before: Sequence[Message]
) -> Generator[Sequence[Ask], Sequence[Message], bool | None]:
    """Ask what is new in this layer; tell whether anything is, None when that cannot be read."""
    history, seat = mixture.history, mixture.aggregator
    earlier, later = mixture.reaching(seat, before), mixture.reaching(seat, mixture.passed)
    heard = {message.number: message for message in (*earlier, *later) if message.seat != seat}
    ask = Ask(
        seat=seat,
        act="compare",
        turn=history.turn,
        question=mixture.question,
        instruction=history.prompts.render(
            "residuals",
            mixture.question,
            own=history.quotes(earlier, title="Earlier, {seat}"),
            drafts=history.quotes(later, title="Later, {seat}"),
        ),
        heard=tuple(heard.values()),
    )
    said = yield history.noted([ask])
    history.messages.extend(said)
    found = read_residuals(said[0])
    mixture.residual = said[0] if found else None
    history.count("residuals unreadable", found is None, 1)
    return found


def _stopped(mixture: Mixture) -> str:
    layer, layers = len(mixture.history.rounds), len(mixture.layers)
    ended = f"nothing new in layer {layer} of {layers}"
    mixture.history.note("stopped", ended, [mixture.aggregator])
    return ended


def read_residuals(message: Message) -> bool | None:
    r"""Read whether a layer adds something, from the first line that says so; None when none does.

    Examples
    --------
    >>> said = Message(number=8, seat="solon", act="compare", turn=1, text="Residuals: yes\nada: the units")
    >>> read_residuals(said)
    True
    >>> read_residuals(said.model_copy(update={"text": "There are residuals."})) is None
    True
    """
    found = _RESIDUALS.search(message.text)
    return None if found is None or message.failed else found[1].lower() == "yes"
