"""Definitions by stage of the flow: ingest, warehouse, training, scoring, monitoring, publishing, and automation.

Importing a module here defines things and connects to nothing.
"""

import warnings

import dagster as dg

# Monthly back-fills in one run are marked beta in this pinned version; the warning says nothing else.
warnings.filterwarnings("ignore", category=dg.BetaWarning)
