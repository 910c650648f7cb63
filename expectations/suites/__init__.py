"""Suites: one table per file, each with `build_suite()`."""
