"""What abstaining buys: how many messages are answered at which error rate.

Belongs here: the coverage curve. Does not: choosing the threshold.
"""

from typing import Any

import pandas as pd

from ml.cards.figure import MODEL_COLOUR, QUIET_COLOUR, draw


def coverage_chart(curve: pd.DataFrame, coverage: float, promised: float) -> str:
    """Return the error rate among answered messages against the share answered.

    Parameters
    ----------
    curve : DataFrame
        ``coverage`` and ``error_rate`` of `ml.messages.abstention.coverage_curve`.
    coverage : float
        Share answered at the threshold in use.
    promised : float
        Error rate that the threshold was chosen to keep.
    """

    def paint(axes: Any) -> None:
        axes.plot(curve["coverage"], curve["error_rate"], color=MODEL_COLOUR, marker="o", markersize=3)
        axes.axhline(promised, color=QUIET_COLOUR, linestyle="--", label=f"promised {promised:.0%}")
        axes.axvline(coverage, color=QUIET_COLOUR, linestyle=":", label=f"answered {coverage:.0%}")
        axes.set(xlabel="share of messages answered", ylabel="error rate among them", xlim=(0, 1.02), ylim=(0, None))
        axes.legend(loc="upper left")

    return draw("coverage-curve", paint)
