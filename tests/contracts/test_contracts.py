"""The public contract checks, run over everything registered, and shown to catch what they are for."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quorate import registry
from quorate.agents import Agent, Nested, Request, Sampling, Scripted
from quorate.contracts import QUESTIONS, check_agent, check_protocol, check_topology
from quorate.definition import Definition
from quorate.events import Decided, Failed, Said
from quorate.lab.standin import make_standin
from quorate.nouns import Ask, Message, Outcome, Question, Reply, Table
from quorate.protocols import all_of, any_of, debate, relay, stable, unanimous
from quorate.protocols.history import Turns
from quorate.record import read_events
from quorate.topologies.learned_graphs import LearnedEdge, LearnedGraph, LearnedTurn

SHUT = {"weights": {}, "bias": 0.0}
GATE = {"agents": ("ada", "bo", "cy", "di"), "means": {}, "scales": {}, "mends": SHUT, "spoils": SHUT}
NEEDS_OPTIONS: dict[str, Any] = {
    "gated": {"gate": {**GATE, "threshold": -0.1}},
    "from_graph": {"graph": nx.cycle_graph(4)},
    "from_matrix": {"matrix": [[0, 1], [1, 0]]},
    "per_round": {"rounds": ["ring", "complete"]},
    "resampled": {"of": {"erdos_renyi": {"density": 0.5}}},
    "erdos_renyi": {"density": 0.5},
    "best_single": {"seat": "bo"},
    "more_from_the_best": {"weights": {"ada": 0.5, "bo": 2, "cy": 1, "di": 0}},
    "weighted": {"weights": {"ada": 0.5, "bo": 2, "cy": 1, "di": 0}},
    "random_regular": {"degree": 2},
    "layered": {"width": 2},
}


@pytest.mark.parametrize("name", sorted(registry.topology))
def test_every_topology(name: str, tmp_path: Path) -> None:
    options = dict(NEEDS_OPTIONS.get(name, {}))
    if name == "from_graphml":
        nx.write_graphml(nx.cycle_graph(4), tmp_path / "cycle.graphml")
        options = {"path": str(tmp_path / "cycle.graphml")}
    if name == "learned":
        edge = LearnedEdge(heard="seat-0", hearer="seat-2", probability=0.5)
        turns = (LearnedTurn(edges=(edge,)), LearnedTurn(edges=()))
        options = {"file": LearnedGraph(seats=("seat-0", "seat-1", "seat-2"), turns=turns, method="records")}
    known = registry.option_names(registry.topology[name])
    check_topology(partial(registry.topology[name], **{k: v for k, v in options.items() if k in known}))


@pytest.mark.parametrize("name", sorted(registry.protocol))
def test_every_protocol(name: str) -> None:
    check_protocol(partial(registry.protocol[name], **NEEDS_OPTIONS.get(name, {})))


def lengths(texts: Sequence[str]) -> np.ndarray[Any, Any]:
    return np.array([[1.0, len(text)] for text in texts])


STOPS: dict[str, Any] = {"budget": {"calls": 5}, "similar": {"model": lengths}}


@pytest.mark.parametrize(
    "until", [*sorted(set(registry.stop) - set(STOPS)), *({n: o} for n, o in STOPS.items())]
)
@pytest.mark.parametrize("decide", [*sorted(registry.rule), *sorted(registry.decision)])
@pytest.mark.parametrize("tie_break", sorted(registry.tie_break))
def test_every_combination_in_a_debate(until: Any, decide: str, tie_break: str) -> None:
    decision = {decide: NEEDS_OPTIONS[decide]} if decide in NEEDS_OPTIONS else decide
    check_protocol(partial(debate, until=until, decide=decision, tie_break=tie_break))


@pytest.mark.parametrize(
    "options",
    [
        {"critique": "apart", "memory": "transcript"},
        {"critique": "off", "memory": "none"},
        {"rounds": 1},
        {"until": any_of(stable, "quorum")},
        {"until": all_of(unanimous, "stable"), "rounds": 6},
    ],
)
def test_debate_options(options: dict[str, Any]) -> None:
    check_protocol(partial(debate, **options))


@pytest.mark.parametrize(
    "options",
    [
        {"trust": "asked", "objections": "asked"},
        {"threshold": 1.0, "progress": False, "rounds": 1},
        {"steps": "sentences", "until": "judge_agrees", "decide": "judge_decides"},
        {"until": "unanimous", "decide": "confidence_weighted", "rounds": 6},
    ],
)
def test_relay_options(options: dict[str, Any]) -> None:
    check_protocol(partial(relay, **options))


def everything(ask: Ask, seed: int) -> str:
    """Give whatever any act asks for, drawn by seed; now and then break down, or speak past the point."""
    if seed % 13 == 0:
        raise RuntimeError("it broke")
    if seed % 7 == 0:
        return "no idea"
    first, second = 1 + seed % 2, 3 - seed % 2
    said = [
        f"Because of {seed % 5}.",
        f"Objection: {'none' if seed % 3 else 'line 1'}",
        f"Ratings: {first}, {second}",
        f"Ranking: {first}, {second}",
        f"Chosen: {first}",
        f"Verdict: {'continue' if seed % 3 else 'agreed'}",
        f"Confidence: 0.{3 + seed % 7}",
        f"Answer: {4 + seed % 3}",
    ]
    return "\n".join(said)


def held(protocol: Any, folder: Path, *, resume: bool = False) -> dict[str, Outcome]:
    """Hold a protocol over three questions, recorded; all seats and offices speak by one script."""
    model = Scripted(everything)
    definition = Definition(
        [Agent(name, model) for name in ("ada", "bo", "cy", "di")],
        protocol=protocol,
        offices={"judge": Agent("solon", model)},
        at_once=2,
    )
    asked = [Question(id=f"q{place}", text=f"What is {place}+3?", kind="number") for place in range(3)]
    return dict(definition.run(asked, record=folder, resume=resume).outcomes)


def told(folder: Path) -> list[Message]:
    """Return all that was said, in the order in which it was asked, without the times."""
    events = [event for event in read_events(folder) if isinstance(event, Said | Failed)]
    events.sort(key=lambda event: (event.question, event.message.number))
    return [event.message.model_copy(update={"at": 0.0, "seconds": 0.0}) for event in events]


LEARNED = LearnedGraph(
    seats=("ada", "bo", "cy", "di"),
    turns=(LearnedTurn(edges=(LearnedEdge(heard="ada", hearer="bo", probability=0.5),)),),
    method="records",
)
FILTERS: dict[str, Any] = {"learned": {"learned": {"file": LEARNED, "sample": True}}}


@pytest.mark.parametrize(
    "protocol",
    [
        *({name: NEEDS_OPTIONS.get(name, {})} for name in sorted(registry.protocol)),
        *({"debate": {"filters": [FILTERS.get(name, name)]}} for name in sorted(registry.filter)),
    ],
    ids=[*sorted(registry.protocol), *(f"debate with {name}" for name in sorted(registry.filter))],
)
def test_every_protocol_and_filter_resumes_and_replays(protocol: Any, tmp_path: Path) -> None:
    whole, events = held(protocol, tmp_path / "whole"), tmp_path / "whole" / "events.jsonl"
    said, lines = told(tmp_path / "whole"), events.read_bytes().splitlines(True)
    assert sum(isinstance(event, Decided) for event in read_events(tmp_path / "whole")) == len(whole)
    for kept in range(0, len(lines), max(1, len(lines) // 6)):
        folder = tmp_path / f"cut-{kept}"
        shutil.copytree(tmp_path / "whole", folder)
        (folder / "events.jsonl").write_bytes(b"".join(lines[:kept]) + lines[kept][:9])
        assert held(protocol, folder, resume=True) == whole
        assert told(folder) == said
    assert held(protocol, tmp_path / "whole", resume=True) == whole
    assert events.read_bytes() == b"".join(lines)


graphs = st.integers(2, 6).flatmap(
    lambda size: st.lists(
        st.tuples(st.integers(0, size - 1), st.integers(0, size - 1)).filter(lambda edge: edge[0] != edge[1])
    ).map(lambda edges: (size, edges))
)


@settings(max_examples=40, deadline=None)
@given(shapes=st.lists(graphs, min_size=1, max_size=3), rounds=st.integers(1, 4), seed=st.integers(0, 99))
def test_nothing_is_heard_along_an_absent_edge(
    shapes: list[tuple[int, list[tuple[int, int]]]], rounds: int, seed: int
) -> None:
    seats = [f"s{index}" for index in range(min(size for size, _ in shapes))]

    def at(turn: int) -> nx.DiGraph[str]:
        graph: nx.DiGraph[str] = nx.DiGraph()
        graph.add_nodes_from(seats)
        edges = shapes[(turn - 1) % len(shapes)][1]
        graph.add_edges_from((f"s{u}", f"s{v}") for u, v in edges if f"s{u}" in seats and f"s{v}" in seats)
        return graph

    for critique in ("inline", "apart"):
        table = Table(seats, at, offices={"judge": "solon"}, seed=seed)
        check_protocol(partial(debate, rounds=rounds, critique=critique), seed=seed, table=table)
    check_protocol(partial(relay, rounds=rounds, objections="asked"), seed=seed, table=table)


class Completions(BaseHTTPRequestHandler):
    """The smallest OpenAI-compatible server."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        choice = {
            "index": 0,
            "finish_reason": "stop",
            "message": {"role": "assistant", "content": "Answer: 5"},
        }
        usage = {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12}
        body = {
            "id": "c",
            "object": "chat.completion",
            "created": 0,
            "model": "m",
            "choices": [choice],
            "usage": usage,
        }
        self._send(body)

    def do_GET(self) -> None:
        self._send(
            {"object": "list", "data": [{"id": "m", "object": "model", "created": 0, "owned_by": "me"}]}
        )

    def _send(self, body: dict[str, Any]) -> None:
        text = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Completions)
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{httpd.server_port}/v1"
    httpd.shutdown()
    httpd.server_close()


