"""Every registered rule is held to the axioms that it declares, on small profiles full of ties."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quorate import registry
from quorate.nouns import Ballot
from quorate.protocols.voting import AXIOMS, FAIR, Profile, margins_of, smith_set
from quorate.protocols.voting.ballots import ranking_of
from tests.protocols.conftest import needing

Ballots = list[Ballot]
Rule = Callable[[Sequence[Ballot]], Any]
Order = list[tuple[str, ...]]

DECLARED = sorted(name for name in registry.rule if registry.rule.declaration(name) is not None)
COPY = "Z"


def kind_of(name: str) -> str:
    declared = registry.rule.declaration(name)
    assert declared is not None
    return declared.needs[0]


# ------------------------------------------------------------------------------------------------ profiles


@st.composite
def ballot(draw: st.DrawFn, names: tuple[str, ...], kind: str) -> Ballot:
    said: dict[str, Any] = {"answer": None}
    if kind == "answer":
        said["answer"] = draw(st.sampled_from([*names, None]))
        said["confidence"] = draw(st.integers(1, 8)) / 8
    elif kind == "approved":
        said["approved"] = tuple(draw(st.lists(st.sampled_from(names), unique=True)))
    elif kind == "scores":
        said["scores"] = {name: float(draw(st.integers(0, 4))) for name in names}
    else:
        said["ranking"] = draw(ranking(names))
    return Ballot(seat="ada", candidates=names, **said)


@st.composite
def ranking(draw: st.DrawFn, names: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    order = draw(st.permutations(names))[: draw(st.integers(0, len(names)))]
    tiers: list[tuple[str, ...]] = []
    for name in order:
        if tiers and draw(st.integers(0, 3)) == 0:
            tiers[-1] += (name,)
        else:
            tiers.append((name,))
    return tuple(tiers)


def profiles(names: tuple[str, ...], kind: str) -> st.SearchStrategy[Ballots]:
    return st.lists(ballot(names, kind), min_size=1, max_size=6)


def order_of(said: Ballot) -> Order:
    """Return the whole weak order that a ballot states, last tier included."""
    tiers = list(ranking_of(said))
    rest = tuple(name for name in said.candidates if not any(name in tier for tier in tiers))
    return [*tiers, rest] if rest else tiers


def ordered(said: Ballot, order: Sequence[Sequence[str]], names: tuple[str, ...] | None = None) -> Ballot:
    tiers = tuple(tuple(tier) for tier in order if tier)
    return said.model_copy(update={"ranking": tiers, "candidates": names or said.candidates})


def prefers(said: Ballot, one: str, other: str) -> bool:
    place = {name: at for at, tier in enumerate(order_of(said)) for name in tier}
    return place[one] < place[other]


def heard(ballots: Ballots) -> Ballots:
    return [said for said in ballots if ranking_of(said)]


def margins(ballots: Ballots) -> tuple[tuple[str, ...], np.ndarray]:
    profile = Profile.of(ballots)
    return profile.answers, margins_of(profile)


# -------------------------------------------------------------------------------------------------- axioms


def anonymity(rule: Rule, ballots: Ballots, kind: str, data: st.DataObject) -> None:
    first, again = rule(ballots), rule(data.draw(st.permutations(ballots)))
    assert (first.winners, first.tally, first.invalid) == (again.winners, again.tally, again.invalid)


def neutrality(rule: Rule, ballots: Ballots, kind: str, data: st.DataObject) -> None:
    names = ballots[0].candidates
    new = dict(zip(names, data.draw(st.permutations(names)), strict=True))
    renamed = [
        Ballot(
            seat=said.seat,
            answer=None if said.answer is None else new[said.answer],
            confidence=said.confidence,
            ranking=tuple(tuple(new[name] for name in tier) for tier in said.ranking),
            approved=tuple(new[name] for name in said.approved),
            scores={new[name]: score for name, score in said.scores.items()},
            candidates=names,
        )
        for said in ballots
    ]
    assert set(rule(renamed).winners) == {new[name] for name in rule(ballots).winners}


def firsts(ballots: Ballots, name: str) -> int:
    return sum(order_of(said)[0] == (name,) for said in ballots)


def unanimity(rule: Rule, ballots: Ballots, kind: str, data: st.DataObject) -> None:
    voters = heard(ballots)
    for name in ballots[0].candidates:
        if voters and firsts(voters, name) == len(voters):
            assert rule(voters).winners == (name,)


def majority(rule: Rule, ballots: Ballots, kind: str, data: st.DataObject) -> None:
    voters = heard(ballots)
    for name in ballots[0].candidates:
        if 2 * firsts(voters, name) > len(voters):
            assert rule(ballots).winners == (name,)


def pareto(rule: Rule, ballots: Ballots, kind: str, data: st.DataObject) -> None:
    voters = heard(ballots)
    winners = rule(voters).winners
    for winner in winners:
        for other in ballots[0].candidates:
            assert not (voters and all(prefers(said, other, winner) for said in voters))


def condorcet_winner(rule: Rule, ballots: Ballots, kind: str, data: st.DataObject) -> None:
    names, found = margins(ballots)
    for name, row in zip(names, found, strict=True):
        if (row > 0).sum() == len(names) - 1 and heard(ballots):
            assert rule(ballots).winners == (name,)


def condorcet_loser(rule: Rule, ballots: Ballots, kind: str, data: st.DataObject) -> None:
    names, found = margins(ballots)
    for name, row in zip(names, found, strict=True):
        if (row < 0).sum() == len(names) - 1:
            assert name not in rule(ballots).winners


def smith(rule: Rule, ballots: Ballots, kind: str, data: st.DataObject) -> None:
    names, found = margins(ballots)
    assert set(rule(ballots).winners) <= {names[index] for index in smith_set(found)}


def monotonicity(rule: Rule, ballots: Ballots, kind: str, data: st.DataObject) -> None:
    winners = rule(ballots).winners
    if not winners:
        return
    winner, at = data.draw(st.sampled_from(winners)), data.draw(st.integers(0, len(ballots) - 1))
    raised = [*ballots[:at], lift(ballots[at], winner, kind, data), *ballots[at + 1 :]]
    assert winner in rule(raised).winners


def lift(said: Ballot, winner: str, kind: str, data: st.DataObject) -> Ballot:
    if kind == "answer":
        return said.model_copy(update={"answer": winner})
    if kind == "approved":
        return said.model_copy(update={"approved": tuple({*said.approved, winner})})
    if kind == "scores":
        return said.model_copy(update={"scores": {**said.scores, winner: said.scores[winner] + 1}})
    if not said.ranking:
        return said
    order = order_of(said)
    place = next(at for at, tier in enumerate(order) if winner in tier)
    lower = [tuple(name for name in tier if name != winner) for tier in order]
    target = data.draw(st.integers(0, place))
    if target < place and data.draw(st.booleans()):
        lower[target] = (*lower[target], winner)
    else:
        lower.insert(target, (winner,))
    return ordered(said, lower)


def reinforcement(rule: Rule, ballots: Ballots, kind: str, data: st.DataObject) -> None:
    others = data.draw(profiles(ballots[0].candidates, kind))
    shared = set(rule(ballots).winners) & set(rule(others).winners)
    if shared:
        assert set(rule([*ballots, *others]).winners) == shared


def clone_independence(rule: Rule, ballots: Ballots, kind: str, data: st.DataObject) -> None:
    original = data.draw(st.sampled_from(ballots[0].candidates))
    before = set(rule(ballots).winners)
    after = set(rule([copied(said, original, kind, data) for said in ballots]).winners)
    assert before - {original} == after - {original, COPY}
    assert (original in before) == bool(after & {original, COPY})


def copied(said: Ballot, original: str, kind: str, data: st.DataObject) -> Ballot:
    names = (*said.candidates, COPY)
    if kind == "approved":
        extra = (COPY,) if original in said.approved else ()
        return said.model_copy(update={"approved": said.approved + extra, "candidates": names})
    if kind == "scores":
        scores = {**said.scores, COPY: said.scores[original]}
        return said.model_copy(update={"scores": scores, "candidates": names})
    if not said.ranking:
        return said.model_copy(update={"candidates": names})
    order: Order = []
    for tier in order_of(said):
        if tier == (original,):
            ways: list[Order] = [[(original,), (COPY,)], [(COPY,), (original,)], [(original, COPY)]]
            order += data.draw(st.sampled_from(ways))
        else:
            order.append((*tier, COPY) if original in tier else tier)
    return ordered(said, order, names)


def reversal_symmetry(rule: Rule, ballots: Ballots, kind: str, data: st.DataObject) -> None:
    winners = rule(ballots).winners
    upside = [ordered(said, order_of(said)[::-1]) if said.ranking else said for said in ballots]
    if len(winners) == 1:
        assert rule(upside).winners != winners


CHECKS: dict[str, Callable[[Rule, Ballots, str, st.DataObject], None]] = {
    "anonymity": anonymity,
    "neutrality": neutrality,
    "unanimity": unanimity,
    "pareto": pareto,
    "majority": majority,
    "condorcet winner": condorcet_winner,
    "condorcet loser": condorcet_loser,
    "smith": smith,
    "monotonicity": monotonicity,
    "reinforcement": reinforcement,
    "clone independence": clone_independence,
    "reversal symmetry": reversal_symmetry,
}


@pytest.mark.parametrize("name", DECLARED)
def test_a_rule_satisfies_the_axioms_it_declares(name: str) -> None:
    needing(name)
    declared, rule, kind = registry.rule.declaration(name), registry.rule[name], kind_of(name)
    assert declared is not None

    @settings(max_examples=60)
    @given(data=st.data())
    def check(data: st.DataObject) -> None:
        names = data.draw(st.sampled_from([("A", "B"), ("A", "B", "C"), ("A", "B", "C", "D")]))
        ballots = data.draw(profiles(names, kind))
        for axiom in sorted(declared.axioms):
            CHECKS[axiom](rule, ballots, kind, data)

    check()


@pytest.mark.parametrize("name", DECLARED)
def test_a_ballot_that_weighs_two_counts_as_two(name: str) -> None:
    declared, rule, kind = registry.rule.declaration(name), registry.rule[name], kind_of(name)
    assert declared is not None
    if "weight" not in declared.needs:
        return

    @settings(max_examples=20)
    @given(ballots=profiles(("A", "B", "C"), kind), doubled=st.integers(0, 5))
    def check(ballots: Ballots, doubled: int) -> None:
        at = doubled % len(ballots)
        heavy = [*ballots]
        heavy[at] = heavy[at].model_copy(update={"weight": 2.0})
        one, two = rule(heavy), rule([*ballots, ballots[at]])
        assert one.winners == two.winners
        assert one.tally == pytest.approx(two.tally)

    check()


@pytest.mark.parametrize("name", DECLARED)
def test_a_rule_declares_known_axioms_its_cost_and_its_source(name: str) -> None:
    declared = registry.rule.declaration(name)
    assert declared is not None
    assert declared.axioms <= set(AXIOMS)
    assert declared.cost
    assert declared.source
    assert set(declared.needs) <= set(Ballot.model_fields)


def test_every_axiom_is_checked_and_declared_by_some_rule() -> None:
    assert set(CHECKS) == set(AXIOMS)
    used = [registry.rule.declaration(name) for name in DECLARED]
    assert frozenset().union(*(d.axioms for d in used if d is not None)) == set(AXIOMS)
    assert set(AXIOMS) > FAIR


# ----------------------------------------------------------------- what the checks are there to catch


def ballots_of(*rows: str) -> Ballots:
    names = tuple(sorted(set("".join(rows).replace(" ", ""))))
    return [
        Ballot(seat=row, answer=None, ranking=tuple(tuple(tier) for tier in row.split()), candidates=names)
        for row in rows
    ]


TURNING = ballots_of(
    *["A B C D", "B C A D", "C A B D"] * 3, *["D A B C", "D B C A", "D C A B"] * 2, "D A B C", "D B C A"
)
"""D loses to A, B and C by one vote each, and they beat each other in a circle by more."""
SPLIT = ballots_of(*["A B C"] * 3, *["B C A", "C B A"] * 2)
"""Most put A last, but B and C share their votes; B beats both."""
VIOLATIONS = [
    ("borda", "majority", ballots_of("A B C", "A B C", "A B C", "B C A", "B C A")),
    ("plurality", "condorcet loser", SPLIT),
    ("plurality", "condorcet winner", SPLIT),
    ("minimax", "condorcet loser", TURNING),
    ("minimax", "smith", TURNING),
    ("bradley_terry", "majority", ballots_of("A B C", "A B C", "A B C", "B C A", "B C A")),
    ("instant_runoff", "condorcet winner", ballots_of("A B C", "A B C", "B A C", "C B A", "C B A")),
]


@pytest.mark.parametrize(("name", "axiom", "ballots"), VIOLATIONS)
def test_the_checks_catch_famous_failures(name: str, axiom: str, ballots: Ballots) -> None:
    declared = registry.rule.declaration(name)
    assert declared is not None
    assert axiom not in declared.axioms
    with pytest.raises(AssertionError):
        CHECKS[axiom](registry.rule[name], ballots, "ranking", None)  # type: ignore[arg-type]
