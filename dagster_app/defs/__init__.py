"""Definitions by stage of the flow: ingest, warehouse, training, scoring, monitoring, publishing, and automation.

Importing a module here defines things and connects to nothing.
"""
