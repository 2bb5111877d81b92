"""Screens of a rules-based selection: ratings against peers, liquidity, region, dividend yield."""
