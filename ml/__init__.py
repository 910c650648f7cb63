"""The model layer: pure functions from frame to frame.

Belongs here: feature lists, splits, training, calibration, scoring, explanation, metrics, model cards.
Does not: orchestration, SQL, database drivers, environment variables, clocks.
"""
