"""The diagonal to split off the covariance: as much as it can give, where it does most good.

For any diagonal D >= 0 with ``S - D`` positive semidefinite, the cost ``d w^2`` of a name that is held with a share z
may be taken as ``d w^2 / z``, which closes most of the gap of the relaxation.  What a unit of d gains is
``w^2 / z - w^2`` at the optimum of the relaxation; so the split and the relaxation are improved in turns.

The split maximises ``sum of gain d`` over ``S - D`` positive semidefinite and ``D >= 0`` (a semidefinite program), by
Newton's method on ``gain d / mu + log det (S - D) + sum of log d`` with mu falling; every iterate is strictly inside.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg.lapack import dpotrf  # type: ignore[import-untyped]

from xlidx.arrays import Floats

ROUNDS = 40
FALL, LAST = 0.2, 1e-6  # of mu, relative to the gain of the whole diagonal
NEAR = 1.0  # Newton decrement at which mu falls
REGULAR = 1e-6  # of the mean variance: with a smaller eigenvalue there is nothing to split off


def splittable(covariance: Floats) -> bool:
    """Tell whether the covariance is regular enough to split off a diagonal."""
    mean = float(covariance.diagonal().mean())
    return float(np.linalg.eigvalsh(covariance)[0]) > REGULAR * mean


def split(covariance: Floats, gain: Floats) -> Floats:
    """Return the diagonal (n,) of largest gain; all gains must be above 0."""
    d = np.full(len(covariance), 0.5 * float(np.linalg.eigvalsh(covariance)[0]))
    whole = float((gain * covariance.diagonal()).mean())
    mu = whole
    for _ in range(ROUNDS):
        d, decrement = _newton(covariance, gain / mu, d)
        if decrement < NEAR:
            if mu < LAST * whole:
                break
            mu *= FALL
    return d


def _newton(covariance: Floats, weight: Floats, d: Floats) -> tuple[Floats, float]:
    """Return the diagonal after one step that stays inside, and the Newton decrement."""
    inverse = np.linalg.inv(covariance - np.diag(d))
    slope = weight - inverse.diagonal() + 1.0 / d
    step = np.linalg.solve(inverse * inverse + np.diag(1.0 / d**2), slope)
    length = 1.0
    while not _inside(covariance, d + length * step):
        length *= 0.5
    decrement = float(np.sqrt(max(float(slope @ step), 0.0)))
    return d + (length if length == 1.0 else 0.98 * length) * step, decrement


def _inside(covariance: Floats, d: Floats) -> bool:
    return bool((d > 0.0).all()) and not dpotrf(covariance - np.diag(d), lower=1)[1]
