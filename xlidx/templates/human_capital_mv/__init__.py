"""The minimum-variance workbook: one quarter from the universe to the levels."""
