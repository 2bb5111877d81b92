"""Reviews: ranking, screens, selection, free float and capping updates; numbers come from a rule book."""
