"""The index desk workbook: inputs, sheets, checks."""
