"""Model card of one version of the message classifier.

Belongs here: the content of the page and its rendering. Does not: drawing (charts) or measuring (evaluation).
"""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ml.cards.page import render_page
from ml.messages.abstention_chart import coverage_chart
from ml.messages.training import MessageTraining

MAX_CONFUSIONS, MAX_EXAMPLES = 8, 12


def render_message_model_card(
    result: MessageTraining, *, version: str, names: Mapping[str, str], is_simulated: bool
) -> str:
    """Return the card as one self-contained HTML page.

    Parameters
    ----------
    names : mapping of str to str
        Name of each category.
    is_simulated : bool
        True puts a banner on the page: the messages are generated.
    """
    manifest = result.bundle.manifest
    accuracies = sorted((name[-1], value) for name, value in manifest["metrics"].items() if name.startswith("accuracy"))
    return render_page(
        "message_model_card.html",
        manifest=manifest,
        version=version,
        sha256=result.bundle.sha256,
        is_simulated=is_simulated,
        accuracies=accuracies,
        chart=coverage_chart(
            result.curve, manifest["metrics"]["coverage"] or 0.0, manifest["parameters"]["error_rate"]
        ),
        confused=[(level, _confusion_rows(rows, names)) for level, rows in result.confusion.groupby("level")],
        examples=_examples(result.predictions, names),
    )


def _confusion_rows(rows: pd.DataFrame, names: Mapping[str, str]) -> list[dict[str, Any]]:
    totals = rows.groupby("true_voc_id")["message_count"].transform("sum")
    incorrect = rows.assign(share=rows["message_count"] / totals)
    incorrect = incorrect[incorrect["true_voc_id"] != incorrect["predicted_voc_id"]]
    incorrect = incorrect.sort_values(
        ["message_count", "true_voc_id", "predicted_voc_id"], ascending=[False, True, True]
    )
    return _named(incorrect.head(MAX_CONFUSIONS), names)


def _examples(predictions: pd.DataFrame, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return messages at regular steps of confidence, highest confidence first."""
    ordered = predictions.sort_values(["confidence", "message_id"], ascending=[False, True], kind="stable")
    step = max(1, len(ordered) // MAX_EXAMPLES)
    return _named(ordered.iloc[::step].head(MAX_EXAMPLES), names)


def _named(rows: pd.DataFrame, names: Mapping[str, str]) -> list[dict[str, Any]]:
    named = rows.assign(
        true_name=rows["true_voc_id"].map(lambda voc_id: names.get(voc_id, voc_id)),
        predicted_name=rows["predicted_voc_id"].map(lambda voc_id: names.get(voc_id, voc_id)),
    )
    return [{str(name): value for name, value in row.items()} for row in named.to_dict("records")]
