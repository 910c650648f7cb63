"""Alembic revisions of everything that stays: roles, schemas, raw tables, the ml core, monitoring.

Belongs here: tables, functions, triggers, roles and grants that cannot be rebuilt from other
data, each with a downgrade. Out of scope: relations derived from others (dbt owns those), and the
code that decides when to migrate (`warehouse.database.migrate`).
"""
