"""Suites of the layer predictions: one table per file, each with `build_suite()`."""
