"""Chart of the value of contacts.

Belongs here: value over the share of customers contacted. Does not: choosing the threshold (threshold).
"""

from typing import Any

import numpy as np
import pandas as pd

from ml.cards.figure import LOGISTIC_COLOUR, MODEL_COLOUR, MUTED_COLOUR, draw
from ml.risk.evaluation import MODEL
from ml.risk.target import RiskTarget
from ml.risk.threshold import value_curve


def value_chart(predictions: pd.DataFrame, target: RiskTarget, threshold: float) -> str:
    """Return expected and realised value per 1,000 customers over the share contacted.

    Lines mark the capacity and the share that reaches the threshold.
    """
    scores = predictions[MODEL].to_numpy("float64")
    curve = value_curve(scores, predictions["label"].to_numpy("float64"), target)
    contacted = float(np.mean(scores >= threshold))

    def paint(axes: Any) -> None:
        axes.plot(curve["contacted_ratio"], curve["expected_value"], color=MODEL_COLOUR, label="expected")
        axes.plot(curve["contacted_ratio"], curve["realised_value"], "--", color=LOGISTIC_COLOUR, label="realised")
        axes.axvline(target.capacity_ratio, color=MUTED_COLOUR, linewidth=0.8, linestyle="--")
        axes.axvline(contacted, color=MODEL_COLOUR, linewidth=0.8)
        axes.axhline(0, color=MUTED_COLOUR, linewidth=0.8)
        axes.annotate(f" threshold {threshold:.2f}", (contacted, axes.get_ylim()[0]), va="bottom")
        axes.set(xlabel="share of customers contacted", ylabel="value per 1,000 customers", xlim=(0, 1))
        axes.yaxis.set_major_formatter("{x:,.0f}")
        axes.legend(loc="upper right")

    return draw("value-curve", paint, width=10.4)
