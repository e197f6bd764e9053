"""Data sets from a folder and from a hub: a small one that is served here, and one that cannot be reached."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pyarrow
import pyarrow.parquet
import pytest

from quorate.errors import BadOption, BadQuestion
from quorate.evaluate.sources import read_problems

COMMIT = "c0ffee" + "0" * 34
CARD = """---
configs:
- config_name: main
  data_files:
  - {split: train, path: main/train-*}
  - {split: test, path: main/test-*}
---
Sums.
"""


def sums(first: int, count: int) -> list[dict[str, str]]:
    return [
        {"question": f"What is {n}+1?", "answer": f"One more.\n#### {n + 1}"}
        for n in range(first, first + count)
    ]


def write(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), path)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A folder as it is copied from the hub."""
    folder = tmp_path / "copy"
    write(folder / "main" / "train-00000-of-00001.parquet", sums(0, 5))
    write(folder / "main" / "test-00000-of-00001.parquet", sums(5, 3))
    (folder / "README.md").write_text(CARD)
    return folder


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import datasets

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")


def golds(source: dict[str, Any]) -> list[str | None]:
    return [problem.gold for problem in read_problems(source)]


def test_a_copy_with_its_card(copy: Path) -> None:
    found = read_problems({"dataset": "gsm8k", "folder": str(copy)})
    assert [problem.gold for problem in found] == ["6", "7", "8"]
    assert found.name == "gsm8k"
    assert found.about["config"] == "main"
    assert found.about["split"] == "test"
    assert golds({"dataset": "gsm8k", "folder": copy, "split": "train", "count": 2, "seed": 1}) != ["1", "2"]
    assert not list((copy.parent / "cache").rglob("*.arrow"))


def test_a_copy_without_its_card_and_one_of_a_single_configuration(copy: Path) -> None:
    (copy / "README.md").unlink()
    assert golds({"dataset": "gsm8k", "folder": copy}) == ["6", "7", "8"]
    assert golds({"dataset": "gsm8k", "folder": copy / "main"}) == ["6", "7", "8"]


def test_all_configurations_are_read_one_after_the_other(tmp_path: Path) -> None:
    for number, subject in enumerate(("algebra", "geometry")):
        rows = [
            {
                "problem": f"What is ${number}+1$?",
                "solution": rf"\boxed{{{number + 1}}}",
                "level": "1",
                "type": "x",
            }
        ]
        write(tmp_path / "math" / subject / "test-00000-of-00001.parquet", rows)
    found = read_problems({"dataset": "math", "folder": "math"}, folder=tmp_path)
    assert [problem.gold for problem in found] == ["1", "2"]
    assert found.about["config"] == "all"
    assert golds({"dataset": "math", "folder": tmp_path / "math", "config": "geometry"}) == ["2"]


def test_lines_of_json_and_what_was_saved_to_disk(tmp_path: Path) -> None:
    import datasets

    rows = [
        {
            "qid": str(n),
            "term": "t",
            "description": "d",
            "question": f"Is {n} even?",
            "answer": n % 2 == 0,
            "facts": "f",
        }
        for n in range(4)
    ]
    (tmp_path / "sqa").mkdir()
    (tmp_path / "sqa" / "test.json").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert golds({"dataset": "strategyqa", "folder": tmp_path / "sqa"}) == ["yes", "no", "yes", "no"]
    datasets.disable_progress_bars()
    saved = datasets.DatasetDict({"test": datasets.Dataset.from_list(rows)})
    saved.save_to_disk(str(tmp_path / "saved"))
    assert golds({"dataset": "strategyqa", "folder": tmp_path / "saved"}) == ["yes", "no", "yes", "no"]


def test_both_directions_of_a_translation(tmp_path: Path) -> None:
    write(tmp_path / "de-en" / "test-0.parquet", [{"translation": {"de": "Es regnet.", "en": "It rains."}}])
    out = read_problems({"dataset": "wmt14", "folder": tmp_path})
    back = read_problems({"dataset": "wmt14", "folder": tmp_path, "config": "en-de"})
    assert (out.problems[0].references, back.problems[0].references) == (("It rains.",), ("Es regnet.",))
    assert out.metrics == ("bleu", "chrf")


