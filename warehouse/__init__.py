"""The warehouse: settings, server, connection, migrations, loading, backup.

Out of scope: models (ml), orchestration (dagster_app), derived tables (dbt_project).
"""
