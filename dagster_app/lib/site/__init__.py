"""Published pages: documentation, model cards, the health of the models."""
