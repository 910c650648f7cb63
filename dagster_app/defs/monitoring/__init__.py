"""Checks of every table, monitors of the models, and alerts on their way out."""
