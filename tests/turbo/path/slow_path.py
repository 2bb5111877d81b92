"""The life of one certificate day by day, in decimals and plain Python, slow on purpose.

A certificate is a dict of terms, a day a dict of what the market says; every amount is a Decimal.  Words, not
codes; the calendar is asked with ``date``; nothing is shared with the package.
"""

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext

NO_INTEREST = ("commodity future", "index future", "government bond future")


def walk(terms, days, accrual="simple", level_reset="daily", barrier_reset="first trading day"):
    """One dict per day: level, barrier, entitlement, cost, state."""
    with localcontext() as context:
        context.prec = 40
        return _walk(terms, days, accrual, level_reset, barrier_reset)


def _walk(terms, days, accrual, level_reset, barrier_reset):
    level, barrier, units = terms["level"], terms["stop_loss"], terms["entitlement"]
    last, period, shift, over, rows = terms["level_date"], [], Decimal(0), False, []
    base, traded = level, last
    for day in days:
        if over:
            rows.append({"state": "ended"})
            continue
        today, cost, anew = day["date"], Decimal(0), False
        gap = (today - last).days
        if gap:
            k = day["split"]
            base, shift, barrier, units, before = base / k, shift / k, barrier / k, units * k, level / k
            if terms["kind"] == "limited":
                level, barrier = before + day["rollover"], barrier + day["rollover"]
            else:
                period.append((yearly(terms, day), gap))
                shift += day["rollover"] - passed(terms) * day["dividend"]
                grown = base + interest(base, period, terms["day_count"], accrual)
                before_cost = base + interest(base, period[:-1], terms["day_count"], accrual)
                level, cost = grown + shift, grown - before_cost
            if new_period(level_reset, traded, today, day["disrupted"]):
                base, shift, period = level, Decimal(0), []
            anew = new_period(barrier_reset, traded, today, day["disrupted"]) or day["rollover"] != 0
        if terms["kind"] == "best":
            barrier = level
        elif terms["kind"] == "open ended" and anew:
            barrier = barrier_of(terms, level, day["premium"])
        touched = day["low"] <= barrier if terms["side"] == "long" else day["high"] >= barrier
        over = touched and not day["disrupted"]
        state = "stop loss" if over else "live"
        if not over and today == terms["end"]:
            over, state = True, "exercise"
        rows.append({"level": level, "barrier": barrier, "entitlement": units, "cost": cost, "state": state})
        last = today
        traded = traded if day["disrupted"] else today
    return rows


def yearly(terms, day):
    margin = day["spread"] if terms["side"] == "long" else -day["spread"]
    if terms["family"] in NO_INTEREST:
        return margin
    return day["rate"] + margin - (day["base_rate"] if terms["family"] == "currency" else 0)


def passed(terms):
    if terms["family"] in (*NO_INTEREST, "currency"):
        return Decimal(0)
    return terms["long_share"] if terms["side"] == "long" else terms["short_share"]


def interest(base, period, day_count, accrual):
    if accrual == "simple":
        return sum((base * c * n / day_count for c, n in period), Decimal(0))
    grown = base
    for c, n in period:
        if accrual == "daily":
            for _ in range(n):
                grown += grown * c / day_count
        else:
            grown *= (1 + c) ** (Decimal(n) / day_count)
    return grown - base


def new_period(word, last, today, disrupted):
    """Whether a reset day lies after one trading day and not after the next; a holiday is none."""
    if word == "daily":
        return True
    if disrupted:
        return False
    if word == "first trading day":
        return (last.year, last.month) != (today.year, today.month)
    fifteenths = [(y, m) for y in range(last.year, today.year + 1) for m in range(1, 13)]
    return any(last < type(last)(y, m, 15) <= today for y, m in fifteenths)


def barrier_of(terms, level, premium):
    raw = level * (1 + premium) if terms["side"] == "long" else level * (1 - premium)
    direction = ROUND_CEILING if terms["side"] == "long" else ROUND_FLOOR
    return (raw / terms["rounding"]).to_integral_value(direction) * terms["rounding"]
