"""Corporate actions: what each does to price, shares and members, and the divisor step of a day."""
