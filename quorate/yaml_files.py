"""YAML as people write it by hand: loaded safely, and no key of it is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from quorate.errors import BadDefinition

MERGE = "tag:yaml.org,2002:merge"


def read_yaml(path: Path) -> Any:
    r"""Read a YAML file as plain data; BadDefinition when it is none, or a key stands twice in one mapping.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "table.yaml"
    >>> path.write_text("agents: 3\nrounds: [1, 2]\n"), read_yaml(path)
    (25, {'agents': 3, 'rounds': [1, 2]})
    """
    try:
        return parse_yaml(path.read_text("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError) as problem:
        raise BadDefinition(f"{path} is not valid YAML: {' '.join(str(problem).split())}.") from None


def parse_yaml(text: str) -> Any:
    """Return what a text says; YAMLError when it is no YAML, or a key stands twice in one mapping."""
    return yaml.load(text, Loader=_OnceLoader)  # noqa: S506 - it is a SafeLoader


class _OnceLoader(yaml.SafeLoader):
    """Refuses a key that is given twice: the last would win without a word.

    What a merge (`<<: *shared`) brings may be given again; that is what merges are for.
    """

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key_node, _ in node.value:
            key = None if key_node.tag == MERGE else self.construct_object(key_node, deep=True)
            if key_node.tag != MERGE and repr(key) in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"'{key}' is given twice", key_node.start_mark
                )
            seen.add(repr(key))
        return super().construct_mapping(node, deep)
