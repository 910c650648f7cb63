"""The finance ledger: monthly revenue, expenses and cash flow of the whole company.

Revenue is the sum of the invoices issued in the month; cash flow is revenue minus the expenses of
the same month, so that both can be reconciled to the won.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from warehouse.sample.simulation.population import IntArray
from warehouse.sample.timeline import Stream, Timeline, random_stream

#: Expense accounts: name, share of the usual revenue, spread of a month.
_EXPENSES = (("LABOUR", 0.46, 0.02), ("MATERIAL", 0.14, 0.06), ("VEHICLE", 0.09, 0.05), ("OFFICE", 0.08, 0.03))
#: Days after the month's end on which its books are closed.
_CLOSING_DAY = 3


def ledger_table(revenue: IntArray, seed: int, timeline: Timeline) -> pl.DataFrame:
    """Ledger entries of all simulated months.

    Parameters
    ----------
    revenue : array of int, shape (months,)
        Invoiced sums in KRW.
    seed : int
        Of the options.
    timeline : Timeline
        The simulated months.

    Returns
    -------
    DataFrame
        ``month``, the columns of ``finance.timeseries_data`` and ``known_at``.
    """
    noise = random_stream(seed, Stream.LEDGER).standard_normal((len(_EXPENSES), len(revenue)))
    usual = np.array([revenue[max(month - 2, 0) : month + 1].mean() for month in range(len(revenue))])
    entries: list[tuple[int, str, str, int, str]] = []
    for month in range(timeline.months):
        label = timeline.label(month)
        spent = 0
        entries.append((month, f"REV-{label}", "revenue", int(revenue[month]), "SERVICE"))
        for index, (account, share, spread) in enumerate(_EXPENSES):
            value = round(float(usual[month]) * share * (1 + spread * float(noise[index, month])) / 1000) * 1000
            spent += value
            entries.append((month, f"EXP-{account}-{label}", "expense", value, account))
        entries.append((month, f"CASH-{label}", "cash_flow", int(revenue[month]) - spent, "OPERATING"))
    return pl.DataFrame(
        {
            "month": [entry[0] for entry in entries],
            "entry_code": [entry[1] for entry in entries],
            "timestamp": [timeline.instant(entry[0], timeline.days(entry[0]), 18) for entry in entries],
            "value": [entry[3] for entry in entries],
            "category": [entry[2] for entry in entries],
            "metadata": [f'{{"account":"{entry[4]}"}}' for entry in entries],
            "known_at": [timeline.instant(entry[0] + 1, _CLOSING_DAY, 9) for entry in entries],
        }
    )
