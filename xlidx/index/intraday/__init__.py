"""Levels within a session: opening, running, closing; times are UTC."""
