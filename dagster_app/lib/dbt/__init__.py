"""dbt in this process: its manifest, its place in the asset graph, invocations, results, variables."""
