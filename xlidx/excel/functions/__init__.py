"""Entries of the function catalogue by subject: readers, defaults, help, examples; formulas stay below."""
