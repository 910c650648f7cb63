"""The risk target of a model, as data: name, horizon, economics.

Belongs here: the definition of a target and its validation. Does not: the cohort and label queries (the
warehouse computes those), features, or anything specific to one target.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

_CASTS: dict[str, Callable[[Any], Any]] = {
    "name": str,
    "model_name": str,
    "label_en": str,
    "horizon_months": int,
    "maturity_days": int,
    "documented_threshold": float,
    "capacity_ratio": float,
    "contact_cost": float,
    "retention_success_ratio": float,
    "customer_value": float,
}


@dataclass(frozen=True)
class RiskTarget:
    """A risk target; training and scoring use the same code for every target.

    Parameters
    ----------
    name : str
        Key of the target, for instance the value of ``target_name`` in ``ml.label``.
    model_name : str
        Name under which its models are registered.
    label_en : str
        Meaning of label 1, as a short English text.
    horizon_months : int
        A label as of T covers ``[T, T + horizon)``. Zero is allowed for supplied labels.
    maturity_days : int
        Days after the end of the horizon until the label counts as known.
    documented_threshold : float
        Threshold of the documented views (probability, 0 to 1); the decision threshold is in the bundle.
    capacity_ratio : float
        Share of the scored customers that can be contacted in one month, in (0, 1].
    contact_cost : float or None
        Cost of one contact, in the company's currency, not negative; None if it is not known.
    retention_success_ratio : float
        Share of true positives that a contact saves, in [0, 1].
    customer_value : float or None
        Margin of one saved customer over the value period, in the currency of `contact_cost`; None if the company's
        records have no revenue.

    Raises
    ------
    ValueError
        If a number is out of range.
    """

    name: str
    model_name: str
    label_en: str = "positive outcome"
    horizon_months: int = 3
    maturity_days: int = 14
    documented_threshold: float = 0.7
    capacity_ratio: float = 0.1
    contact_cost: float | None = None
    retention_success_ratio: float = 0.3
    customer_value: float | None = None

    def __post_init__(self) -> None:
        ranges: dict[str, bool] = {
            "name": bool(self.name),
            "model_name": bool(self.model_name),
            "horizon_months": self.horizon_months >= 0,
            "maturity_days": self.maturity_days >= 0,
            "documented_threshold": 0 <= self.documented_threshold <= 1,
            "capacity_ratio": 0 < self.capacity_ratio <= 1,
            "contact_cost": self.contact_cost is None or self.contact_cost >= 0,
            "retention_success_ratio": 0 <= self.retention_success_ratio <= 1,
            "customer_value": self.customer_value is None or self.customer_value >= 0,
        }
        for field, is_valid in ranges.items():
            if not is_valid:
                raise ValueError(
                    f"target {self.name!r}: {field} = {getattr(self, field)!r} is out of range; "
                    "correct it in the target's definition"
                )

    @classmethod
    def from_mapping(cls, definition: Mapping[str, Any]) -> "RiskTarget":
        """Build a target from a row of the target definitions; unknown columns are ignored.

        Parameters
        ----------
        definition : mapping
            At least ``name`` (or ``target_name``) and ``model_name``.

        Raises
        ------
        ValueError
            If a required key is missing or a value is invalid.
        """
        known = dict(definition)
        known.setdefault("name", known.get("target_name"))
        missing = [key for key in ("name", "model_name") if not known.get(key)]
        if missing:
            raise ValueError(f"target definition lacks {', '.join(missing)}: {dict(definition)!r}")
        values = {
            field.name: _CASTS[field.name](known[field.name])
            for field in fields(cls)
            if known.get(field.name) is not None
        }
        return cls(**values)

    def to_dict(self) -> dict[str, Any]:
        """Return the definition as plain values, for the manifest."""
        return asdict(self)
