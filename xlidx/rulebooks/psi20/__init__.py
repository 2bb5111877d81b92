"""Euronext PSI 20 rule book v16-01: numbers, dates, order of steps of a review."""
