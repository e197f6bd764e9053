"""One agent, sampled often: self-consistency, adaptive consistency, early-stopping windows, the best single.

    self_consistency(question, table, samples=9)                    all at once
    adaptive_consistency(question, table, criterion="beta")         one by one, until the leader is safe
    more_from_the_best(question, table, weights="w.json")           the panel's calls, all by its best member

None of them lets anybody hear anybody: they show what the same calls buy without debate.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from quorate.errors import BadOption
from quorate.nouns import Question, Table
from quorate.protocols.history import Turns
from quorate.protocols.sampling.criteria import Criterion, agreeing_window, settled
from quorate.protocols.sampling.samples import Samples, many, sample_count, sampled_seat
from quorate.protocols.voting import plurality, random_, resolve_rule
from quorate.registry import protocol


@protocol
def self_consistency(
    question: Question,
    table: Table,
    *,
    samples: int | None = None,
    seat: str | None = None,
    weights: Any = None,
    decide: Any = plurality,
    tie_break: Any = random_,
    prompts: str | None = None,
) -> Turns:
    """Sample one agent and vote (Wang et al. 2023, arXiv:2203.11171).

    Parameters
    ----------
    question, table
        What is asked, and who sits there.
    samples : int, optional
        How many; as many as there are seats when left out, so that a vote of the panel costs the same calls.
    seat : str, optional
        Who is sampled; the one with the highest weight, or the first at the table, when left out.
    weights : file or mapping, optional
        Says who is best; see `quorate.protocols.weights`.
    decide : rule, name or mapping
        A rule over the samples' ballots.
    tie_break : tie-break or name
        What happens to a tie.
    prompts : str, optional
        A folder of prompt files that override the shipped ones.

    Returns
    -------
    Outcome
        Its tally counts samples; its dissent holds one sample for each other answer.

    Raises
    ------
    BadOption
        For a seat that is not at the table, weights of others, no sample, or a decision that must ask.

    Examples
    --------
    >>> turns = self_consistency(Question(text="2+3?"), Table(["ada", "bo"]), samples=3)
    >>> [ask.seat for ask in next(turns)]
    ['ada', 'ada', 'ada']
    """
    rule = resolve_rule(decide, "Samples")
    count = sample_count(len(table.seats) if samples is None else samples)
    drawn = Samples(question, table, sampled_seat(table, seat, weights), prompts)
    yield from drawn.more(count)
    return drawn.conclude(rule, tie_break, f"{many(count)} of {drawn.seat}")


@protocol
def best_single(
    question: Question,
    table: Table,
    *,
    seat: str | None = None,
    weights: Any = None,
    prompts: str | None = None,
) -> Turns:
    """Ask only the best agent, once: the one with the highest weight, learned on other questions.

    Raises
    ------
    BadOption
        When neither a seat nor weights say who is best.

    Examples
    --------
    >>> turns = best_single(Question(text="2+3?"), Table(["ada", "bo"]), weights={"ada": 1, "bo": 2})
    >>> [ask.seat for ask in next(turns)]
    ['bo']
    """
    _require(seat, weights)
    return (
        yield from self_consistency(question, table, samples=1, seat=seat, weights=weights, prompts=prompts)
    )


@protocol
def more_from_the_best(
    question: Question,
    table: Table,
    *,
    samples: int | None = None,
    seat: str | None = None,
    weights: Any = None,
    decide: Any = plurality,
    tie_break: Any = random_,
    prompts: str | None = None,
) -> Turns:
    """Spend the calls of the whole panel on samples of its best agent.

    Chen et al. 2024 ("Are more LLM calls all you need?", arXiv:2403.02419) show that more samples can also
    hurt: on questions that the best agent usually gets wrong.

    Raises
    ------
    BadOption
        When neither a seat nor weights say who is best.

    Examples
    --------
    >>> turns = more_from_the_best(Question(text="2+3?"), Table(["ada", "bo"]), weights={"ada": 1, "bo": 2})
    >>> [ask.seat for ask in next(turns)]
    ['bo', 'bo']
    """
    _require(seat, weights)
    return (
        yield from self_consistency(
            question,
            table,
            samples=samples,
            seat=seat,
            weights=weights,
            decide=decide,
            tie_break=tie_break,
            prompts=prompts,
        )
    )


@protocol
def adaptive_consistency(
    question: Question,
    table: Table,
    *,
    most: int = 40,
    criterion: Criterion = "beta",
    threshold: float | None = None,
    wave: int = 1,
    seat: str | None = None,
    weights: Any = None,
    decide: Any = plurality,
    tie_break: Any = random_,
    prompts: str | None = None,
) -> Turns:
    """Sample one agent until its most frequent answer is safe (Aggarwal et al. 2023, arXiv:2305.11860).

    Parameters
    ----------
    question, table
        What is asked, and who sits there.
    most : int
        Most samples.
    criterion, threshold
        As in `quorate.protocols.sampling.settled`.
    wave : int
        How many samples are drawn between two checks; more than one saves time and costs samples.
    seat, weights, decide, tie_break, prompts
        As in `self_consistency`.

    Raises
    ------
    BadOption
        For impossible options.

    Examples
    --------
    >>> turns = adaptive_consistency(Question(text="2+3?"), Table(["ada"]))
    >>> len(next(turns))
    1
    """
    rule, enough = resolve_rule(decide, "Samples"), partial(settled, criterion=criterion, threshold=threshold)
    enough([])  # an impossible criterion is refused before anybody is asked
    drawn = Samples(question, table, sampled_seat(table, seat, weights), prompts)
    safe = yield from drawn.until(enough, sample_count(most), sample_count(wave))
    ended = f"{criterion} criterion met" if safe else f"{criterion} criterion not met"
    return drawn.conclude(rule, tie_break, f"{many(len(drawn.said))} of {drawn.seat}, {ended}")


@protocol
def early_stopping_consistency(
    question: Question,
    table: Table,
    *,
    most: int = 40,
    window: int = 5,
    seat: str | None = None,
    weights: Any = None,
    decide: Any = plurality,
    tie_break: Any = random_,
    prompts: str | None = None,
) -> Turns:
    """Sample one agent in windows until a whole window agrees (Li et al. 2024, arXiv:2401.10480).

    The rule then decides over all samples, those of earlier windows too.

    Parameters
    ----------
    question, table
        What is asked, and who sits there.
    most, window : int
        Most samples, and how many are drawn between two checks.
    seat, weights, decide, tie_break, prompts
        As in `self_consistency`.

    Raises
    ------
    BadOption
        For impossible options, such as a window of one sample.

    Examples
    --------
    >>> turns = early_stopping_consistency(Question(text="2+3?"), Table(["ada"]), window=4)
    >>> len(next(turns))
    4
    """
    rule, enough = resolve_rule(decide, "Samples"), partial(agreeing_window, size=window)
    enough([])
    drawn = Samples(question, table, sampled_seat(table, seat, weights), prompts)
    agreed = yield from drawn.until(enough, sample_count(most), window)
    ended = f"a window of {window} agreed" if agreed else f"no window of {window} agreed"
    return drawn.conclude(rule, tie_break, f"{many(len(drawn.said))} of {drawn.seat}, {ended}")


def _require(seat: str | None, weights: Any) -> None:
    if seat is None and weights is None:
        raise BadOption("Nothing says who is best: give weights=, learned on other questions, or seat=.")
