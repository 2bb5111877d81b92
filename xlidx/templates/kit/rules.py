"""Validation of inputs: what a cell accepts, and what it says of that."""

from __future__ import annotations

from datetime import date
from typing import Any

Rule = dict[str, Any]


def number_rule(low: float, high: float, title: str, message: str, *, whole: bool = False) -> Rule:
    """Return the validation of a number between two bounds."""
    return _between("integer" if whole else "decimal", low, high) | _messages(title, message)


def day_rule(message: str) -> Rule:
    """Return the validation of a date."""
    return _between("date", date(1990, 1, 1), date(2099, 12, 31)) | _messages("Date", message)


def list_rule(source: Any, title: str, message: str) -> Rule:
    """Return the validation of a choice from a list or a range."""
    return {"validate": "list", "source": source, **_messages(title, message)}


def custom_rule(formula: str, title: str, message: str) -> Rule:
    """Return a validation by a formula that must be true."""
    return {"validate": "custom", "value": formula, **_messages(title, message)}


def _between(kind: str, low: Any, high: Any) -> Rule:
    return {"validate": kind, "criteria": "between", "minimum": low, "maximum": high}


def _messages(title: str, message: str) -> Rule:
    return {"input_title": title, "input_message": message, "error_title": title, "error_message": message}


FRACTION = number_rule(0, 1, "A fraction", "Between 0 and 1: 12 % is 0.12 (typing 12% works too).")
POSITIVE = number_rule(1e-9, 1e15, "Above 0", "A number above 0.")
LEVEL = number_rule(1e-6, 1e9, "Level", "Index points, above 0.")
TOLERANCE = number_rule(0, 1, "Tolerance", "Largest difference that counts as agreement.")
YES_NO = list_rule(["yes", "no"], "yes or no", "yes or no.")
WORDS: Rule = {
    "validate": "length",
    "criteria": ">",
    "value": 0,
    "input_title": "Text",
    "input_message": "A text.",
}
COUNTRY: Rule = {**WORDS, "criteria": "==", "value": 2, "input_title": "Country", "input_message": "Two letters."}
