"""Corporate actions of one day: terms, netting, new composition and divisor; no history."""
