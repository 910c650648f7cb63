"""Alembic revisions of everything that stays: roles, schemas, raw tables, the ml core, monitoring.

What belongs here: tables, functions, triggers, roles and grants that cannot be rebuilt from other
data, each with a downgrade. What does not: relations derived from others (dbt owns those), and the
code that decides when to migrate (`warehouse.database.migrate`).
"""
