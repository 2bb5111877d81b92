"""Minimum-variance portfolio of a fixed number of names with its certificate; no screens, no calendar."""
