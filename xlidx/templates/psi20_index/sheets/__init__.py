"""Sheets of the index desk workbook that people read."""
