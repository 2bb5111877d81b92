"""What a path of certificates starts from: their terms, the market day by day, and the choices of the rule.

Letters: S series, T days, U columns of a market table (underlyings or currencies).
"""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from xlidx.arrays import Bools, Days, Floats, require, require_fraction
from xlidx.errors import Kind, XlidxError
from xlidx.turbo.financing import ACCRUALS, UNUSUAL
from xlidx.turbo.stop_loss import RESETS
from xlidx.turbo.terms import Coded, event_of, kind_of, sign_of, word_of
from xlidx.turbo.underlyings import Codes, family_of

ABOVE_MAXIMUM = ("refuse", "cap", "allow")


@attrs.frozen(eq=False, kw_only=True)
class PathTerms:
    """Terms of S series as arrays of shape (S,); made by :func:`path_terms`, which describes them."""

    sign: Floats
    kind: Codes
    family: Codes
    level: Floats
    level_date: Days
    day_count: Floats
    entitlement: Floats
    stop_loss: Floats
    rounding: Floats
    maximum_spread: Floats
    minimum_premium: Floats
    maximum_premium: Floats
    end_date: Days
    end_event: Codes


def path_terms(
    side: Coded,
    level: Any,
    level_date: Any,
    *,
    kind: Coded = "best",
    family: str | npt.NDArray[Any] | list[str] = "index",
    day_count: Any = 360,
    entitlement: Any = 1.0,
    stop_loss: Any = np.nan,
    rounding: Any = np.nan,
    maximum_spread: Any = 1.0,
    minimum_premium: Any = 0.0,
    maximum_premium: Any = 1.0,
    end_date: Any = "NaT",
    end_event: Coded = "exercise",
) -> PathTerms:
    """Return the terms of S series; a single value counts for all of them.

    Parameters
    ----------
    side : ``long`` or ``short``, (S)
    level : float (S)
        Financing level on the level date [financing level currency].
    level_date : date (S)
        The trade date, or a later day whose level is known; the level of this day includes its dividend.
    kind : ``best``, ``limited`` or ``open ended``, (S)
    family : str (S)
        One of :data:`xlidx.turbo.certificate.FAMILIES`.
    day_count : 360 or 365, (S)
    entitlement : float (S)
        [units of the underlying per certificate].
    stop_loss : float (S)
        Stop-loss price in force on the level date; NaN: the one that level and premium give.
    rounding : float (S)
        Unit of the stop-loss price; NaN leaves it unrounded.
    maximum_spread, minimum_premium, maximum_premium : float (S)
        Fractions: bounds of the histories of spread and premium.
    end_date : date (S)
        Day on which the certificate is valued for exercise, issuer call or expiry; NaT: none known.
    end_event : ``exercise``, ``issuer call`` or ``expiry``, (S)

    Returns
    -------
    PathTerms
        Numbers out of range stay: they become faults of their own series.

    Raises
    ------
    XlidxError
        ``CHOICE`` for an unknown word, ``SHAPE`` for sizes that do not fit.

    Examples
    --------
    >>> path_terms("short", [13571.32, 13576.32], "2020-02-10").sign
    array([-1., -1.])
    """
    resolved = {
        "sign": sign_of(side), "kind": kind_of(kind), "family": family_of(family), "level": level,
        "level_date": _days(level_date), "day_count": day_count, "entitlement": entitlement, "stop_loss": stop_loss,
        "rounding": rounding, "maximum_spread": maximum_spread, "minimum_premium": minimum_premium,
        "maximum_premium": maximum_premium, "end_date": _days(end_date), "end_event": event_of(end_event),
    }  # fmt: skip
    try:
        columns = np.broadcast_arrays(*(np.atleast_1d(np.asarray(value)) for value in resolved.values()))
    except ValueError:
        mend = "give one value per series, or one for all"
        raise XlidxError(Kind.SHAPE, "the terms have unequal sizes", "terms", mend) from None
    return PathTerms(**{name: _typed(name, column) for name, column in zip(resolved, columns, strict=True)})


@attrs.frozen(eq=False)
class History:
    """Values by day: shape (T, U), or (1, U) where every day is the same.

    Without ``column`` the U columns are the S series, or one for all; with it, ``column[s]`` is the column of
    series s, so that thousands of series share the history of one underlying.
    """

    values: npt.NDArray[Any]
    column: npt.NDArray[np.intp] | None = None

    def on(self, day: int) -> npt.NDArray[Any]:
        """Return the values of a day, shape (S,) or (1,)."""
        row = self.values[day if len(self.values) > 1 else 0]
        return np.asarray(row if self.column is None else row[self.column])

    def fits(self, days: int, series: int) -> bool:
        """Tell whether the history covers T days and S series."""
        width = self.values.shape[1] if self.column is None else self.column.size
        inside = self.column is None or self.column.min(initial=0) >= 0
        known = self.column is None or self.column.max(initial=0) < self.values.shape[1]
        return bool(len(self.values) in (1, days) and width in (1, series) and inside and known)


def history(values: Any) -> History:
    """Return a :class:`History` of a number, of T numbers for all series, or of an array (T, S) or (1, S).

    Examples
    --------
    >>> history([0.01, 0.02]).on(1)
    array([0.02])
    """
    if isinstance(values, History):
        return values
    array = np.asarray(values)
    table = array.reshape(-1, 1) if array.ndim < 2 else array
    return History(table if table.dtype == np.bool_ else table.astype(np.float64))


