"""Proven minimum variance under a number of names: the private rooms behind :mod:`xlidx.index.min_variance`."""
