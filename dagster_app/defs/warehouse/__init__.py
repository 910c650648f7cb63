"""Raw tables to features, outcomes and marts: everything dbt builds."""