@pytest.mark.parametrize("name", sorted(registry.model))
def test_every_model(name: str, tmp_path: Path, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr("builtins.input", lambda prompt="": "Answer: 5")
    options: dict[str, Any] = {"scripted": {"script": ["Answer: 4", "Answer: 5"]}, "human": {}}
    if name == "transformers":
        options[name] = {"path": str(make_standin(tmp_path / "base"))}
    if name == "pool":
        options[name] = {"folder": str(make_standin(tmp_path / "pool"))}
    if name == "recorded":
        rows = [{"id": q.id, "seat": "ada", "turn": 0, "text": "Answer: 5"} for q in QUESTIONS]
        (tmp_path / "said.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
        options[name] = {"jsonl": str(tmp_path / "said.jsonl")}
    if name == "endpoint":
        pytest.importorskip("openai")
        options[name] = {"model": "m", "url": server}
    made = registry.model[name](**options[name])
    check_agent(made, agent=Agent("ada", made, sampling=Sampling(max_tokens=8)))
    made.close()
    made.close()


def test_a_nested_deliberation_passes() -> None:
    inner = Definition([Agent(name, Scripted("Answer: 5")) for name in ("di", "eve")])
    check_agent(Nested(lambda question, seed: inner.ask(question)))


# ----------------------------------------------------------------------- what the checks are there to catch


def undirected(seats: Sequence[str]) -> Any:
    return nx.path_graph(list(seats))


def looped(seats: Sequence[str]) -> Any:
    return nx.DiGraph([(seat, seat) for seat in seats])


def unordered(seats: Sequence[str]) -> Any:
    graph: nx.DiGraph[str] = nx.DiGraph()
    graph.add_nodes_from(reversed(list(seats)))
    return graph


@pytest.mark.parametrize(
    ("maker", "rule"), [(undirected, "directed"), (looped, "themselves"), (unordered, "in seat order")]
)
def test_check_topology_catches(maker: Any, rule: str) -> None:
    with pytest.raises(AssertionError, match=rule):
        check_topology(maker)


def first_ask(question: Question, seat: str, heard: tuple[Message, ...] = (), turn: int = 0) -> Ask:
    return Ask(
        seat=seat, act="draft", turn=turn, question=question, instruction="?", heard=heard, expects="answer"
    )


def endless(question: Question, table: Table) -> Turns:
    while True:
        yield [first_ask(question, "ada")]


def eavesdropper(question: Question, table: Table) -> Turns:
    said = yield [first_ask(question, seat) for seat in table.seats]
    good = tuple(message for message in said if not message.failed)
    yield [first_ask(question, "ada", good, turn=1)]
    return Outcome(reason="over")


def unfair(question: Question, table: Table) -> Turns:
    yield [first_ask(question, "ada")]
    return Outcome(winners=("4", "5"), tally={"4": 1, "5": 1}, answer="4", reason="I like it")


calls = 0


def impure(question: Question, table: Table) -> Turns:
    global calls
    calls += 1
    yield [first_ask(question, "ada").model_copy(update={"instruction": f"call {calls}"})]
    return Outcome(reason="over")


@pytest.mark.parametrize(
    ("protocol", "rule"),
    [
        (endless, "did not end"),
        (eavesdropper, "no such edge"),
        (unfair, "is the only winner"),
        (impure, "not pure"),
    ],
)
def test_check_protocol_catches(protocol: Any, rule: str) -> None:
    with pytest.raises(AssertionError, match=rule):
        check_protocol(protocol)


class Skipping:
    """A model that forgets the last request."""

    lanes = 0
    batch: int | None = None

    def prepare(self, agents: Sequence[Agent]) -> None:
        pass

    def reply(self, requests: Sequence[Request]) -> Iterator[tuple[int, Reply | Exception]]:
        for index in range(len(requests) - 1):
            yield index, Reply(text="?")

    def describe(self) -> Mapping[str, Any]:
        return {}

    def close(self) -> None:
        pass


def test_check_agent_catches_a_forgotten_request() -> None:
    with pytest.raises(AssertionError, match="3 requests were answered at"):
        check_agent(Skipping())
