"""Commands of an index desk."""
