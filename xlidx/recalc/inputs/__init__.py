"""Values set from outside and read out again: named inputs, market tables, exports; nothing is computed here."""
