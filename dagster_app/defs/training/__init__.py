"""Labels and the model: what is learned from."""
