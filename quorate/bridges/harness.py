"""A panel as a model of lm-evaluation-harness, so that any of its tasks runs on a deliberation.

    python -m quorate.bridges.harness run --model quorate --model_args definition=study.yaml --tasks gsm8k

or, in Python, `lm_eval.simple_evaluate(model=Deliberation("study.yaml"), tasks=["gsm8k"])`.

What kinds of requests are answered:

    generate_until          yes: the prompt is the question, the closing words are the answer
    loglikelihood           the options of one prompt (multiple choice): yes, as one question with choices
                            anything else: no; a group that talks has no probability of a given text
    loglikelihood_rolling   no, for the same reason
"""

from __future__ import annotations

import hashlib
import logging
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from lm_eval.api.model import LM
from lm_eval.api.registry import register_model
from tqdm import tqdm

from quorate.errors import BadOption
from quorate.events import Decided, Event, Started
from quorate.nouns import AnswerKind, Message, Question
from quorate.serving.conversation import one_text
from quorate.serving.minutes import Minutes
from quorate.serving.panel import Panel

if TYPE_CHECKING:
    from lm_eval.api.instance import Instance

Kept = TypeVar("Kept")
BEHIND = 1e-6
"""Nats by which every option stays behind the one that was decided on."""
_log = logging.getLogger("lm_eval.quorate")
_CUES = re.compile(r"\s*(?:Question|Problem|Q):\s*(?P<text>.*?)\s*(?:Answer|A):\s*", re.DOTALL)