def test_labels_that_are_stored_as_classes(tmp_path: Path) -> None:
    import datasets

    datasets.disable_progress_bars()
    features = datasets.Features(
        {
            "question": datasets.Value("string"),
            "subject": datasets.Value("string"),
            "choices": datasets.List(datasets.Value("string")),
            "answer": datasets.ClassLabel(names=["A", "B", "C", "D"]),
        }
    )
    rows = [{"question": "Which is even?", "subject": "s", "choices": ["1", "3", "2", "5"], "answer": 2}]
    (tmp_path / "all").mkdir()
    datasets.Dataset.from_list(rows, features=features).to_parquet(str(tmp_path / "all" / "test-0.parquet"))
    assert golds({"dataset": "mmlu", "folder": tmp_path}) == ["C"]


def test_any_other_data_set_with_its_columns(copy: Path) -> None:
    rows: list[dict[str, Any]] = [{"q": f"Is {n} even?", "a": ("yes", "no")[n % 2], "n": n} for n in range(4)]
    rows.append(rows[0])
    write(copy / "quiz" / "test-0.parquet", rows)
    source = {"folder": copy / "quiz", "fields": {"text": "q", "gold": "a"}, "kind": "text"}
    found = read_problems(source)
    assert [problem.gold for problem in found] == ["yes", "no", "yes", "no"]
    assert found.name == "quiz"
    assert found.about["left_out"] == {"repeated": 1}
    assert found.about["fields"] == {"text": "q", "gold": "a"}
    assert read_problems(f"{copy}/main/").digest != found.digest
    with pytest.raises(
        BadQuestion, match=r"quiz, test has no column 'qq' for the field 'text'. Did you mean 'q'"
    ):
        read_problems({**source, "fields": {"text": "qq"}})
    with pytest.raises(BadQuestion, match=r"row 1: unknown field 'q'|no column with the question"):
        read_problems({"folder": copy / "quiz"})
    with pytest.raises(BadOption, match=r"copy has no configuration 'quizz'"):
        read_problems({**source, "folder": copy, "config": "quizz"})


def test_mistakes_in_a_copy_are_named(copy: Path, tmp_path: Path) -> None:
    with pytest.raises(BadOption, match=r"copy has no split 'tets'. Did you mean 'test'"):
        read_problems({"dataset": "gsm8k", "folder": copy, "split": "tets"})
    with pytest.raises(BadOption, match=r"no configuration 'mian'. Did you mean 'main'"):
        read_problems({"dataset": "gsm8k", "folder": copy, "config": "mian"})
    with pytest.raises(BadQuestion, match=r"There is no folder .*none with a data set"):
        read_problems({"dataset": "gsm8k", "folder": tmp_path / "none"})
    with pytest.raises(
        BadQuestion, match=r"copy .*has no column 'problem'. .*there: question, answer. That is another"
    ):
        read_problems({"dataset": "math", "folder": copy})
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadQuestion, match=r"The data set in .*empty cannot be read: "):
        read_problems({"dataset": "gsm8k", "folder": tmp_path / "empty"})
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "test.parquet").write_bytes(b"PAR1")
    with pytest.raises(BadQuestion, match=r"The data set in .*broken cannot be read: "):
        read_problems({"dataset": "gsm8k", "folder": tmp_path / "broken"})


def test_an_unreadable_gold_names_its_row(copy: Path) -> None:
    rows = [
        *sums(0, 2),
        {"question": "Why?", "answer": "#### because"},
        {"question": "How?", "answer": "no mark"},
    ]
    write(copy / "main" / "test-00000-of-00001.parquet", rows[:3])
    with pytest.raises(
        BadQuestion, match=r"\(main\), test, row 3: the gold answer ' because' cannot .*skip_unreadable"
    ):
        read_problems({"dataset": "gsm8k", "folder": copy})
    found = read_problems({"dataset": "gsm8k", "folder": copy, "skip_unreadable": True})
    assert (len(found), found.about["left_out"]) == (2, {"unreadable": 1})
    write(copy / "main" / "test-00000-of-00001.parquet", rows)
    with pytest.raises(BadQuestion, match='row 4: the answer has no "####"'):
        read_problems({"dataset": "gsm8k", "folder": copy, "skip_unreadable": True})


