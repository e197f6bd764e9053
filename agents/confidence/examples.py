r"""Examples: drafts of an agent with the verdict on their lines and their answers.

Example(ask=Ask(... instruction="Solve: 2+3 then times 2"), text="[1] 2+3=5\n[2] 5*2=11\nAnswer: 11",
        right=False, lines=(True, False, None))
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from quorate.agents.agent import Agent, Request
from quorate.agents.local.lines import lines_of
from quorate.agents.local.model import LocalModel
from quorate.answers import read
from quorate.errors import BadOption, ModelError
from quorate.nouns import Ask, Question, derive_seed

if TYPE_CHECKING:
    from quorate.agents.local.decoding import Draft
    from quorate.agents.local.session import Job, Session

Label = bool | None
"""Right, wrong, or not counted."""
Check = Callable[[Question, str], Sequence[Label]]
"""Returns one label for each line of a text; lines after the first wrong one do not count."""
Progress = Callable[[int, int], None]
"""Called with how much is done and how much there is."""


@dataclass(frozen=True, slots=True)
class Exercise:
    """Something to sample drafts on.

    Parameters
    ----------
    ask : Ask
        As a protocol would ask it.
    gold : str, optional
        The right answer in canonical form; only labels are made of it, the model never sees it.
    prefix : str
        What the draft begins with, given and not judged: right lines, with their line breaks.
    """

    ask: Ask
    gold: str | None
    prefix: str = ""


@dataclass(frozen=True, slots=True)
class Example:
    r"""A draft with its labels.

    Parameters
    ----------
    ask : Ask or str
        What was asked, or the bare instruction.
    text : str
        What was written behind the prefix.
    right : bool, optional
        Whether its answer is right.
    lines : sequence of bool or None
        Whether each line is right, given that all lines before it are; None does not count. What follows
        the last line break may have a label too, as in `text.split("\n")`. Nothing at all says nothing
        about lines: of a right answer every line then counts as right.
    prefix : str
        What the draft began with.
    ids : sequence of int
        The tokens that were drawn, when they are known: those of the text, and what ended it.
    spoken : int
        How many of these come before the one that ended the text.

    Examples
    --------
    >>> Example("What is 2+3?", "2+3=5\nAnswer: 5", right=True).labels()
    (True, True)
    >>> Example("What is 2+3?", "2+3=6\n6\nAnswer: 6", right=False, lines=(False, True, True)).labels()
    (False, None, None)
    """

    ask: Ask | str
    text: str
    right: Label = None
    lines: Sequence[Label] = ()
    prefix: str = ""
    ids: Sequence[int] = ()
    spoken: int = 0

    def labels(self) -> tuple[Label, ...]:
        """Return one label a line, blank lines and those after the first wrong one left out.

        Raises
        ------
        BadOption
            When the labels do not fit the lines.
        """
        lines = lines_of(self.text)
        given = list(self.lines) or [True if self.right else None] * len(lines)
        if not self.text or self.text.endswith("\n"):
            given = given[: len(lines)] if len(given) == len(lines) + 1 else given
        if len(given) != len(lines):
            raise BadOption(
                f"An example has {len(given)} labels for {len(lines)} lines; give one label a line, None "
                f"where it does not count. It begins {self.text[:60]!r}."
            )
        labels: list[Label] = []
        for line, label in zip(lines, given, strict=True):
            counts = line.strip() and label is not None and False not in labels
            labels.append(bool(label) if counts else None)
        return tuple(labels)

    @property
    def question(self) -> str:
        """What tells its question from others: drafts on one question must not be split."""
        return self.ask if isinstance(self.ask, str) else self.ask.question.id


def sample_examples(
    agent: Agent,
    exercises: Iterable[Exercise],
    check: Check | None = None,
    *,
    per_question: int = 2,
    temperature: float = 0.7,
    seed: int = 0,
    progress: Progress | None = None,
) -> list[Example]:
    """Let an agent write drafts and label them.

    Parameters
    ----------
    agent : Agent
        Of a `LocalModel`; it speaks with its own role, adapter and limits.
    exercises : iterable of Exercise
    check : callable, optional
        `(question, text) -> labels`, one for each line (see `lines_of`; blank ones too) of the text that was
        written behind the prefix.
        Without it every line of a right answer counts as right, and of a wrong one only the answer does.
    per_question : int
        Drafts on each exercise.
    temperature : float
        Higher than in use, so that there are wrong ones to learn from.
    seed : int
        Determines all drafts.
    progress : callable, optional
        `(drafts done, drafts in all) -> None`.

    Returns
    -------
    list of Example
        In the order of the exercises; drafts that failed are left out.

    Raises
    ------
    BadOption
        When the agent's model is not local, there is nothing to label with, or a check does not label
        every line.
    ModelError
        When no draft could be written.

    Examples
    --------
    >>> import tempfile
    >>> from quorate.agents.agent import Sampling
    >>> from quorate.lab.standin import make_standin
    >>> ada = Agent("ada", LocalModel(make_standin(tempfile.mkdtemp())), sampling=Sampling(max_tokens=8))
    >>> ask = Ask(seat="ada", act="draft", turn=0, question=Question(text="2+3?"), instruction="What is 2+3?")
    >>> drafts = sample_examples(ada, [Exercise(ask, gold="5")])
    >>> [draft.right for draft in drafts]
    [False, False]
    """
    exercises = list(exercises)
    model = _local(agent, exercises, check, per_question)
    session = model.open().without_heads().for_one_call()
    sampling = agent.sampling.model_copy(update={"temperature": temperature, "answering": "text"})
    agent = replace(agent, sampling=sampling)
    pairs = [(exercise, sample) for exercise in exercises for sample in range(per_question)]
    jobs = [
        session.job(index, Request(agent, exercise.ask, _seed(seed, exercise, sample)), exercise.prefix)
        for index, (exercise, sample) in enumerate(pairs)
    ]
    drafts = _write(session, jobs, progress)
    return [_example(pairs[index][0], drafts[index], check) for index in sorted(drafts)]


def _seed(seed: int, exercise: Exercise, sample: int) -> int:
    return derive_seed(seed, "confidence", exercise.ask.question.id, exercise.prefix, sample)


def _local(agent: Agent, exercises: Sequence[Exercise], check: Check | None, per_question: int) -> LocalModel:
    if not isinstance(agent.model, LocalModel):
        raise BadOption(
            f"The agent '{agent.name}' does not speak with a local model; only those have states that a "
            f"confidence head can look at."
        )
    if not exercises or per_question < 1:
        raise BadOption(
            "There is nothing to sample: give one exercise or more, and per_question of at least 1."
        )
    if check is None and all(exercise.gold is None for exercise in exercises):
        raise BadOption(
            "No exercise has a gold answer and there is no check: nothing says which drafts are right. Give "
            "the exercises their gold, or a check of lines."
        )
    return agent.model


def _write(session: Session, jobs: Sequence[Job], progress: Progress | None) -> dict[int, Draft]:
    """Write the drafts of jobs; return them by the jobs' indices."""
    drafts: dict[int, Draft] = {}
    order = sorted(jobs, key=lambda job: (job.size, job.row.prompt))
    problem = None
    written = session.spread(session.draft, order, [job.size for job in order])
    for done, (job, draft) in enumerate(written, 1):
        if isinstance(draft, Exception):
            problem = draft
        else:
            drafts[job.index] = draft
        if progress is not None:
            progress(done, len(jobs))
    if problem is not None and not drafts:
        raise ModelError(f"No draft could be written: {problem}") from problem
    return drafts


def _example(exercise: Exercise, draft: Draft, check: Check | None) -> Example:
    question = exercise.ask.question
    right = None if exercise.gold is None else read(question, draft.text) == exercise.gold
    lines = () if check is None else tuple(check(question, draft.text))
    example = Example(exercise.ask, draft.text, right, lines, exercise.prefix, draft.ids, draft.spoken)
    example.labels()  # a check that labels the wrong lines is found out here, where it is known whose it is
    return example
