"""Model cards: the page template and chart style that all models share."""
