"""What several definitions share: partitions, dbt in-process, gate, stores. No definitions are made at import."""
