"""Suites of the layer marts: one table per file, each with `build_suite()`."""
