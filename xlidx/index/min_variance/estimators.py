"""Other estimates of the covariance, each as a factor F with ``S = F'F``: handed in, shrunk, exponentially weighted."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from xlidx.arrays import Floats, require
from xlidx.errors import Kind, XlidxError
from xlidx.index.min_variance.covariance import factor_from_returns

DECAY = 0.94  # of RiskMetrics, for daily returns
SYMMETRIC, NEGATIVE = 1e-9, 1e-10  # of the largest entry: what rounding may leave


def factor_from_covariance(covariance: Floats) -> Floats:
    """Factor of a covariance that is handed in.

    Parameters
    ----------
    covariance : array of shape (N, N)
        Symmetric and positive semidefinite.

    Returns
    -------
    array of shape (N, N)

    Raises
    ------
    XlidxError
        ``SHAPE`` unless it is square; ``NO_DATA`` for an entry that is not a number; ``DOMAIN`` where it is not
        symmetric or has a negative eigenvalue.

    Examples
    --------
    >>> F = factor_from_covariance(np.array([[4.0, 2.0], [2.0, 3.0]]))
    >>> (F.T @ F).round(12).tolist()
    [[4.0, 2.0], [2.0, 3.0]]
    """
    matrix = np.asarray(covariance, dtype=np.float64)
    if matrix.ndim != 2 or matrix.shape[0] != matrix.shape[1] or not len(matrix):
        what = f"a covariance of shape {matrix.shape}"
        raise XlidxError(Kind.SHAPE, what, "argument data", "give as many rows as columns, one for each name")
    if not np.isfinite(matrix).all():
        row, column = (int(i) + 1 for i in np.argwhere(~np.isfinite(matrix))[0])
        where = f"argument data, row {row}, column {column}"
        raise XlidxError(Kind.NO_DATA, "a covariance is not a number", where, "fill the gap or leave the name out")
    largest = float(np.abs(matrix).max())
    uneven = np.abs(matrix - matrix.T) > SYMMETRIC * largest
    if uneven.any():
        row, column = (int(i) for i in np.argwhere(uneven)[0])
        what = f"the covariance is {matrix[row, column]:g} one way and {matrix[column, row]:g} the other"
        where = f"argument data, row {row + 1}, column {column + 1}"
        raise XlidxError(Kind.DOMAIN, what, where, "give a symmetric table")
    values, vectors = np.linalg.eigh(0.5 * (matrix + matrix.T))
    if values[0] < -NEGATIVE * largest:
        what = f"the covariance has the negative eigenvalue {values[0]:g}: some weights would have a negative variance"
        raise XlidxError(Kind.DOMAIN, what, "argument data", "estimate all pairs over the same days")
    factor: Floats = np.sqrt(np.maximum(values, 0.0))[:, None] * vectors.T
    return factor


def factor_by_shrinkage(returns: Floats) -> Floats:
    """Factor of the covariance shrunk towards equal variances without correlation.

    With S the covariance of the T centred returns x (denominator T), m its mean variance and
    ``b2 = sum over t of |x x' - S|^2 / T^2``, ``d2 = |S - m I|^2`` (squared Frobenius norms), the estimate is
    ``(1 - s) S + s m I`` with ``s = min(b2, d2) / d2``.

    Parameters
    ----------
    returns : array of shape (T, N) [fraction per day]

    Returns
    -------
    array of shape (T + N, N)

    Raises
    ------
    XlidxError
        As :func:`xlidx.index.min_variance.covariance.factor_from_returns`.

    Notes
    -----
    O. Ledoit and M. Wolf, A well-conditioned estimator for large-dimensional covariance matrices, Journal of
    Multivariate Analysis 88 (2004), 365-411.  The denominator is T, as there.

    Examples
    --------
    >>> F = factor_by_shrinkage(np.array([[0.01, 0.0], [-0.01, 0.02], [0.03, 0.01]]))
    >>> (F.T @ F).round(10).tolist()  # S is 8/3, -2/3, 2/3 e-4; m 5/3, d2 26/9, b2 50/27 and s 25/39
    [[0.0002025641, -2.39316e-05], [-2.39316e-05, 0.0001307692]]
    """
    count, size = returns.shape if returns.ndim == 2 else (0, 0)
    centred = factor_from_returns(returns) * np.sqrt(max(count - 1, 1))
    covariance = centred.T @ centred / count
    mean = float(covariance.diagonal().mean())
    apart = float(((covariance - mean * np.eye(size)) ** 2).sum())
    noise = float((((centred**2).sum(axis=1) ** 2).sum() / count - (covariance**2).sum()) / count)
    share = min(noise, apart) / apart if apart > 0.0 else 1.0
    return np.vstack((np.sqrt((1.0 - share) / count) * centred, np.sqrt(share * mean) * np.eye(size)))


def factor_by_decay(returns: Floats, decay: float = DECAY) -> Floats:
    """Factor of the exponentially weighted covariance: each day counts ``decay`` times the day after it.

    Weights add up to 1 over the days given, and returns are not centred.

    Parameters
    ----------
    returns : array of shape (T, N) [fraction per day]
        Oldest first.
    decay : float
        Above 0, up to 1.

    Returns
    -------
    array of shape (T, N)

    Raises
    ------
    XlidxError
        ``DOMAIN`` for a decay out of range; otherwise as
        :func:`xlidx.index.min_variance.covariance.factor_from_returns`.

    Notes
    -----
    J.P. Morgan and Reuters, RiskMetrics Technical Document (4th edition, 1996), 5.2: decay 0.94 for daily returns.

    Examples
    --------
    >>> F = factor_by_decay(np.array([[0.01], [0.02]]), 0.5)  # (0.0001 + 2 x 0.0004) / 3
    >>> (F.T @ F).round(10).tolist()
    [[0.0003]]
    """
    require(0.0 < decay <= 1.0, decay, "decay", "lie above 0, up to 1", "give 0.94 for daily returns")
    factor_from_returns(returns)
    weights = decay ** np.arange(len(returns) - 1, -1, -1, dtype=np.float64)
    factor: Floats = np.sqrt(weights / weights.sum())[:, None] * returns
    return factor


ESTIMATORS: dict[str, Callable[[Floats], Floats]] = {
    "sample": factor_from_returns,
    "ledoit-wolf": factor_by_shrinkage,
    "ewma": factor_by_decay,
}
