"""Alerts on their way out: the outbox and the channels."""
