"""Great Expectations suites, one per table by layer; thresholds are data.

Out of scope: keys, references and identities (dbt tests), worked examples (dbt unit tests).
"""
