"""Names for makers: `@topology`, `@protocol`, `@filter`, `@rule`, `@stop`, `@decision` and others, by kind.

A maker is a plain function; the decorator files it under the function's own name and returns it
unchanged. Options are keyword arguments: bind them with `functools.partial`, or write them in YAML:

    topology: ring                      # the default options
    topology: {ring: {k: 2}}            # bound options
"""

from __future__ import annotations

import functools
import importlib
import inspect
import numbers
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from typing import Any, TypeVar, overload

from quorate.errors import BadOption, UnknownName, did_you_mean

Maker = TypeVar("Maker", bound=Callable[..., Any])


@dataclass(frozen=True)
class Declaration:
    """What a maker says about itself, as data: lists show it and tests hold it to its word.

    `needs` are the fields of a ballot that a rule reads, `axioms` the names of the axioms it satisfies,
    `cost` how its work grows, `source` the paper and equation it follows. `leaves_out` says of a topology
    that agents whom it connects with nobody are left out on purpose, so that nobody is warned of them.
    """

    needs: tuple[str, ...] = ("answer",)
    axioms: frozenset[str] = frozenset()
    cost: str = ""
    source: str = ""
    leaves_out: bool = False


class Registry:
    """The makers of one kind, by name.

    Third parties add theirs with the decorator or with an entry point in the group `quorate.<kind>`.

    Examples
    --------
    >>> shape = Registry("shape", home=None)
    >>> @shape
    ... def square(*, side: int = 1) -> int:
    ...     return side * side
    >>> shape.resolve({"square": {"side": 3}})()
    9
    >>> shape.resolve("squre")
    Traceback (most recent call last):
    ...
    quorate.errors.UnknownName: There is no shape called 'squre'. Did you mean 'square'?
    """

    def __init__(self, kind: str, home: str | tuple[str, ...] | None) -> None:
        self.kind = kind
        self._homes = (home,) if isinstance(home, str) else home or ()
        self._makers: dict[str, Callable[..., Any]] = {}
        self._declared: dict[str, Declaration] = {}
        self._loaded = not self._homes

    @overload
    def __call__(self, maker: Declaration) -> Callable[[Maker], Maker]: ...
    @overload
    def __call__(self, maker: Maker) -> Maker: ...
    def __call__(self, maker: Any) -> Any:
        """File `maker` under its own name and return it unchanged; a declaration makes a decorator that does.

        Examples
        --------
        >>> voting = Registry("rule", home=None)
        >>> @voting(Declaration(axioms=frozenset({"anonymity"}), cost="one pass"))
        ... def first(ballots: list[str]) -> str:
        ...     return ballots[0]
        >>> voting.declaration("first").cost
        'one pass'
        """
        if isinstance(maker, Declaration):
            return functools.partial(self._file, declared=maker)
        return self._file(maker)

    def _file(self, maker: Maker, declared: Declaration | None = None) -> Maker:
        name: str = maker.__name__.rstrip("_")
        known = self._makers.get(name)
        if known is not None and known.__module__ != maker.__module__:
            raise BadOption(
                f"There already is a {self.kind} called '{name}' (in {known.__module__}); "
                f"rename the one in {maker.__module__}."
            )
        self._makers[name] = maker
        if declared is not None:
            self._declared[name] = declared
        return maker

    def declaration(self, name: str) -> Declaration | None:
        """Return what the maker called `name` declares; None when it declares nothing."""
        self[name]
        return self._declared.get(name)

    def declared_by(self, maker: Callable[..., Any]) -> Declaration | None:
        """Return what a maker declares, whatever is bound to it; None for one that declares nothing.

        Examples
        --------
        >>> voting = Registry("rule", home=None)
        >>> @voting(Declaration(cost="one pass"))
        ... def first(ballots: list[str], *, of: int = 1) -> str:
        ...     return ballots[0]
        >>> voting.declared_by(voting.resolve({"first": {"of": 3}})).cost
        'one pass'
        """
        made = unbound(maker)
        name = label(made)
        return self._declared.get(name) if self._makers.get(name) is made else None

    def __iter__(self) -> Iterator[str]:
        """Iterate over the registered names in alphabetical order."""
        self._load()
        return iter(sorted(self._makers))

    def __getitem__(self, name: str) -> Callable[..., Any]:
        """Return the maker called `name`; UnknownName says what was probably meant."""
        self._load()
        try:
            return self._makers[name]
        except KeyError:
            raise UnknownName(
                f"There is no {self.kind} called '{name}'. {did_you_mean(name, self._makers)}"
            ) from None

    def resolve(self, spec: Any) -> Callable[..., Any]:
        """Turn a name, a `{name: options}` mapping or a callable into a callable with its options bound."""
        if isinstance(spec, str):
            return self[spec]
        if isinstance(spec, Mapping):
            if len(spec) != 1:
                raise BadOption(
                    f"A {self.kind} is given as a name or as one name with its options, such as "
                    f"{{name: {{option: value}}}}; got {len(spec)} names: {', '.join(map(str, spec))}."
                )
            (name, options), *_ = spec.items()
            return self.bind(self[str(name)], options or {})
        if callable(spec):
            return spec  # type: ignore[no-any-return]
        raise BadOption(f"A {self.kind} is a name, a mapping or a function, not {type(spec).__name__}.")

    def bind(self, maker: Callable[..., Any], options: Mapping[str, Any]) -> Callable[..., Any]:
        """Bind keyword options to a maker.

        An unknown option is an error that names the near ones; so is a value that is none of the plain types
        that the maker takes there: `rounds: two` is told of here, not in the middle of a debate.
        """
        if not isinstance(options, Mapping):
            raise BadOption(f"The options of a {self.kind} are a mapping, not {options!r}.")
        known = option_names(maker)
        for option in options:
            if option not in known:
                raise BadOption(
                    f"The {self.kind} '{label(maker)}' has no option '{option}'. "
                    f"{did_you_mean(str(option), known)}"
                )
            self._check_type(maker, option, options[option])
        return functools.partial(maker, **options) if options else maker

    def _check_type(self, maker: Callable[..., Any], option: str, value: Any) -> None:
        kinds = _plain_types(maker, option)
        if kinds and not any(_fits(value, kind) for kind in kinds):
            raise BadOption(
                f"An option of the {CALLED.get(self.kind, self.kind)} '{label(maker)}' has a wrong type: "
                f"{option} is {' or '.join(PLAIN[kind][1] for kind in kinds)}, not {_shown(value)}."
            )

    def _load(self) -> None:
        if self._loaded:
            return
        for home in self._homes:
            importlib.import_module(home)
        self._loaded = True
        for entry in entry_points(group=f"quorate.{self.kind}"):
            self._makers.setdefault(entry.name, entry.load())


