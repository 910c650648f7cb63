"""Runs of the pipeline: a whole company, one stage, months, partitions, requests, failures, progress, summary."""
