"""The function book: one card for each function of the catalogue."""
