"""The turbo desk workbook: inputs, market, calculation, checks."""
