"""One run as a table: the run beside the vote over its own first drafts, which costs no further call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from quorate.elections import share_right
from quorate.evaluate.claims import compare, detectable_among
from quorate.evaluate.results import Column, Comparison, Cost
from quorate.evaluate.statistics import Rate
from quorate.nouns import Message
from quorate.redeciding import called
from quorate.report.debates import Debate, Recorded
from quorate.report.standing import elected, standing
from quorate.report.wording import count

DRAFTS = "vote over the first drafts"


def beside_its_drafts(recorded: Recorded, name: str) -> Comparison:
    """Compare a run with the vote over its first drafts, where it has drafts and gold answers."""
    decided = recorded.decided
    columns = [_whole(recorded, name)]
    if any(len(debate.transcript.rounds) > 1 for debate in decided):
        columns.append(_drafted(decided))
    known = [debate for debate in decided if debate.gold is not None]
    worth = {name: [_worth(debate) for debate in known], DRAFTS: [_drafts_worth(debate) for debate in known]}
    pairs = [(name, DRAFTS)] if len(known) > 1 and len(columns) == 2 and name != DRAFTS else []
    return Comparison(
        title=name,
        problems=len(decided),
        seeds=(_seed(recorded.manifest),),
        columns=tuple(columns),
        claims=compare(worth, pairs) if pairs else (),
        detectable=detectable_among(worth, pairs) if pairs else None,
        notes=tuple(_notes(recorded)),
    )


def _seed(manifest: Mapping[str, Any]) -> int:
    seed = (manifest.get("setup") or {}).get("seed", 0)
    return seed if isinstance(seed, int) else 0


def _notes(recorded: Recorded) -> list[str]:
    notes = []
    if recorded.open:
        asked = recorded.open + len(recorded.decided)
        notes.append(f"Not decided yet: {recorded.open:,} of {count(asked, 'question')}.")
    ungraded = sum(debate.gold is None for debate in recorded.decided)
    if ungraded:
        notes.append(f"Not scored, for want of a gold answer: {count(ungraded, 'question')}.")
    return notes


def _whole(recorded: Recorded, name: str) -> Column:
    decided = recorded.decided
    outcomes = [debate.outcome for debate in decided if debate.outcome is not None]
    return Column(
        name=name,
        about=about(recorded.manifest),
        strict=Rate.mean([_worth(debate) for debate in decided if debate.gold is not None]),
        cost=Cost.mean(_cost(debate.said) for debate in decided),
        rounds=sum(outcome.rounds for outcome in outcomes) / max(1, len(outcomes)),
        unread=sum(outcome.invalid for outcome in outcomes),
        failed=sum(said.failed for debate in decided for said in debate.said),
    )


def _drafted(decided: Sequence[Debate]) -> Column:
    drafts = [debate.transcript.rounds[0].messages for debate in decided if debate.transcript.rounds]
    spoken = [said for messages in drafts for said in messages]
    return Column(
        name=DRAFTS,
        about="the same drafts, no talk; of k tied answers each counts for 1/k",
        control=True,
        strict=Rate.mean([_drafts_worth(debate) for debate in decided if debate.gold is not None]),
        cost=Cost.mean(_cost(messages) for messages in drafts),
        rounds=1.0,
        unread=sum(said.answer is None and not said.failed for said in spoken),
        failed=sum(said.failed for said in spoken),
    )


def _worth(debate: Debate) -> float:
    return float(debate.outcome is not None and debate.outcome.answer == debate.gold)


def _drafts_worth(debate: Debate) -> float:
    rounds = standing(debate)
    return share_right(elected(rounds[0]), debate.gold or "") if rounds else 0.0


def _cost(said: Sequence[Message]) -> Cost:
    """Return what messages cost; those of one act in one turn did not have to wait for each other."""
    waves = [list(wave) for _, wave in groupby(said, key=lambda message: (message.turn, message.act))]
    return Cost(
        calls=len(said),
        tokens_in=sum(message.tokens_in for message in said),
        tokens_out=sum(message.tokens_out for message in said),
        cached=sum(message.tokens_cached for message in said),
        depth=len(waves),
        seconds=sum(max(message.seconds for message in wave) for wave in waves),
    )


def about(manifest: Mapping[str, Any]) -> str:
    """Say in a few words how a run was set up.

    Examples
    --------
    >>> setup = {"protocol": {"debate": {"rounds": 2}}, "topology": {"maker": "ring"}, "agents": [1, 2]}
    >>> about({"setup": setup})
    'debate (rounds 2), ring, 2 agents'
    """
    setup = manifest.get("setup") or {}
    maker = (setup.get("topology") or {}).get("maker")
    seats = len(setup.get("agents") or ())
    parts = [called(spelt) for spelt in (setup.get("protocol"), maker) if spelt]
    return ", ".join([*parts, *([f"{seats} agent{'s' * (seats != 1)}"] if seats else [])])
