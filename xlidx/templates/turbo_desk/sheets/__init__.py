"""Sheets of the turbo desk workbook that people read."""
