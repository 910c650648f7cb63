"""What to offer whom, with reasons that can be re-checked. No input or output, clock or database."""
