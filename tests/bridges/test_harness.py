"""Tasks of lm-evaluation-harness, run on deliberations; their data are local files in the hub's form."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from quorate import Agent, Definition, Question, Reply, Scripted, vote
from quorate.errors import BadOption
from quorate.events import Decided
from quorate.nouns import Ask, Message, Outcome
from quorate.serving import Minutes

lm_eval = pytest.importorskip("lm_eval", reason="quorate[harness] is not installed")
pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]

SUMS = [(2, 3), (17, 3), (40, 2), (9, 9), (12, 30)]


def rows(path: Path, data: Sequence[dict[str, Any]]) -> str:
    path.write_text("".join(json.dumps(row) + "\n" for row in data), "utf-8")
    return str(path)


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with their GSM8K and ARC, pointed at files of the same form."""
    import yaml

    folder = tmp_path_factory.mktemp("tasks")
    theirs = Path(lm_eval.__file__).parent / "tasks"
    gsm8k = [{"question": f"What is {a}+{b}?", "answer": f"{a}+{b}=<<>>\n#### {a + b}"} for a, b in SUMS]
    arc = [
        {
            "id": str(a),
            "question": f"What is {a}+{b}?",
            "choices": {"text": [str(a), str(a + b), str(b)], "label": ["A", "B", "C"]},
            "answerKey": "B",
        }
        for a, b in SUMS
    ]
    for name, base, data in (
        ("gsm8k_here", theirs / "gsm8k" / "gsm8k.yaml", gsm8k),
        ("arc_here", theirs / "arc" / "arc_easy.yaml", arc),
    ):
        files = {split: rows(folder / f"{name}.jsonl", data) for split in ("train", "validation", "test")}
        task = {
            "include": str(base),
            "task": name,
            "dataset_path": "json",
            "dataset_name": None,
            "dataset_kwargs": {"data_files": files},
        }
        (folder / f"{name}.yaml").write_text(yaml.safe_dump(task), "utf-8")
    return folder


@pytest.fixture(scope="module")
def tasks(here: Path) -> Any:
    from lm_eval.tasks import TaskManager

    return TaskManager(include_path=str(here), include_defaults=False)


@pytest.fixture(autouse=True)
def offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import datasets

    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_DATASETS_OFFLINE", "1")
    monkeypatch.setenv("HF_HOME", str(tmp_path / "hub"))
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")


def panel(script: Any, protocol: Any = "debate", **options: Any) -> Definition:
    model = script if hasattr(script, "reply") else Scripted(script)
    return Definition([Agent(name, model) for name in ("ada", "bo", "cy")], protocol=protocol, **options)


def adds(ask: Ask, seed: int) -> str:
    """Add up the last sum of the question; cy is wrong until it hears the others."""
    sum_ = ask.question.text.rsplit("What is ", 1)[-1].split("?")[0]
    right = sum(map(int, sum_.split("+")))
    said = right + 1 if ask.seat == "cy" and ask.turn == 0 else right
    if ask.question.choices:
        at = ask.question.choices.index(str(said)) if str(said) in ask.question.choices else 0
        return f"Answer: {ask.question.labels[at]}"
    return f"{sum_} = {said}\nAnswer: {said}"


def evaluate(model: Any, tasks: Any, names: Sequence[str], **options: Any) -> Any:
    return lm_eval.simple_evaluate(
        model=model, tasks=list(names), task_manager=tasks, bootstrap_iters=0, **options
    )


def deliberation(*given: Any, **options: Any) -> Any:
    from quorate.bridges.harness import Deliberation

    return Deliberation(*given, **options)


def test_their_gsm8k_runs_on_a_debate(tasks: Any) -> None:
    for shots in (0, 2):
        found = evaluate(deliberation(panel(adds)), tasks, ["gsm8k_here"], num_fewshot=shots)
        assert found["results"]["gsm8k_here"]["exact_match,flexible-extract"] == 1.0
        assert found["results"]["gsm8k_here"]["exact_match,strict-match"] == 0.0, "nobody writes ####"
    texts = [sample["resps"][0][0] for sample in found["samples"]["gsm8k_here"]]
    assert all(text.splitlines()[-1].startswith("Answer: ") for text in texts[::2])
    assert found["config"]["quorate"]["agents"][0]["name"] == "ada"


