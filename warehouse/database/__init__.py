"""A company's database: found or made, brought up to date, opened to its own, copied and brought back.

Does not belong here: connections and roles (`warehouse.connection`), the server process (`warehouse.server`), what the
schema is (`warehouse.migrations`).
"""
