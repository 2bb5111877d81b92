"""History of an index with a divisor: plan of a run, walk over its sessions; no shares set by weights."""
