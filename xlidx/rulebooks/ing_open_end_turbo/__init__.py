"""ING Final Terms of open-end turbos: coverage, and the reader of the document; formulas stay in turbo."""
