"""How much faster and smaller than the loop everyone writes first: `python tests/benchmarks/bench_local.py`.

A debate of five agents, three rounds and 64 questions on one random base of 0.9 million parameters, each
agent with a LoRA adapter of rank 16. The loop calls PEFT's `set_adapter` and `generate` once for each
question, agent and round; it is timed on a sample of the very same prompts and scaled to all of them. All
ratios are of times from one run of this script; greedy texts are compared on the sample.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from quorate.agents.agent import Agent, Request, Sampling
from quorate.agents.local import LocalModel
from quorate.lab.standin import WORDS, make_standin
from quorate.nouns import Ask, Question, Reply

AGENTS, ROUNDS, QUESTIONS = 5, 3, 64
NEW, SAMPLE, SEED = 45, 45, 0
ROLE = "You are agent {}. Check each step, then give the answer."
DRAFT = "Solve this: {}"
REVISE = (
    "Solve this: {}\n\nOthers said:\n\n1. {}\n\n2. {}\n\nSay where they differ from you and answer again."
)


def main() -> None:
    """Print the figures."""
    import torch

    print(f"{torch.get_num_threads()} threads, torch {torch.__version__}, seed {SEED}")
    with tempfile.TemporaryDirectory() as home:
        folder = without_end(
            make_standin(Path(home) / "base", hidden=128, layers=4, adapters=AGENTS, rank=16)
        )
        compare("five adapters", folder, [str(folder / f"adapter-{index}") for index in range(AGENTS)])
        compare("base alone", folder, [None] * AGENTS)
    memory("0.9 M base, rank 4", hidden=128, layers=4, rank=4)
    memory("10 M base, rank 8", hidden=640, layers=2, rank=8)
    memory("10 M base, rank 16", hidden=640, layers=2, rank=16)


def without_end(folder: Path) -> Path:
    """Keep the model from ending a text early, so that every call writes the same number of tokens."""
    from safetensors.torch import load_file, save_file

    weights = load_file(folder / "model.safetensors")
    weights["lm_head.weight"][2] = 0
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    return folder


def compare(title: str, folder: Path, adapters: Sequence[str | None]) -> None:
    """Print how a debate in batches compares with the loop, and whether the texts are the same."""
    model = LocalModel(folder)
    sampling = Sampling(temperature=0, max_tokens=NEW)
    agents = [
        Agent(f"a{index}", model, role=ROLE.format(index), adapter=adapter, sampling=sampling)
        for index, adapter in enumerate(adapters)
    ]
    model.prepare(agents)
    list(model.reply([request(agents[0], "warm up")]))
    start = time.perf_counter()
    asked = list(debate(model, agents))
    batched = time.perf_counter() - start
    sample = random.Random(SEED).sample(asked, SAMPLE)
    seconds, threads, same = time_loop(Loop(folder, adapters), sample)
    scaled = seconds * len(asked)
    read = statistics.mean(reply.tokens_in for _, reply in asked)
    written = statistics.mean(reply.tokens_out for _, reply in asked)
    shared = sum(reply.tokens_cached for _, reply in asked) / sum(reply.tokens_in for _, reply in asked)
    print(
        f"{title}: {len(asked)} calls, {read:.0f} tokens in ({shared:.0%} shared), {written:.0f} out\n"
        f"  batched {batched:.2f} s, loop {scaled:.1f} s (scaled from {SAMPLE} calls, {threads} threads): "
        f"{scaled / batched:.1f} times as fast; {same} of {SAMPLE} greedy texts equal"
    )
    if same < SAMPLE:
        sys.exit("The texts differ.")


def time_loop(loop: Loop, sample: Sequence[tuple[Request, Reply]]) -> tuple[float, int, int]:
    """Return the seconds a call takes, with how many threads, and how many texts are the same.

    The loop is timed with one thread and with all of torch's, and the faster one counts: its products are
    so small that sharing them seldom helps.
    """
    import torch

    best, threads = float("inf"), torch.get_num_threads()
    for count in sorted({1, threads}):
        torch.set_num_threads(count)
        loop.answer(sample[0][0])
        start = time.perf_counter()
        texts = [loop.answer(request) for request, _ in sample]
        seconds = (time.perf_counter() - start) / len(sample)
        if seconds < best:
            best, chosen = seconds, count
    torch.set_num_threads(threads)
    same = sum(text == reply.text for text, (_, reply) in zip(texts, sample, strict=True))
    return best, chosen, same


def debate(model: LocalModel, agents: Sequence[Agent]) -> Iterator[tuple[Request, Reply]]:
    """Hold the rounds; each agent hears its two neighbours on a ring. Yields what was asked and said."""
    words = WORDS.split()
    rng = random.Random(SEED)
    questions = [" ".join(rng.choices(words, k=rng.randint(30, 50))) for _ in range(QUESTIONS)]
    said: dict[tuple[int, int], str] = {}
    for turn in range(ROUNDS):
        places = [(q, a) for q in range(QUESTIONS) for a in range(len(agents))]
        requests = []
        for q, a in places:
            heard = [said[q, (a + step) % len(agents)] for step in (-1, 1)] if turn else []
            form = REVISE if turn else DRAFT
            requests.append(request(agents[a], form.format(questions[q], *heard)))
        found = dict(model.reply(requests))
        for number, place in enumerate(places):
            reply = found[number]
            assert isinstance(reply, Reply), reply
            said[place] = reply.text
            yield requests[number], reply


def request(agent: Agent, instruction: str) -> Request:
    """Ask an agent something."""
    question = Question(text="benchmark")
    ask = Ask(seat=agent.name, act="draft", turn=0, question=question, instruction=instruction)
    return Request(agent, ask, seed=0)


class Loop:
    """One `generate` call of PEFT a request."""

    def __init__(self, folder: Path, adapters: Sequence[str | None]) -> None:
        from peft import PeftModel
        from transformers import AutoModelForCausalLM, AutoTokenizer

        self._tokenizer = AutoTokenizer.from_pretrained(folder)
        self._model: Any = AutoModelForCausalLM.from_pretrained(folder).eval()
        for number, adapter in enumerate(filter(None, adapters)):
            if number == 0:
                self._model = PeftModel.from_pretrained(self._model, adapter, adapter_name=name_of(adapter))
            else:
                self._model.load_adapter(adapter, adapter_name=name_of(adapter))
        self._model.eval()

    def answer(self, asked: Request) -> str:
        """Answer one request."""
        import torch

        agent, ask = asked.agent, asked.ask
        inputs = self._tokenizer(f"{agent.role}\n\n{ask.instruction}\n", return_tensors="pt")
        if agent.adapter:
            self._model.set_adapter(name_of(agent.adapter))
        with torch.inference_mode():
            out = self._model.generate(**inputs, max_new_tokens=NEW, do_sample=False)
        return str(self._tokenizer.decode(out[0, inputs.input_ids.shape[1] :], skip_special_tokens=True))


def name_of(adapter: str) -> str:
    """Return a name that a module may have."""
    return Path(adapter).name


def memory(title: str, *, hidden: int, layers: int, rank: int) -> None:
    """Print how the bytes of a base with five adapters compare with those of the base."""
    with tempfile.TemporaryDirectory() as home:
        folder = make_standin(home, hidden=hidden, layers=layers, adapters=AGENTS, rank=rank)
        model = LocalModel(folder)
        model.prepare([])
        run = model.open().run
        alone = held(run.base.model)
        model.prepare([Agent(f"a{n}", model, adapter=str(folder / f"adapter-{n}")) for n in range(AGENTS)])
        ratio = (held(run.base.model) + run.bank.bytes()) / alone
    print(
        f"memory, {title}: {alone / 4e6:.1f} M parameters; with {AGENTS} adapters {ratio:.2f} times the base"
    )


def held(model: Any) -> int:
    """Count the bytes of the parameters and buffers of a model, shared ones once."""
    tensors = {tensor.data_ptr(): tensor.nbytes for tensor in (*model.parameters(), *model.buffers())}
    return sum(tensors.values())


if __name__ == "__main__":
    from quorate.agents.local.files import quiet

    with warnings.catch_warnings(), quiet():
        warnings.simplefilter("ignore")  # from transformers and PEFT about each other
        main()
