"""Files to raw tables: what is loaded, and by what."""
