"""The selection of the Solactive guideline, sections 2.1 (steps 1 to 3) and 4, written from the text in plain loops."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

ACTIVITIES = ("armament", "tobacco", "gambling", "nuclear", "pornography", "alcohol")


def number(value: Any) -> Fraction:
    return Fraction(str(value))


def failed_letters(row: dict[str, Any], universe: list[dict[str, Any]]) -> str:
    """Letters of the screens (a) to (h) that a security fails."""
    peers = [one for one in universe if (one["sector"], one["area"]) == (row["sector"], row["area"])]
    letters = ""
    for name, least, above in (("esg_score", "a", "b"), ("people_score", "e", "f")):
        scores = [number(one[name]) for one in peers if one[name] is not None]
        if row[name] is None or number(row[name]) < 30:
            letters += least
        if row[name] is None or number(row[name]) * len(scores) <= sum(scores):
            letters += above
    if row["controversy"] != "none":
        letters += "c"
    if any(row[activity] not in ("none", "minor") for activity in ACTIVITIES):
        letters += "d"
    for letter, name in (("g", "coal"), ("h", "tar_sands")):
        if row[name] is None or number(row[name]) >= Fraction(1, 10):
            letters += letter
    return "".join(sorted(letters))


def selected(pool: list[dict[str, Any]], part: str = "0.25") -> tuple[set[str], set[str]]:
    """ISINs selected by yield, and ISINs added for their region; the pool holds region, dps, close, adv_6m."""
    ranked = sorted(
        pool, key=lambda one: (-number(one["dps"] or 0) / number(one["close"]), -one["adv_6m"], one["isin"])
    )
    wanted = 0
    while Fraction(wanted) < number(part) * len(ranked):
        wanted += 1
    chosen = ranked[:wanted]
    first = {one["isin"] for one in chosen}
    rest = ranked[wanted:]
    moved = True
    while moved:
        moved = False
        for region in ("Europe", "Asia Pacific", "North America"):
            mine = sum(one["region"] == region for one in chosen)
            following = [one for one in rest if one["region"] == region]
            if 10 * mine < len(chosen) and following:
                chosen.append(following[0])
                rest.remove(following[0])
                moved = True
    return first, {one["isin"] for one in chosen} - first
