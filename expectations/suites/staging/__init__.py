"""Suites of the layer staging: one table per file, each with `build_suite()`."""
