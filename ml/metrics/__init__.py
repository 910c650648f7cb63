"""One metric per file, and the registry of all metrics.

Belongs here: formulas with their source and their edge cases. Does not: choosing rows, thresholds or origins.
"""
