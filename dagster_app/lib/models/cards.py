"""The card of a training: rendered and kept next to its bundle; publishing copies it to the site."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from dagster_app.lib.models.store import BundleStore

if TYPE_CHECKING:
    from ml.risk.training import TrainingResult


def write_card(
    store: BundleStore,
    result: TrainingResult,
    model_name: str,
    version: str,
    labels: Mapping[str, str],
    *,
    is_simulated: bool,
) -> Path:
    """Render and write the card of a training; `labels` names the features in words."""
    from ml.risk.card import render_model_card

    return store.save_card(
        model_name, version, render_model_card(result, version=version, labels=labels, simulated=is_simulated)
    )
