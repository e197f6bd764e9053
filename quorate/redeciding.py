"""Deciding again: recorded answers through other rules, without a model, as accuracies with intervals.

loaded = load_transcripts("runs/first")
print(redecide(loaded.transcripts, ["plurality", "confidence_weighted"]).rules[1].rate.percent)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from quorate import registry
from quorate.elections import Election, NotRecorded, held_by, missing, share_right
from quorate.errors import BadOption, QuorateError
from quorate.evaluate.statistics import Difference, Rate, difference
from quorate.nouns import Noun
from quorate.protocols.sheets import Sheet, oracle, shares_right
from quorate.protocols.voting import plurality, resolve_decision
from quorate.protocols.weights import read_weights
from quorate.registry import spell
from quorate.transcripts import Transcript

Item = TypeVar("Item")
Progress = Callable[[Sequence[Any], str], Iterable[Any]]
"""Passes items through and shows how far a reader of them has come; the text says with what."""


class Scored(Noun):
    """How one rule decided the recorded questions.

    `rate` is over the questions with a gold answer, None when there is none; of k tied winners each counts
    for 1/k unless a tie-break was named, and an undecided question is wrong. `against` is the paired
    difference to plurality on the same questions, `same` counts those with the same winners as plurality.
    """

    rule: Any
    rate: Rate | None
    against: Difference | None
    ties: int
    undecided: int
    same: int


class Redecided(Noun):
    """What the rules made of a record; `left_out` gives, for each rule that could not decide it, the reason.

    `best` is the most accurate seat, chosen on the very questions that it is scored on, and `any_right` the
    share of questions that at least one seat has right: what no rule can surpass.
    """

    questions: int
    with_gold: int
    rounds: float
    calls: float
    tokens: float
    tie_break: str | None
    weights: str | None
    rules: tuple[Scored, ...]
    left_out: dict[str, str]
    recorded: Rate | None = None
    best: str | None = None
    best_rate: Rate | None = None
    any_right: Rate | None = None


def redecide(
    transcripts: Sequence[Transcript],
    rules: Sequence[Any] = ("plurality",),
    *,
    weights: Any = None,
    tie_break: str | None = None,
    progress: Progress | None = None,
) -> Redecided:
    """Decide recorded questions again by other rules.

    Plurality is always among them: the others are compared with it. Rules that read what the record does not
    hold (rankings, confidences ...) are left out with the reason, and so are those that would have to ask.

    Parameters
    ----------
    transcripts : sequence of Transcript
        See `quorate.transcript_files.load_transcripts`.
    rules : sequence of names, mappings or functions
        Rules and decisions as in `decide=`; "all" stands for all rules.
    weights : file, mapping of seat to number, or Weights, optional
        What the seats' votes weigh, for rules that read it.
    tie_break : name, optional
        One winner is taken of tied ones; when left out, each of k counts for 1/k.
    progress : callable, optional
        Called as `progress(questions, rule)`; must pass the questions through.

    Returns
    -------
    Redecided

    Raises
    ------
    BadOption
        For an unknown rule or tie-break, impossible options, weights of other agents, or no question.

    Examples
    --------
    >>> from quorate.nouns import Message, Question
    >>> said = [
    ...     Message(number=n, seat=seat, act="draft", turn=0, text="", answer=answer)
    ...     for n, (seat, answer) in enumerate(zip("abc", "565"))
    ... ]
    >>> once = Transcript.of(Question(text="2+3?"), "abc", said, gold="5")
    >>> found = redecide([once], ["unanimity", "borda"])
    >>> [(scored.rule, scored.rate.right) for scored in found.rules], found.left_out
    ([('plurality', 1.0), ('unanimity', 0.0)], {'borda': 'reads rankings, which the record does not hold'})
    """
    if not transcripts:
        raise BadOption("There is no recorded question to decide.")
    if tie_break is not None:
        registry.tie_break.resolve(tie_break)
    known = None if weights is None else read_weights(weights)
    named = _named(rules)
    elections = [Election.of(t, known) for t in through(progress, transcripts, "reading ballots")]
    held = held_by(elections)
    scored: list[Scored] = []
    left_out: dict[str, str] = {}
    base: list[tuple[str, ...]] = []
    for text, (rule, chosen) in named.items():
        reason = missing(rule, held, weighed=known is not None)
        if reason is None:
            try:
                winners, ties = _winners(through(progress, elections, text), rule, tie_break)
            except (QuorateError, ImportError) as problem:
                if chosen and not isinstance(problem, NotRecorded):
                    raise
                reason = str(problem)
        if reason is not None:
            left_out[text] = reason
            continue
        base = base or winners
        scored.append(_scored(transcripts, spell(rule), winners, ties, base))
    return Redecided(
        rules=tuple(scored),
        left_out=left_out,
        tie_break=tie_break,
        weights=None if known is None else known.method,
        **_about(transcripts),
    )


def through(progress: Progress | None, items: Sequence[Item], what: str) -> Iterable[Item]:
    """Pass items through what shows how far their reader has come, if there is anything."""
    return items if progress is None else progress(items, what)


def _named(rules: Sequence[Any]) -> dict[str, tuple[Callable[..., Any], bool]]:
    """Return the rules by what they are called, plurality first, and whether each was asked for by name."""
    found: dict[str, tuple[Callable[..., Any], bool]] = {"plurality": (plurality, True)}
    for spec in rules:
        if spec == "all":
            for name in registry.rule:
                found.setdefault(name, (registry.rule[name], False))
            continue
        check_options(spec)
        mapped = next(iter(spec), None) if isinstance(spec, Mapping) else spec
        kind = registry.decision if mapped in set(registry.decision) else registry.rule
        rule = kind.resolve(spec)
        found[called(spell(rule))] = (rule, True)
    return found


def check_options(spec: Any) -> None:
    """Complain about an unknown rule, and about impossible options.

    Examples
    --------
    >>> check_options({"supermajority": {"threshold": "most"}})
    Traceback (most recent call last):
    ...
    quorate.errors.BadOption: An option of the rule 'supermajority' has a wrong type: ...
    """
    try:
        resolve_decision(spec)
    except TypeError as problem:
        name = next(iter(spec)) if isinstance(spec, Mapping) else registry.label(spec)
        raise BadOption(f"An option of the rule '{name}' has a wrong type: {problem}.") from None


def called(spelt: Any) -> str:
    """Write a rule as a person would: its name, and its options in brackets.

    Examples
    --------
    >>> called({"supermajority": {"threshold": 0.8, "of": "seats"}})
    'supermajority (threshold 0.8, of seats)'
    """
    if not isinstance(spelt, Mapping):
        return str(spelt)
    parts = []
    for name, options in spelt.items():
        if isinstance(options, Mapping):
            parts.append(f"{name} ({called(options)})")
        else:
            parts.append(f"{name} {_listed(options)}")
    return ", ".join(parts)


def _listed(options: Any) -> str:
    return f"of {', '.join(map(called, options))}" if isinstance(options, (list, tuple)) else str(options)


def _winners(
    elections: Iterable[Election], rule: Callable[..., Any], tie_break: str | None
) -> tuple[list[tuple[str, ...]], int]:
    """Return the winners of every question, after the tie-break if there is one, and how many were tied."""
    found, ties = [], 0
    for election in elections:
        outcome = election.decide(rule)
        tied = len(outcome.winners) > 1
        ties += tied
        found.append(
            election.break_tie(outcome, tie_break) if tied and tie_break is not None else outcome.winners
        )
    return found, ties


def _scored(
    transcripts: Sequence[Transcript],
    rule: Any,
    winners: Sequence[tuple[str, ...]],
    ties: int,
    base: Sequence[tuple[str, ...]],
) -> Scored:
    worth = _worth_of(transcripts, winners)
    return Scored(
        rule=rule,
        rate=Rate.mean(worth),
        against=difference(worth, _worth_of(transcripts, base)) if worth else None,
        ties=ties,
        undecided=sum(not won for won in winners),
        same=sum(set(won) == set(other) for won, other in zip(winners, base, strict=True)),
    )


def _worth_of(transcripts: Sequence[Transcript], winners: Sequence[tuple[str, ...]]) -> list[float]:
    pairs = zip(transcripts, winners, strict=True)
    return [share_right(won, transcript.gold) for transcript, won in pairs if transcript.gold is not None]


def _about(transcripts: Sequence[Transcript]) -> dict[str, Any]:
    """Return what holds of the record whatever decides it: size, cost, and how good its seats are."""
    count = len(transcripts)
    messages = [(*(m for held in t.rounds for m in held.messages), *t.rest) for t in transcripts]
    known = [t for t in transcripts if t.gold is not None]
    about: dict[str, Any] = {
        "questions": count,
        "with_gold": len(known),
        "rounds": sum(len(t.rounds) for t in transcripts) / count,
        "calls": sum(map(len, messages)) / count,
        "tokens": sum(m.tokens_in + m.tokens_out for said in messages for m in said) / count,
    }
    ended = [t for t in known if t.outcome is not None]
    if ended and len(ended) == len(known):
        about["recorded"] = Rate.mean([float(t.outcome.answer == t.gold) for t in ended if t.outcome])
    if known:
        about |= _members(known)
    return about


def _members(known: Sequence[Transcript]) -> dict[str, Any]:
    answers = ({b.seat: b.answer for b in t.history().ballots()} for t in known)
    sheet = Sheet.of(answers, [t.gold for t in known])
    shares = shares_right(sheet)
    best = max(shares, key=shares.__getitem__)
    return {
        "best": best,
        "best_rate": Rate.count(round(shares[best] * len(known)), len(known)),
        "any_right": Rate.count(round(oracle(sheet) * len(known)), len(known)),
    }