def test_the_debate_is_what_is_scored(tasks: Any) -> None:
    def only_cy_knows(ask: Ask, seed: int) -> str:
        return adds(ask.model_copy(update={"seat": "ada" if ask.seat == "cy" else "cy"}), seed)

    voted = evaluate(deliberation(panel(only_cy_knows, vote)), tasks, ["gsm8k_here"], num_fewshot=0)
    debated = evaluate(deliberation(panel(only_cy_knows)), tasks, ["gsm8k_here"], num_fewshot=0)
    assert voted["results"]["gsm8k_here"]["exact_match,flexible-extract"] == 0.0
    assert debated["results"]["gsm8k_here"]["exact_match,flexible-extract"] == 1.0


def test_their_arc_runs_on_a_debate_with_choices(tasks: Any) -> None:
    found = evaluate(deliberation(panel(adds)), tasks, ["arc_here"])
    assert found["results"]["arc_here"]["acc,none"] == 1.0
    assert found["results"]["arc_here"]["acc_norm,none"] == 1.0
    wrong = evaluate(deliberation(panel("Answer: C")), tasks, ["arc_here"])
    assert wrong["results"]["arc_here"]["acc,none"] == 0.0


def test_agents_that_score_their_options_are_pooled(tasks: Any) -> None:
    """A local model answers by its options; what comes back is the pool of what all seats find."""

    def scores(ask: Ask, seed: int) -> Reply:
        return Reply(
            text="Answer: B", scores={"A": -3.0, "B": -1.0, "C": -2.0 if ask.seat == "ada" else -5.0}
        )

    found = evaluate(deliberation(panel(scores, vote)), tasks, ["arc_here"], log_samples=True)
    (sample, *_) = found["samples"]["arc_here"]
    worths = [resp[0] for (resp,) in sample["resps"]]
    assert worths[1] == 0
    assert worths[2] == pytest.approx((-1 - 4 - 4) / 3)
    assert worths[0] == pytest.approx(-2.0)


def test_a_model_of_transformers_answers_a_task_by_its_options(tasks: Any, tmp_path: Path) -> None:
    from quorate import LocalModel, Sampling
    from quorate.lab.standin import make_standin

    model = LocalModel(make_standin(tmp_path / "standin"), device="cpu")
    sampling = Sampling(max_tokens=4, answering="options")
    agents = [Agent(name, model, role=f"You are {name}.", sampling=sampling) for name in ("ada", "bo")]
    found = evaluate(deliberation(Definition(agents, protocol=vote)), tasks, ["arc_here"], limit=2)
    for sample in found["samples"]["arc_here"]:
        worths = [resp[0] for (resp,) in sample["resps"]]
        assert sorted(worths)[-1] == 0
        assert len(set(worths)) == 3, "the options were scored, not merely voted for"


def test_a_short_answer_is_given_where_a_task_wants_no_more() -> None:
    from quorate.bridges.harness import answer_until

    minutes = Minutes(Question(text="Who?"))
    text = "It was quick.\nAnswer: red fox"
    said = Message(number=0, seat="ada", act="draft", turn=0, text=text, answer="red fox")
    minutes.messages.append(said)
    outcome = Outcome(winners=("red fox",), answer="red fox", reason="1 of 1 votes")
    minutes(Decided(question="q", outcome=outcome))
    assert answer_until(minutes, []) == "It was quick.\n\n(1 of 1 votes)\nAnswer: red fox"
    assert answer_until(minutes, ["</s>"]).endswith("Answer: red fox")
    assert answer_until(minutes, ["\n"]) == "red fox"
    assert answer_until(minutes, ["\n", " "]) == "red"
    nothing = Minutes(Question(text="2+3?"))
    nothing(Decided(question="q", outcome=Outcome(reason="nobody answered")))
    assert answer_until(nothing, ["\n"]) == "No answer was decided on (nobody answered)."
    assert answer_until(nothing, ["("]) == ""


