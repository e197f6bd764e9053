"""What may be said about a source of problems, and what is said when something else is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, ValidationError

from quorate.errors import BadOption, did_you_mean
from quorate.evaluate.sources.columns import Column
from quorate.evaluate.sources.samples import PARTS, check_parts
from quorate.nouns import AnswerKind


class Drawn(BaseModel):
    """What every source takes: which of its problems are wanted, and how the set is called."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    count: PositiveInt | None = None
    seed: int | None = Field(None, ge=0)
    part: str | None = None
    parts: dict[str, float] = Field(default_factory=lambda: dict(PARTS))
    name: str | None = None
    metrics: tuple[str, ...] | None = None
    digest: str | None = None

    def check(self) -> None:
        """Complain about parts that do not add up, or a wanted one that is not there."""
        check_parts(self.parts, self.part)


class FileSpec(Drawn):
    """A file of the user's own."""

    file: Path
    columns: dict[str, Column] = Field(default_factory=dict, alias="fields")
    kind: AnswerKind | None = None
    skip_unreadable: bool = False


class DatasetSpec(Drawn):
    """A data set of the hub: one that is known by name, or any other with its columns."""

    dataset: str | None = None
    folder: Path | None = None
    hub: str | None = None
    config: str | None = None
    split: str | None = None
    revision: str | None = None
    columns: dict[str, Column] = Field(default_factory=dict, alias="fields")
    kind: AnswerKind | None = None
    skip_unreadable: bool = False

    def check(self) -> None:
        """Complain about two places, or columns of a data set whose columns are known."""
        super().check()
        if self.folder is not None and (self.hub or self.revision):
            raise BadOption(
                "A data set comes from a `folder` or from the `hub` at a `revision`: name one of them."
            )
        if self.dataset is not None and (self.columns or self.kind):
            raise BadOption(
                f"The columns of '{self.dataset}' are known: leave `fields` and `kind` out, or leave "
                "`dataset` out and say where the fields are."
            )


class MadeSpec(Drawn):
    """A procedural set; its options are under its name."""

    options: dict[str, Any] = Field(default_factory=dict)


Spec = TypeVar("Spec", bound=Drawn)


def read_spec(model: type[Spec], source: Mapping[str, Any]) -> Spec:
    """Read what is said about a source.

    Raises
    ------
    BadOption
        For a key that does not exist, with the one that was probably meant, or an impossible value.

    Examples
    --------
    >>> read_spec(FileSpec, {"file": "data.csv", "cuont": 3})
    Traceback (most recent call last):
    ...
    quorate.errors.BadOption: The source of problems has no 'cuont'. Did you mean 'count'?
    """
    try:
        spec = model.model_validate(dict(source))
    except ValidationError as error:
        first = error.errors()[0]
        place = [str(part) for part in first["loc"]]
        if first["type"] == "extra_forbidden":
            known = [field.alias or name for name, field in model.model_fields.items() if name != "options"]
            raise BadOption(
                f"The source of problems has no '{place[0]}'. {did_you_mean(place[0], known)}"
            ) from None
        raise BadOption(f"The source of problems: {place[0]}: {first['msg'].lower()}.") from None
    spec.check()
    return spec
