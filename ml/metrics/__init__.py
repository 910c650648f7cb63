"""One metric per file, and the registry that names them.

Belongs here: formulas with their source and their edge cases. Does not: choosing rows, thresholds or origins.
"""
