"""Whether a month looks like the data a model learned from, judged from histograms alone.

Belongs here: distances, tests, their correction for many features, the verdict. Does not: counting rows (the
database does), the reference itself (`ml.monitoring.drift.reference`), what is done about a drift.
"""
