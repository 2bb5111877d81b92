"""Legal documents, one folder each: numbers, readings, order of steps; mechanisms stay in index and turbo."""
