"""Where model cards are kept: beside the bundles, one page for each version; publishing copies them to the site."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from warehouse.settings import load_settings

if TYPE_CHECKING:
    from ml.training import TrainingResult


def card_path(model_name: str, version: str) -> Path:
    """Path of a version's card, whether it exists or not."""
    return load_settings().models_dir / model_name / f"{version}.html"


def write_card(result: TrainingResult, model_name: str, version: str) -> Path:
    """Render and write the card of a training."""
    from ml.model_card import render

    path = card_path(model_name, version)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(render(result), encoding="utf-8")
    return path
