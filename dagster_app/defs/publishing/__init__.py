"""Pages that people read: dbt docs, Data Docs, model cards."""