PLAIN: dict[str, tuple[type, str]] = {
    "int": (numbers.Integral, "a whole number"),
    "float": (numbers.Real, "a number"),
    "bool": (bool, "true or false"),
    "str": (str, "a text"),
    "None": (type(None), "null"),
}
"""The types of options that are checked when they are bound; what else makers take they check themselves."""
CALLED = {"stop": "stop check", "tie_break": "tie-break"}
"""What sentences call the kinds that are not words by themselves."""


def _plain_types(maker: Callable[..., Any], option: str) -> list[str]:
    """Return the types that a maker takes as an option; none where one of them is not plain."""
    annotation = inspect.signature(maker).parameters[option].annotation
    kinds = [part.strip() for part in getattr(annotation, "__name__", str(annotation)).split("|")]
    return kinds if all(kind in PLAIN for kind in kinds) else []


def _fits(value: Any, kind: str) -> bool:
    """Tell whether a value is of a plain kind; true and false are numbers to Python, and not here."""
    return isinstance(value, PLAIN[kind][0]) and (kind == "bool" or not isinstance(value, bool))


def _shown(value: Any) -> str:
    return repr(value) if len(repr(value)) <= 40 else f"{type(value).__name__} {repr(value)[:30]}..."


def label(maker: Any) -> str:
    """Return the name of a maker, looking through `functools.partial`.

    Examples
    --------
    >>> label(functools.partial(sorted, reverse=True))
    'sorted'
    """
    maker = unbound(maker)
    return str(getattr(maker, "__name__", type(maker).__name__)).rstrip("_")


def unbound(maker: Any) -> Any:
    """Return a maker without the options that are bound to it.

    Examples
    --------
    >>> unbound(functools.partial(functools.partial(sorted, key=len), reverse=True)) is sorted
    True
    """
    while isinstance(maker, functools.partial):
        maker = maker.func
    return maker


def spell(maker: Any) -> Any:
    """Write a maker and its bound options as plain data: what YAML would say, and what a manifest stores.

    Examples
    --------
    >>> spell(functools.partial(sorted, reverse=True))
    {'sorted': {'reverse': True}}
    """
    if isinstance(maker, functools.partial):
        options = {**maker.keywords, **({"*": list(maker.args)} if maker.args else {})}
        inner = spell(maker.func)
        if isinstance(inner, dict):
            (name, bound), *_ = inner.items()
            return {name: {**bound, **{key: _plain(value) for key, value in options.items()}}}
        return {inner: {key: _plain(value) for key, value in options.items()}} if options else inner
    described = getattr(maker, "spelling", None)
    return described if described is not None else label(maker)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if callable(value):
        return spell(value)
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)


def option_names(maker: Callable[..., Any]) -> list[str]:
    """List the keyword-only options of a maker.

    Examples
    --------
    >>> option_names(sorted)
    ['key', 'reverse']
    """
    return [
        parameter.name
        for parameter in inspect.signature(maker).parameters.values()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    ]


topology = Registry("topology", "quorate.topologies")
protocol = Registry("protocol", "quorate.protocols")
filter = Registry("filter", ("quorate.topologies", "quorate.protocols"))
rule = Registry("rule", "quorate.protocols")
decision = Registry("decision", "quorate.protocols")
stop = Registry("stop", "quorate.protocols")
tie_break = Registry("tie_break", "quorate.protocols")
model = Registry("model", "quorate.agents")
