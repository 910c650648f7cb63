"""Model cards: page template and figure that all models share."""
