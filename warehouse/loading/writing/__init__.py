"""BufferedFile rows into the raw tables, in one transaction, and what is derived from the versions there.

Out of scope: whether a row may be loaded (`warehouse.loading.columns`, `warehouse.loading.buffer`).
"""