@register_model("quorate")
class Deliberation(LM):  # type: ignore[misc]
    """Answers the harness's requests by deliberations, all of one kind of request in one run.

    How agents sample is part of the definition; what a task says about temperature or length is not used.

    Parameters
    ----------
    definition : str, Path or Definition, optional
        Who deliberates and how; the specialists of the shipped pool when None.
    pool : str or Path, optional
        A pool of your own.
    kind : optional
        How answers are compared; see `Panel`.
    record : str or Path, optional
        A folder for the runs, one a kind of request. An evaluation that was stopped goes on from there.
    batch_size, max_batch_size, device
        Taken, as the harness passes them to every model, and not used: the engine makes its own batches.

    Raises
    ------
    QuorateError
        When there is no such definition or pool.
    """

    def __init__(
        self,
        definition: Any = None,
        *,
        pool: str | Path | None = None,
        kind: AnswerKind | None = None,
        record: str | Path | None = None,
        batch_size: Any = None,
        max_batch_size: Any = None,
        device: Any = None,
    ) -> None:
        super().__init__()
        self.panel = Panel.of(definition, pool=pool, kind=kind)
        self._folder = None if record is None else Path(record)

    @property
    def tokenizer_name(self) -> str:
        """The panel's name; the harness wants one to tell its caches apart."""
        return f"quorate-{self.panel.name}"

    def get_model_info(self) -> dict[str, Any]:
        """Return the set-up, which the harness stores beside its results."""
        return {"quorate": self.panel.definition.setup()}

    def apply_chat_template(
        self, chat_history: Sequence[Mapping[str, str]], add_generation_prompt: bool = True
    ) -> str:
        """Put a chat into one question: what came before is quoted."""
        chat = list(chat_history)
        if not add_generation_prompt:
            raise BadOption("A deliberation cannot go on from a beginning of its answer: leave it out.")
        return one_text([turn["role"] for turn in chat], [turn["content"] for turn in chat])

    def generate_until(self, requests: list[Instance], disable_tqdm: bool = False) -> list[str]:
        """Deliberate on each prompt and return the closing words; see `answer_until`."""
        named = _named(request.args[0] for request in requests)
        questions = [Question(id=name, text=question_in(text), kind=self.panel.kind) for name, text in named]
        untils = [_untils(request.args[1]) for request in requests]
        place = {question.id: index for index, question in enumerate(questions)}
        found = self._deliberate(
            "generate_until",
            questions,
            lambda minutes: answer_until(minutes, untils[place[minutes.question.id]]),
            quiet=disable_tqdm,
        )
        texts = [found[question.id] for question in questions]
        for request, text in zip(requests, texts, strict=True):
            self.cache_hook.add_partial("generate_until", request.args, text)
        return texts

    def loglikelihood(self, requests: list[Instance], disable_tqdm: bool = False) -> list[tuple[float, bool]]:
        """Deliberate on each prompt with its options, and say how far each stays behind the decision.

        The option that was decided on has 0 and counts as greedy, so that `acc` and `acc_norm` both are how
        often the group was right. The others have negative numbers, by how likely the seats that score their
        options find them, or else by their votes; these are no likelihoods of texts.

        Raises
        ------
        BadOption
            When requests are not the options of a multiple-choice question.
        """
        groups = _grouped(requests)
        options = [[requests[place].args for place in group] for group in groups]
        named = _named("\x1f".join([given[0][0], *(option for _, option in given)]) for given in options)
        questions = [
            Question(
                id=name,
                text=question_in(given[0][0]),
                choices=tuple(option.strip() for _, option in given),
                kind="choice",
            )
            for (name, _), given in zip(named, options, strict=True)
        ]
        found = self._deliberate("loglikelihood", questions, behind, quiet=disable_tqdm)
        results = [(0.0, False)] * len(requests)
        for question, group in zip(questions, groups, strict=True):
            for place, worth in zip(group, found[question.id], strict=True):
                results[place] = worth, worth == 0
                self.cache_hook.add_partial("loglikelihood", requests[place].args, results[place])
        return results

    def loglikelihood_rolling(self, requests: list[Instance], disable_tqdm: bool = False) -> list[float]:
        """Refuse: a group that talks has no probability of a given text.

        Raises
        ------
        BadOption
            Always.
        """
        raise BadOption(
            f"The task '{requests[0].task_name}' asks for the probability of whole texts (perplexity), which "
            "a deliberation does not have; take a task that generates text or has choices."
        )

    def _deliberate(
        self, kind: str, questions: Sequence[Question], keep: Callable[[Minutes], Kept], *, quiet: bool
    ) -> dict[str, Kept]:
        """Run the questions and keep of each what `keep` makes of its minutes."""
        kept: dict[str, Kept] = {}
        open_: dict[str, Minutes] = {}
        with tqdm(total=len(questions), disable=quiet, desc=f"Deliberating ({kind})") as bar:

            def follow(event: Event) -> None:
                if isinstance(event, Started):
                    open_[event.question] = Minutes(event.asked, self.panel.readable)
                open_[event.question](event)
                if isinstance(event, Decided):
                    kept[event.question] = keep(open_.pop(event.question))
                    bar.update()

            folder = None if self._folder is None else self._folder / kind
            run = self.panel.definition.run(questions, record=folder, resume=True, listeners=[follow])
        for line in run.summary():
            _log.info(line)
        return kept


def question_in(prompt: str) -> str:
    r"""Take the cues of a prompt off, "Question:" and "Answer:", which our own prompts say in their way.

    A prompt that shows examples is left as it is, but for the white space around it.

    Examples
    --------
    >>> question_in("Question: What is 2+3?\nAnswer:")
    'What is 2+3?'
    >>> question_in("Q: 1+1?\nA: 2\n\nQ: 2+3?\nA:")
    'Q: 1+1?\nA: 2\n\nQ: 2+3?\nA:'
    """
    cued = _CUES.fullmatch(prompt)
    if cued is None or re.search(r"^\s*(?:Question|Problem|Q):", cued["text"], re.MULTILINE):
        return prompt.strip()
    return cued["text"] or prompt.strip()


def answer_until(minutes: Minutes, until: Sequence[str]) -> str:
    r"""Return the closing words of a deliberation, or the answer alone where a task wants no more than that.

    A task says where its answers end. When that is inside of the closing words, before the answer on their
    last line, the task expects a short answer and is given it.

    Examples
    --------
    >>> from quorate.nouns import Outcome
    >>> minutes = Minutes(Question(text="2+3?"))
    >>> minutes(Decided(question="q", outcome=Outcome(winners=("5",), answer="5", reason="1 vote")))
    >>> answer_until(minutes, ["Question:"]), answer_until(minutes, ["\n"])
    ('(1 vote)\nAnswer: 5', '5')
    """
    closing = minutes.closing()
    if not any(stop in closing for stop in until):
        return closing
    answer = minutes.outcome.answer if minutes.outcome is not None else None
    ends = [answer.find(stop) for stop in until if answer and stop in answer]
    return (answer or "")[: min(ends, default=None)]


