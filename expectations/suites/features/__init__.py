"""Suites of the layer features: one table per file, each with `build_suite()`."""
