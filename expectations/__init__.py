"""Great Expectations suites, one per table by layer; thresholds are data.

Does not belong here: keys, references and identities (dbt tests), worked examples (dbt unit tests).
"""
