"""The checked rows of one file in temporary tables, and what can be said only of all of them together.

Does not belong here: the raw tables (`warehouse.loading.writing`).
"""
