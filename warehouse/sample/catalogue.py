"""The catalogue of the company (places, industries, contracts, products, names), read from catalogue.yml.

Data only: nothing here draws or decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import yaml
from numpy.typing import NDArray

_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Catalogue:
    """Lists of the catalogue as columns; an index into them is what the simulation carries."""

    raw: dict[str, Any]

    def column(self, section: str, key: str) -> pl.Series:
        """Texts of one key of a section."""
        return pl.Series([entry[key] for entry in self.raw[section]])

    def numbers(self, section: str, key: str) -> NDArray[np.float64]:
        """Figures of one key of a section."""
        return np.array([float(entry[key]) for entry in self.raw[section]])

    def texts(self, section: str) -> pl.Series:
        """Return a section that is a plain list of texts."""
        return pl.Series(self.raw[section])

    @property
    def provinces(self) -> pl.Series:
        """Names of the provinces; each is served by one branch."""
        return pl.Series(list(self.raw["places"]))

    def appetite(self, section: str, first: int = 0) -> NDArray[np.float64]:
        """Weights of choice among a section's entries from ``first`` on, shape (industries, entries)."""
        entries = self.raw[section][first:]
        codes = self.column("industries", "code").to_list()
        weights = [[4.0 if code in entry["wanted_by"] else 1.0 for entry in entries] for code in codes]
        return np.array(weights)

    @property
    def home_industry(self) -> int:
        """Index of the industry of private homes."""
        return next(i for i, entry in enumerate(self.raw["industries"]) if entry["code"] == "HOME")


@cache
def catalogue() -> Catalogue:
    """Read the catalogue once."""
    with (_FOLDER / "catalogue.yml").open(encoding="utf-8") as file:
        return Catalogue(yaml.safe_load(file))


def shares(weights: NDArray[np.float64], uniform: NDArray[np.float64]) -> NDArray[np.int64]:
    """Index drawn by weights from uniforms: inverse of the cumulative shares.

    Parameters
    ----------
    weights : array of shape (choices,)
        Not negative; need not add up to one.
    uniform : array
        Draws in [0, 1).

    Returns
    -------
    array of int64, shape of ``uniform``
    """
    edges = np.cumsum(weights) / weights.sum()
    return np.minimum(np.searchsorted(edges, uniform, side="right"), len(weights) - 1)


def shares_by_row(
    weights: NDArray[np.float64], rows: NDArray[np.int64], uniform: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Index drawn for each customer by the weights of its row.

    Parameters
    ----------
    weights : array of shape (kinds, choices)
    rows : array of int64, shape (customers,)
        Which kind each customer is.
    uniform : array of shape (customers,)
        Draws in [0, 1).
    """
    edges = np.cumsum(weights, axis=1) / weights.sum(axis=1, keepdims=True)
    drawn: NDArray[np.int64] = np.minimum((uniform[:, None] >= edges[rows]).sum(axis=1), weights.shape[1] - 1)
    return drawn
