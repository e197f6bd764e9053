"""Learning who should hear whom from recorded debates: no model is asked.

learned = learn_from_records("runs/first", "runs/second")
learned = learn_from_records("runs/first", score="oracle")
learned.save("graph.json")                      # topology: {learned: {file: graph.json}}
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations
from pathlib import Path
from typing import Any, Literal

import numpy as np

from quorate.answers import Mode
from quorate.errors import BadOption, BadQuestion, RecordError, did_you_mean
from quorate.evaluate.dynamics import Course
from quorate.evaluate.dynamics.courses import Heard
from quorate.evaluate.dynamics.shifts import Bools
from quorate.experiments.folder import Folder
from quorate.learning.gains import Cases, Gain, compared, credited
from quorate.learning.worth import worth_of_agents, worth_of_edges
from quorate.record import MANIFEST
from quorate.registry import spell
from quorate.topologies.learned_graphs import LearnedEdge, LearnedGraph, LearnedTurn
from quorate.transcript_files import load_transcripts
from quorate.transcripts import Transcript

Keep = Literal["unless_harmful", "if_helpful"]
CHANGES = "changes"
KEEPS: tuple[str, ...] = ("unless_harmful", "if_helpful")


def learn_from_records(
    *paths: str | Path,
    score: Any = CHANGES,
    keep: Keep = "unless_harmful",
    per_turn: bool = False,
    level: float = 0.95,
    least: int = 20,
    arms: Sequence[str] | None = None,
    reading: Mode | None = None,
    gold: str | Path | None = None,
) -> LearnedGraph:
    """Learn which edges to keep from what hearing them was worth in recorded debates.

    Parameters
    ----------
    paths
        Folders of runs or of experiments, or JSONL files of recorded outputs.
    score : "changes", "oracle", rule, name or mapping
        By what edges are judged: by what hearing did to the hearer's answers; by what the heard one's first
        draft knew and neither the hearer nor the others it hears did ("oracle"); or by what its draft adds
        to a rule's decision over theirs, such as "plurality". The last two need no debate: of a vote, all
        edges are judged.
    keep : {"unless_harmful", "if_helpful"}
        Take an edge out when its gain is below 0 for sure (the upper bound of the interval is), or unless it
        is above 0 for sure.
    per_turn : bool
        Judge every turn by itself; it needs that many more questions.
    level : float
        Coverage of the intervals. Of 30 edges without any effect, about one is taken out by chance at 0.95
        with "unless_harmful".
    least : int
        Fewer different questions than this say too little: the edge stays.
    arms : sequence of str, optional
        Of an experiment, only these arms; all when left out.
    reading, gold
        As in `load_transcripts`.

    Returns
    -------
    LearnedGraph
        Of the edges along which somebody was heard in the records; others were never tried and are not in it.

    Raises
    ------
    BadQuestion
        When there is no gold answer, nobody was heard, or the records are of different agents.
    BadQuestion, RecordError
        When a record cannot be read.
    BadOption
        For an impossible option.

    Notes
    -----
    What is estimated by changes is what hearing u adds to v's chance of being right in the NEXT round, not
    what it does for the group's answer: an edge that helps v may still cost the group a voice of its own.

    Where v heard u on some questions and not on others, in the same situation (whether v was right, what u
    said, how many of the others heard were right and wrong), both are compared. That is the effect of hearing
    if, within a situation, hearing was not decided by anything else that bears on the answer: with graphs
    drawn at random, or several graphs over the same questions, it is not.

    Where everybody always heard u there is nothing to compare, and u is credited with v's changes to what u
    said. That is the effect of hearing only if v would have kept its answer otherwise, and those who said
    the same deserve equal shares. Changes that v would have made anyway are credited too; that u keeps v
    from leaving a right answer is not seen, nor is what u alone knows while nobody believes it. A group that
    decides by the surest seat can then lose by a thinner graph what it had without any talk: the others grow
    sure of something wrong, and the one that knows is not heard.

    The other scores see that (`quorate.learning.worth` has them). They are about what there is to learn from
    hearing u, not about what v makes of it; for "oracle" no edge harms, so only "if_helpful" takes any out.

    Examples
    --------
    >>> import tempfile
    >>> from quorate import Agent, Definition, Scripted
    >>> from quorate.evaluate import Problem
    >>> from quorate.nouns import Question
    >>> agents = [Agent("ada", Scripted("Answer: 5")), Agent("bo", Scripted(["Answer: 6", "Answer: 5"]))]
    >>> todo = [Problem(question=Question(id=f"q{n}", text="2+3?"), gold="5") for n in range(40)]
    >>> folder = Path(tempfile.mkdtemp()) / "run"
    >>> run = Definition(agents, protocol={"debate": {"rounds": 2}}).run(todo, record=folder)
    >>> graph = learn_from_records(folder, keep="if_helpful")
    >>> [(edge.heard, edge.hearer) for edge in graph.kept()]
    [('ada', 'bo')]
    """
    if keep not in KEEPS:
        raise BadOption(f"An edge cannot be kept '{keep}'. {did_you_mean(str(keep), KEEPS)}")
    if least < 1:
        raise BadOption(f"At least 1 question is needed for a judgement, not {least}.")
    if not 0 < level < 1:
        raise BadOption(f"The level of the intervals lies between 0 and 1, such as 0.95; got {level:g}.")
    transcripts = _read(paths, arms, reading, gold, least_rounds=2 if score == CHANGES else 1)
    return learn_from_transcripts(
        transcripts, score=score, keep=keep, per_turn=per_turn, level=level, least=least
    )


def learn_from_transcripts(
    transcripts: Sequence[Transcript],
    *,
    heard: Sequence[Heard | None] | None = None,
    score: Any = CHANGES,
    keep: Keep = "unless_harmful",
    per_turn: bool = False,
    level: float = 0.95,
    least: int = 20,
) -> LearnedGraph:
    """Learn which edges to keep from transcripts; see `learn_from_records`.

    Parameters
    ----------
    transcripts : sequence of Transcript
    heard : sequence, shape (transcripts,), optional
        Who heard what in each, in the place of what the transcripts say of it themselves.
    score, keep, per_turn, level, least
        As in `learn_from_records`.
    """
    _check_transcripts(transcripts)
    course = Course.of(transcripts, heard)
    if score != CHANGES:
        if per_turn:
            raise BadOption(
                "First drafts are the same for every turn: score by changes, or leave out per_turn."
            )
        return _by_drafts(transcripts, course, score, keep, level, least)
    turns = range(1, course.rounds) if per_turn else [None]
    found = [_turn(course, turn, keep, level, least) for turn in turns]
    if not any(turn.edges for turn in found):
        raise BadQuestion(
            "Nobody was heard in these records on a question with a gold answer: take debates of two rounds "
            "or more, or give the gold answers in a file."
        )
    edges = [edge for turn in found for edge in turn.edges]
    return LearnedGraph(
        seats=transcripts[0].seats,
        turns=tuple(found),
        method="records",
        about={
            "keep": keep,
            "level": level,
            "least": least,
            "questions": len(np.unique(course.groups[course.gold])),
            "transcripts": int(course.gold.sum()),
            "hearing_assumed": course.assumed,
            "undecided": sum(edge.why.startswith("too few") for edge in edges),
            "compared": sum(edge.why.endswith("compared") for edge in edges),
        },
    )


def _by_drafts(
    transcripts: Sequence[Transcript], course: Course, score: Any, keep: Keep, level: float, least: int
) -> LearnedGraph:
    """Judge every edge along which somebody was heard, or all where nobody was, by the first drafts."""
    seats = transcripts[0].seats
    heard = [(course.names[u], course.names[v]) for u, v in np.argwhere(_was_heard(course, None))]
    edges = []
    for (speaker, hearer), (gap, drafted) in worth_of_edges(
        transcripts, heard or list(permutations(seats, 2)), of=score, level=level
    ).items():
        gain = Gain(**gap.model_dump(), cases=drafted, questions=drafted, how="by drafts")
        kept, why = _verdict(gain, keep, least)
        edges.append(
            LearnedEdge(
                heard=speaker,
                hearer=hearer,
                probability=round(gain.likely, 4),
                kept=kept,
                why=why,
                **_figures(gain),
            )
        )
    agents = worth_of_agents(transcripts, of=score, level=level)
    about = {
        "score": score if isinstance(score, (str, Mapping)) else spell(score),
        "keep": keep,
        "level": level,
        "least": least,
        "questions": agents[0].questions,
        "undecided": sum(edge.why.startswith("too few") for edge in edges),
        "agents": [agent.model_dump() for agent in agents],
    }
    return LearnedGraph(seats=seats, turns=(LearnedTurn(edges=tuple(edges)),), method="records", about=about)


def _check_transcripts(transcripts: Sequence[Transcript]) -> None:
    if not transcripts:
        raise BadQuestion(
            "There is no record of a debate with two rounds or more to learn from: in the first round nobody "
            "hears anybody. Give the folders of runs that debate."
        )
    if all(transcript.gold is None for transcript in transcripts):
        raise BadQuestion(
            "The records hold no gold answer, and only what is right shows what an edge was worth: give the "
            "gold answers in a file with --gold (in Python: gold=...)."
        )
    first = transcripts[0].seats
    other = next((t.seats for t in transcripts if set(t.seats) != set(first)), None)
    if other is not None:
        raise BadQuestion(
            f"The records are of different agents: {', '.join(first)} in one, {', '.join(other)} in another. "
            "Learn a graph for each, or name the arms of the experiment that have the same agents."
        )


def _turn(course: Course, turn: int | None, keep: Keep, level: float, least: int) -> LearnedTurn:
    """Judge every edge along which somebody was heard, in one turn or in all."""
    return LearnedTurn(
        edges=tuple(
            _judged(course, int(u), int(v), turn, keep, level, least)
            for u, v in np.argwhere(_was_heard(course, turn))
        )
    )


def _was_heard(course: Course, turn: int | None) -> Bools:
    """Return who was ever heard by whom on a question with a gold answer; [u, v]: v heard u."""
    found = course.hearings
    rows, places = np.nonzero(found.heard > -2)
    chosen = course.gold[found.question[rows]] & (turn is None or found.turn[rows] == turn)
    rows, places = rows[chosen], places[chosen]
    question = found.question[rows]
    heard = np.zeros((len(course.names), len(course.names)), dtype=np.bool_)
    heard[course.seats[question, places], course.seats[question, found.place[rows]]] = True
    return heard


def _judged(
    course: Course, heard: int, hearer: int, turn: int | None, keep: Keep, level: float, least: int
) -> LearnedEdge:
    cases = Cases.of(course, heard, hearer, turn)
    gain = _best(cases, level, least)
    known: Mapping[str, Any] = {}
    kept, why, likely = True, "too few: it never gave an answer that was heard", 0.5
    if gain is not None:
        known = _figures(gain)
        likely = round(gain.likely, 4)
        kept, why = _verdict(gain, keep, least)
    names = {"heard": course.names[heard], "hearer": course.names[hearer]}
    return LearnedEdge(**names, probability=likely, kept=kept, why=why, **known)


def _figures(gain: Gain) -> Mapping[str, Any]:
    return {"gain": gain.mean, "low": gain.low, "high": gain.high, "cases": gain.cases}


def _best(cases: Cases, level: float, least: int) -> Gain | None:
    """Compare where enough questions let one, else credit."""
    against = compared(cases, level)
    return against if against is not None and against.questions >= least else credited(cases, level)


def _verdict(gain: Gain, keep: Keep, least: int) -> tuple[bool, str]:
    if gain.questions < least:
        did = "drafted" if gain.how == "by drafts" else "heard"
        return True, f"too few: {did} on {gain.questions} questions"
    says = "helps" if gain.low > 0 else "harms" if gain.high < 0 else "may help or harm"
    kept = gain.low > 0 if keep == "if_helpful" else gain.high >= 0
    return kept, f"{says}, {gain.how}"


def _read(
    paths: Sequence[str | Path],
    arms: Sequence[str] | None,
    reading: Mode | None,
    gold: str | Path | None,
    *,
    least_rounds: int,
) -> list[Transcript]:
    transcripts: list[Transcript] = []
    for path in (run for given in paths for run in _runs(Path(given), arms)):
        loaded = load_transcripts(path, reading=reading, gold=gold)
        transcripts += [
            transcript for transcript in loaded.transcripts if len(transcript.rounds) >= least_rounds
        ]
    return transcripts


def _runs(path: Path, arms: Sequence[str] | None) -> Iterator[Path]:
    """Yield the run folders of an experiment that debate; anything else is a record itself."""
    if not Folder(path).begun:
        if arms:
            raise BadOption(f"{path} is no experiment: it has no arms to choose from.")
        yield path
        return
    folder = Folder(path)
    there = list(folder.describe()["setup"].get("arms", ()))  # its controls are no debates of these agents
    for arm in arms or ():
        if arm not in there:
            raise BadOption(f"The experiment {path} has no arm '{arm}'. {did_you_mean(arm, there)}")
    found = [run for arm in (arms or there) for run in sorted(folder.arm(arm, 0).parent.glob("seed-*"))]
    runs = [run for run in found if (run / MANIFEST).is_file()]
    if not runs:
        raise RecordError(f"The experiment {path} holds no run yet: finish it with quorate compare {path}")
    yield from runs
