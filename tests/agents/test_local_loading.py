"""Loading and describing checkpoints: folders, the hub, what is missing, broken or hostile."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from quorate.agents.agent import Model
from quorate.agents.local import LocalModel
from quorate.agents.local import base as local_base
from quorate.agents.local import files as local_files
from quorate.agents.local import session as local_session
from quorate.agents.local.files import fingerprint
from quorate.errors import BadOption, MissingModel, ModelError
from quorate.registry import model as registry
from tests.agents.conftest import MakeRequest, Replies, copy_of

# Loading


def test_it_is_imported_without_torch() -> None:
    code = (
        "import sys, quorate.agents.local;"
        "print([name for name in ('torch', 'transformers', 'peft', 'numpy') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_it_is_a_model_and_in_the_registry(standin: Path) -> None:
    made = registry.resolve({"transformers": {"path": str(standin), "dtype": "float32"}})()
    assert isinstance(made, LocalModel)
    assert isinstance(made, Model)
    assert (made.lanes, made.batch) == (1, None)
    with pytest.raises(BadOption, match="no option 'dtyp'"):
        registry.resolve({"transformers": {"path": "x", "dtyp": "auto"}})


def test_a_folder_never_touches_the_network(
    standin: Path, no_network: None, make_request: MakeRequest, replies: Replies
) -> None:
    model = LocalModel(standin)
    requests = [make_request(model, "Solve.", adapter=standin / f"adapter-{n}") for n in range(2)]
    model.prepare([request.agent for request in requests])
    assert all(reply.text for reply in replies(model, requests))
    assert model.describe()["weights"]


def test_it_is_loaded_once_from_many_threads(standin: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    loads: list[Path] = []
    load = local_base.load_base

    def counted(folder: Path, **options: Any) -> Any:
        loads.append(folder)
        return load(folder, **options)

    monkeypatch.setattr(local_session, "load_base", counted)
    model = LocalModel(standin)
    threads = [threading.Thread(target=model.prepare, args=([],)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(loads) == 1


def test_a_missing_folder_names_its_neighbours(tmp_path: Path, no_network: None) -> None:
    (tmp_path / "qwen-base").mkdir()
    with pytest.raises(
        MissingModel, match=r"no folder '.*qwem-base'. Did you mean '.*qwen-base'.*owner/model"
    ):
        LocalModel(tmp_path / "qwem-base").prepare([])
    with pytest.raises(MissingModel, match=r"holds qwen-base"):
        LocalModel(tmp_path / "zzz").prepare([])
    with pytest.raises(MissingModel, match=r"parent folder .* is not there either"):
        LocalModel(tmp_path / "no" / "such").prepare([])
    (tmp_path / "file").touch()
    with pytest.raises(MissingModel, match="is a file; give the folder"):
        LocalModel(tmp_path / "file").prepare([])


def test_a_misspelled_folder_of_ours_is_no_hub_name(
    tmp_path: Path, no_network: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "models" / "base").mkdir(parents=True)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(MissingModel, match=r"no folder 'models/bsae'\. Did you mean 'models/base'"):
        LocalModel("models/bsae").prepare([])


def test_a_folder_that_is_no_checkpoint_says_what_is_missing(tmp_path: Path, standin: Path) -> None:
    with pytest.raises(MissingModel, match=r"no config\.json"):
        LocalModel(tmp_path).prepare([])
    with pytest.raises(MissingModel, match="is an adapter, not a model: give its base as the path"):
        LocalModel(standin / "adapter-0").prepare([])
    shutil.copy(standin / "config.json", tmp_path)
    (tmp_path / "pytorch_model.bin").write_bytes(b"pickle")
    with pytest.raises(MissingModel, match="no weights as safetensors"):
        LocalModel(tmp_path).prepare([])


def test_a_broken_checkpoint_is_a_sentence(standin: Path, tmp_path: Path) -> None:
    folder = copy_of(standin, tmp_path / "broken")
    (folder / "model.safetensors").write_bytes(b"junk")
    with pytest.raises(ModelError, match=r"'.*broken' cannot be loaded: "):
        LocalModel(folder).prepare([])


def test_a_checkpoint_with_holes_is_refused(standin: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    folder = copy_of(standin, tmp_path / "holes")
    weights = load_file(folder / "model.safetensors")
    hole = "model.layers.1.mlp.down_proj.weight"
    del weights[hole]
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(ModelError, match=f"holes' is not complete: its weights lack '{re.escape(hole)}'"):
        LocalModel(folder).prepare([])


def test_a_checkpoint_without_a_tokenizer_says_so(standin: Path, tmp_path: Path) -> None:
    folder = copy_of(standin, tmp_path / "mute")
    for file in folder.glob("tokenizer*"):
        file.unlink()
    with pytest.raises(ModelError, match=r"The tokenizer in '.*mute' cannot be loaded: .*save_pretrained"):
        LocalModel(folder).prepare([])


def test_code_in_a_folder_is_never_run(standin: Path, tmp_path: Path) -> None:
    folder = copy_of(standin, tmp_path / "hostile")
    config = json.loads((folder / "config.json").read_text())
    config |= {"model_type": "hostile", "auto_map": {"AutoConfig": "run.C", "AutoModelForCausalLM": "run.M"}}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "run.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\nclass C: pass\nclass M: pass\n")
    with pytest.raises(ModelError, match="cannot be loaded"):
        LocalModel(folder).prepare([])
    assert not (tmp_path / "ran").exists()


def test_bad_options_are_refused(standin: Path) -> None:
    with pytest.raises(BadOption, match=r"no dtype 'flaot32'\. Did you mean 'float32'"):
        LocalModel(standin, dtype="flaot32")
    with pytest.raises(BadOption, match="budget is at least 1"):
        LocalModel(standin, token_budget=0)
    with pytest.raises(BadOption, match="no device 'gpu'"):
        LocalModel(standin, device="gpu").prepare([])
    with pytest.raises(ModelError, match="device 'cuda:77' cannot be used"):
        LocalModel(standin, device="cuda:77").prepare([])
    with pytest.raises(ModelError, match="chat=True demands one"):
        LocalModel(standin, chat=True).prepare([])


def test_the_dtype_is_what_was_asked_for(standin: Path, make_request: MakeRequest, replies: Replies) -> None:
    model = LocalModel(standin, dtype="bfloat16", device="cpu")
    adapted = make_request(model, "Solve.", adapter=standin / "adapter-0")
    assert replies(model, [adapted, make_request(model, "Solve.")])[0].text
    assert model.describe()["dtype"] == "bfloat16"


def test_a_hub_name_is_fetched_as_safetensors(
    standin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import huggingface_hub

    commit = copy_of(standin, tmp_path / "0123abc")
    asked: dict[str, Any] = {}

    def fetch(name: str, **options: Any) -> str:
        asked.update(options, name=name)
        return str(commit)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", fetch)
    model = LocalModel("someone/model", revision="main")
    model.prepare([])
    assert (asked["name"], asked["revision"]) == ("someone/model", "main")
    assert not any("bin" in pattern or "py" in pattern for pattern in asked["allow_patterns"])
    assert model.describe()["revision"] == "0123abc"


def test_a_hub_that_does_not_answer_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub

    def fetch(name: str, **_: Any) -> str:
        raise OSError("we are offline\nlong story")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", fetch)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "modle").mkdir()
    with pytest.raises(MissingModel, match=r"\(we are offline\)\. Did you mean 'modle'"):
        LocalModel("model").prepare([])


# Describing


def test_the_description_tells_models_apart(standin: Path, tmp_path: Path, make_request: MakeRequest) -> None:
    model = LocalModel(standin, device="cpu")
    assert model.describe() == {
        "kind": "transformers",
        "path": str(standin),
        "revision": None,
        "dtype": "auto",
        "device": "cpu",
    }
    model.prepare([make_request(model, "x", adapter=standin / "adapter-1").agent])
    described = model.describe()
    assert json.loads(json.dumps(described)) == described
    assert (described["dtype"], described["device"], described["chat"]) == ("float32", "cpu", False)
    (adapter,) = described["adapters"].values()
    assert adapter["rank"] == 8
    assert len(adapter["sha256"]) == len(described["weights"]["sha256"]) == 64
    other = copy_of(standin, tmp_path / "other")
    weights = bytearray((other / "model.safetensors").read_bytes())
    weights[-1] ^= 1
    (other / "model.safetensors").write_bytes(weights)
    changed = LocalModel(other)
    changed.prepare([])
    assert changed.describe()["weights"] != described["weights"]


def test_large_files_are_sampled_and_say_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local_files, "LARGE", 1000)
    monkeypatch.setattr(local_files, "SAMPLE", 10)
    monkeypatch.setattr(local_files, "SAMPLES", 5)
    file = tmp_path / "model.safetensors"
    prints = set()
    for content in (b"a" * 2000, b"a" * 2001, b"b" + b"a" * 1999, b"a" * 1999 + b"b"):
        file.write_bytes(content)
        (name,) = found = fingerprint([file])
        assert name == "sampled_sha256"
        prints.add(found[name])
    assert len(prints) == 4
    file.write_bytes(b"a" * 1000)
    assert list(fingerprint([file])) == ["sha256"]
