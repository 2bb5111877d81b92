"""Solactive Human Capital World MV guideline v1.0: numbers, calendar, selection, history, back-test."""
