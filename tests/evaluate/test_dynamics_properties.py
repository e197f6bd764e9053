"""Every count of the dynamics against a slow and plain count over the messages of random transcripts."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quorate.evaluate.dynamics import Course, Dynamics
from quorate.evaluate.dynamics.drift import drift_of
from quorate.evaluate.dynamics.influence import influence_of
from quorate.nouns import Message, Question
from quorate.protocols.convergence import unanimous
from quorate.protocols.convergence.certainty import entropy
from quorate.redeciding import redecide
from quorate.transcripts import Transcript
from tests.evaluate.conftest import SEATS, Again, Heard, again, dynamics, records, standings


@settings(max_examples=50)
@given(records)
def test_rounds(record: list[tuple[Transcript, Heard]]) -> None:
    found = dynamics(record)
    count = max(1, max(len(t.rounds) for t, _ in record))
    assert len(found.rounds) == count
    for turn, held in enumerate(found.rounds):
        after = [standings(t, count)[turn] for t, _ in record]
        golden = [(s, t) for s, (t, _) in zip(after, record, strict=True) if t.gold]
        counts = [Counter(a for a in s.values() if a is not None) for s in after]
        assert held.held == sum(len(t.rounds) > turn for t, _ in record)
        assert held.entropy == pytest.approx(np.mean([entropy(c.values()) for c in counts]), abs=1e-6)
        assert held.different == pytest.approx(np.mean([len(c) for c in counts]), abs=1e-6)
        assert held.agreed.right == sum(
            len(c) == 1 and c.total() == len(s) for c, s in zip(counts, after, strict=True)
        )
        if golden:
            assert held.agents is not None
            assert held.any_right is not None
            assert held.all_right is not None
            assert held.agents.right == sum(a == "5" for s, _ in golden for a in s.values())
            assert held.agents.of == sum(len(s) for s, _ in golden)
            assert held.any_right.right == sum("5" in s.values() for s, _ in golden)
            assert held.all_right.right == sum(set(s.values()) == {"5"} for s, _ in golden)
        else:
            assert (held.agents, held.any_right, held.plurality, held.gap) == (None, None, None, None)


@settings(max_examples=50)
@given(records)
def test_the_vote_is_what_redeciding_gives(record: list[tuple[Transcript, Heard]]) -> None:
    found = dynamics(record)
    for turn, held in enumerate(found.rounds):
        decided = redecide([t.upto(turn + 1) for t, _ in record]).rules[0].rate
        assert (held.plurality is None) == (decided is None)
        if held.plurality is not None and decided is not None:
            assert held.plurality.right == pytest.approx(decided.right)


@settings(max_examples=50)
@given(records)
def test_consensus_is_that_of_the_stop_check(record: list[tuple[Transcript, Heard]]) -> None:
    found, after, never, right = dynamics(record).consensus, Counter[int](), 0, 0
    for transcript, _ in record:
        met = [number for number, h in enumerate(transcript.histories(), 1) if unanimous(h)]
        if met:
            after[met[0]] += 1
            answers = set(standings(transcript, met[0])[-1].values())
            right += transcript.gold is not None and answers == {transcript.gold}
        else:
            never += 1
    assert found.after == dict(sorted(after.items()))
    assert found.never == never
    assert found.share.right == after.total()
    assert (found.right.right if found.right else 0) == right


@settings(max_examples=50)
@given(records)
def test_flips(record: list[tuple[Transcript, Heard]]) -> None:
    found = dynamics(record)
    for step in found.steps:
        seen = Counter[str]()
        for a in again(record):
            if a.turn + 1 != step.number:
                continue
            gold = a.transcript.gold
            was, now = gold is not None and a.before == gold, gold is not None and a.after == gold
            same = a.before == a.after
            kind = {(True, True): "kept_right", (True, False): "lost", (False, True): "gained"}
            seen[kind.get((was, now), "kept_wrong" if same else "switched")] += 1
            seen["silenced"] += a.before is not None and a.after is None
            seen["voiced"] += a.before is None and a.after is not None
        assert step.seats.model_dump() == {name: seen[name] for name in step.seats.model_dump()}
    by_seat = Counter(a.seat for a in again(record))
    assert {m.name: m.flips.of for m in found.members} == {m.name: by_seat[m.name] for m in found.members}


@settings(max_examples=50)
@given(records, st.booleans())
def test_conformity(record: list[tuple[Transcript, Heard]], assumed: bool) -> None:
    told = [replace(t, heard=None) if assumed else t for t, _ in record]
    found = Dynamics.of(told).conformity
    if found is None:
        assert all(len(t.rounds) < 2 for t, _ in record)
        return
    harm = [
        a
        for a in reacting(record, assumed)
        if a.before == a.transcript.gold and a.opinion not in (None, a.before)
    ]
    help_ = [
        a
        for a in reacting(record, assumed)
        if a.before != a.transcript.gold and a.opinion == a.transcript.gold
    ]
    for rate, cases in ((found.given_wrong, harm), (found.given_right, help_)):
        assert (rate.of if rate else 0) == len(cases)
        assert (rate.right if rate else 0) == sum(a.after == a.opinion for a in cases)
    if harm and help_:
        assert found.discernment is not None
        assert found.given_right is not None
        assert found.given_wrong is not None
        assert found.discernment.mean == pytest.approx(
            found.given_right.share - found.given_wrong.share, abs=1e-6
        )
    own = sum(a.before is not None for a in again(record, assumed=assumed))
    assert sum(r.of for r in found.reactions if r.own == "any") == own
    heard = sum(any(h is not None for h in a.heard.values()) for a in reacting(record, assumed))
    assert sum(r.of for r in found.responses) == heard


def reacting(record: list[tuple[Transcript, Heard]], assumed: bool) -> list[Again]:
    """Return the answers given again by seats that had one before, where gold is known."""
    held = again(record, assumed=assumed)
    return [a for a in held if a.before is not None and a.transcript.gold is not None]


@settings(max_examples=50)
@given(records)
def test_influence(record: list[tuple[Transcript, Heard]]) -> None:
    course = Course.of([t for t, _ in record])
    for name, found in zip(course.names, influence_of(course), strict=True):
        pulled, met, followed, opposed, came, away = 0, 0, 0, 0, 0, 0
        for a in again(record):
            if a.before is None:
                continue
            for peer, answer in a.heard.items():
                if answer is not None and answer != a.before:
                    met += peer == name
                    pulled += peer == name and a.after == answer
                    opposed += a.seat == name
                    followed += a.seat == name and a.after == answer
            stood = standings(a.transcript, a.turn)[-1].get(name)
            if a.seat != name and name not in a.heard and stood not in (None, a.before, *a.heard.values()):
                away += 1
                came += a.after == stood
        for rate, of, right in (
            (found.pull, met, pulled),
            (found.follows, opposed, followed),
            (found.unheard, away, came),
        ):
            assert (rate.of if rate else 0, rate.right if rate else 0) == (of, right)


@settings(max_examples=50)
@given(records)
def test_lift_compares_the_same_hearer_in_the_same_situation(record: list[tuple[Transcript, Heard]]) -> None:
    course = Course.of([t for t, _ in record])
    cases = [
        (peer, a.after == answer, (a.seat, behind(a, answer), behind(a, a.before), behind(a, None)))
        for a in again(record)
        for peer, answer in a.heard.items()
        if a.before is not None and answer is not None and answer != a.before
    ]
    for name, found in zip(course.names, influence_of(course), strict=True):
        lifts = []
        for peer, moved, situation in cases:
            others = [m for p, m, s in cases if s == situation and p != name]
            if peer == name and others:
                lifts.append(moved - sum(others) / len(others))
        assert (found.lift is None) == (not lifts)
        if found.lift is not None:
            assert found.lift.of == len(lifts)
            assert found.lift.mean == pytest.approx(np.mean(lifts), abs=1e-6)


def behind(a: Again, answer: str | None) -> int:
    """Count the heard behind an answer; behind None, all who gave one."""
    return sum(h == answer if answer is not None else h is not None for h in a.heard.values())


@settings(max_examples=50)
@given(records)
def test_drift_is_the_change_of_right_answers(record: list[tuple[Transcript, Heard]]) -> None:
    found = drift_of(Course.of([t for t, _ in record]))
    changes: dict[int, list[int]] = {}
    read: dict[int, list[int]] = {}
    for a in again(record):
        spoke = any(
            a.seat in r.answers and not r.answers[a.seat].failed for r in a.transcript.rounds[: a.turn]
        )
        if a.transcript.gold is None or not spoke:
            continue
        change = (a.after == "5") - (a.before == "5")
        changes.setdefault(a.turn + 1, []).append(change)
        if None not in (a.before, a.after):
            read.setdefault(a.turn + 1, []).append(change)
    assert (found is None) == (not changes)
    if found is None:
        return
    for step in found.steps:
        for shift, wanted in ((step.shift, changes.get(step.number)), (step.read, read.get(step.number))):
            assert (shift is None) == (wanted is None)
            if shift is not None and wanted is not None:
                assert shift.of == len(wanted)
                assert shift.mean == pytest.approx(np.mean(wanted), abs=1e-6)
    whole = (
        all(set(t.seats) == set(held.answers) for t, _ in record if t.gold for held in t.rounds)
        and len({len(t.rounds) for t, _ in record if t.gold} | {max(len(t.rounds) for t, _ in record)}) == 1
    )
    assert found.tested == whole


@settings(max_examples=50)
@given(records)
def test_everything_is_finite_survives_json_and_can_be_told(record: list[tuple[Transcript, Heard]]) -> None:
    found = dynamics(record)
    assert Dynamics.model_validate_json(found.model_dump_json()) == found
    told = str(found)
    assert "nan" not in told
    assert "inf" not in told
    assert told.startswith("What deliberation did\n")
    for number in numbers(found.model_dump()):
        assert math.isfinite(number)


def numbers(data: object) -> Iterator[float]:
    if isinstance(data, Mapping):
        for value in data.values():
            yield from numbers(value)
    elif isinstance(data, (list, tuple)):
        for value in data:
            yield from numbers(value)
    elif isinstance(data, (int, float)):
        yield float(data)


@settings(max_examples=50)
@given(records, st.randoms())
def test_the_order_of_the_questions_does_not_matter(
    record: list[tuple[Transcript, Heard]], random: Random
) -> None:
    found = dynamics(record)
    shuffled = list(record)
    random.shuffle(shuffled)
    other = dynamics(shuffled)
    same = {"rounds", "steps", "turnover", "outcomes", "conformity", "consensus", "drift", "readers"}
    assert close(found.model_dump(include=same), other.model_dump(include=same))
    members = {m.name: m.model_dump() for m in other.members}
    assert all(close(m.model_dump(), members[m.name]) for m in found.members)


def close(a: object, b: object) -> bool:
    if isinstance(a, Mapping) and isinstance(b, Mapping):
        return a.keys() == b.keys() and all(close(a[key], b[key]) for key in a)
    if isinstance(a, (list, tuple)) and isinstance(b, (list, tuple)):
        return len(a) == len(b) and all(map(close, a, b))
    return a == pytest.approx(b, abs=2e-4) if isinstance(a, float) else a == b


def test_copies_of_a_record_change_no_interval() -> None:
    """A second seed that says the same is no new evidence."""
    random = Random(0)
    record = [talk(f"q{n}", [random.choice("556") for _ in range(6)]) for n in range(80)]
    once, twice = Dynamics.of(record), Dynamics.of([*record, *record])
    for one, two in zip(once.rounds, twice.rounds, strict=True):
        for name in ("plurality", "any_right", "agreed", "step", "gap"):
            a, b = getattr(one, name), getattr(two, name)
            if a is not None:
                assert (b.low, b.high) == (pytest.approx(a.low, abs=2e-3), pytest.approx(a.high, abs=2e-3))
    assert once.drift is not None
    assert twice.drift is not None
    assert once.drift.total is not None
    assert twice.drift.total is not None
    assert twice.drift.total.p == pytest.approx(once.drift.total.p)


def talk(name: str, answers: list[str]) -> Transcript:
    said = [
        Message(number=n, seat=SEATS[n % 3], act="draft", turn=n // 3, text="", answer=answer)
        for n, answer in enumerate(answers)
    ]
    return Transcript.of(Question(id=name, text="2+3?"), SEATS[:3], said, gold="5")
