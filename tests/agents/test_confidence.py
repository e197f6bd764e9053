"""Confidence heads: training, calibration, saving, refusing, and the same judgement in any batch."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from quorate.agents import Agent, LocalModel, Request, Sampling, Scripted
from quorate.agents.confidence import (
    ConfidenceHead,
    Example,
    Exercise,
    lines_of,
    sample_examples,
    train_head,
)
from quorate.agents.local import base as local_base
from quorate.definition import Definition
from quorate.errors import BadOption, ModelError
from quorate.events import Event, Said
from quorate.nouns import Ask, Ballot, Question
from tests.agents.conftest import MakeRequest, Replies, copy_of

RIGHT, WRONG = "the total is the same", "the total is not so"


def synthetic(count: int, seed: int = 0) -> list[Example]:
    """Drafts of three lines, each of which says plainly whether it is right."""
    rng = random.Random(seed)
    examples = []
    for number in range(count):
        wrong = rng.choice([None, None, 0, 1, 2])
        lines = [f"[{place}] {WRONG if place == wrong else RIGHT}\n" for place in range(3)]
        labels = [place != wrong for place in range(3)]
        examples.append(Example(f"Solve: {number}", "".join(lines), right=wrong is None, lines=labels))
    return examples


@pytest.fixture(scope="module")
def home(standin: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the stand-in with heads for its base and for two of its three adapters."""
    folder = tmp_path_factory.mktemp("confidence") / "base"
    shutil.copytree(standin, folder)
    model = LocalModel(folder, device="cpu")
    examples = synthetic(120)
    for seed, adapter in enumerate([None, folder / "adapter-0", folder / "adapter-1"]):
        train_head(model, adapter, examples, seed=seed).save(adapter or folder)
    return folder


@pytest.fixture
def copy(home: Path, tmp_path: Path) -> Path:
    """A copy that a test may spoil."""
    return Path(shutil.copytree(home, tmp_path / "base"))


def wanted(make: MakeRequest, model: LocalModel, seed: int, adapter: Path | None, **options: Any) -> Request:
    given_ = {"temperature": 1.5, "max_tokens": 20, "expects": "answer", **options}
    request = make(model, f"Solve: {seed}+3", seed=seed, adapter=adapter, **given_)
    return Request(request.agent, request.ask.model_copy(update={"stretches": True}), seed)


# Training


def test_a_head_learns_what_can_be_told_apart(home: Path) -> None:
    for folder in (home, home / "adapter-0", home / "adapter-1"):
        config = ConfidenceHead.load(folder).config
        assert config.line_metrics.n > 30
        assert config.line_metrics.auc is not None
        assert config.line_metrics.auc > 0.97
        assert config.answer_metrics.auc is not None
        assert config.answer_metrics.auc > 0.97
        assert config.answer_metrics.ece < 0.2


def test_answers_alone_teach_which_line_is_wrong(copy: Path) -> None:
    """With gold but no check of lines, the product of the lines finds the line to blame."""
    examples = [Example(example.ask, example.text, right=example.right) for example in synthetic(250)]
    head = train_head(copy, None, examples)
    assert (head.config.answer_metrics.auc or 0) > 0.95
    head.save(copy)
    [lines] = judged(LocalModel(copy), [f"[0] {RIGHT}\n[1] {WRONG}\n[2] {RIGHT}\n"])
    assert lines[1] < 0.5 < min(lines[0], lines[2])


def judged(model: LocalModel, texts: Sequence[str]) -> list[tuple[float, ...]]:
    """What the base's head says of the lines of texts that somebody else wrote."""
    from quorate.agents.local.watch import read_traces

    session = model.open()
    model.prepare([Agent("ada", model)])
    assert session.heads is not None
    head = session.heads.of(-1)
    assert head is not None
    ids = [tuple(session.format.encode(text)) for text in texts]
    prompts = [(-1, tuple(session.format.prompt("", [], "Solve: 7")))] * len(texts)
    owners = [
        session.finder.owners(tokens, len(tokens), text) for tokens, text in zip(ids, texts, strict=True)
    ]
    verdicts = head.judge(texts, read_traces(session.run, prompts, ids), owners)
    assert [len(verdict.lines) for verdict in verdicts] == [len(lines_of(text)) for text in texts]
    return [tuple(chance or 0.0 for chance in verdict.lines) for verdict in verdicts]


