"""Blocks of the Calc sheet: the basket with its actions, levels by session, and the tables that calls read."""
