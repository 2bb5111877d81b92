"""Search over selections: heuristics, probing, branch and bound; no linear algebra of relaxations."""
