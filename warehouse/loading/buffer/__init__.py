"""Load buffers: checked rows of one file in temporary tables, and checks that need all of its rows.

Out of scope: the raw tables (`warehouse.loading.writing`).
"""
