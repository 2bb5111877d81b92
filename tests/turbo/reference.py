"""The conditions once more in exact decimals, one certificate at a time, slow on purpose."""

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext

TIES = {
    "half up": ROUND_HALF_UP,
    "half away": ROUND_HALF_UP,
    "half even": ROUND_HALF_EVEN,
    "half down": ROUND_HALF_DOWN,
}


def sign(side):
    return {"long": Decimal(1), "short": Decimal(-1)}[side]


def financing_level(side, level, rate, spread, days, dividend, day_count, accrual):
    with localcontext() as context:
        context.prec = 50
        cost = rate + spread if side == "long" else rate - spread
        if accrual == "simple":
            grown = level * (1 + cost * days / day_count)
        elif accrual == "daily":
            grown = level
            for _ in range(days):
                grown += grown * cost / day_count
        else:
            grown = level * (1 + cost) ** (Decimal(days) / day_count)
        return grown - dividend


def stop_loss_price(side, level, premium, unit, kind):
    if kind in ("best", "limited"):
        return level
    with localcontext() as context:
        context.prec = 50
        raw = level * (1 + premium) if side == "long" else level * (1 - premium)
        direction = ROUND_CEILING if side == "long" else ROUND_FLOOR
        return (raw / unit).to_integral_value(direction) * unit


def cash_settlement(side, level, price, entitlement, fx, event, kind, expenses, decimals, tie):
    if event == "stop loss" and kind in ("best", "limited"):
        return Decimal(0)
    with localcontext() as context:
        context.prec = 50
        gained = max(Decimal(0), price - level if side == "long" else level - price)
        paid = max(Decimal(0), gained * entitlement / fx - expenses)
        return paid.quantize(Decimal(1).scaleb(-decimals), TIES[tie])