def test_the_seed_determines_a_head(home: Path) -> None:
    import torch

    examples = synthetic(40)
    one, same, other = (train_head(home, home / "adapter-0", examples, seed=seed) for seed in (3, 3, 4))
    assert one.config == same.config
    assert all(torch.equal(one.weights[name], same.weights[name]) for name in one.weights)
    assert not torch.equal(one.weights["inner"], other.weights["inner"])


def test_what_cannot_be_learned_from_is_refused(home: Path) -> None:
    examples = synthetic(30)
    with pytest.raises(BadOption, match=r"on 10 questions or more.*there are 4"):
        train_head(home, None, examples[:4])
    blank = [Example(example.ask, example.text) for example in examples]
    with pytest.raises(BadOption, match="no labels"):
        train_head(home, None, blank)
    empty = [Example(example.ask, "\n \n", right=number > 3) for number, example in enumerate(examples)]
    with pytest.raises(BadOption, match=r"that say something on 10 questions.*there are 0"):
        train_head(home, None, empty)
    right = [Example(example.ask, example.text, right=True) for example in examples]
    with pytest.raises(BadOption, match=r"All labels say right.*harder questions"):
        train_head(home, None, right)
    with pytest.raises(BadOption, match="at least 1 unit, not 0"):
        train_head(home, None, examples, units=0)
    with pytest.raises(BadOption, match=r"2 labels for 3 lines.*It begins"):
        train_head(home, None, [*examples, Example("Solve: x", examples[0].text, lines=(True, False))])