@attrs.frozen(eq=False, kw_only=True)
class PathMarket:
    """Market and decisions of the issuer day by day; each field takes what :func:`history` takes.

    Parameters
    ----------
    rates, base_rates : fractions per year
        Rate in force over the days that end on the day; ``base_rates`` for currency pairs.  NaN is missing.
    spreads : fractions per year
        Current spread, over the same days.
    premiums : fractions of the level
        Stop-loss premium rate; looked at for open-ended certificates.
    dividends : financing level currency, 0 or more
        Notional dividend per unit of the underlying that falls off on the day, before the share passed on.
    rollovers : financing level currency
        New price less old price on a roll date, 0 on others; futures only.
    splits : number, above 0
        Factor of a value-neutral adjustment before the open; 1 for none.
    lows, highs : financing level currency, optional
        Observed levels; without them no stop-loss is tested.
    disrupted : bool
        Days on which no level counts: market disruption, or no session.
    """

    rates: History = attrs.field(converter=history, default=history(np.nan))
    base_rates: History = attrs.field(converter=history, default=history(np.nan))
    spreads: History = attrs.field(converter=history, default=history(np.nan))
    premiums: History = attrs.field(converter=history, default=history(np.nan))
    dividends: History = attrs.field(converter=history, default=history(0.0))
    rollovers: History = attrs.field(converter=history, default=history(0.0))
    splits: History = attrs.field(converter=history, default=history(1.0))
    lows: History | None = attrs.field(converter=attrs.converters.optional(history), default=None)
    highs: History | None = attrs.field(converter=attrs.converters.optional(history), default=None)
    disrupted: History = attrs.field(converter=history, default=history(False))

    def on(self, day: int) -> dict[str, Any]:
        """Return every field on a day by its name; lows and highs are ``None`` where there are none."""
        names = attrs.fields_dict(PathMarket)
        return {name: None if (field := getattr(self, name)) is None else field.on(day) for name in names}

    def require_fit(self, days: int, series: int) -> None:
        """Refuse a history that does not cover the days and series of a path."""
        for name in attrs.fields_dict(PathMarket):
            field = getattr(self, name)
            if field is not None and not field.fits(days, series):
                what = f"{name} have shape {field.values.shape} for {days} days and {series} series"
                raise XlidxError(Kind.SHAPE, what, f"argument {name}", "give one value per day")
        if (self.lows is None) != (self.highs is None):
            what = "only one of lows and highs is given"
            raise XlidxError(Kind.MISSING, what, "arguments lows and highs", "give both or none")


def _accrual(word: str) -> str:
    return word_of(word, ACCRUALS, "accrual")


def _reset(word: str) -> str:
    return word_of(word, RESETS, "reset rule")


def _unusual(word: str) -> str:
    return word_of(word, UNUSUAL, "unusual_rates")


def _above(word: str) -> str:
    return word_of(word, ABOVE_MAXIMUM, "above_maximum")


@attrs.frozen(kw_only=True)
class PathRules:
    """The open choices of the conditions.

    Parameters
    ----------
    accrual : {"simple", "daily", "geometric"}
        Interest between two reset dates, as in :func:`xlidx.turbo.financing.financing_level`.
    stop_loss_reset, level_reset : {"first trading day", "15th", "daily"}
        Reset dates of open-ended stop-losses (first trading day of the month when left out) and of the level
        that bears interest (``daily`` when left out: every weekday compounds).  A disrupted day is no trading day:
        a reset that falls on it waits for the next one.
    above_maximum : {"refuse", "cap", "allow"}
        A spread above the maximum spread: an error, the maximum, or as given, the exception of the conditions
        for a dearer hedge.
    unusual_rates : {"refuse", "allow"}
        What becomes of rates that are most likely per cents, see :func:`xlidx.turbo.financing.require_usual`.
    long_share, short_share : float
        Share of a notional dividend that is taken off the level [fraction].
    """

    accrual: str = attrs.field(converter=_accrual, default="simple")
    stop_loss_reset: str = attrs.field(converter=_reset, default="first trading day")
    level_reset: str = attrs.field(converter=_reset, default="daily")
    above_maximum: str = attrs.field(converter=_above, default="refuse")
    unusual_rates: str = attrs.field(converter=_unusual, default="refuse")
    long_share: float = 1.0
    short_share: float = 1.0

    def __attrs_post_init__(self) -> None:
        require_fraction(self.long_share, "long share of dividends")
        require_fraction(self.short_share, "short share of dividends")


def weekdays(dates: Any) -> Days:
    """Return the days of a path, which rise and are neither Saturdays nor Sundays.

    Raises
    ------
    XlidxError
        ``DOMAIN`` for a weekend day, a blank or a date that does not come after the one before it; ``MISSING``
        without a date.

    Examples
    --------
    >>> weekdays(["2020-02-15"])
    Traceback (most recent call last):
    xlidx.errors.XlidxError: date is 2020-02-15 but must be Monday to Friday - argument date - leave out weekends...
    """
    days = np.atleast_1d(_days(dates))
    if not days.size:
        raise XlidxError(Kind.MISSING, "the path has no days", "argument dates", "give at least one date")
    later: Bools = np.append(~np.isnat(days[:1]), days[1:] > days[:-1])
    require(later, days, "date", "come after the one before it", "sort the dates and fill blanks")
    require(np.is_busday(days), days, "date", "be Monday to Friday", "leave out weekends: their days count anyway")
    return days


def _days(values: Any) -> Days:
    return np.asarray(values, dtype="datetime64[D]")


def _typed(name: str, column: npt.NDArray[Any]) -> npt.NDArray[Any]:
    if name in ("kind", "family", "end_event"):
        return column.astype(np.int8)
    return column if name in ("level_date", "end_date") else column.astype(np.float64)
