"""Perspective relaxation: a diagonal split off the covariance counts in full for names held in part; no heuristics."""
