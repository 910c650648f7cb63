"""Monthly clusters of customers that keep their numbers. No input or output, clock or database."""
