"""Recommendations for customers and prospects, with reasons that can be verified. Pure functions on frames."""
