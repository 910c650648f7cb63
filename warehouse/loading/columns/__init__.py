"""From the columns of a file to those of its target: which fills which, its kind, what is wrong with a row.

Out of scope: checks that need the whole file (`warehouse.loading.buffer`).
"""
