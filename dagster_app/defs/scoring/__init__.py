"""Scores of the active model and the alerts they raise."""
