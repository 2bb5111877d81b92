"""Daily work of an index desk: day files, morning checks, pro forma, reconciliation; no file is opened here."""
