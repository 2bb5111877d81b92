"""Workbook of one quarter of the minimum-variance index: sample, input tables, and the sheets from screens to levels."""