def behind(minutes: Minutes) -> list[float]:
    """Return how far each choice stays behind the one decided on, in nats: 0 for that one, else negative.

    Where every seat's last answer scored all choices, the scores are pooled (the mean of their normalised
    logarithms); else the tally counts, half a vote added to each.

    Examples
    --------
    >>> from quorate.nouns import Outcome
    >>> minutes = Minutes(Question(text="Which is prime?", choices=("4", "7", "9")))
    >>> outcome = Outcome(winners=("B",), answer="B", tally={"B": 2, "A": 1})
    >>> minutes(Decided(question="q", outcome=outcome))
    >>> [round(worth, 2) for worth in behind(minutes)]
    [-0.51, 0.0, -1.61]
    """
    labels = minutes.question.labels
    outcome = minutes.outcome
    pooled = _pooled(minutes.messages, labels)
    tally = outcome.tally if outcome is not None else {}
    worth = pooled or {label: math.log(tally.get(label, 0.0) + 0.5) for label in labels}
    if outcome is None or outcome.answer not in worth:
        best = max(worth.values())
        return [worth[label] - best - BEHIND for label in labels]
    top = worth[outcome.answer]
    return [0.0 if label == outcome.answer else min(worth[label] - top, -BEHIND) for label in labels]


def _pooled(messages: Iterable[Message], labels: Sequence[str]) -> dict[str, float] | None:
    last = {said.seat: said.scores or {} for said in messages if said.answer is not None}
    if not last or not all(set(labels) <= set(scores) for scores in last.values()):
        return None
    rows = [_normalised([scores[label] for label in labels]) for scores in last.values()]
    columns = zip(*rows, strict=True)
    return {label: math.fsum(column) / len(rows) for label, column in zip(labels, columns, strict=True)}


def _normalised(logs: Sequence[float]) -> list[float]:
    top = max(logs)
    total = top + math.log(math.fsum(math.exp(log - top) for log in logs))
    return [log - total for log in logs]


def _untils(settings: Mapping[str, Any]) -> list[str]:
    until = settings.get("until") or []
    return [until] if isinstance(until, str) else [str(stop) for stop in until if stop]


def _named(texts: Iterable[str]) -> list[tuple[str, str]]:
    """Name texts by what they say; the second of equal ones, a repeat, has a name and draws of its own."""
    seen: Counter[str] = Counter()
    named = []
    for text in texts:
        digest = hashlib.blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest()
        seen[digest] += 1
        named.append((f"{digest}-{seen[digest]}", text))
    return named


def _grouped(requests: Sequence[Instance]) -> list[list[int]]:
    """Put together the places of each document's options; refuse what is no multiple choice."""
    groups: dict[tuple[Any, ...], list[int]] = {}
    repeats: Counter[tuple[Any, ...]] = Counter()
    for place, request in enumerate(requests):
        option = (request.task_name, request.doc_id, request.idx)
        repeats[option] += 1
        groups.setdefault((request.task_name, request.doc_id, repeats[option]), []).append(place)
    for group in groups.values():
        prompts = {requests[place].args[0] for place in group}
        if len(group) < 2 or len(prompts) > 1:
            what = "one text at a time" if len(group) < 2 else "texts behind several prompts"
            raise BadOption(
                f"The task '{requests[group[0]].task_name}' asks for the probability of {what}, which a "
                "deliberation does not have; it answers tasks that generate text, or that offer choices "
                "behind one prompt."
            )
    return list(groups.values())


def main() -> None:
    """Run the harness's own command line, where the model `quorate` is known now."""
    from lm_eval.__main__ import cli_evaluate

    cli_evaluate()


if __name__ == "__main__":
    main()
