"""Chart of coverage against error rate of the message classifier.

Belongs here: the coverage curve. Does not: choosing the threshold.
"""

from typing import Any

import pandas as pd

from ml.cards.figure import MODEL_COLOUR, MUTED_COLOUR, draw


def coverage_chart(curve: pd.DataFrame, coverage: float, error_limit: float) -> str:
    """Return the chart of the error rate of classified messages over the coverage.

    Parameters
    ----------
    curve : DataFrame
        ``coverage`` and ``error_rate`` of `ml.messages.abstention.coverage_curve`.
    coverage : float
        Coverage at the threshold in use.
    error_limit : float
        Error rate for which the threshold was chosen.
    """

    def paint(axes: Any) -> None:
        axes.plot(curve["coverage"], curve["error_rate"], color=MODEL_COLOUR, marker="o", markersize=3)
        axes.axhline(error_limit, color=MUTED_COLOUR, linestyle="--", label=f"limit {error_limit:.0%}")
        axes.axvline(coverage, color=MUTED_COLOUR, linestyle=":", label=f"coverage {coverage:.0%}")
        axes.set(
            xlabel="coverage (share of messages classified)",
            ylabel="error rate of classified messages",
            xlim=(0, 1.02),
            ylim=(0, None),
        )
        axes.legend(loc="upper left")

    return draw("coverage-curve", paint)
