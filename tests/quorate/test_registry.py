"""Names for makers: filing, finding, binding and spelling them."""

from __future__ import annotations

import functools
import importlib
from importlib.metadata import EntryPoint
from typing import Any

import pytest

from quorate import registry
from quorate.errors import BadOption, UnknownName
from quorate.registry import Registry, label, option_names, spell


def square(side: int = 1, *, scale: float = 1.0, rule: Any = None) -> float:
    return side * side * scale


def lambda_(*, depth: int = 1) -> int:
    return depth


@pytest.fixture
def shapes() -> Registry:
    shapes = Registry("shape", home=None)
    shapes(square)
    shapes(lambda_)
    return shapes


def test_a_maker_is_returned_unchanged_and_found_by_its_name(shapes: Registry) -> None:
    assert shapes(square) is square
    assert shapes["square"] is square
    assert list(shapes) == ["lambda", "square"]


def test_a_trailing_underscore_is_no_part_of_a_name(shapes: Registry) -> None:
    assert shapes["lambda"] is lambda_
    assert label(lambda_) == "lambda"


def test_a_name_of_another_module_is_taken(shapes: Registry) -> None:
    def other() -> None: ...

    other.__name__, other.__module__ = "square", "elsewhere"
    with pytest.raises(BadOption, match=r"already is a shape called 'square' \(in .*test_registry\); rename"):
        shapes(other)
    assert shapes["square"] is square


def test_a_module_may_define_its_maker_again(shapes: Registry) -> None:
    def again() -> None: ...

    again.__name__, again.__module__ = "square", square.__module__
    shapes(again)
    assert shapes["square"] is again


def test_an_unknown_name_gets_a_suggestion(shapes: Registry) -> None:
    with pytest.raises(UnknownName, match=r"no shape called 'sqare'\. Did you mean 'square'\?"):
        shapes.resolve("sqare")
    with pytest.raises(UnknownName, match=r"Known: lambda, square\."):
        shapes.resolve("xyz")
    with pytest.raises(UnknownName, match=r"None is registered\."):
        Registry("void", home=None).resolve("xyz")


def test_a_spec_is_a_name_a_mapping_or_a_callable(shapes: Registry) -> None:
    assert shapes.resolve("square")(3) == 9
    assert shapes.resolve({"square": {"scale": 2.0}})(3) == 18
    assert shapes.resolve({"square": {}}) is square
    assert shapes.resolve({"square": None}) is square
    assert shapes.resolve(len) is len


@pytest.mark.parametrize(
    ("spec", "complaint"),
    [
        ({}, "got 0 names"),
        ({"square": {}, "lambda": {}}, "got 2 names: square, lambda"),
        ({"square": {"scael": 2}}, r"'square' has no option 'scael'\. Did you mean 'scale'\?"),
        ({"square": {"scale": "two"}}, "'square' has a wrong type: scale is a number, not 'two'"),
        ({"square": {"scale": True}}, "scale is a number, not True"),
        ({"lambda": {"depth": 2.5}}, "depth is a whole number, not 2.5"),
        ({"lambda": {"depth": "x" * 99}}, r"not str 'x{29}\.\.\."),
        ({"square": {"side": 2}}, "no option 'side'"),
        ({"square": [1]}, r"options of a shape are a mapping, not \[1\]"),
        (7, "not int"),
        (None, "not NoneType"),
    ],
)
def test_a_spec_that_is_none_of_these_is_refused(shapes: Registry, spec: Any, complaint: str) -> None:
    with pytest.raises(BadOption, match=complaint):
        shapes.resolve(spec)


def test_only_keyword_options_are_options() -> None:
    assert option_names(square) == ["scale", "rule"]
    assert option_names(functools.partial(square, scale=2.0)) == ["scale", "rule"]


def test_a_bound_maker_can_be_bound_again(shapes: Registry) -> None:
    doubled = shapes.bind(shapes.bind(square, {"scale": 2.0}), {"rule": lambda_})
    assert doubled(3) == 18
    assert spell(doubled) == {"square": {"scale": 2.0, "rule": "lambda"}}


class Described:
    spelling = {"both": ["a", "b"]}


@pytest.mark.parametrize(
    ("maker", "spelled"),
    [
        (square, "square"),
        (functools.partial(square), "square"),
        (functools.partial(square, scale=2.0), {"square": {"scale": 2.0}}),
        (
            functools.partial(
                functools.partial(square, scale=2.0), scale=3.0, rule=functools.partial(lambda_, depth=2)
            ),
            {"square": {"scale": 3.0, "rule": {"lambda": {"depth": 2}}}},
        ),
        (functools.partial(square, rule=(1, {"a": square})), {"square": {"rule": [1, {"a": "square"}]}}),
        (functools.partial(square, rule=1 + 2j), {"square": {"rule": "(1+2j)"}}),
        (Described(), {"both": ["a", "b"]}),
    ],
)
def test_makers_are_spelled_as_yaml_would_say_them(maker: Any, spelled: Any) -> None:
    assert spell(maker) == spelled


def test_what_is_spelled_resolves_to_the_same_maker(shapes: Registry) -> None:
    for spec in ("square", {"square": {"scale": 2.0}}, {"lambda": {"depth": 3}}):
        assert spell(shapes.resolve(spec)) == spec


def test_the_home_of_a_kind_is_imported_when_its_names_are_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    imported: list[str] = []
    monkeypatch.setattr(importlib, "import_module", imported.append)
    shapes = Registry("shape", home="somewhere.else")
    shapes(square)
    assert imported == []
    assert shapes["square"] is square
    assert list(shapes) == ["square"]
    assert imported == ["somewhere.else"]


def test_entry_points_add_names_but_replace_none(monkeypatch: pytest.MonkeyPatch) -> None:
    group = "quorate.shape"
    entries = [
        EntryPoint("cube", "math:sqrt", group),
        EntryPoint("square", "math:sqrt", group),
    ]
    monkeypatch.setattr(registry, "entry_points", lambda *, group: [e for e in entries if e.group == group])
    shapes = Registry("shape", home="math")
    shapes(square)
    assert list(shapes) == ["cube", "square"]
    assert shapes["square"] is square
    assert shapes["cube"](9.0) == 3.0
