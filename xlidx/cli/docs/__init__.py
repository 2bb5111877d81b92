"""The documentation: built from the package, with its generated pages."""
