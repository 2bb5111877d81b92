"""An index defined by numbers of shares: targets, events, three versions; levels come from the divisor history."""
