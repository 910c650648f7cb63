"""The ordered features of a model and their kinds.

Belongs here: names, kinds, order. Does not: display names (the feature dictionary has them) or values.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """Type of the values of a feature."""

    NUMERIC = "numeric"
    CATEGORICAL = "categorical"
    BOOLEAN = "boolean"


@dataclass(frozen=True)
class Feature:
    """One feature: a column of the features mart, or an attribute expanded into a column."""

    name: str
    kind: Kind

    def __post_init__(self) -> None:
        if not self.name:
            raise ValueError("a feature needs a name")
        object.__setattr__(self, "kind", Kind(self.kind))


@dataclass(frozen=True)
class FeatureList:
    """Features in the order that every matrix, tie-break and manifest uses.

    Raises
    ------
    ValueError
        When the list is empty, names repeat, or a name collides with a key column.
    """

    features: tuple[Feature, ...]

    RESERVED = frozenset({"customer_code", "as_of_date", "label", "label_known_at"})

    def __post_init__(self) -> None:
        names = [feature.name for feature in self.features]
        if not names:
            raise ValueError("a model needs at least one feature; the feature list is empty")
        repeated = sorted({name for name in names if names.count(name) > 1})
        if repeated:
            raise ValueError(f"features listed more than once: {', '.join(repeated)}")
        reserved = sorted(self.RESERVED.intersection(names))
        if reserved:
            raise ValueError(f"key or label columns cannot be features: {', '.join(reserved)}")

    @classmethod
    def of(cls, kinds: Mapping[str, str]) -> "FeatureList":
        """Build from ``{name: kind}``, keeping the mapping's order."""
        return cls(tuple(Feature(name, Kind(kind)) for name, kind in kinds.items()))

    @classmethod
    def from_records(cls, records: Iterable[Mapping[str, Any]]) -> "FeatureList":
        """Build from ``[{"name": ..., "kind": ...}]``, as the manifest stores them."""
        return cls(tuple(Feature(str(record["name"]), Kind(record["kind"])) for record in records))

    def to_records(self) -> list[dict[str, str]]:
        """Return ``[{"name": ..., "kind": ...}]`` in order."""
        return [{"name": feature.name, "kind": feature.kind.value} for feature in self.features]

    @property
    def names(self) -> list[str]:
        """Feature names in order."""
        return [feature.name for feature in self.features]

    def __iter__(self) -> Iterator[Feature]:
        return iter(self.features)

    def __len__(self) -> int:
        return len(self.features)
