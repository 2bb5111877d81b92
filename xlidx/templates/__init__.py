"""Builders of the template workbooks; values come from recalculation, formulas from the functions."""
