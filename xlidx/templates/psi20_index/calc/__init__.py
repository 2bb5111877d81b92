"""Calc sheet of the index desk workbook: blocks of ordinary formulas."""
