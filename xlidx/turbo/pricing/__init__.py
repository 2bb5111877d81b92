"""Prices and sensitivities: analytics, moving barriers, gap risk, carry, scenarios; no roll of levels."""
