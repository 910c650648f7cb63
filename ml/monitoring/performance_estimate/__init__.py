"""How good a model is while its labels are not known yet, estimated from its own calibrated scores.

Belongs here: recalibration on the newest labels, expected metrics, their intervals.
Does not: reading scores and labels, limits, what is done about a poor estimate.
"""
