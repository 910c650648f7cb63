"""A company's database: creation, schema, access, backup and restore.

Out of scope: connections and roles (`warehouse.connection`), the server process (`warehouse.server`), what the
schema is (`warehouse.migrations`).
"""
