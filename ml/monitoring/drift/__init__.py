"""Drift: comparison of a month's data with the training data, by histograms.

Belongs here: the training profile, distances, tests, their correction for many features, the verdict. Does not:
counting rows (the database does that), or the response to drift.
"""
