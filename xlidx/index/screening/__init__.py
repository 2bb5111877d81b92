"""Screens of a universe: ratings, liquidity, dividend yield; limits come from a rule book."""
