"""Orchestration: the one asset graph from files to publications, and what starts it.

Here belong assets, checks, jobs, schedules, sensors and the thin code that ties them to dbt, `ml`, `expectations`
and `warehouse`. Logic of features belongs to dbt, of models to `ml`, of tables to `warehouse`.
"""
