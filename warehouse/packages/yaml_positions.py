"""YAML documents with the position of every value.

Belongs here: turning text into plain values plus their line and column. Their meaning is validated
elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from warehouse.packages.errors import PackageError

Location = tuple[str | int, ...]
_MOST_VALUES = 100_000


@dataclass(frozen=True)
class PositionedDocument:
    """A YAML document with the position of every value.

    Parameters
    ----------
    path
        The file it was read from.
    content
        Plain lists, dictionaries and scalars; dates stay as they were written.
    positions
        Line and column, both counted from 1, of each value; for a key of a mapping, of the key.
    """

    path: Path
    content: Any
    positions: dict[Location, tuple[int, int]]

    def where(self, location: Location) -> str:
        """`file:line:column` of a value, or of the nearest thing around it."""
        while location and location not in self.positions:
            location = location[:-1]
        line, column = self.positions.get(location, (1, 1))
        return f"{self.path}:{line}:{column}"


class _Loader(yaml.SafeLoader):
    """The safe loader, but `2024-01-01` is read as text: the format decides what is a date."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def read_with_positions(path: Path) -> PositionedDocument:
    """Read one YAML file, keeping positions.

    Raises
    ------
    PackageError
        The file is missing, is not UTF-8, is not YAML, or states one key twice.
    """
    try:
        loader = _Loader(path.read_text(encoding="utf-8-sig"))
        node = loader.get_single_node()
    except FileNotFoundError as error:
        raise PackageError([f"{path}: no such file; name a folder with a package.yml in it"]) from error
    except UnicodeDecodeError as error:
        raise PackageError([f"{path}:1:1: not UTF-8 ({error.reason}); save the file as UTF-8"]) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else f"{path}:1:1"
        raise PackageError([f"{place}: not YAML: {error.problem}"]) from error
    except yaml.YAMLError as error:
        raise PackageError([f"{path}:1:1: not YAML: {error}"]) from error
    if node is None:
        raise PackageError([f"{path}:1:1: the file is empty; see the examples in docs/data_packages.md"])
    builder = _Builder(loader, path)
    content = builder.plain(node, (), ())
    if builder.problems:
        raise PackageError(builder.problems)
    return PositionedDocument(path, content, builder.positions)


class _Builder:
    """Plain values from YAML nodes, with their positions."""

    def __init__(self, loader: yaml.SafeLoader, path: Path) -> None:
        self.loader, self.path = loader, path
        self.positions: dict[Location, tuple[int, int]] = {}
        self.problems: list[str] = []

    def plain(self, node: yaml.Node, location: Location, around: tuple[int, ...]) -> Any:
        """Return the value of a node; `around` are the ids of the nodes around it."""
        line, column = node.start_mark.line + 1, node.start_mark.column + 1
        self.positions.setdefault(location, (line, column))
        if id(node) in around or len(self.positions) > _MOST_VALUES:
            # an alias inside its own anchor never ends, and aliases of aliases can take very long
            raise PackageError([f"{self.path}:{line}:{column}: these aliases never end; write the values out"])
        around = (*around, id(node))
        if isinstance(node, yaml.SequenceNode):
            return [self.plain(item, (*location, index), around) for index, item in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, location, around)
        return self.loader.construct_object(node)

    def _mapping(self, node: yaml.MappingNode, location: Location, around: tuple[int, ...]) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            line, column = key_node.start_mark.line + 1, key_node.start_mark.column + 1
            if key in result:
                self.problems.append(f"{self.path}:{line}:{column}: duplicate key {key}; keep one of the two")
            self.positions[(*location, key)] = (line, column)
            result[key] = self.plain(value_node, (*location, key), around)
        return result