class Hub(BaseHTTPRequestHandler):
    """What the library asks a hub for, about one data set: acme/sums."""

    root: Path

    def do_HEAD(self) -> None:
        self._answer()

    def do_GET(self) -> None:
        self._answer()

    def _answer(self) -> None:
        status, headers, body = self._found(unquote(urlsplit(self.path).path))
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _found(self, path: str) -> tuple[int, dict[str, str], bytes]:
        absent = 404, {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": COMMIT}, b""
        if asked := re.fullmatch(r"/datasets/acme/sums/resolve/[^/]+/(.*)", path):
            if not (self.root / asked[1]).is_file():
                return absent
            body = (self.root / asked[1]).read_bytes()
            tag = hashlib.sha1(body).hexdigest()
            return 200, {"ETag": f'"{tag}"', "X-Repo-Commit": COMMIT}, body
        if re.fullmatch(r"/api/datasets/acme/sums(/revision/.*)?", path):
            return self._json(
                {"id": "acme/sums", "sha": COMMIT, "siblings": [], "private": False, "tags": []}
            )
        if asked := re.fullmatch(r"/api/datasets/acme/sums/tree/[^/]+/?(.*)", path):
            folder = self.root / asked[1]
            return self._json([self._entry(item) for item in folder.iterdir()]) if folder.is_dir() else absent
        return 404, {"X-Error-Code": "RepoNotFound"}, b""

    def _entry(self, path: Path) -> dict[str, Any]:
        data = path.read_bytes() if path.is_file() else b""
        kind = "file" if path.is_file() else "directory"
        name = path.relative_to(self.root).as_posix()
        return {"type": kind, "path": name, "size": len(data), "oid": hashlib.sha1(data).hexdigest()}

    def _json(self, value: Any) -> tuple[int, dict[str, str], bytes]:
        return 200, {"Content-Type": "application/json"}, json.dumps(value).encode()

    def log_message(self, *_: Any) -> None:
        """Be silent."""


@pytest.fixture
def hub(copy: Path) -> Iterator[str]:
    """The address of a hub that has acme/sums."""
    handler = type("Own", (Hub,), {"root": copy})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def ask(sources: list[dict[str, Any]], **environment: str) -> list[Any]:
    """Read sources in a process of its own: the library looks at its surroundings when it is imported."""
    code = (
        "import json, sys\n"
        "from quorate.errors import QuorateError\n"
        "from quorate.evaluate.sources import read_problems\n"
        "for source in json.loads(sys.argv[1]):\n"
        "    try:\n"
        "        found = read_problems(source)\n"
        "        print(json.dumps([[p.gold for p in found], dict(found.about)]))\n"
        "    except QuorateError as error:\n"
        "        print(json.dumps(str(error)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, json.dumps(sources)],
        env={**os.environ, "HF_HUB_OFFLINE": "0", **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_hub_and_then_the_same_without_a_network(hub: str, tmp_path: Path) -> None:
    cache = {"HF_HOME": str(tmp_path / "home"), "HF_ENDPOINT": hub}
    source = {"dataset": "gsm8k", "hub": "acme/sums"}
    found, split, absent, other = ask(
        [
            source,
            {**source, "split": "tets"},
            {**source, "hub": "acme/none"},
            {"hub": "acme/sums", "config": "main", "fields": {"references": "answer"}, "split": "train"},
        ],
        **cache,
    )
    assert other[0] == [None] * 5
    assert other[1]["revision"] == COMMIT
    assert found[0] == ["6", "7", "8"]
    assert found[1]["revision"] == COMMIT
    assert found[1]["hub"] == "acme/sums"
    assert split == "acme/sums has no split 'tets'. Did you mean 'test'?"
    assert absent.startswith("The data set acme/none cannot be fetched from the hub: ")
    assert "hf auth login" in absent
    again, absent = ask([source, {**source, "hub": "acme/none"}], **cache, HF_HUB_OFFLINE="1")
    assert again == found
    assert "hf download --repo-type dataset acme/none --local-dir FOLDER" in absent
    assert "--folder FOLDER" in absent
