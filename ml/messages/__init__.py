"""Classification of customer messages: categories with reasons, or "unknown". Pure functions on frames."""
