"""Suites of the layer raw: one table per file, each with `build_suite()`."""
