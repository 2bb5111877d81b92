"""All events of one member on one ex-date: what they make of its shares, and of a price that is carried over it.

One basis holds for all events of a day.  Splits, par-value changes, capital reductions and manual factors come first.
Ratios and subscription prices of increases, and dividends, are then per share held, each beside the others: what they
give a holder adds up.  With p the price ex of all of them, D a dividend after tax, BV and B those of an increase, the
shares grow by 1 + (sum of D) / p + (sum of BV (p - B) / p), which is the printed formula where there is one event.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import attrs
import numpy as np
import pandas as pd

from xlidx.errors import Kind, XlidxError
from xlidx.index.dividends import cash_amounts, withholding_rates
from xlidx.index.share_vector.agenda import Inputs, Readings
from xlidx.index.share_vector.events import shares_after_dividend
from xlidx.index.share_vector.history import Change
from xlidx.index.share_vector.market import Market
from xlidx.index.share_vector.tables import INSOLVENCY, REMOVALS, EventRow, change_of
from xlidx.rules import rule

INCREASE = "capital increase"
UNKNOWN = "ISIN that is in no target"


@attrs.frozen
class Payment:
    """One dividend: row of its table, type, gross amount [quote currency], correction [fraction]."""

    row: int
    kind: str
    amount: float
    correction: float

    def after_tax(self, version: str, price_version: str) -> float:
        """Return the part that a version reinvests [fraction of the gross amount]."""
        if version == "PR" and price_version not in ("all", self.kind):
            return 0.0
        return 1.0 if version == "GTR" else self.correction


@attrs.frozen(eq=False)
class ExDate:
    """The events of one member in force from one session on; rows in the order of their tables."""

    session: int
    isin: str
    events: tuple[EventRow, ...] = ()
    payments: tuple[Payment, ...] = ()

    @property
    def increases(self) -> list[tuple[float, float]]:
        """Ratio [new per share held] and subscription price [quote currency] of every capital increase."""
        found = [event.terms for event in self.events if event.event == INCREASE]
        return [(float(terms["ratio"]), float(terms.get("subscription", 0.0))) for terms in found]

    @property
    def gross(self) -> float:
        """Sum of all dividends before tax [quote currency per share]."""
        return sum(payment.amount for payment in self.payments)

    def split(self) -> float:
        """Return shares after per share before of all events that need no price."""
        return float(np.prod([change_of(event, 1.0, "ex date") for event in self.events if _plain(event)]))


def _plain(event: EventRow) -> bool:
    return event.event not in (INCREASE, INSOLVENCY)


@rule("solactive_human_capital", "3.3")
def price_ex(price: float, increases: Iterable[tuple[float, float]], paid: float) -> float:
    """Theoretical price of a share without its dividends and the rights of its increases.

    Parameters
    ----------
    price : float [quote currency]
        With all of them.
    increases : pairs of ratio [new shares per share held] and subscription price [quote currency]
        One that costs at least the price ex is not taken up.
    paid : float [quote currency per share]

    Returns
    -------
    float [quote currency]
        0 or less where the dividends are as large as the price.

    Notes
    -----
    Rule: Solactive Human Capital World MV guideline v1.0, 3.3 to 3.5.
    *Reading*: a holder of one share has (1 + sum of BV) shares afterwards, has received the dividends and paid for
    the new shares: the price is the one that leaves him where he was.

    Examples
    --------
    >>> price_ex(10.0, [(0.25, 6.0)], 0.0), price_ex(10.0, [(0.25, 6.0), (0.5, 11.0)], 1.0)
    (9.2, 8.4)
    """
    ex, shares = price - paid, 1.0
    for ratio, subscription in sorted(increases, key=lambda pair: pair[1]):
        if subscription < ex:
            ex = (shares * ex + ratio * subscription) / (shares + ratio)
            shares += ratio
    return ex


def ex_dates(inputs: Inputs) -> list[ExDate]:
    """Return the events and dividends of a run by session and member, rising by session.

    Raises
    ------
    XlidxError
        ``DOMAIN`` for an event of a name that is in no target; else as the tables say.
    """
    found: dict[tuple[int, str], ExDate] = {}
    for event in inputs.events:
        if event.event in REMOVALS:
            continue
        if event.isin not in inputs.names.currency:
            if inputs.readings.other_events == "flag":
                continue
            raise event.refuse(Kind.DOMAIN, f"{event.isin} is in no target", "isin", "check the ISIN")
        if event.event != INSOLVENCY:
            change_of(event, 1.0, "ex date")  # refuses terms that are missing or wrong
        key = int(np.searchsorted(inputs.market.days, event.day)), event.isin
        one = found.get(key, ExDate(*key))
        found[key] = attrs.evolve(one, events=(*one.events, event))
    for session, isin, payment in _payments(inputs):
        one = found.get((session, isin), ExDate(session, isin))
        found[session, isin] = attrs.evolve(one, payments=(*one.payments, payment))
    return sorted(found.values(), key=lambda one: one.session)


def _rows(inputs: Inputs) -> tuple[pd.DataFrame, list[int]]:
    # Dividends that go ex in this run, and their sessions.
    frame, days = inputs.dividends, inputs.market.days
    since = days[0] if inputs.state is None else inputs.state.day
    dates = frame["ex_date"].to_numpy().astype("datetime64[D]")
    sessions = np.searchsorted(days, dates)
    wanted = (dates > since) & (sessions < len(days))
    return frame[wanted], sessions[wanted].tolist()


def _payments(inputs: Inputs) -> Iterator[tuple[int, str, Payment]]:
    frame, places = _rows(inputs)
    known = frame["isin"].isin(inputs.names.currency).to_numpy()
    rows, places = frame[known], [place for place, keep in zip(places, known, strict=True) if keep]
    countries = [inputs.names.country.get(isin, "") for isin in rows["isin"]]
    correction = 1.0 - withholding_rates(rows, countries, inputs.withholding)
    amounts = _amounts(inputs, rows, places)
    columns = (places, rows["isin"], rows.index, rows["type"], amounts, correction.tolist())
    for place, isin, row, kind, amount, factor in zip(*columns, strict=True):
        yield place, isin, Payment(int(row), kind, amount, factor)


def _amounts(inputs: Inputs, rows: pd.DataFrame, places: Sequence[int]) -> list[float]:
    # In quote currency, as the formula of 3.4 adds them to the price.
    market, form = inputs.market, inputs.readings.dividend_form
    given = zip(places, rows["isin"], rows["currency"], cash_amounts(rows), rows["index_currency_amount"], strict=True)
    found = []
    for place, isin, currency, cash, offered in given:
        row, own = place + (form == "ex date"), inputs.names.currency[isin]
        named, amount = (inputs.readings.index_currency, offered) if offered == offered else (currency.upper(), cash)
        if named and named != own:
            amount = amount * market.rate(row, named) / market.rate(row, own)
        found.append(float(amount))
    return found


def strangers(inputs: Inputs) -> list[tuple[pd.Timestamp, str, str]]:
    """Return a flag for every dividend and every event of an ISIN that no target names."""
    frame, places = _rows(inputs)
    pairs = zip(frame["isin"], places, strict=True)
    paid = [(inputs.market.days[place], isin, f"dividend of an {UNKNOWN}, not reinvested") for isin, place in pairs]
    others = [(event.day, event.isin, f"{event.event} of an {UNKNOWN}, passed over") for event in inputs.events]
    known = inputs.names.currency
    return [(pd.Timestamp(day), isin, what) for day, isin, what in (*paid, *others) if isin not in known]


@rule("solactive_human_capital", "1.4")
@rule("solactive_human_capital", "3.5.4")
def carried(market: Market, dates: Sequence[ExDate]) -> Market:
    """Return a market whose carried prices go through the events of their days.

    Raises
    ------
    XlidxError
        ``DOMAIN`` for dividends that are as large as the price that is carried.

    Notes
    -----
    Rule: Solactive Human Capital World MV guideline v1.0, 1.4 and 3.5.4.
    *Reading*: 3.5.4 assumes that prices change in ratio to the shares.  On a day without a price of its own a member
    therefore counts at its last price without what went ex: an event moves no level but that of a version that does
    not reinvest a dividend.  The price is not rounded again.
    """
    local, moved = market.local.copy(), market.moved.copy()
    for one in dates:
        column = market.places.get(one.isin)
        if column is None or market.own[one.session, column] or not local[one.session, column] > 0.0:
            continue
        split = one.split()
        ex = price_ex(local.item(one.session, column) / split, one.increases, one.gross)
        if not ex > 0.0:
            raise _too_large(one, local.item(one.session, column) / split)
        later = np.flatnonzero(market.own[one.session :, column])
        rest = slice(one.session + 1, one.session + 1 + int(later[0]) if len(later) else None)
        local[rest, column] = np.where(local[rest, column] == 0.0, 0.0, ex)
        moved[one.session, column] = any(map(_plain, one.events)) or bool(one.increases) or one.gross > 0.0
    return attrs.evolve(market, local=local, moved=moved)


def _too_large(one: ExDate, price: float) -> XlidxError:
    what = f"dividends of {one.gross:.15g} are not below {price:.15g}, the last price of {one.isin}"
    where, mend = f"table dividends, row {one.payments[-1].row}", "give its price of the ex-date, or check the amount"
    return XlidxError(Kind.DOMAIN, what, where, mend)


@rule("solactive_human_capital", "3.4")
@rule("solactive_human_capital", "3.5.2")
def changes_of(one: ExDate, market: Market, readings: Readings, version: str) -> Iterator[Change]:
    """Return the factors on the shares of one version, one for every event; their product is that of the day.

    Raises
    ------
    XlidxError
        ``NO_DATA`` for a price that is missing, else as :func:`xlidx.index.share_vector.events.adjust_shares`.

    Notes
    -----
    Rule: Solactive Human Capital World MV guideline v1.0, 3.4 and 3.5.2.
    *Reading*: the form ``ex date`` takes p from the close of the day.  ``ex ante`` takes the theoretical price, for
    dividends the one less what the version reinvests, so that a dividend alone gives p / (p - D).
    """
    for event in one.events:
        if event.event != INCREASE:
            factor = 1.0 if event.event == INSOLVENCY else change_of(event, 1.0, "ex date")
            yield Change(one.session, one.isin, factor, f"{event.event} ({event.label})", event)
    grown = 1.0
    for event in one.events:
        if event.event == INCREASE:
            alone = change_of(event, _price(one, market, readings.increase_form, one.gross), "ex date")
            yield Change(one.session, one.isin, (grown - 1.0 + alone) / grown, f"{event.event} ({event.label})", event)
            grown = grown - 1.0 + alone
    parts = [payment.after_tax(version, readings.price_version) for payment in one.payments]
    net = sum(payment.amount * part for payment, part in zip(one.payments, parts, strict=True))
    for payment, part in zip(one.payments, parts, strict=True):
        if part > 0.0:
            alone = _paid(payment, part, _price(one, market, readings.dividend_form, net))
            yield Change(one.session, one.isin, (grown - 1.0 + alone) / grown, f"dividend (row {payment.row})")
            grown = grown - 1.0 + alone


def _price(one: ExDate, market: Market, form: str, paid: float) -> float:
    if form == "ex date":
        return market.price(one.session + 1, one.isin)
    price = market.price(one.session, one.isin) / one.split()
    ex = price_ex(price, one.increases, paid)
    if price > 0.0 and not ex > 0.0:
        raise _too_large(one, price)
    return ex


def _paid(payment: Payment, part: float, price: float) -> float:
    try:
        return shares_after_dividend(1.0, price, payment.amount, part).item()
    except XlidxError as error:
        raise error.at(f"table dividends, row {payment.row}") from None
