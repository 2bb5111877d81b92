"""New numbers of shares, free-float factors and capping factors at a review."""

from __future__ import annotations

import attrs
import numpy as np

from xlidx.arrays import Bools, Floats, require
from xlidx.errors import Kind, XlidxError
from xlidx.index.capping import capping_factors
from xlidx.index.free_float import BILLION, free_float_band
from xlidx.index.level import require_fractions, require_not_negative
from xlidx.index.review.ranking import exact
from xlidx.rules import Step, cite, rule
from xlidx.tables import one_of

ABOVE_ONE = ("keep", "clip")


@attrs.frozen(kw_only=True)
class UpdateRules:
    """The numbers of the update rules.

    Attributes
    ----------
    step : float [fraction]
        Width of a free-float band.
    bands : int
        Bands that the free-float factor must have moved by at a quarterly review, or more.
    shares : float [fraction]
        Part by which the number of shares must have changed, strictly more.
    cap : float [fraction]
        Largest weight.
    """

    step: float
    bands: int
    shares: float
    cap: float


@attrs.frozen(eq=False)
class Update:
    """New values of N members, what moved, and whether that led to an update.

    Attributes
    ----------
    shares, free_float, capping : arrays of shape (N,)
    by_float, by_shares : bool arrays of shape (N,)
        Which of the two conditions of a quarterly update holds.
    """

    shares: Floats
    free_float: Floats
    capping: Floats
    by_float: Bools
    by_shares: Bools

    @property
    def updated(self) -> Bools:
        """Members whose shares and free float are updated."""
        return self.by_float | self.by_shares


@rule("psi20", "5.3.1")
def annual_update(listed: Floats, raw_free_float: Floats, rules: UpdateRules) -> tuple[Floats, Floats]:
    """Shares and free-float factors of an annual review: everything is taken anew.

    Parameters
    ----------
    listed : array of shape (N,) [shares]
        Listed at the cut-off date, with the corporate actions since.
    raw_free_float : array of shape (N,) [fraction]
        At the cut-off date, before rounding.
    rules : UpdateRules

    Returns
    -------
    shares, free_float : arrays of shape (N,)

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 5.3.1.

    Examples
    --------
    >>> rules = UpdateRules(step=0.05, bands=2, shares=0.20, cap=0.12)
    >>> annual_update(np.array([1000.0]), np.array([0.47]), rules)
    (array([1000.]), array([0.5]))
    """
    _require_shares(listed, "listed")
    return listed.astype(np.float64), np.asarray(free_float_band(raw_free_float, rules.step))


@rule("psi20", "5.3.2")
def quarterly_update(
    shares: Floats,
    free_float: Floats,
    capping: Floats,
    listed: Floats,
    raw_free_float: Floats,
    rules: UpdateRules,
    keep_shares: Bools | None = None,
    above_one: str = "keep",
) -> Update:
    """Shares, free-float and capping factors of the constituents at a quarterly review.

    Parameters
    ----------
    shares, free_float, capping : arrays of shape (N,) [shares, fraction, fraction]
        In the index now.
    listed, raw_free_float : arrays of shape (N,) [shares, fraction]
        At the cut-off date; the shares with the corporate actions since.
    rules : UpdateRules
    keep_shares : bool array of shape (N,), optional
        Members whose number of shares is not updated after a merger.
    above_one : {"keep", "clip"}
        As in :func:`kept_capping`.

    Returns
    -------
    Update

    Raises
    ------
    XlidxError
        ``DOMAIN`` for shares that are not above 0 and factors outside 0 to 1.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 5.3.2.
    *Reading*: either condition updates both numbers.  A factor that moved by exactly two bands is updated,
    a number of shares that changed by exactly 20 % is not; both are compared as whole numbers.  A merger
    exception keeps the shares only.

    Examples
    --------
    >>> rules = UpdateRules(step=0.05, bands=2, shares=0.20, cap=0.12)
    >>> new = quarterly_update(np.array([1000.0]), np.array([0.40]), np.array([0.6]), np.array([1100.0]),
    ...     np.array([0.47]), rules)
    >>> new.shares.tolist(), new.free_float.tolist(), new.capping.round(9).tolist()
    ([1100.0], [0.5], [0.436363636])
    """
    for name, values in (("shares", shares), ("listed", listed)):
        _require_shares(values, name)
    require_fractions(free_float, "free_float")
    _require_capping(capping)
    fresh = np.asarray(free_float_band(raw_free_float, rules.step))
    by_float = _bands_moved(free_float, fresh, rules.step) >= rules.bands
    by_shares = _changed_more(shares, listed, rules.shares)
    moved = by_float | by_shares
    held = np.zeros(moved.shape, dtype=np.bool_) if keep_shares is None else keep_shares
    new_shares = np.where(moved & ~held, listed, shares)
    new_float = np.where(moved, fresh, free_float)
    factors = kept_capping(capping, shares, free_float, new_shares, new_float, above_one)
    return Update(new_shares, new_float, factors, by_float, by_shares)


