"""Judges that compare drafts two at a time, each pair in both orders."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from itertools import permutations
from typing import Any

from quorate.errors import BadOption
from quorate.nouns import Ask, Message, Outcome
from quorate.protocols.balloting import Candidate, candidates_of, quote_candidate, read_better
from quorate.protocols.history import History
from quorate.protocols.judging.comparisons import Comparison, duels, position_bias
from quorate.protocols.judging.offices import judged, judges_of
from quorate.protocols.judging.peers import Normalise, peer_rank
from quorate.protocols.judging.tournaments import Tournament, check_tournament, tournament
from quorate.protocols.voting import plurality
from quorate.protocols.voting.ballots import leading
from quorate.protocols.weights import read_weights
from quorate.registry import decision

Deciding = Generator[Sequence[Ask], Sequence[Message], Outcome]
QUOTED = 2000
"""Characters quoted of each draft when nothing else is said."""


def ask_pairs(
    history: History, judges: Sequence[str], drafts: Mapping[str, Candidate], quote_limit: int = QUOTED
) -> Generator[Sequence[Ask], Sequence[Message], list[Comparison]]:
    """Ask every judge about every two drafts in both orders: judges x drafts x (drafts - 1) asks, one wave.

    Drafts are shown without names; `drafts` gives the names that the comparisons use.
    """
    asked = history.question
    quotes = {name: quote_candidate(draft, asked, quote_limit) for name, draft in drafts.items()}
    shown = [(judge, *pair) for judge in judges for pair in permutations(drafts, 2)]
    asks = [
        Ask(
            seat=judge,
            act="judge",
            turn=history.turn,
            question=asked,
            instruction=history.prompts.render(
                "compare", asked, drafts=f"Draft 1:\n{quotes[first]}\n\nDraft 2:\n{quotes[second]}"
            ),
        )
        for judge, first, second in shown
    ]
    if not asks:
        return []
    said = yield asks
    history.messages.extend(said)
    return [
        Comparison(judge, first, second, read_better(message), asked.id)
        for (judge, first, second), message in zip(shown, said, strict=True)
    ]


@decision
def judge_compares(
    history: History,
    *,
    how: Tournament = "copeland",
    weights: Any = None,
    most: int = 8,
    quote_limit: int = QUOTED,
) -> Deciding:
    """Let every judge compare the candidates two at a time, in both orders; a tournament decides.

    A candidate wins a duel when it is better in both orders; a verdict that flips with the order is a tie
    (Zheng et al. 2023, arXiv:2306.05685). The reason tells the position bias of the judges.

    Parameters
    ----------
    history : History
        The distinct standing answers are the candidates, each with one text, without names.
    how : {"copeland", "wins", "bradley_terry"}
        Pairs won less lost over all judges; duels won, ties half; strengths of maximum likelihood.
    weights : file, mapping of judge to number, or Weights, optional
        What the judges weigh, such as those of `peer_rank`.
    most : int
        Most candidates; c of them take c (c - 1) asks a judge.
    quote_limit : int
        Most characters quoted of a draft.

    Returns
    -------
    Outcome
        `invalid` counts verdicts that could not be read; when none can, plurality decides.

    Raises
    ------
    BadOption
        When nobody holds the office of a judge, and for an unknown tournament or weights of others.

    Examples
    --------
    >>> from quorate.nouns import Question, Table
    >>> next(judge_compares(History(Question(text="2+3?"), Table(["ada"]))))
    Traceback (most recent call last):
    ...
    quorate.errors.BadOption: This protocol needs a judge, and nobody holds that office. ...
    """
    check_tournament(how)
    judges = judges_of(history.table)
    weighed = None if weights is None else read_weights(weights)
    if weighed is not None:
        weighed.check(judges)
        if any(weighed.of(judge) < 0 for judge in judges):
            raise BadOption("A judge's verdicts cannot weigh less than nothing; give weights of 0 or more.")
    candidates, left = candidates_of(history, most)
    if len(candidates) < 2:
        return plurality(history.ballots())
    drafts = {candidate.answer: candidate for candidate in candidates}
    said = yield from ask_pairs(history, judges, drafts, quote_limit)
    outcome = tournament(duels(said), list(drafts), how, None if weighed is None else weighed.values)
    bias = position_bias(said)
    how_many = f"{len(judges)} judges" if len(judges) > 1 else f"judge {judges[0]}"
    told = f"{how_many} compared pairs, {bias}"
    told += f", {left} answers with fewer seats not judged" if left else ""
    return judged(history, outcome, bias.unread, len(said), told)


@decision
def peer_ranked(
    history: History, *, normalise: Normalise = "min-max", most: int = 8, quote_limit: int = QUOTED
) -> Deciding:
    """Let the seats compare each other's drafts in both orders; who does well weighs more (peer rank).

    The answer of the best draft wins; see `peer_rank`. On one question the weights rest on few comparisons:
    learn them over many, and hand them to `weighted` or `judge_compares`.

    Parameters
    ----------
    history : History
        The last drafts of seats that gave an answer are the contestants, and these seats the reviewers.
    normalise : {"min-max", "sum"}
        How scores become weights.
    most : int
        Most seats; s of them take s x s (s - 1) asks.
    quote_limit : int
        Most characters quoted of a draft.

    Returns
    -------
    Outcome
        The tally is the best score of a draft with each answer.

    Raises
    ------
    BadOption
        When more seats than `most` gave an answer.

    Examples
    --------
    >>> from quorate.nouns import Question, Table
    >>> try:
    ...     next(peer_ranked(History(Question(text="2+3?"), Table(["ada", "bo"]))))
    ... except StopIteration as end:
    ...     print(end.value.reason)
    nobody gave a readable answer
    """
    drafts = {
        seat: Candidate(answer, history.standing[seat].text, (seat,))
        for seat in history.table.seats
        if (answer := history.answer_of(seat)) is not None
    }
    if len(drafts) > most:
        raise BadOption(
            f"Peer rank would ask {len(drafts)} seats about {len(drafts) * (len(drafts) - 1)} pairs each; "
            f"raise most={most}, or let judges compare."
        )
    if len(history.answers()) < 2:
        return plurality(history.ballots())
    said = yield from ask_pairs(history, list(drafts), drafts, quote_limit)
    bias = position_bias(said)
    told = f"{len(drafts)} seats compared each other's drafts, {bias}"
    if bias.unread == len(said):
        return judged(history, Outcome(), bias.unread, len(said), told)
    found = peer_rank(said, normalise=normalise)
    tally: dict[str, float] = {}
    for seat, score in found.scores.items():
        answer = drafts[seat].answer
        tally[answer] = max(score, tally.get(answer, 0.0))
    winners = leading(tally)
    settled = "" if found.converged else " (not converged)"
    reason = f"peer rank{settled}, the best draft wins {tally[winners[0]]:.0%} of its comparisons"
    return judged(history, Outcome(winners=winners, tally=tally, reason=reason), bias.unread, len(said), told)
