"""The house rules: who may import whom, what is packaged, what importing costs."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = {
    "quorate": "quorate",
    "agents": "quorate.agents",
    "protocols": "quorate.protocols",
    "topologies": "quorate.topologies",
}
LOW = {
    "quorate.nouns",
    "quorate.answers",
    "quorate.calibration",
    "quorate.embedding",
    "quorate.errors",
    "quorate.notebook",
    "quorate.noun_files",
    "quorate.registry",
    "quorate.role_files",
    "quorate.table",
}
ALLOWED = {
    "quorate.events": LOW,
    "quorate.topologies": LOW | {"quorate.events"},
    "quorate.protocols": LOW | {"quorate.events"},
    "quorate.agents": LOW | {"quorate.events"},
}
ENGINE = {"quorate.lanes", "quorate.open_questions", "quorate.run"}
LEVELS = (LOW, {"quorate.events"}, {*ALLOWED} - {"quorate.events"}, ENGINE)
"""From below upwards; above the engine stands everything else, and the command line above that."""
HEAVY = {"torch", "transformers", "peft", "openai", "datasets"}


def modules() -> Iterator[tuple[str, Path]]:
    for room, package in ROOMS.items():
        for path in sorted((ROOT / room).rglob("*.py")):
            parts = path.relative_to(ROOT / room).with_suffix("").parts
            if room == "quorate" and parts[0] in ROOMS:
                continue
            yield ".".join([package, *(part for part in parts if part != "__init__")]), path


def imports(path: Path, *, top_level: bool) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    nodes = _top_level(tree.body) if top_level else ast.walk(tree)
    found: set[str] = set()
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _top_level(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        if isinstance(node, ast.If | ast.Try):
            yield from _top_level(node.body)
        yield node


def package_of(module: str) -> str:
    return next((room for room in ALLOWED if module == room or module.startswith(room + ".")), module)


def test_every_room_imports_only_what_the_design_allows() -> None:
    known = {name for name, _ in modules()}
    for name, path in modules():
        room = package_of(name)
        if room not in ALLOWED:
            continue
        for used in imports(path, top_level=False):
            if not used.startswith("quorate.") or used not in known:
                continue
            fine = package_of(used) == room or package_of(used) in ALLOWED[room] or is_part_of(used, LOW)
            assert fine, f"{name} imports {used}, against the design's direction"


def level_of(module: str) -> int:
    if is_part_of(module, {"quorate.cli", "quorate.__main__"}):
        return len(LEVELS) + 1
    return next((at for at, homes in enumerate(LEVELS) if is_part_of(module, homes)), len(LEVELS))


def test_nothing_imports_what_stands_above_it() -> None:
    known = {name for name, _ in modules()} - {"quorate"}
    assert known >= ENGINE | LOW, "a room of the design has moved"
    for name, path in modules():
        if name == "quorate":
            continue  # the front door names every room, and opens none
        level = level_of(name)
        above = {used for used in imports(path, top_level=False) & known if level_of(used) > level}
        assert not above, f"{name} imports {above}, which stand above it"


def test_imports_are_absolute() -> None:
    for name, path in modules():
        nodes = ast.walk(ast.parse(path.read_text("utf-8")))
        near = [node for node in nodes if isinstance(node, ast.ImportFrom) and node.level]
        assert not near, f"{name} imports relatively, which the rules above do not see"


def test_watching_and_reporting_are_known_to_the_command_line_alone() -> None:
    for name, path in modules():
        for room in ("quorate.live", "quorate.report"):
            used = {u for u in imports(path, top_level=False) if is_part_of(u, {room})}
            fine = name.startswith(room) or is_part_of(name, {"quorate.cli"})
            assert fine or not used, f"{name} imports {used}; it is a view, and runs go on without it"


def is_part_of(used: str, homes: set[str]) -> bool:
    return any(used == home or used.startswith(home + ".") for home in homes)


def test_the_nouns_import_nothing_above_them() -> None:
    for name, path in modules():
        if is_part_of(name, LOW):
            above = {
                u
                for u in imports(path, top_level=False)
                if u.startswith("quorate.") and not is_part_of(u, LOW)
            }
            assert not above, f"{name} imports {above}"


def test_heavy_libraries_are_imported_only_where_a_model_is_really_loaded() -> None:
    for name, path in modules():
        heavy = {used.split(".")[0] for used in imports(path, top_level=True)} & HEAVY
        if heavy:
            pytest.fail(f"{name} imports {heavy} when it is imported")


def test_rich_is_only_in_live_and_cli() -> None:
    for name, path in modules():
        if any(used.split(".")[0] == "rich" for used in imports(path, top_level=False)):
            assert name.startswith(("quorate.live", "quorate.cli")), f"{name} imports rich"


def test_importing_and_defining_loads_no_torch() -> None:
    code = (
        "import sys, quorate\n"
        "assert not {'torch', 'transformers', 'networkx', 'rich'} & set(sys.modules)\n"
        "from quorate import Agent, Definition, Scripted\n"
        "Definition([Agent('ada', Scripted('Answer: 1'))]).ask('2+3?')\n"
        "import quorate.cli\n"
        "assert 'torch' not in sys.modules and 'transformers' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_packages_of_the_wheel_are_the_folders() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    listed = set(project["tool"]["setuptools"]["packages"])
    folders = {name for name, path in modules() if path.name == "__init__.py"}
    assert listed == folders
    shipped = project["tool"]["setuptools"]["package-data"]
    for room, package in ROOMS.items():
        data = {
            path.relative_to(ROOT / room).as_posix()
            for path in (ROOT / room).rglob("*")
            if path.is_file()
            and path.suffix not in (".py", ".pyc")
            and "__pycache__" not in path.parts
            and not (room == "quorate" and path.relative_to(ROOT / room).parts[0] in ROOMS)
        }
        patterns = shipped.get(package, [])
        missing = {name for name in data if not any(Path(name).match(pattern) for pattern in patterns)}
        assert not missing, f"{package} has files that the wheel leaves out: {missing}"


def test_every_tool_looks_into_every_room() -> None:
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]
    assert set(tools["coverage"]["run"]["source"]) == set(ROOMS)
    assert tools["mypy"]["files"] == tools["pytest"]["ini_options"]["testpaths"][::-1] == ["quorate", "tests"]
    assert set(tools["ruff"]["lint"]["flake8-tidy-imports"]["banned-api"]) == set(ROOMS) - {"quorate"}
    assert not (ROOT / "conftest.py").exists(), (
        "a conftest at the root makes the rooms importable by themselves"
    )
    for room in set(ROOMS) - {"quorate"}:
        assert (ROOT / "quorate" / room).readlink() == Path("..", room)


def test_only_quorate_is_importable_from_outside_the_checkout(tmp_path: Path) -> None:
    code = (
        "import importlib.util as u\n"
        "import quorate.agents, quorate.protocols, quorate.topologies\n"
        "print([name for name in ('agents', 'protocols', 'topologies') if u.find_spec(name)])"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    assert printed.stdout.strip() == "[]"


def test_every_public_name_is_there_and_documented() -> None:
    import quorate

    assert sorted(quorate.__all__) == sorted(quorate._HOME_OF)
    for name in quorate.__all__:
        assert getattr(quorate, name).__doc__, f"quorate.{name} has no docstring"


def test_no_file_outgrows_one_noun() -> None:
    long = {name: n for name, path in modules() if (n := len(path.read_text("utf-8").splitlines())) > 400}
    assert not long


def test_the_changelog_and_the_citation_name_the_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    assert f"version: {project['project']['version']}" in (ROOT / "CITATION.cff").read_text("utf-8")
    assert re.search(r"^## Unreleased$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.M)