def test_an_undecided_choice_has_no_option_at_zero() -> None:
    from quorate.bridges.harness import behind

    minutes = Minutes(Question(text="Which?", choices=("4", "7")))
    assert max(behind(minutes)) < 0


def test_repeats_are_drawn_anew_and_equal_prompts_apart(tasks: Any) -> None:
    from lm_eval.api.instance import Instance

    model = deliberation(panel(lambda ask, seed: f"Answer: {seed}", vote))
    instance = Instance("generate_until", {}, ("2+3?", {"until": ["\n"]}), 0, ("t", 0, 2))
    first, second = model.generate_until([instance, instance], disable_tqdm=True)
    assert first != second
    assert model.generate_until([instance, instance], disable_tqdm=True) == [first, second]


def test_what_a_deliberation_has_no_probability_of_is_refused() -> None:
    from lm_eval.api.instance import Instance

    model = deliberation(panel("Answer: 5"))

    def instance(prompt: str, text: str, place: int) -> Any:
        return Instance("loglikelihood", {}, (prompt, text), place, ("lambada", 0, 1))

    with pytest.raises(BadOption, match="'lambada' asks for the probability of one text at a time"):
        model.loglikelihood([instance("The", " end", 0)])
    with pytest.raises(BadOption, match="several prompts"):
        model.loglikelihood([instance("The", " end", 0), instance("An", " end", 1)])
    rolling = Instance("loglikelihood_rolling", {}, ("The end",), 0, ("wikitext", 0, 1))
    with pytest.raises(BadOption, match="'wikitext' asks for the probability of whole texts"):
        model.loglikelihood_rolling([rolling])


def test_an_evaluation_goes_on_from_its_record(tasks: Any, tmp_path: Path) -> None:
    asked: list[str] = []

    def counted(ask: Ask, seed: int) -> str:
        asked.append(ask.question.id)
        return adds(ask, seed)

    record = tmp_path / "runs"
    for _ in range(2):
        model = deliberation(panel(counted, vote), record=record)
        found = evaluate(model, tasks, ["gsm8k_here"], num_fewshot=0)
        assert found["results"]["gsm8k_here"]["exact_match,flexible-extract"] == 1.0
    assert len(asked) == 3 * len(SUMS)
    assert (record / "generate_until" / "events.jsonl").is_file()


def test_a_chat_becomes_one_question() -> None:
    model = deliberation(panel("Answer: 5"))
    chat = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "2+3?"}]
    assert model.apply_chat_template(chat) == "Be brief.\n\n2+3?"
    with pytest.raises(BadOption, match="beginning of its answer"):
        model.apply_chat_template(chat, add_generation_prompt=False)


def test_the_miniature_pool_takes_a_task(tasks: Any, miniature_pool: Path) -> None:
    found = evaluate(deliberation(pool=miniature_pool), tasks, ["gsm8k_here"], num_fewshot=0, limit=2)
    assert 0 <= found["results"]["gsm8k_here"]["exact_match,flexible-extract"] <= 1
    assert found["config"]["quorate"]["models"][0]["kind"] == "pool"


def test_their_command_line_knows_the_model(here: Path, tmp_path: Path) -> None:
    definition = tmp_path / "study.yaml"
    definition.write_text("agents:\n  - {name: ada, model: {scripted: {script: 'Answer: 5'}}}\n", "utf-8")
    command = [sys.executable, "-m", "quorate.bridges.harness", "run", "--model", "quorate"]
    command += ["--model_args", f"definition={definition}", "--tasks", "gsm8k_here", "--num_fewshot", "0"]
    command += ["--include_path", str(here)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "|gsm8k_here|" in done.stdout
    assert "flexible-extract" in done.stdout
