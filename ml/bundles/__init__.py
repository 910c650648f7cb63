"""Bundles on disk: what all models share."""
