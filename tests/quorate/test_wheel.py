"""The wheel: one top-level package, its prompts in it, importable beside a package called `agents`."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    files = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    for name in filter(None, files):
        target = source / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_symlink():
            target.symlink_to((ROOT / name).readlink())
        elif (ROOT / name).is_file():
            target.write_bytes((ROOT / name).read_bytes())
    command = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(folder),
        str(source),
    ]
    subprocess.run(command, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_holds_one_package_with_its_prompts(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {"quorate"}
    for needed in (
        "quorate/py.typed",
        "quorate/protocols/prompts/draft.txt",
        "quorate/agents/agent.py",
        "quorate/topologies/shapes.py",
    ):
        assert needed in names


def test_it_imports_beside_another_package_called_agents(wheel: Path, tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--target",
        str(tmp_path / "site"),
    ]
    subprocess.run([*command, str(wheel)], check=True, capture_output=True)
    (tmp_path / "site" / "agents").mkdir()
    (tmp_path / "site" / "agents" / "__init__.py").write_text("mine = False\n")
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path / 'site')!r})\n"
        "import agents, quorate.agents, quorate.protocols, quorate.topologies\n"
        f"assert quorate.__file__.startswith({str(tmp_path)!r}), quorate.__file__\n"
        "assert agents.mine is False\n"
        "from quorate import Agent, Scripted, deliberate\n"
        "assert deliberate('2+3?', [Agent('ada', Scripted('Answer: 5'))], topology='ring').answer == '5'\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path)
