"""What is refused on the path of a certificate, series by series, day by day.

A check names where it fails, the value to quote, what that must be and how to mend it; the first check that
fails is the one that a series shows.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from xlidx.arrays import Bools, Floats
from xlidx.errors import Kind, XlidxError
from xlidx.turbo.financing import USUAL, USUAL_MEND, is_usual
from xlidx.turbo.path.inputs import PathRules, PathTerms
from xlidx.turbo.stop_loss import NEAR
from xlidx.turbo.terms import BEST, EXPIRY, LIMITED, OPEN_ENDED, STOP_LOSS
from xlidx.turbo.underlyings import USES_BASE_RATE, USES_RATE, misplaced, net_rate

Check = tuple[Bools, str, Any, str, str]

EVENT_WORDS = ("exercise", "issuer call", "stop loss", "expiry")


def term_checks(terms: PathTerms) -> list[Check]:
    """Return the checks of terms before the first day."""
    t = terms
    impossible = ((t.end_event == EXPIRY) & (t.kind != LIMITED)) | (t.end_event == STOP_LOSS)
    low, high = t.minimum_premium, t.maximum_premium
    wrong_side = t.sign * (t.stop_loss - t.level) < 0.0
    apart = (t.kind == BEST) & (np.abs(t.stop_loss - t.level) > NEAR * t.level)
    crossed = (t.kind == OPEN_ENDED) & ~((low >= 0.0) & (low <= high) & (high <= 1.0))
    fraction = "give a fraction: 5 % is 0.05"
    return [
        (np.isnat(t.level_date), "level date", t.level_date, "be a date", "give the trade date"),
        (~(t.level > 0.0), "financing level", t.level, "be above 0", "give the level of the level date"),
        (~(t.entitlement > 0.0), "entitlement", t.entitlement, "be above 0", "give units per certificate"),
        (~np.isin(t.day_count, (360, 365)), "day count", t.day_count, "be 360 or 365", "use 365 for sterling"),
        (~((t.maximum_spread >= 0.0) & (t.maximum_spread <= 1.0)), "maximum spread", t.maximum_spread,
         "lie between 0 and 1", fraction),
        (crossed, "minimum premium", low, "lie between 0 and the maximum premium, at most 1", fraction),
        (t.stop_loss <= 0.0, "stop-loss price", t.stop_loss, "be above 0", "give the printed price or a blank"),
        (apart, "stop-loss price", t.stop_loss, "be the financing level of a best certificate", "leave it blank"),
        (wrong_side, "stop-loss price", t.stop_loss, "not be below the level of a long or above that of a short",
         "check side, level and stop-loss price"),
        (t.rounding <= 0.0, "stop-loss rounding", t.rounding, "be above 0", "give the unit, for example 0.01"),
        (~np.isnat(t.end_date) & impossible, "end event", np.array(EVENT_WORDS)[t.end_event],
         "be exercise or issuer call (expiry for limited)", "choose the event of the end date"),
    ]  # fmt: skip


def noted(checks: list[Check], among: Bools, faults: dict[int, XlidxError], today: np.datetime64 | None) -> Bools:
    """Write down the first refusal of every series and return which series are refused."""
    refused = np.zeros(among.shape, np.bool_)
    for bad, name, values, must, mend in checks:
        found = bad & among & ~refused
        if found.any():
            refused |= found
            shown = np.broadcast_to(np.asarray(values), among.shape)
            for i in np.flatnonzero(found).tolist():
                where = f"series {i + 1}" + (f", {today}" if today is not None else "")
                faults[i] = XlidxError(Kind.DOMAIN, f"{name} is {_shown(shown[i])} but must {must}", where, mend)
                if name in ("rate", "base rate", "spread", "premium", "low") and np.isnan(shown[i]):
                    faults[i] = XlidxError(Kind.NO_DATA, f"{name} is missing", where, mend)
    return refused


def _shown(value: Any) -> str:
    if isinstance(value, np.floating):
        return "not a number" if np.isnan(value) else f"{value:.15g}"
    return str(value)


def row_checks(
    row: dict[str, Any],
    spread: Floats,
    terms: PathTerms,
    rules: PathRules,
    last_spread: Floats,
    after_reset: Bools,
) -> list[Check]:
    """Return the checks of a day's market for series whose level moves; spread as it is to be charged."""
    t, active = terms, terms.kind != LIMITED
    uses, uses_base = active & USES_RATE[t.family], active & USES_BASE_RATE[t.family]
    dividend, rollover, split, premium = row["dividends"], row["rollovers"], row["splits"], row["premiums"]
    net = np.where(uses, net_rate(t.family, row["rates"], row["base_rates"]), 0.0)
    cost = t.sign * spread + net
    no_dividend, no_roll = misplaced(t.family, dividend, rollover)
    fraction, kept = "give a fraction: 3.5 % is 0.035", ~after_reset & (spread != last_spread)
    allowed, usual = rules.above_maximum == "allow", rules.unusual_rates == "refuse"
    geometric = rules.accrual == "geometric"
    return [
        (uses & ~(np.abs(row["rates"]) <= 1.0), "rate", row["rates"], "lie between -1 and 1", fraction),
        (uses_base & ~(np.abs(row["base_rates"]) <= 1.0), "base rate", row["base_rates"], "lie between -1 and 1",
         fraction),
        (~(np.abs(net) <= 1.0), "rate difference", net, "lie between -1 and 1", "check the two rates"),
        (active & ~((spread >= 0.0) & (spread <= 1.0)), "spread", spread, "lie between 0 and 1", fraction),
        (active & (spread > t.maximum_spread) & (not allowed), "spread", spread, "not be above the maximum spread",
         "lower it, or say above_maximum cap or allow"),
        (active & kept, "spread", spread, "stay until a reset date", "change it in the row after one"),
        (active & geometric & ~(cost > -1.0), "yearly cost", cost, "be above -1", "use simple or daily accrual"),
        *premium_bounds(premium, t),
        (~((dividend >= 0.0) & np.isfinite(dividend)), "dividend", dividend, "be 0 or more", "give 0 if none"),
        (no_dividend, "dividend", dividend, "be 0 for currencies and futures", "delete it, or correct the family"),
        (~np.isfinite(rollover), "roll-over", rollover, "be a number", "give 0 if none"),
        (no_roll, "roll-over", rollover, "be 0 where no futures roll", "delete it, or correct the family"),
        (~((split > 0.0) & np.isfinite(split)), "split", split, "be above 0", "give 1 if none"),
        (uses & usual & ~is_usual(row["rates"]), "rate", row["rates"], USUAL, USUAL_MEND),
        (uses_base & usual & ~is_usual(row["base_rates"]), "base rate", row["base_rates"], USUAL, USUAL_MEND),
    ]  # fmt: skip


def premium_bounds(premium: Floats, terms: PathTerms) -> list[Check]:
    """Return the check of a premium against its bounds; best and limited have no use for it."""
    outside = (premium < terms.minimum_premium) | (premium > terms.maximum_premium)
    beyond = (terms.kind == OPEN_ENDED) & outside
    return [(beyond, "premium", premium, "lie within minimum and maximum premium", "correct it, or the bounds")]
