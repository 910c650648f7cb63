"""Dagster runs the flow: assets, checks, jobs, schedules and sensors; thin by rule.

Does not belong here: SQL logic (dbt_project), model logic (ml), checks of values (expectations).
"""
