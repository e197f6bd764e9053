"""Telling: dynamics as sections of sentences and tables, for the terminal, plain text and reports alike."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from quorate.evaluate.dynamics.conformity import Conformity, Response
from quorate.evaluate.dynamics.drift import Drift
from quorate.evaluate.dynamics.dynamics import Dynamics
from quorate.evaluate.dynamics.flips import Step
from quorate.evaluate.dynamics.members import Member
from quorate.evaluate.dynamics.readers import Unread
from quorate.evaluate.dynamics.rounds import Round
from quorate.evaluate.dynamics.sections import (
    Section,
    bare,
    chance,
    count,
    one_line,
    percent,
    points,
    shown,
    some,
)

NAMED = 5
"""Most sentences about what was left out that are told one by one."""
_BEYOND = {1: "lies above it", -1: "lies below it", 0: "may lie there too"}


def plain(found: Dynamics) -> str:
    """Write dynamics as plain text."""
    return "\n\n".join(map(str, sections(found)))


def sections(found: Dynamics) -> Iterator[Section]:
    """Yield what there is to tell, most important first; what a record cannot show is left out."""
    yield Section.of("What deliberation did", _summary(found))
    yield _rounds(found.rounds)
    if found.steps:
        yield _flips(found.steps)
    if found.conformity is not None and found.conformity.reactions:
        yield _conformity(found.conformity)
    if found.conformity is not None and found.conformity.responses:
        yield _responses(found.conformity.responses)
    yield Section.of("Consensus", _consensus(found))
    if found.drift is not None:
        yield _drift(found.drift)
    yield _members(found.members)
    yield _influence(found.members)
    yield _readers(found)


def _summary(found: Dynamics) -> Iterator[str]:
    ends, group = found.outcomes, found.turnover
    yield (
        f"{count(found.questions, 'question')}, {found.with_gold:,} with a gold answer; "
        f"{count(len(found.members), 'seat')}, up to {count(len(found.rounds), 'round')}; "
        "95 % intervals by question"
    )
    if ends.last is not None and not found.steps:
        yield f"the vote of the seats: {percent(ends.last)} %"
    if group is not None and found.steps:
        yield (
            f"the vote of the seats: {percent(ends.first)} % after the first drafts, {percent(ends.last)} % "
            f"at the end, {points(group.net)} points: {group.gained:.5g} gained, {group.lost:.5g} lost"
        )
    if ends.decided is not None:
        yield f"as it was decided: {percent(ends.decided)} %"
    if ends.gap is not None:
        yield (
            f"some seat right at the end: {percent(ends.reach)} %, so choosing better could win "
            f"{points(ends.gap)} points"
        )
    if ends.forgotten:
        yield (
            f"some seat right in any round: {percent(ends.ever)} %; the right answer was there and got lost "
            f"on {count(ends.forgotten, 'question')}"
        )
    yield from _caveats(found)


def _caveats(found: Dynamics) -> Iterator[str]:
    if found.assumed:
        yield (
            f"who heard whom is not recorded for {count(found.assumed, 'question')}: everybody is taken to "
            "have heard all others"
        )
    yield from (f"left out: {one_line(sentence)}" for sentence in found.left_out[:NAMED])
    if len(found.left_out) > NAMED:
        yield f"left out: {len(found.left_out) - NAMED:,} more that cannot be read"


def _rounds(rounds: Sequence[Round]) -> Section:
    columns = ("round", "held", "seats right %", "vote right %", "change", "any right %", "gap", "bits")
    rows = (
        (
            str(held.number),
            f"{held.held:,}",
            percent(held.agents),
            percent(held.plurality),
            points(held.step),
            bare(held.any_right),
            f"{100 * held.gap.mean:.1f}" if held.gap else "",
            f"{held.entropy:.2f}",
            bare(held.agreed),
        )
        for held in rounds
    )
    lines = [
        "over all questions, those that had ended as they ended; the change: over those that held the round;",
        "gap: points that a perfect choice among the answers would add; bits: entropy of the answers",
    ]
    return Section.of("Round by round", lines, (*columns, "agreed %"), rows)


def _flips(steps: Sequence[Step]) -> Section:
    columns = ("to round", "given again", "right, kept", "right to wrong", "wrong to right", "wrong, kept")
    more = ("other wrong", "gone silent", "vote lost", "vote gained")
    if all(step.group is None for step in steps):  # nobody knows what is right
        columns, more = (*columns[:5], "kept"), ("changed", *more[1:])
    rows = ((str(step.number), *_flipped(step)) for step in steps)
    return Section.of("Flips", ["what became of answers that were given again"], (*columns, *more), rows)


def _flipped(step: Step) -> Iterator[str]:
    seats, group = step.seats, step.group
    yield f"{seats.of:,}"
    for number in (seats.kept_right, seats.lost, seats.gained):
        yield f"{number:,}" if group else ""
    for number in (seats.kept_wrong, seats.switched, seats.silenced):
        yield f"{number:,}"
    yield f"{group.lost:.5g}" if group else ""
    yield f"{group.gained:.5g}" if group else ""


def _conformity(found: Conformity) -> Section:
    columns = ("own answer", "peers' opinion", "answers", "kept %", "taken over %", "right after %")
    words = {"agree": "the same", "other": "another", "split": "split", "silent": "none heard"}
    rows = (
        (r.own, words.get(r.peers, r.peers), f"{r.of:,}", *map(percent, (r.kept, r.adopted, r.right)))
        for r in found.reactions
    )
    return Section.of("Conformity", _conforming(found), columns, rows)


def _conforming(found: Conformity) -> Iterator[str]:
    yield "what seats did after they had heard most of their peers stand by an answer"
    if found.given_wrong is not None and found.given_right is not None:
        yield (
            f"right, they took over a wrong opinion in {percent(found.given_wrong)} %; wrong, the right one "
            f"in {percent(found.given_right)} %: {points(found.discernment)} points apart"
        )
    if found.restless is not None:
        yield f"they left an answer that their peers shared in {percent(found.restless)} %"


def _responses(responses: Sequence[Response]) -> Section:
    found = {(response.own, response.low, response.high): response for response in responses}
    shares = dict.fromkeys((response.low, response.high) for response in responses)
    rows = (
        (_share(low, high), *(_response(found.get((own, low, high))) for own in ("wrong", "right")))
        for low, high in sorted(shares)
    )
    columns = ("right among the heard", "right after, own wrong %", "right after, own right %")
    return Section.of("What was heard, and what came of it", [], columns, rows)


def _share(low: float, high: float) -> str:
    if low == high:
        return {0.0: "none", 0.5: "half", 1.0: "all"}[low]
    return "fewer than half" if low == 0 else "more than half"


def _response(response: Response | None) -> str:
    return f"{percent(response.right)} of {response.of:,}" if response else ""


def _consensus(found: Dynamics) -> Iterator[str]:
    met = found.consensus
    yield f"all seats agreed on {percent(met.share)} % of the questions; never on {met.never:,}"
    if met.rounds is not None and found.steps:
        after = ", ".join(f"{number:,} after round {turn}" for turn, number in met.after.items())
        yield f"on average after {met.rounds:.2f} rounds: {after}"
    if met.right is not None:
        yield f"on the right answer: {percent(met.right)} %"
    if met.broken:
        yield f"the first agreement did not last on {count(met.broken, 'question')}"


def _drift(found: Drift) -> Section:
    columns = ("step", "answers", "questions", "change", "p", "p, Holm", "read both times")
    shifts = [
        (f"to round {step.number}", step.shift, chance(step.adjusted), points(step.read))
        for step in found.steps
    ]
    shifts += [
        ("first to last", found.total, "", ""),
        ("after a right vote", found.given_right, "", ""),
        ("after a wrong vote", found.given_wrong, "", ""),
    ]
    rows = (
        (name, f"{shift.of:,}", f"{shift.questions:,}", points(shift), chance(shift.p), adjusted, read)
        for name, shift, adjusted, read in shifts
        if shift is not None
    )
    return Section.of("Drift of the belief in the right answer", _drifting(found), columns, rows)


def _drifting(found: Drift) -> Iterator[str]:
    yield 'if debate were a martingale ("Debate or Vote"), every change below would be 0 in expectation'
    if found.tested and not found.past_agreement:
        yield (
            "no question went on after all seats had agreed: were such questions left out of the record, the "
            "others would change without drift"
        )
    if found.tested:
        return
    yield (
        f"not tested: on {count(found.ended_early, 'question')} not every seat was asked in every round; "
        "where agreement ends the talk, the others go on because they happened to differ, and change without "
        "drift"
    )
    if found.again is not None:
        yield (
            f"answering again by the same chances would change round 2 by {100 * found.again:+.1f} points; "
            f"a martingale lies between 0 and that, and the change to round 2 {_BEYOND[found.beyond]}"
        )


def _members(members: Sequence[Member]) -> Section:
    columns = (
        "seat",
        "first %",
        "last %",
        "right to wrong",
        "wrong to right",
        "changed %",
        "no answer",
        "failed",
    )
    rows = ((shown(member.name), *_member(member)) for member in members)
    return Section.of("Seat by seat", [], columns, rows)


def _member(member: Member) -> Iterator[str]:
    flips, again, rounds = member.flips, member.flips.of > 0, member.rounds
    yield percent(rounds[0]) if rounds else ""
    yield percent(rounds[-1]) if len(rounds) > 1 else ""
    yield f"{flips.lost:,}" if rounds and again else ""
    yield f"{flips.gained:,}" if rounds and again else ""
    yield f"{100 * flips.changed:.1f}" if again else ""
    yield some(member.unread.silent)
    yield some(member.unread.failed)


def _influence(members: Sequence[Member]) -> Section:
    lines = [
        "follows: how often it moved to a peer's answer; pull: how often those that heard its answer, and",
        "had another, moved to it; unheard: the same without hearing it; lift: pull against how often the",
        "same seats moved to others' answers in the same situation",
    ]
    votes = [
        "ballot: what its last vote adds to the accuracy of the vote, the sum of the Shapley values;",
        "decisive: questions that others win without it",
    ]
    columns = ("seat", "follows %", "pull %", "unheard %", "lift", "ballot", "decisive", "Shapley")
    rows = ((shown(member.name), *_pull(member)) for member in members)
    talked = any(member.influence.pull for member in members)
    return Section.of("Influence", [*lines, *votes] if talked else votes, columns, rows)


def _pull(member: Member) -> Iterator[str]:
    influence, contribution = member.influence, member.contribution
    yield bare(influence.follows)
    yield percent(influence.pull)
    yield bare(influence.unheard)
    yield points(influence.lift)
    yield points(contribution.ballot)
    yield f"{contribution.decisive:,}"
    yield f"{100 * contribution.shapley.mean:+.1f}" if contribution.shapley else ""


def _readers(found: Dynamics) -> Section:
    readers = found.readers
    columns = ("round", "asked", "failed", "no answer", "texts", "unread, strict", "unread, lenient")
    rows = [(str(number), *_unread(held)) for number, held in enumerate(readers.rounds, 1)]
    lines = []
    if readers.strict is not None:
        lines.append(
            f"seats right, of the texts: {percent(readers.strict)} % by the strict reader, "
            f"{percent(readers.lenient)} % by the lenient one, which alone reads {readers.rescued:,}, "
            f"{readers.rescued_right:,} of them right"
        )
    return Section.of("Readers", lines, columns, rows)


def _unread(held: Unread) -> Iterator[str]:
    yield from (f"{held.asked:,}", f"{held.failed:,}", f"{held.silent:,}")
    for number in (held.texts, held.strict, held.lenient):
        yield f"{number:,}" if held.texts else ""
