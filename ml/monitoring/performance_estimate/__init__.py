"""Estimated quality of a model before the labels are known, from its calibrated scores.

Belongs here: recalibration on the newest labels, expected metrics and their intervals.
Does not: reading scores and labels, limits, the response to a poor estimate.
"""
