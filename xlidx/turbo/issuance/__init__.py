"""New series: ladders of levels and issue tables; no existing book."""
