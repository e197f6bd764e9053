"""Mixture of agents, and its sparse form: layers of proposers, of which a judge passes on only the best.

moa(question, table, layers=3)                         everybody hears everybody, then the aggregator
smoa(question, table, layers=2, k=2)                   a judge passes on 2 answers and may end it early
smoa(question, table, select="off", moderate=False)    the same asks as moa(question, table, layers=2)
"""

from __future__ import annotations

from typing import Any

from quorate.nouns import Question, Table
from quorate.protocols.history import Turns
from quorate.protocols.mixture.layers import AGGREGATE, Layers, Mixture, Roles
from quorate.protocols.mixture.referees import Moderation, Referees
from quorate.protocols.voting import random_
from quorate.registry import protocol


@protocol
def moa(
    question: Question,
    table: Table,
    *,
    layers: Layers = 3,
    aggregator: str | None = None,
    roles: Roles = None,
    synthesise: bool = False,
    decide: Any = AGGREGATE,
    tie_break: Any = random_,
    quote_limit: int = 4000,
    prompts: str | None = None,
) -> Turns:
    r"""Draft; in every further layer answer anew, having heard all answers of the layer before; aggregate.

    Mixture of agents (Wang et al. 2024, arXiv:2406.04692). The seats are the proposers of every layer. As
    published there are 3 layers (2 in its light form), and the aggregator is asked in the same words as the
    proposers of the later layers. A proposer is reminded of its own answer apart from the others'. Proposers
    hear the answers over the topology, which is everybody unless another one is given. Calls:
    seats * layers + 1.

    Parameters
    ----------
    question, table
        What is asked; who proposes, and who aggregates.
    layers : int or list of lists of str
        How many layers of all seats, the first drafts included, or who proposes in each.
    aggregator : str, optional
        Who aggregates, a proposer even; the office `aggregator` when left out, else the office `judge`.
    roles : mapping of seat or number to str, or file, optional
        What each proposer is told to be, at the head of each of its prompts. An agent's own `role` goes with
        the agent into every protocol, as its system message; these belong to this table and this task.
    synthesise : bool
        Whether the later layers and the aggregator are asked in the structure of the paper's prompt: to
        synthesise, and to evaluate critically. By default they are asked in the words in which a debate asks
        to revise, which small models follow better: of 100 answers of the shipped pool in a second layer 68
        can be read then, and 42 otherwise.
    decide : "aggregate", or rule, decision, name or mapping
        The aggregator's answer is the outcome, or the last layer's answers are decided over, without it.
    tie_break : tie-break or name
        What happens to a tie of such a rule, or of the votes where the aggregator gives no answer.
    quote_limit : int
        Most characters quoted from one answer.
    prompts : str, optional
        A folder of prompt files that override the shipped ones.

    Returns
    -------
    Outcome
        The aggregator's answer; the tally has the votes of the last layer. Where the answer cannot be read
        those votes decide, and the reason says so.

    Raises
    ------
    BadOption
        For no layer, one without agents, or nobody who aggregates.

    Examples
    --------
    >>> from quorate.agents import Agent, Scripted
    >>> from quorate.definition import Definition
    >>> seats = [Agent(name, Scripted(["Answer: 4", "Answer: 5"])) for name in ("ada", "bo", "cy")]
    >>> solon = Agent("solon", Scripted("2+3=5\nAnswer: 5"))
    >>> two = {"moa": {"layers": 2}}
    >>> outcome = Definition(seats, protocol=two, offices={"aggregator": solon}).ask("2+3?")
    >>> outcome.answer, outcome.calls, outcome.reason
    ('5', 7, '2 layers held; solon aggregated 3 answers, 3 of 3 votes for its own')
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
    for layer in mixture.layers:
        yield from mixture.propose(layer)
    return (yield from mixture.settle(tie_break))


@protocol
def smoa(
    question: Question,
    table: Table,
    *,
    layers: Layers = 2,
    k: int = 2,
    select: Any = "judge",
    moderate: bool = True,
    moderation: Moderation = "joint",
    aggregator: str | None = None,
    roles: Roles = None,
    synthesise: bool = False,
    decide: Any = AGGREGATE,
    tie_break: Any = random_,
    quote_limit: int = 4000,
    prompts: str | None = None,
) -> Turns:
    r"""Do as `moa`, but pass on only the k best answers of a layer, and end when a moderator says so.

    Sparse mixture of agents (Li et al. 2024, arXiv:2411.03284), with its defaults: 2 layers, k = 2, and one
    call after each layer in which one model, the aggregator, judges and moderates. The office `judge` does it
    where it is held, and `moderator` the moderating. What is passed on from the last layer is what the
    aggregator hears. As published, k answers are drawn by lot where the choice cannot be read or is out of
    range, k of those chosen where they are more, fewer are allowed, and a missing flag ends nothing; how
    often that happened is in the outcome's reason and notes. The answers are shown to the judge without names
    and in an order drawn by seed. Calls: layers held * (seats + 1) + 1.

    Parameters
    ----------
    question, table, layers, aggregator, synthesise, decide, tie_break, quote_limit, prompts
        As for `moa`.
    k : int
        How many answers a layer passes on. With no more than k there is nothing to select.
    select : {"judge", "confidence", "agreement", "match", "off"}
        The judge chooses (published). Or the surest answers are passed on, or those that most seats share,
        without a call. With "match" the judge answers the question, in the words of `judge_decides`, and the
        answers that match its own come first, then the most shared: for small models, which solve better
        than they choose. "off" passes on all.
    moderate : bool
        Whether somebody may end it before the last layer. With "match" in one call it ends when more than
        half of the answers match the judge's.
    moderation : {"joint", "apart"}
        Judge and moderator are asked in one call (published) or in one each, at the same time.
    roles : mapping of seat or number to str, or file, optional
        What each proposer is told to be, as for `moa`. Published: written by a model once for a data set and
        kept in a file, which `quorate roles write` does.

    Raises
    ------
    BadOption
        For a k above the agents of a layer, a judge that is the only proposer, and as `moa` does.

    Examples
    --------
    >>> from quorate.agents import Agent, Scripted
    >>> from quorate.definition import Definition
    >>> seats = [Agent(name, Scripted(f"Answer: {n}")) for n, name in enumerate(("ada", "bo", "cy"), 4)]
    >>> def solon(ask, seed):
    ...     chosen = '{"chosen responses": [1, 2], "end debate": true}'
    ...     return chosen if ask.act == "select" else "2+3=5\nAnswer: 5"
    >>> judge = Agent("solon", Scripted(solon))
    >>> outcome = Definition(seats, protocol="smoa", offices={"judge": judge}).ask("2+3?")
    >>> outcome.calls, outcome.reason
    (5, 'solon ended it after layer 1 of 2; solon aggregated 2 answers, 1 of 3 votes for its own')
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
    referees = Referees.of(mixture, select=select, k=k, moderate=moderate, moderation=moderation)
    ended = ""
    for number, layer in enumerate(mixture.layers, 1):
        yield from mixture.propose(layer)
        ended = yield from referees.sit(mixture, last=number == len(mixture.layers))
        if ended:
            break
    return (yield from mixture.settle(tie_break, ended))
