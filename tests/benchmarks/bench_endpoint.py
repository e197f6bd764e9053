"""How much of a server's concurrency a deliberation over an endpoint uses.

    python tests/benchmarks/bench_endpoint.py [--seconds 0.2] [--lanes 16] [--questions 100]

A server in a process of its own takes 0.2 s for every call and answers at most `lanes` at once. Two figures:

- one question, 3 agents, 2 rounds: 6 calls, and two waves of 0.2 s are the ideal; at most 1.1 times that;
- 100 questions at once: 600 calls; ideal is what the server needs for them with all its lanes busy, and at
  least 90 % of that speed is wanted.

Ends with status 1 when a figure is missed.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator

from quorate.agents.agent import Agent
from quorate.agents.endpoint import Endpoint
from quorate.definition import Definition
from quorate.nouns import Outcome

SEATS = ("ada", "bo", "cy")
ROUNDS = 2


class Server:
    """A chat server that never agrees with itself, so that every debate goes its full length."""

    def __init__(self, seconds: float, lanes: int) -> None:
        self.seconds = seconds
        self.lanes = asyncio.Semaphore(lanes)
        self.calls = 0

    async def serve(self) -> None:
        server = await asyncio.start_server(self.talk, "127.0.0.1", 0, backlog=256)
        print(server.sockets[0].getsockname()[1], flush=True)
        async with server:
            await server.serve_forever()

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
                await reader.readexactly(int(length.group(1)) if length else 0)
                body = json.dumps(await self.answer(head)).encode()
                writer.write(
                    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                    % len(body)
                )
                writer.write(body)
                await writer.drain()
        writer.close()

    async def answer(self, head: bytes) -> dict[str, object]:
        if head.startswith(b"GET /v1/models"):
            return {"data": [{"id": "fake"}]}
        if head.startswith(b"GET /calls"):
            return {"calls": self.calls}
        async with self.lanes:
            self.calls += 1
            text = f"So it is. Answer: {self.calls}"
            await asyncio.sleep(self.seconds)
        usage = {"prompt_tokens": 100, "completion_tokens": 6}
        return {"choices": [{"message": {"content": text}, "finish_reason": "stop"}], "usage": usage}


@contextlib.contextmanager
def started(seconds: float, lanes: int) -> Iterator[str]:
    """Run the server in a process of its own and yield its address."""
    command = [sys.executable, __file__, "--serve", "--seconds", str(seconds), "--lanes", str(lanes)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def calls(address: str) -> int:
    """Ask the server how often it was called."""
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(f"{address}/calls") as answer:
        return int(json.load(answer)["calls"])


def deliberate(address: str, lanes: int, questions: int) -> tuple[float, int, list[Outcome]]:
    """Debate and return the seconds it took, the calls the server counted and the outcomes."""
    model = Endpoint("fake", f"{address}/v1", concurrency=lanes)
    protocol = {"debate": {"rounds": ROUNDS}}
    definition = Definition([Agent(seat, model) for seat in SEATS], protocol=protocol)
    definition.prepare()
    before = calls(address)
    began = time.perf_counter()
    outcomes = list(definition.run(f"What is {number}+3?" for number in range(questions)))
    seconds = time.perf_counter() - began
    model.close()
    return seconds, calls(address) - before, outcomes


def measure(seconds: float, lanes: int, questions: int) -> bool:
    """Print both figures and return whether they hold."""
    with started(seconds, lanes) as address:
        deliberate(address, lanes, 1)  # loads what is imported on first use
        took, asked, outcomes = min(deliberate(address, lanes, 1) for _ in range(3))
        ideal = ROUNDS * seconds
        one = took / ideal
        print(
            f"1 question: {asked} calls in {took:.3f} s, {one:.3f} x the ideal {ideal:.3f} s "
            "(best of 3, at most 1.100)"
        )
        complete = asked == len(SEATS) * ROUNDS and not outcomes[0].failed

        took, asked, outcomes = deliberate(address, lanes, questions)
        ideal = asked * seconds / lanes
        many = ideal / took
        print(
            f"{questions} questions: {asked} calls in {took:.3f} s, {asked / took:.1f} calls/s, "
            f"{many:.1%} of the {lanes / seconds:.1f} calls/s that {lanes} lanes allow (at least 90 %)"
        )
        complete = complete and asked == questions * len(SEATS) * ROUNDS
        complete = complete and not any(outcome.failed for outcome in outcomes)
    if not complete:
        print("Not every call was made exactly once.")
    return complete and one <= 1.1 and many >= 0.9


def main() -> int:
    """Measure, or be the server that is measured against."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=0.2, help="how long the server takes for a call")
    parser.add_argument("--lanes", type=int, default=16, help="calls the server answers at once")
    parser.add_argument("--questions", type=int, default=100, help="questions asked at once")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(Server(options.seconds, options.lanes).serve())
        return 0
    os.environ["NO_PROXY"] = "127.0.0.1"
    return 0 if measure(options.seconds, options.lanes, options.questions) else 1


if __name__ == "__main__":
    sys.exit(main())
