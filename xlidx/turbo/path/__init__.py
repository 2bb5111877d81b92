"""Certificates day by day: what a path starts from, its checks, its steps, its table; no table of many series."""
