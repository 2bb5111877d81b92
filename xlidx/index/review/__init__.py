"""Review of a composition: screens, ranking, selection, and the new numbers of every company."""
