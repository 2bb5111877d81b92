"""The desk's day: day files, morning check, pro-forma basket, reconciliation."""