def test_a_model_without_numbers_teaches_nothing(standin: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    broken = copy_of(standin, tmp_path / "broken")
    weights = load_file(broken / "model.safetensors")
    weights["model.norm.weight"][:] = float("nan")
    save_file(weights, broken / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelError, match="no numbers"):
        train_head(broken, None, synthetic(30))


def test_blank_lines_and_what_follows_an_error_do_not_count() -> None:
    example = Example("Solve", "a\n\nb\nc\nd\n", right=False, lines=(True, True, None, False, True))
    assert example.labels() == (True, None, None, False, None)
    assert Example("Solve", "a\nb", right=False).labels() == (None, None)
    for text in ("", "\n", "a", "a\n", "a\n\n"):
        assert len(Example("Solve", text, lines=[True] * len(text.split("\n"))).labels()) == len(
            lines_of(text)
        )


# Sampling


def exercises(count: int) -> Iterator[Exercise]:
    for number in range(count):
        question = Question(id=f"q{number}", text=f"What is {number}+3?", kind="number")
        ask = Ask(seat="ada", act="draft", turn=0, question=question, instruction=question.text)
        yield Exercise(ask, gold=str(number + 3))


def test_drafts_are_sampled_labelled_and_learned_from(home: Path) -> None:
    model = LocalModel(home, device="cpu")
    agent = Agent("ada", model, adapter=str(home / "adapter-2"), sampling=Sampling(max_tokens=12))
    seen: list[tuple[int, int]] = []

    def check(question: Question, text: str) -> list[bool]:
        assert question.id.startswith("q")
        return [len(text) % 2 == 0] * len(lines_of(text))

    options = {"per_question": 2, "temperature": 1.0, "seed": 5}
    examples = sample_examples(
        agent,
        exercises(20),
        check,
        progress=lambda *done: seen.append(done),
        **options,  # type: ignore[arg-type]
    )
    assert len(examples) == 40
    assert seen[-1] == (40, 40)
    assert len({example.text for example in examples}) > 20
    assert all(not example.right for example in examples), "random models do not add"
    assert examples == sample_examples(agent, exercises(20), check, **options)  # type: ignore[arg-type]
    head = train_head(model, home / "adapter-2", examples)
    assert head.config.examples <= 40


def test_a_prefix_is_given_and_not_judged(home: Path) -> None:
    model = LocalModel(home, device="cpu")
    agent = Agent("ada", model, sampling=Sampling(max_tokens=12))
    plain = list(exercises(12))
    begun = [Exercise(exercise.ask, exercise.gold, prefix="[1] the same\n") for exercise in plain]
    examples = sample_examples(agent, begun, temperature=0.0, per_question=1)
    assert not any("[1] the same" in example.text for example in examples)
    without = sample_examples(agent, plain, temperature=0.0, per_question=1)
    assert [example.text for example in examples] != [example.text for example in without]


def test_sampling_says_what_it_lacks(home: Path) -> None:
    model = LocalModel(home, device="cpu")
    with pytest.raises(BadOption, match="'ada' does not speak with a local model"):
        sample_examples(Agent("ada", Scripted("5")), exercises(2))
    with pytest.raises(BadOption, match="nothing to sample"):
        sample_examples(Agent("ada", model), [])
    bare = [Exercise(exercise.ask, gold=None) for exercise in exercises(2)]
    with pytest.raises(BadOption, match="No exercise has a gold answer and there is no check"):
        sample_examples(Agent("ada", model), bare)


# In use


def test_every_answer_gets_its_confidence(home: Path, make_request: MakeRequest, replies: Replies) -> None:
    model = LocalModel(home, device="cpu")
    for adapter in (None, home / "adapter-0", home / "adapter-1"):
        for reply in replies(model, [wanted(make_request, model, seed, adapter) for seed in range(6)]):
            assert (reply.confidence is None) == (not reply.text.strip())
            assert all(stretch.confidence is not None for stretch in reply.stretches)
    [without] = replies(model, [wanted(make_request, model, 0, home / "adapter-2")])
    assert without.confidence is None
    assert all(stretch.confidence is None for stretch in without.stretches)
    [remark] = replies(model, [make_request(model, "Say something.", temperature=1.0)])
    assert remark.confidence is None, "a head judges answers, not remarks"


def test_a_confidence_does_not_depend_on_the_batch(
    home: Path, make_request: MakeRequest, replies: Replies
) -> None:
    model = LocalModel(home, device="cpu")
    adapters = [None, home / "adapter-0", home / "adapter-1", home / "adapter-2"]
    limits = [3, 20, 9]
    requests = [
        wanted(make_request, model, seed, adapters[seed % 4], max_tokens=limits[seed % 3])
        for seed in range(16)
    ]
    together = replies(model, requests)
    alone = [replies(model, [request])[0] for request in requests]
    assert [reply.text for reply in together] == [reply.text for reply in alone]
    for one, other in zip(together, alone, strict=True):
        assert one.confidence == pytest.approx(other.confidence, abs=1e-4)
        assert [stretch.confidence for stretch in one.stretches] == pytest.approx(
            [stretch.confidence for stretch in other.stretches], abs=1e-4
        )
    sure = [reply.confidence for reply in alone if reply.confidence is not None]
    assert len({round(chance, 3) for chance in sure}) > 3, "all confidences are the same: the test is blind"


def test_writing_and_reading_give_the_same_features(home: Path, make_request: MakeRequest) -> None:
    """Heads learn from drafts that are read, and judge drafts while they are written."""
    import torch

    from quorate.agents.confidence.features import line_features
    from quorate.agents.local.watch import read_traces

    model = LocalModel(home, device="cpu")
    session = model.open()
    requests = [wanted(make_request, model, seed, home / f"adapter-{seed % 2}") for seed in range(8)]
    jobs = [session.job(index, request) for index, request in enumerate(requests)]
    assert all(job.row.watched for job in jobs)
    drafts = [draft for draft in session.draft(jobs) if not isinstance(draft, ModelError)]
    owners = [session.finder.owners(draft.ids, draft.spoken, draft.text) for draft in drafts]
    with torch.inference_mode():
        prompts = [(job.row.adapter, job.row.prompt) for job in jobs]
        read = line_features(read_traces(session.run, prompts, [draft.ids for draft in drafts]), owners)
        written = line_features([draft.trace for draft in drafts if draft.trace is not None], owners)
    torch.testing.assert_close(written.features, read.features, rtol=1e-3, atol=1e-3)
    assert np.array_equal(written.texts, read.texts)


def test_heads_can_be_switched_off(home: Path, make_request: MakeRequest, replies: Replies) -> None:
    model = LocalModel(home, device="cpu", heads=False)
    [reply] = replies(model, [wanted(make_request, model, 0, home / "adapter-0")])
    assert reply.confidence is None
    assert reply.stretches
    assert "heads" not in model.describe()
    on = LocalModel(home, device="cpu")
    on.prepare([Agent("ada", on, adapter=str(home / "adapter-0"))])
    assert list(on.describe()["heads"]) == [str(home / "adapter-0")]


def test_a_head_changes_neither_texts_nor_the_fingerprint(
    home: Path, standin: Path, make_request: MakeRequest, replies: Replies
) -> None:
    told, plain = LocalModel(home, device="cpu"), LocalModel(standin, device="cpu")
    texts = [
        [
            reply.text
            for reply in replies(model, [wanted(make_request, model, seed, None) for seed in range(6)])
        ]
        for model in (told, plain)
    ]
    assert texts[0] == texts[1]
    assert told.describe()["weights"] == plain.describe()["weights"]
    assert [file.name for file in local_base.weight_files(home)] == ["model.safetensors"]


def test_the_confidence_reaches_the_ballots(home: Path) -> None:
    model = LocalModel(home, device="cpu")
    sampling = Sampling(temperature=1.0, max_tokens=12)
    agents = [
        Agent(name, model, adapter=str(home / f"adapter-{number}"), sampling=sampling)
        for number, name in enumerate(("ada", "bo"))
    ]
    ballots: list[Ballot] = []
    events: list[Event] = []

    def decide(given_: Sequence[Ballot]) -> Any:
        from quorate.protocols import plurality

        ballots.extend(given_)
        return plurality(given_)

    Definition(agents, protocol={"vote": {"decide": decide}}).ask("What is 2+3?", events.append)
    said = {event.message.seat: event.message.confidence for event in events if isinstance(event, Said)}
    assert {ballot.seat: ballot.confidence for ballot in ballots} == said
    assert all(chance is not None for chance in said.values())


# Saving and refusing


def test_a_saved_head_is_the_same(home: Path, tmp_path: Path) -> None:
    import torch

    head = ConfidenceHead.load(home / "adapter-0")
    again = ConfidenceHead.load(head.save(tmp_path))
    assert again.config == head.config
    assert all(torch.equal(again.weights[name], weight) for name, weight in head.weights.items())


def refusal(folder: Path, adapter: str | None) -> str:
    model = LocalModel(folder, device="cpu")
    with pytest.raises(ModelError) as caught:
        model.prepare([Agent("ada", model, adapter=adapter)])
    off = LocalModel(folder, device="cpu", heads=False)
    off.prepare([Agent("ada", off, adapter=adapter)])
    return str(caught.value)


def test_the_head_of_another_adapter_is_refused(copy: Path) -> None:
    ConfidenceHead.load(copy / "adapter-0").save(copy / "adapter-2")
    said = refusal(copy, str(copy / "adapter-2"))
    assert "trained with other weights of the adapter" in said
    assert "heads=False" in said


def test_the_head_of_another_base_is_refused(copy: Path) -> None:
    from safetensors.torch import load_file, save_file

    weights = load_file(copy / "model.safetensors")
    weights["lm_head.weight"] += 1
    save_file(weights, copy / "model.safetensors", metadata={"format": "pt"})
    assert "trained with another base" in refusal(copy, None)


def test_the_head_of_another_shape_is_refused(copy: Path, tmp_path: Path, one_thread: None) -> None:
    from quorate.lab.standin import make_standin

    wide = make_standin(tmp_path / "wide", hidden=32)
    ConfidenceHead.load(copy).save(wide)
    assert "looks at 64 numbers of each of the layers (1, 2), this model has 32" in refusal(wide, None)


def test_a_damaged_head_is_refused(copy: Path) -> None:
    from safetensors.torch import load_file, save_file

    weights = load_file(copy / "confidence.safetensors")
    save_file({**weights, "inner": weights["inner"][:5]}, copy / "confidence.safetensors")
    assert "is damaged: its weights have the shapes" in refusal(copy, None)
    save_file({**weights, "outer": weights["outer"] * float("nan")}, copy / "confidence.safetensors")
    assert "is damaged: its weights hold NaN" in refusal(copy, None)
    (copy / "confidence.safetensors").unlink()
    assert "cannot be read" in refusal(copy, None)
    config = json.loads((copy / "confidence.json").read_text())
    (copy / "confidence.json").write_text(json.dumps({**config, "examples": "many"}))
    assert "describes no confidence head: examples: " in refusal(copy, None)
    with pytest.raises(ModelError, match="cannot be read"):
        ConfidenceHead.load(copy / "adapter-2")
