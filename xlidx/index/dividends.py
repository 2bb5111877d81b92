"""Dividends as the return indices count them: per share, in index currency, gross and net of withholding tax."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs
import numpy as np
import pandas as pd

from xlidx.arrays import Bools, Days, Floats
from xlidx.errors import Kind, XlidxError
from xlidx.index.basket import INDEX_CURRENCY, Quotes, last_known, require_unit
from xlidx.rules import cite, rule
from xlidx.tables import Column, Table, TableSpec

KINDS = ("ordinary", "special", "stock", "choice")
STALE = ("last before", "refuse")
BASES = ("old", "new")
DIVIDENDS = TableSpec(
    name="dividends",
    keys=("isin", "ex_date", "type", "event_id"),
    columns=(
        Column(name="isin", kind="text", help="ISIN of the member"),
        Column(name="ex_date", kind="date", help="first day without the dividend"),
        Column(
            name="amount",
            kind="number",
            required=False,
            help="gross per share held at the close before the ex-date; the cash option of a choice",
        ),
        Column(
            name="currency",
            kind="text",
            required=False,
            default="",
            help="of amount and cash equivalent; blank is the quote currency",
        ),
        Column(
            name="type",
            kind="word",
            words=KINDS,
            required=False,
            default="ordinary",
            help="ordinary, special, stock (shares only) or choice (cash or shares)",
        ),
        Column(name="cash_equivalent", kind="number", required=False, help="of an ordinary dividend in shares only"),
        Column(
            name="index_currency_amount",
            kind="number",
            required=False,
            help="gross per share in index currency, where shareholders may take it",
        ),
        Column(
            name="withholding",
            kind="fraction",
            required=False,
            help="rate for this dividend alone; blank follows the withholding table; not of a special one",
        ),
        Column(name="event_id", kind="text", required=False, default="", help="name of the event in logs"),
        Column(name="author", kind="text", required=False, default="", help="who decided, for manual decisions"),
        Column(name="reason", kind="text", required=False, default="", help="why special, or why another rate"),
    ),
)
WITHHOLDING = TableSpec(
    name="withholding",
    keys=("country", "valid_from"),
    columns=(
        Column(name="country", kind="text", help="country of incorporation, ISO code"),
        Column(name="rate", kind="fraction", help="tax rate, 25 % is 0.25"),
        Column(name="valid_from", kind="date", required=False, help="first ex-date; blank is always"),
        Column(name="valid_to", kind="date", required=False, help="last ex-date; blank is until further notice"),
    ),
)
DETAILS = (
    "isin",
    "ex_date",
    "type",
    "amount",
    "currency",
    "cum_day",
    "rate",
    "gross",
    "withholding",
    "net",
    "reason",
    "clause",
)


@attrs.frozen(eq=False)
class Reference:
    """Reference rates of the cum-days: one row per session, for the session before it.

    Parameters
    ----------
    names : sequence of str
        Currencies, C of them; the first is the index currency.
    rates : array of shape (T, C) [index currency per unit]
        NaN where none is known.
    fresh : bool array of shape (T, C)
        Whether the rate is of the cum-day itself.
    """

    names: Sequence[str]
    rates: Floats
    fresh: Bools


@rule("psi20", "4.3.3")
def cash_amounts(frame: pd.DataFrame) -> Floats:
    """Cash per share of every dividend, in its own currency.

    Parameters
    ----------
    frame : DataFrame
        Of the spec :data:`DIVIDENDS`, E rows.

    Returns
    -------
    array of shape (E,) [dividend currency per share]
        The amount; for a dividend in shares only its cash equivalent; NaN where only an amount in index
        currency is given.

    Raises
    ------
    XlidxError
        ``MISSING`` for a dividend without the number that counts, ``DOMAIN`` for a negative one and for a number that
        the type of the row does not use.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 4.3.3.
    *Reading*: the cash equivalent is an input; it is never derived from a price.  Where shareholders choose,
    the cash option counts.

    Examples
    --------
    >>> from xlidx.tables import read
    >>> rows = [["isin", "ex date", "type", "cash equivalent"], ["A", "2016-05-16", "stock", 0.12]]
    >>> cash_amounts(read(DIVIDENDS, rows).strict()).tolist()
    [0.12]
    """
    stock = (frame["type"] == "stock").to_numpy()
    cash = np.where(stock, frame["cash_equivalent"].to_numpy(), frame["amount"].to_numpy())
    offered = frame["index_currency_amount"].to_numpy()
    for name in ("amount", "cash_equivalent", "index_currency_amount"):
        _refuse(frame, (frame[name] < 0.0).to_numpy(), Kind.DOMAIN, f"{name} is below 0", name, "give it gross")
    blank = np.isnan(cash) & np.isnan(offered)
    mend = "give the cash equivalent per share"
    _refuse(frame, blank & stock, Kind.MISSING, "cash_equivalent of a stock dividend is blank", "cash_equivalent", mend)
    _refuse(frame, blank, Kind.MISSING, "amount is blank", "amount", "give the gross dividend per share")
    for column, bad in (("cash_equivalent", ~stock), ("amount", stock)):
        what = f"{column} is filled in, but a dividend of this type does not use it"
        _refuse(frame, bad & frame[column].notna().to_numpy(), Kind.DOMAIN, what, column, "leave it blank")
    return cash


@rule("psi20", "4.3.4")
def index_currency_amounts(
    frame: pd.DataFrame,
    sessions: Sequence[int],
    currencies: Sequence[str],
    reference: Reference,
    stale: str = "last before",
) -> tuple[Floats, Floats]:
    """Gross dividends per share in index currency, and the rates used.

    Parameters
    ----------
    frame : DataFrame
        Of the spec :data:`DIVIDENDS`, E rows.
    sessions : sequence of int
        Row of ``reference`` of every dividend: its ex-date.
    currencies : sequence of str
        Currency of every dividend.
    reference : Reference
    stale : {"last before", "refuse"}
        What to do when there was no fixing on the cum-day.

    Returns
    -------
    gross, rates : arrays of shape (E,) [index currency per share], [index currency per unit]
        The rate is 1 where no conversion is needed.

    Raises
    ------
    XlidxError
        ``NO_DATA`` for a missing rate; else as :func:`cash_amounts`.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 4.3.4.
    *Reading*: an amount offered in index currency goes first.  The cum-day is the last session before the
    ex-date; without a fixing on that day the last one before counts.

    Examples
    --------
    >>> from xlidx.tables import read
    >>> rows = [["isin", "ex date", "amount", "currency"], ["A", "2016-05-16", 0.5, "USD"]]
    >>> rates = Reference(["EUR", "USD"], np.array([[1.0, 0.9]]), np.array([[True, True]]))
    >>> index_currency_amounts(read(DIVIDENDS, rows).strict(), [0], ["USD"], rates)[0].tolist()
    [0.45]
    """
    cash, offered = cash_amounts(frame), frame["index_currency_amount"].to_numpy()
    code = np.array([reference.names.index(name) for name in currencies], dtype=np.int64)
    at = np.asarray(sessions, dtype=np.int64)
    converted = np.isnan(offered)
    rates = np.where(converted, reference.rates[at, code] if len(at) else 1.0, 1.0)
    missing = converted & np.isnan(rates)
    if stale == "refuse":
        missing |= converted & (code > 0) & ~reference.fresh[at, code]
    if missing.any():
        name = currencies[int(missing.argmax())]
        what = f"no reference rate for {name} on the cum-day"
        _refuse(frame, missing, Kind.NO_DATA, what, "currency", "add the rate to the fx table")
    return np.where(converted, cash * rates, offered), rates


@rule("psi20", "4.3.2")
def withholding_rates(frame: pd.DataFrame, countries: Sequence[str], table: Table) -> Floats:
    """Withholding tax rate of every dividend.

    Parameters
    ----------
    frame : DataFrame
        Of the spec :data:`DIVIDENDS`, E rows; its ``withholding`` goes before the table.
    countries : sequence of str
        Country of incorporation on the ex-date, for every dividend.
    table : Table
        Columns as in :data:`WITHHOLDING`.

    Returns
    -------
    array of shape (E,) [fraction]

    Raises
    ------
    XlidxError
        ``NO_DATA`` for a company without a country or a country without a rate on the ex-date; ``DOMAIN`` where
        two rates hold on one day.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 4.3.2.
    *Reading*: country of incorporation, rate valid on the ex-date, both ends of the validity included.  A rate
    that is not known is an error, never 0.

    Examples
    --------
    >>> from xlidx.tables import read
    >>> taxes = read(WITHHOLDING, [["country", "rate"], ["PT", 0.25]])
    >>> paid = read(DIVIDENDS, [["isin", "ex date", "amount"], ["A", "2016-05-16", 0.5]]).strict()
    >>> withholding_rates(paid, ["PT"], table=taxes).tolist()
    [0.25]
    """
    rates = frame["withholding"].to_numpy(copy=True)
    given = ~np.isnan(rates)
    days, where = frame["ex_date"].to_numpy(), np.array([name.upper() for name in countries], dtype=object)
    found = np.zeros(len(frame), dtype=np.int64)
    taxes = table.strict()
    columns = [taxes[name].to_numpy() for name in ("country", "rate", "valid_from", "valid_to")]
    for country, rate, first, last in zip(*columns, strict=True):
        holds = (where == country.upper()) & ~given
        holds &= (np.isnat(first) | (days >= first)) & (np.isnat(last) | (days <= last))
        rates[holds] = rate
        found += holds
    _refuse_rates(frame, where, found, given)
    return rates


@rule("psi20", "4.3.1")
@rule("psi20", "4.3.2")
@rule("psi20", "4.3.3")
@rule("psi20", "4.3.4")
def dividend_details(
    dividends: Table,
    sessions: Days,
    fx: Quotes | None = None,
    withholding: Table | None = None,
    currencies: Mapping[str, str] | None = None,
    countries: Mapping[str, str] | None = None,
    *,
    stale: str = "last before",
    index_currency: str = INDEX_CURRENCY,
) -> pd.DataFrame:
    """Convert and tax every dividend, and say how.

    Parameters
    ----------
    dividends : Table
        Columns as in :data:`DIVIDENDS`, E rows.
    sessions : datetime64[D] array
        Trading days, for the cum-day.
    fx : Quotes, optional
        Reference rates [index currency per unit].
    withholding : Table, optional
        Columns as in :data:`WITHHOLDING`; without it, net is NaN where a dividend has no rate of its own.
    currencies, countries : mapping of ISIN to text, optional
        Quote currency (blank is the index currency) and country of incorporation.
    stale : {"last before", "refuse"}
        See :func:`index_currency_amounts`.
    index_currency : str

    Returns
    -------
    DataFrame, one row per dividend
        isin, ex_date, type, amount, currency, cum_day, rate [index currency per unit], gross, withholding
        [fraction], net [index currency per share], reason, clause.

    Raises
    ------
    XlidxError
        See :func:`cash_amounts`, :func:`index_currency_amounts` and :func:`withholding_rates`; ``NO_DATA`` for an
        ex-date without a session before it.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 4.3.1 to 4.3.4.

    Examples
    --------
    >>> from xlidx.tables import read
    >>> paid = read(DIVIDENDS, [["isin", "ex date", "amount"], ["A", "2016-05-16", 0.5]])
    >>> taxes = read(WITHHOLDING, [["country", "rate"], ["PT", 0.25]])
    >>> days = np.array(["2016-05-13", "2016-05-16"], "datetime64[D]")
    >>> dividend_details(paid, days, None, taxes, None, {"A": "PT"})[["gross", "net"]].to_numpy().tolist()
    [[0.5, 0.375]]
    """
    frame = dividends.strict()
    place = np.searchsorted(sessions, frame["ex_date"].to_numpy().astype("datetime64[D]")) - 1
    what, mend = "the ex-date has no session before it", "give sessions from before the first ex-date"
    _refuse(frame, place < 0, Kind.NO_DATA, what, "ex_date", mend)
    quoted = currencies or {}
    own = [quoted.get(isin, "") or index_currency for isin in frame["isin"]]
    named = [name.upper() or other for name, other in zip(frame["currency"], own, strict=True)]
    names = list(dict.fromkeys([index_currency, *named]))
    require_unit(fx, index_currency)
    rates, fresh = last_known(fx, names, sessions)
    rates[:, 0], fresh[:, 0] = 1.0, True
    gross, used = index_currency_amounts(frame, place.tolist(), named, Reference(names, rates, fresh), stale)
    home = [(countries or {}).get(isin, "") for isin in frame["isin"]]
    tax = frame["withholding"].to_numpy() if withholding is None else withholding_rates(frame, home, withholding)
    out = frame[["isin", "ex_date", "type"]].assign(
        amount=cash_amounts(frame),
        currency=named,
        cum_day=sessions[place],
        rate=used,
        gross=gross,
        withholding=tax,
        net=gross * (1.0 - tax),
        reason=[_reason(*row) for row in zip(frame["type"], frame["index_currency_amount"], used, strict=True)],
        clause=cite(dividend_details),
    )
    return out[list(DETAILS)]


@rule("psi20", "6.5.2")
def special_actions(frame: pd.DataFrame, index_currency: str = INDEX_CURRENCY) -> pd.DataFrame:
    """Rows of type special as rows of the actions table: they go through the divisor and never into XD.

    An amount in index currency goes first, as for ordinary dividends (4.3.4).  A special dividend is gross for all
    versions of the index, so a withholding rate is refused.

    Examples
    --------
    >>> from xlidx.tables import read
    >>> rows = [["isin", "ex date", "amount", "type"], ["A", "2016-05-16", 0.5, "special"]]
    >>> special_actions(read(DIVIDENDS, rows).strict())[["isin", "action", "amount"]].to_numpy().tolist()
    [['A', 'special dividend', 0.5]]
    """
    rows = frame[(frame["type"] == "special").to_numpy()]
    taxed = rows["withholding"].notna().to_numpy()
    what, mend = "a special dividend is gross for all versions of the index", "leave withholding blank"
    _refuse(rows, taxed, Kind.DOMAIN, what, "withholding", mend)
    cash, offered = cash_amounts(rows), rows["index_currency_amount"].to_numpy()
    none = ~(np.where(np.isnan(offered), cash, offered) > 0.0)
    _refuse(rows, none, Kind.DOMAIN, "a special dividend is not above 0", "amount", "give it gross")
    own = np.isnan(offered)
    named = rows[["isin", "event_id", "author", "reason"]]
    return named.assign(
        date=rows["ex_date"],
        action="special dividend",
        amount=np.where(own, cash, offered),
        currency=np.where(own, rows["currency"].to_numpy(), index_currency),
    )


def _reason(kind: str, offered: float, rate: float) -> str:
    words = {
        "ordinary": "ordinary dividend in cash",
        "special": "special dividend: through the divisor, not reinvested here",
        "stock": "cash equivalent of a dividend in shares",
        "choice": "cash option of a choice",
    }
    if offered == offered:
        return f"{words[kind]}, offered in index currency"
    return words[kind] if rate == 1.0 else f"{words[kind]}, at the reference rate of the cum-day"


def _refuse_rates(frame: pd.DataFrame, countries: Any, found: Any, given: Bools) -> None:
    nowhere = ~given & (countries == "")
    mend = "fill in country in the composition, or withholding in this row"
    _refuse(frame, nowhere, Kind.NO_DATA, "the company has no country for withholding tax", "isin", mend)
    for count, words in ((found == 0, "no withholding rate"), (found > 1, "two withholding rates")):
        bad = count & ~given
        if bad.any():
            name, day = countries[int(bad.argmax())], frame["ex_date"].iloc[int(bad.argmax())].date()
            what, mend = f"{words} for {name} on {day}", "give one rate per country and day"
            _refuse(frame, bad, Kind.NO_DATA if words[0] == "n" else Kind.DOMAIN, what, "isin", mend)


def _refuse(frame: pd.DataFrame, bad: Bools, kind: Kind, what: str, name: str, mend: str) -> None:
    if bad.any():
        where = f"table dividends, row {frame.index[bad][0]}, column {name}"
        raise XlidxError(kind, what, where, mend)
