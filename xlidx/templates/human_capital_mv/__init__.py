"""Workbook of one quarter of the minimum-variance index: sample, input tables, sheets from screens to levels."""
