"""Invented sample data of the index desk workbook; nothing here is market data."""
