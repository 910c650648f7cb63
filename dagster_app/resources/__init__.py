"""What assets are given: the warehouse, dbt, the model store. Each opens what it needs when a run starts."""
