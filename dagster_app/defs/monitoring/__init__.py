"""Checks beside every table, and alerts on their way out."""
