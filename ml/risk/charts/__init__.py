"""Charts of the risk model's card."""
