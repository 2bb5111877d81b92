"""A session while it runs: ticks, opening, levels every 15 seconds, close."""
