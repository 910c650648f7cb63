"""Where model cards are kept: beside the bundles, one page for each version; publishing copies them to the site."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from warehouse.private_files import write_file
from warehouse.settings import load_settings

if TYPE_CHECKING:
    from ml.risk.training import TrainingResult


def card_path(model_name: str, version: str) -> Path:
    """Path of a version's card, whether it exists or not."""
    return load_settings().models_dir / model_name / f"{version}.html"


def write_card(
    result: TrainingResult, model_name: str, version: str, labels: Mapping[str, str], *, is_simulated: bool
) -> Path:
    """Render and write the card of a training; `labels` names the features in words."""
    from ml.risk.card import render

    return save_card(model_name, version, render(result, version=version, labels=labels, simulated=is_simulated))


def save_card(model_name: str, version: str, page: str) -> Path:
    """Write the card of a version of any model; return where it is."""
    path = card_path(model_name, version)
    write_file(path, page)
    return path
