"""Reviews of Euronext-style rule books: the order of steps; the numbers of a document stand in its own folder."""
