"""The fast engine, formualizer behind a guard; no file is read or written here."""
