"""What any equity index does: level, divisor, returns, free float, capping."""
