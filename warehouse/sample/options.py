"""Options of the simulated company: size, span, seed, drift and faults.

Belongs here: parsing and validation. Out of scope: the effect of an option, which is in the simulation.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path

from warehouse.packages.risk_targets import defined_targets, documented_target

MAXIMUM_CUSTOMERS = 1_000_000


class Driver(StrEnum):
    """What a drift can move; the first six are the hidden drivers of every customer."""

    SATISFACTION = "satisfaction"
    PRICE_SENSITIVITY = "price_sensitivity"
    INFESTATION = "infestation"
    RELIABILITY = "reliability"
    FINANCIAL_STRESS = "financial_stress"
    ENGAGEMENT = "engagement"
    CSI_SCORE = "csi_score"
    CONCEPT = "concept"


class DeliveryFault(StrEnum):
    """Delivery faults that can be switched on; each changes only the files that it names."""

    DUPLICATES = "duplicates"
    LATE_CORRECTIONS = "late_corrections"
    BROKEN_DOCUMENTS = "broken_documents"
    MISSING_MONTHS = "missing_months"
    LATE_FILES = "late_files"


@dataclass(frozen=True)
class DriftSwitch:
    """A permanent shift from one month on.

    Parameters
    ----------
    month : date
        First month (its first day) that is shifted.
    driver : Driver
        What is shifted. ``csi_score`` moves only the answers of the surveys; ``concept`` moves no
        driver but turns the weights of the churn hazard from service towards price.
    sigma : float
        Size of the shift in standard deviations of the driver; for ``concept`` the share (0 to 1)
        of the way to the other weights.
    """

    month: date
    driver: Driver
    sigma: float

    @classmethod
    def parse(cls, text: str) -> DriftSwitch:
        """Read ``month=2025-07,driver=satisfaction,sigma=-0.3``.

        Raises
        ------
        ValueError
            If a key is missing or unknown, or a value cannot be read; the message shows the form.
        """
        example = "write it as month=2025-07,driver=satisfaction,sigma=-0.3"
        try:
            parts = dict(part.strip().split("=", 1) for part in text.split(","))
            drift = cls(
                month=date.fromisoformat(parts.pop("month") + "-01"),
                driver=Driver(parts.pop("driver")),
                sigma=float(parts.pop("sigma")),
            )
        except (KeyError, ValueError) as error:
            drivers = ", ".join(Driver)
            raise ValueError(f"drift {text!r}: {error}; {example}; drivers are {drivers}") from error
        if parts:
            raise ValueError(f"drift {text!r}: unknown key {sorted(parts)}; {example}")
        return drift


@dataclass(frozen=True)
class SampleOptions:
    """Everything that decides the content of the package.

    Parameters
    ----------
    customers : int
        Customers that the company has ever had up to the end month, 20 to 1,000,000.
    months : int
        Snapshot months, 3 to 60, ending with ``end_month``.
    end_month : date
        Last snapshot month, its first day.
    seed : int
        Same options and seed give the same bytes.
    drift : DriftSwitch or None
        A lasting shift from one month on.
    faults : tuple of DeliveryFault
        Defects of delivery.
    targets : tuple of str
        Risk targets that the package requests, as ``seeds/target_definition.csv`` names them. The records are the same.
    """

    customers: int = 2000
    months: int = 24
    end_month: date = date(2025, 12, 1)
    seed: int = 7
    drift: DriftSwitch | None = None
    faults: tuple[DeliveryFault, ...] = ()
    targets: tuple[str, ...] = field(default_factory=lambda: (documented_target(),))

    def __post_init__(self) -> None:
        if not 20 <= self.customers <= MAXIMUM_CUSTOMERS:
            raise ValueError(f"customers={self.customers}: choose 20 to {MAXIMUM_CUSTOMERS:,}")
        if not 3 <= self.months <= 60:
            raise ValueError(f"months={self.months}: choose 3 to 60")
        if self.end_month.day != 1:
            raise ValueError(f"end_month={self.end_month}: give the first day of the month")
        unknown = [name for name in self.targets if name not in defined_targets()]
        if unknown or not self.targets:
            raise ValueError(f"targets={unknown}: choose from {', '.join(defined_targets())}")
        if self.seed < 0:
            raise ValueError(f"seed={self.seed}: must not be negative")

    @property
    def fingerprint(self) -> str:
        """Hash of the options and of the generator's own files: equal means equal output."""
        payload = {**asdict(self), "faults": sorted(set(self.faults)), "generator": _source_hash()}
        return hashlib.sha256(json.dumps(payload, sort_keys=True, default=str).encode()).hexdigest()


@cache
def _source_hash() -> str:
    """Hash of this package's code and data, so that output of an older generator is never reused."""
    folder = Path(__file__).parent
    digest = hashlib.sha256()
    for path in sorted([*folder.rglob("*.py"), *folder.rglob("*.yml")]):
        digest.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()
