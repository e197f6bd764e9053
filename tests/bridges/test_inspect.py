"""Tasks of Inspect on its own example data sets, run on deliberations."""

from __future__ import annotations

import gc
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from quorate import Agent, Definition, Scripted, vote
from quorate.nouns import Ask

inspect_ai = pytest.importorskip("inspect_ai", reason="quorate[inspect] is not installed")
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]


def panel(script: Any, protocol: Any = "debate", **options: Any) -> Definition:
    model = script if hasattr(script, "reply") else Scripted(script)
    return Definition([Agent(name, model) for name in ("ada", "bo", "cy")], protocol=protocol, **options)


@pytest.fixture(autouse=True)
def swept() -> Iterator[None]:
    """Let what Inspect leaves unclosed be collected here, where its warnings are ignored."""
    yield
    gc.collect()


@pytest.fixture
def evaluate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    monkeypatch.chdir(tmp_path)

    def run(task: Any, **options: Any) -> Any:
        (log,) = inspect_ai.eval(task, display="none", log_dir=str(tmp_path / "logs"), **options)
        return log

    return run


def deliberate(*given: Any, **options: Any) -> Any:
    from quorate.bridges.inspect import deliberate

    return deliberate(*given, **options)


def accuracy(log: Any) -> float:
    assert log.status == "success", log.error
    return float(log.results.scores[0].metrics["accuracy"].value)


def theory(count: int) -> Any:
    from inspect_ai.dataset import example_dataset

    return example_dataset("theory_of_mind")[:count]


def knows(targets: dict[str, str]) -> Callable[[Ask, int], str]:
    """Know the target of every question; cy is wrong until it hears the others."""

    def say(ask: Ask, seed: int) -> str:
        target = next(target for text, target in targets.items() if text in ask.question.text)
        if ask.seat == "cy" and ask.turn == 0:
            return "I do not remember.\nAnswer: attic"
        return f"It was put there.\nAnswer: {target}"

    return say


def told(samples: Any) -> dict[str, str]:
    return {sample.input[0].text: sample.target for sample in samples}


def test_their_theory_of_mind_runs_on_a_debate_as_a_solver(evaluate: Callable[..., Any]) -> None:
    from inspect_ai import Task
    from inspect_ai.scorer import includes

    samples = theory(10)
    solver = deliberate(panel(knows(told(samples))))
    log = evaluate(Task(dataset=samples, solver=solver, scorer=includes()), model="none")
    assert accuracy(log) == 1.0
    sample = log.samples[0]
    assert sample.output.completion.splitlines()[-1] == f"Answer: {samples[0].target}"
    assert sample.output.metadata["quorate"]["rounds"] == 2
    assert "[round 1] cy, draft:\nI do not remember." in sample.messages[-1].content[0].reasoning
    (usage,) = log.stats.model_usage.values()
    assert usage.total_tokens > 0
    assert usage.output_tokens > 0


def test_and_as_a_model_under_their_own_solvers(evaluate: Callable[..., Any]) -> None:
    from inspect_ai import Task
    from inspect_ai.model import get_model
    from inspect_ai.scorer import includes
    from inspect_ai.solver import chain_of_thought, generate

    samples = theory(6)
    model = get_model("quorate/study", definition=panel(knows(told(samples))), memoize=False)
    task = Task(dataset=samples, solver=[chain_of_thought(), generate()], scorer=includes())
    assert accuracy(evaluate(task, model=model)) == 1.0


def choices() -> Any:
    from inspect_ai.dataset import MemoryDataset, Sample

    return MemoryDataset(
        [
            Sample(input=f"Which is {n} + {n}?", choices=[str(n), str(2 * n), str(3 * n)], target="B", id=n)
            for n in range(2, 8)
        ]
    )


def doubles(ask: Ask, seed: int) -> str:
    if not ask.question.choices:
        return "It is the second.\nANSWER: B"
    n = int(ask.question.text.split()[2])
    return f"Answer: {ask.question.labels[ask.question.choices.index(str(2 * n))]}"


def test_choices_are_decided_on_and_marked(evaluate: Callable[..., Any]) -> None:
    from inspect_ai import Task
    from inspect_ai.scorer import choice

    shuffled = choices()
    shuffled.shuffle_choices(seed=3)
    for samples in (choices(), shuffled):
        log = evaluate(Task(samples, solver=deliberate(panel(doubles)), scorer=choice()), model="none")
        assert accuracy(log) == 1.0
    wrong = Task(choices(), solver=deliberate(panel("Answer: C")), scorer=choice())
    assert accuracy(evaluate(wrong, model="none")) == 0.0
    silent = Task(choices(), solver=deliberate(panel("Hm.")), scorer=choice())
    assert accuracy(evaluate(silent, model="none")) == 0.0


def test_their_multiple_choice_solver_reads_the_closing_words(evaluate: Callable[..., Any]) -> None:
    from inspect_ai import Task
    from inspect_ai.model import get_model
    from inspect_ai.scorer import choice
    from inspect_ai.solver import multiple_choice

    model = get_model("quorate/study", definition=panel(doubles), memoize=False)
    assert accuracy(evaluate(Task(choices(), solver=multiple_choice(), scorer=choice()), model=model)) == 1.0


