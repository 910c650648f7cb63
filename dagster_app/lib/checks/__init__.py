"""Checks in the asset graph: suites as asset checks, and what a failed blocking check stops."""
