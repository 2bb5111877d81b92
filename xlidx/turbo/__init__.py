"""The contract of an open-end turbo: terms, financing level, stop-loss, settlement; no Excel, no files."""
