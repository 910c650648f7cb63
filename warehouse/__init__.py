"""Where the data lives: settings, server, connection, migrations, loading, backup and the command line.

Does not belong here: models (ml), orchestration (dagster_app), derived tables (dbt_project).
"""
