"""Recommendations: choice of the method, months in order of time, stored rows."""
