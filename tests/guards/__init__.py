"""Guards of the project: what a change often forgets, found before anything runs. `make quick` calls them."""