@rule("psi20", "5.3.2")
def kept_capping(
    capping: Floats,
    shares: Floats,
    free_float: Floats,
    new_shares: Floats,
    new_free_float: Floats,
    above_one: str = "keep",
) -> Floats:
    """Capping factors that leave the capped free-float shares of capped members as they were.

    Parameters
    ----------
    capping, shares, free_float : arrays of shape (N,)
        f, Q and F in the index now.
    new_shares, new_free_float : arrays of shape (N,)
        Q' and F'.
    above_one : {"keep", "clip"}
        ``keep`` follows the clause even where the factor exceeds 1, ``clip`` ends at 1.

    Returns
    -------
    array of shape (N,) [fraction]
        f' = f Q F / (Q' F') where f is below 1 and Q F changes, else f.

    Raises
    ------
    XlidxError
        ``DOMAIN`` when the new free-float shares of a capped member are 0.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 5.3.2.

    Examples
    --------
    >>> one = np.array([1.0])
    >>> kept_capping(0.6 * one, 1000 * one, 0.5 * one, 800 * one, 0.25 * one).tolist()
    [1.5]
    >>> kept_capping(0.6 * one, 1000 * one, 0.5 * one, 800 * one, 0.25 * one, "clip").tolist()
    [1.0]
    """
    above_one = one_of(above_one, ABOVE_ONE, "above_one")
    changed = (capping < 1.0) & ((new_shares != shares) | (new_free_float != free_float))
    free = new_shares * new_free_float
    require(~changed | (free > 0), free, "new free-float shares", "be above 0", "delete the member or correct its data")
    factors = np.divide(capping * shares * free_float, free, out=capping.astype(np.float64), where=changed)
    return np.where(changed, np.minimum(factors, 1.0), factors) if above_one == "clip" else factors


def explain_kept_capping(
    capping: float, shares: float, free_float: float, new_shares: float, new_free_float: float, above_one: str = "keep"
) -> list[Step]:
    """Return the steps of :func:`kept_capping` for one member.

    Examples
    --------
    >>> [(s.symbol, s.value) for s in explain_kept_capping(0.6, 1000.0, 0.5, 800.0, 0.25)][-3:]
    [('Q F f', 300.0), ("Q' F'", 200.0), ("f'", 1.5)]
    """
    clause = cite(kept_capping)
    f, Q, F, Q_new, F_new = np.array([[capping], [shares], [free_float], [new_shares], [new_free_float]])
    factor = kept_capping(f, Q, F, Q_new, F_new, above_one)
    return [
        Step("f", "capping factor now", capping, "fraction", clause),
        Step("Q", "shares now", shares, "shares", clause),
        Step("F", "free-float factor now", free_float, "fraction", clause),
        Step("Q'", "new shares", new_shares, "shares", clause),
        Step("F'", "new free-float factor", new_free_float, "fraction", clause),
        Step("Q F f", "capped free-float shares now", shares * free_float * capping, "shares", clause),
        Step("Q' F'", "new free-float shares", new_shares * new_free_float, "shares", clause),
        Step("f'", "Q F f / (Q' F') if f is below 1 and Q F changes", float(factor[0]), "fraction", clause),
    ]


@rule("psi20", "5.3.4")
@rule("psi20", "5.3.3")
def review_capping(
    shares: Floats, free_float: Floats, capping: Floats, closes: Floats, cap: float, added: Bools | None = None
) -> Floats:
    """Capping factors of the new composition at the closes of the composition announcement date.

    Parameters
    ----------
    shares, free_float : arrays of shape (N,) [shares, fraction]
        Of the new composition.
    capping : array of shape (N,) [fraction]
        Of the members that keep theirs; without effect for the others.
    closes : array of shape (N,) [index currency]
    cap : float [fraction]
    added : bool array of shape (N,), optional
        At a quarterly review: companies added, which alone are capped, jointly.  Blank: an annual review,
        at which everyone is.

    Returns
    -------
    array of shape (N,) [fraction]

    Raises
    ------
    XlidxError
        ``NO_DATA`` for a missing close; else as :func:`xlidx.index.capping.capping_factors`.

    Notes
    -----
    Rule: PSI 20 rule book v16-01, 5.3.3 and 5.3.4.
    *Reading*: a constituent above the cap at a quarterly review keeps its factor.

    Examples
    --------
    >>> review_capping(np.array([880.0, 100.0]), np.array([1.0, 1.0]), np.array([1.0, 1.0]),
    ...     np.array([10.0, 20.0]), 0.12, np.array([False, True])).round(12).tolist()
    [1.0, 0.6]
    """
    if np.isnan(closes).any():
        where = f"closes, item {int(np.isnan(closes).argmax()) + 1}"
        mend = "give the close of the composition announcement date"
        raise XlidxError(Kind.NO_DATA, "a closing price for the capping is missing", where, mend)
    values = shares * free_float * closes
    if added is None:
        return capping_factors(values, cap)
    if not added.any():
        return capping.astype(np.float64)
    factors = capping_factors(np.where(added, values, values * capping), cap, added)
    return np.where(added, factors, capping)


def _bands_moved(old: Floats, new: Floats, step: float) -> Floats:
    """Return the distance in bands, free of binary error: 0.15 - 0.05 is two bands of 0.05."""
    parts = np.abs(np.rint(new * BILLION) - np.rint(old * BILLION))
    return np.asarray(parts // round(step * BILLION))


def _changed_more(old: Floats, new: Floats, part: float) -> Bools:
    limit = exact(part)
    pairs = zip(old.tolist(), new.tolist(), strict=True)
    return np.array([abs(exact(b) - exact(a)) > limit * exact(a) for a, b in pairs], dtype=np.bool_)


def _require_shares(values: Floats, name: str) -> None:
    require((values > 0) & (values < np.inf), values, name, "be above 0", "give the number of shares")


def _require_capping(values: Floats) -> None:
    # A factor kept literally at an earlier review may exceed 1.
    require_not_negative(values, "capping", "give the capping factor, 1 if the member is not capped")
