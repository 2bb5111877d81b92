"""Continuous relaxations: interior point, active set, ratio test, pivoting; no branching."""