def test_samples_share_the_batches_of_one_table(evaluate: Callable[..., Any]) -> None:
    from inspect_ai import Task
    from inspect_ai.scorer import includes

    sizes: list[int] = []

    class Slow(Scripted):
        lanes = 1

        def reply(self, requests: Any) -> Iterator[Any]:
            import time

            sizes.append(len(requests))
            time.sleep(0.05)
            yield from super().reply(requests)

    samples = theory(40)
    solver = deliberate(panel(Slow("Answer: pantry"), vote))
    evaluate(Task(dataset=samples, solver=solver, scorer=includes()), model="none", max_samples=40)
    assert sum(sizes) == 3 * 40
    assert max(sizes) > 30, sizes


def test_epochs_are_drawn_anew_and_the_same_again_next_time(evaluate: Callable[..., Any]) -> None:
    from inspect_ai import Task
    from inspect_ai.scorer import includes

    def answers() -> list[str]:
        solver = deliberate(panel(lambda ask, seed: f"Answer: {seed}", vote))
        task = Task(dataset=theory(1), solver=solver, scorer=includes())
        log = evaluate(task, model="none", epochs=3)
        return [sample.output.completion for sample in sorted(log.samples, key=lambda sample: sample.epoch)]

    first = answers()
    assert len(set(first)) == 3
    assert answers() == first


def test_agents_that_all_fail_fail_their_sample(evaluate: Callable[..., Any]) -> None:
    from inspect_ai import Task
    from inspect_ai.scorer import includes

    def broken(ask: Ask, seed: int) -> str:
        if "pantry" in ask.question.text:
            raise RuntimeError("out of memory")
        return "Answer: x"

    samples = theory(2)
    task = Task(dataset=samples, solver=deliberate(panel(broken)), scorer=includes())
    log = evaluate(task, model="none", fail_on_error=False)
    errors = [sample.error.message for sample in log.samples if sample.error]
    assert errors
    assert all("Every agent failed; ada says: RuntimeError: out of memory" in error for error in errors)


def test_tools_and_pictures_are_refused(evaluate: Callable[..., Any]) -> None:
    from inspect_ai import Task
    from inspect_ai.dataset import MemoryDataset, Sample
    from inspect_ai.model import ChatMessageUser, ContentImage, ContentText, get_model
    from inspect_ai.scorer import includes
    from inspect_ai.solver import generate, use_tools
    from inspect_ai.tool import think

    model = get_model("quorate/study", definition=panel("Answer: 5"), memoize=False)
    picture = ContentImage(image="data:image/png;base64,AAAA")
    shown = Sample(input=[ChatMessageUser(content=[ContentText(text="What is it?"), picture])], target="5")
    tooled = Task(
        MemoryDataset([Sample("2+3?", target="5")]), [use_tools(think()), generate()], scorer=includes()
    )
    pictured = Task(MemoryDataset([shown]), [generate()], scorer=includes())
    for task, words in ((tooled, "calls no tools"), (pictured, "read text only")):
        log = evaluate(task, model=model)
        assert log.status == "error"
        assert words in log.error.message


def test_the_miniature_pool_solves_a_task(evaluate: Callable[..., Any], miniature_pool: Path) -> None:
    from inspect_ai import Task
    from inspect_ai.scorer import includes

    solver = deliberate(pool=str(miniature_pool))
    log = evaluate(Task(dataset=theory(3), solver=solver, scorer=includes()), model="none")
    assert 0 <= accuracy(log) <= 1
    assert all(sample.output.metadata["quorate"]["calls"] > 0 for sample in log.samples)


TASK = """
from inspect_ai import Task, task
from inspect_ai.dataset import example_dataset
from inspect_ai.scorer import includes
from inspect_ai.solver import generate

@task
def theory():
    return Task(dataset=example_dataset("theory_of_mind")[:3], solver=generate(), scorer=includes())
"""


def test_their_command_line_knows_the_solver(tmp_path: Path) -> None:
    (tmp_path / "theory.py").write_text(TASK, "utf-8")
    (tmp_path / "study.yaml").write_text(
        "agents:\n  - {name: ada, model: {scripted: {script: 'Answer: pantry'}}}\n"
    )
    program = Path(sys.executable).with_name("inspect")
    command = [str(program), "eval", "theory.py", "--display", "plain", "--model", "none"]
    command += ["--solver", "quorate/deliberate", "-S", "definition=study.yaml"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert "accuracy" in done.stdout


def test_a_model_is_named_by_the_path_of_its_definition(evaluate: Callable[..., Any], tmp_path: Path) -> None:
    from inspect_ai import Task
    from inspect_ai.scorer import includes

    (tmp_path / "study.yaml").write_text(
        "agents:\n  - {name: ada, model: {scripted: {script: 'Answer: pantry'}}}\n"
    )
    log = evaluate(Task(dataset=theory(2), scorer=includes()), model="quorate/study.yaml")
    assert accuracy(log) == 0.5
    assert log.eval.model == "quorate/study.yaml"
