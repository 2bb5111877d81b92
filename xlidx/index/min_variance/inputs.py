"""From a caller's table to the problem: every input checked, names sorted by identifier, rows written down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import attrs
import numpy as np
import numpy.typing as npt

from xlidx.arrays import Bools, Floats, require, require_fraction
from xlidx.errors import Kind, XlidxError
from xlidx.index.min_variance.covariance import factor_from_returns
from xlidx.index.min_variance.estimators import factor_from_covariance
from xlidx.index.min_variance.presolve import EXACT, Presolved, presolve
from xlidx.index.min_variance.problem import Names, Problem

Labels: TypeAlias = Sequence[Any] | npt.NDArray[Any]
Row: TypeAlias = tuple[str, str]

NOTHING = 1e-10  # of the median volatility: what is below is no volatility at all
ABSURD = 1e5  # times the median volatility: no security moves like that
GIVEN = ("factor", "returns", "covariance")
TURNOVER = "turnover"  # kind of the rows that a limit of turnover adds
NO_LOW, NO_HIGH = -1.0, 2.0  # limits that a sum of weights never reaches


@attrs.frozen
class Conditions:
    """The parameters of a selection; weights, caps and floors as fractions."""

    names_held: int
    lowest: float
    highest: float
    sector_cap: float
    region_floor: float
    region_cap: float


@attrs.frozen(eq=False)
class Prepared:
    """The problem over sorted names.

    ``order`` (N,) gives the caller's place of each name, ``scale`` the volatility that counts as 1, ``rows`` what
    each linear row is as stated, ``stated`` the problem with rows and limits of weights as given; in ``problem`` the
    rows are ``presolved`` and each limit of weights is as narrow as the other and K make it.
    """

    problem: Problem
    stated: Problem
    presolved: Presolved
    order: Names
    scale: float
    rows: tuple[Row, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """A phrase for each row but the budget."""
        return tuple(f"{kind} {label}" for kind, label in self.rows[1:])


@attrs.frozen
class GroupLimit:
    """Floor and cap of the weight of one group: the ``label`` of a ``kind`` such as sector, region or country."""

    kind: str
    label: str
    floor: float | None = None
    cap: float | None = None


@attrs.frozen(eq=False)
class Groups:
    """Groups of the names by kind, limits of single groups, regions that must reach the floor, constant names."""

    columns: Mapping[str, Labels]
    limits: Sequence[GroupLimit] = ()
    required_regions: Labels = ()
    cash: Labels = ()


def prepare(table: Floats, given: str, ids: Labels, groups: Groups, conditions: Conditions) -> Prepared:
    """Check all inputs and return the problem.

    Raises
    ------
    XlidxError
        See :func:`xlidx.index.min_variance.portfolio.min_variance`.
    """
    matrix = _table(table)
    names = _words(ids, matrix.shape[1], "ids")
    _each_once(names)
    order = np.array(sorted(range(len(names)), key=names.__getitem__), dtype=np.intp)
    matrix = _sorted(matrix, order, given)
    sorted_names = [names[i] for i in order]
    factor = _factor(matrix, given, sorted_names, _cash(groups.cash, names))
    _conditions(conditions, len(names))
    columns = {kind: [column[i] for i in order] for kind, column in _groups(groups.columns, names).items()}
    rows, table, low, high = _rows(_families(columns, conditions, groups), conditions.highest)
    scale = _scale(factor, conditions.names_held)
    loadings = np.ascontiguousarray(factor.T / scale)
    stated = Problem(loadings, table, low, high, conditions.lowest, conditions.highest, conditions.names_held)
    lowest, highest = _weights(conditions)
    kept = presolve(table, low, high, [kind for kind, _ in rows])
    problem = attrs.evolve(stated, rows=kept.rows, low=kept.low, high=kept.high, lowest=lowest, highest=highest)
    return Prepared(problem, stated, kept, order, scale, rows)


def extended(prepared: Prepared, members: Bools, floor: float) -> Prepared:
    """Return the problem with one row more: a least weight of the names (N,) that are kept for the turnover."""
    number = sum(kind == TURNOVER for kind, _ in prepared.rows) + 1
    rows = (*prepared.rows, (TURNOVER, str(number)))
    stated = attrs.evolve(
        prepared.stated,
        rows=np.vstack((prepared.stated.rows, members)),
        low=np.append(prepared.stated.low, floor),
        high=np.append(prepared.stated.high, NO_HIGH),
    )
    kept = presolve(stated.rows, stated.low, stated.high, [kind for kind, _ in rows])
    problem = attrs.evolve(prepared.problem, rows=kept.rows, low=kept.low, high=kept.high)
    return attrs.evolve(prepared, problem=problem, stated=stated, presolved=kept, rows=rows)


def _sorted(matrix: Floats, order: Names, given: str) -> Floats:
    """Put the columns into the order of the names; the rows too where they stand for names."""
    if given == "covariance" and matrix.shape[0] == matrix.shape[1]:
        matrix = matrix[order]
    return matrix[:, order]


def _scale(factor: Floats, held: int) -> float:
    """Return the volatility of equal weights of the names of least volatility, or a part of theirs if they cancel out.

    A name of a volatility out of all proportion does not count: no selection of low variance holds it.
    """
    moving = np.flatnonzero((factor**2).sum(axis=0) > 0.0)
    calm = moving[np.argsort((factor[:, moving] ** 2).sum(axis=0), kind="stable")[:held]]
    together = float(np.linalg.norm(factor[:, calm].mean(axis=1)))
    return max(together, 1e-3 * float(np.sqrt((factor[:, calm] ** 2).sum(axis=0).mean())))


def _table(table: Any) -> Floats:
    matrix = np.asarray(table, dtype=np.float64)
    if matrix.ndim != 2 or 0 in matrix.shape:
        raise XlidxError(
            Kind.SHAPE,
            f"a table of shape {matrix.shape} where rows by names are needed",
            "argument factor",
            "give one column for each name",
        )
    return matrix


def _words(values: Labels, count: int, name: str) -> list[str]:
    words = [_word(value) for value in np.asarray(values, dtype=object).ravel()]
    if len(words) != count:
        raise XlidxError(
            Kind.SHAPE,
            f"{len(words)} {name} for {count} names",
            f"argument {name}",
            "give one for each name",
        )
    return words


def _word(value: Any) -> str:
    missing = value is None or (isinstance(value, float) and np.isnan(value))
    return "" if missing else str(value).strip()


def _each_once(names: list[str]) -> None:
    seen: set[str] = set()
    for place, name in enumerate(names, start=1):
        if not name:
            raise XlidxError(
                Kind.MISSING, "an identifier is missing", f"argument ids, item {place}", "name every column"
            )
        if name in seen:
            raise XlidxError(
                Kind.DOMAIN, f"{name} stands there twice", f"argument ids, item {place}", "keep one of them"
            )
        seen.add(name)


def _groups(given: Mapping[str, Labels], names: list[str]) -> dict[str, list[str]]:
    columns = {}
    for kind, column in given.items():
        argument = f"{kind}s" if kind in ("sector", "region") else "groups"
        words = _words(column, len(names), argument if argument != "groups" else f"{kind} labels")
        if "" in words:
            place = words.index("")
            raise XlidxError(
                Kind.MISSING,
                f"{names[place]} has no {kind}",
                f"argument {argument}, item {place + 1}",
                f"fill in its {kind} or leave the name out",
            )
        columns[kind] = words
    return columns


def _cash(given: Labels, names: list[str]) -> set[str]:
    cash = [_word(value) for value in np.asarray(given, dtype=object).ravel()]
    unknown = [word for word in cash if word not in names]
    if unknown:
        raise XlidxError(Kind.DOMAIN, f"{unknown[0]} is no candidate", "argument cash", "name lines of the data")
    return set(cash)


def _factor(matrix: Floats, given: str, names: list[str], cash: set[str]) -> Floats:
    if given not in GIVEN:
        raise XlidxError(Kind.CHOICE, f"given is {given!r}", "argument given", f"say {' or '.join(GIVEN)}")
    bad = ~np.isfinite(matrix)
    if bad.any():
        row, column = (int(i) for i in np.argwhere(bad)[0])
        raise XlidxError(
            Kind.NO_DATA,
            f"{names[column]} has a value that is not a number",
            f"argument factor, row {row + 1} of {names[column]}",
            "fill the gap by a stated rule or leave the name out",
        )
    factor = matrix
    if given != "factor":
        factor = factor_from_returns(matrix) if given == "returns" else factor_from_covariance(matrix)
    size = np.sqrt((factor**2).sum(axis=0))
    own = np.array([name not in cash for name in names])
    usual = float(np.median(size[own])) if own.any() else 0.0
    still, wild = np.flatnonzero(own & (size <= NOTHING * usual)), np.flatnonzero(size > ABSURD * usual)
    if len(still):
        raise XlidxError(
            Kind.DOMAIN,
            f"{names[still[0]]} does not move at all: its variance is 0",
            f"argument factor, column of {names[still[0]]}",
            "check for a price that stands still, or leave the name out",
        )
    if len(wild):
        name, times = names[wild[0]], float(size[wild[0]] / usual) if usual else np.inf
        what = f"{name} is {times:.0f} times as volatile as half of the names"
        mend = "look for a price with a wrong decimal point, or leave the name out"
        raise XlidxError(Kind.DOMAIN, what, f"argument factor, column of {name}", mend)
    return factor


def _conditions(given: Conditions, count: int) -> None:
    for name in ("lowest", "highest", "sector_cap", "region_floor", "region_cap"):
        require_fraction(getattr(given, name), name)
    held = given.names_held
    require(isinstance(held, int) and held >= 1, held, "names_held", "be a whole number of 1 or more", "give K")
    require(given.lowest > 0.0, given.lowest, "lowest", "be above 0", "a name with weight 0 is not held")
    mend = "give limits in order"
    require(given.lowest <= given.highest, given.lowest, "lowest", f"be at most highest, {given.highest:g}", mend)
    floor, cap = given.region_floor, given.region_cap
    require(floor <= cap, floor, "region_floor", f"be at most region_cap, {cap:g}", mend)
    if held > count:
        raise XlidxError(
            Kind.INFEASIBLE, f"{held} names cannot be held out of {count}", "argument names_held", "add candidates"
        )
    for name, limit, wrong in (
        ("lowest", given.lowest, held * given.lowest > 1.0 + EXACT),
        ("highest", given.highest, held * given.highest < 1.0 - EXACT),
    ):
        if wrong:
            side = "more" if name == "lowest" else "less"
            what = f"{held} names at {limit:g} each make {side} than 1"
            raise XlidxError(Kind.DOMAIN, what, f"arguments names_held and {name}", f"change names_held or {name}")


def _weights(given: Conditions) -> tuple[float, float]:
    """Return the limits of a weight once the other K - 1 weights have taken what they must or can."""
    others = given.names_held - 1
    lowest, highest = max(given.lowest, 1.0 - others * given.highest), min(given.highest, 1.0 - others * given.lowest)
    if highest - lowest <= EXACT:
        return 1.0 / given.names_held, 1.0 / given.names_held
    return lowest, highest


Family: TypeAlias = tuple[str, list[str], list[tuple[str, float, float]]]


def _families(columns: dict[str, list[str]], given: Conditions, groups: Groups) -> list[Family]:
    """Return the limits of every group by kind: those of single groups, then those of all sectors and all regions."""
    must = [_word(value) for value in np.asarray(groups.required_regions, dtype=object).ravel()]
    own = _single(columns, groups.limits, must)
    families: list[Family] = []
    for kind, column in columns.items():
        floor, cap = {"sector": (0.0, given.sector_cap), "region": (given.region_floor, given.region_cap)}.get(
            kind, (0.0, 1.0)
        )
        limits = []
        for label in sorted({*column, *(must if kind == "region" else ())}):
            limit = own.get((kind, label), GroupLimit(kind, label))
            low, high = (floor if limit.floor is None else limit.floor), (cap if limit.cap is None else limit.cap)
            require(
                low <= high, low, f"floor of {kind} {label}", f"be at most its cap, {high:g}", "give limits in order"
            )
            limits.append((label, low, high))
        families.append((kind, column, limits))
    return families


def _single(
    columns: dict[str, list[str]], limits: Sequence[GroupLimit], must: list[str]
) -> dict[tuple[str, str], GroupLimit]:
    own: dict[tuple[str, str], GroupLimit] = {}
    for place, limit in enumerate(limits, start=1):
        where, name = f"argument group_limits, row {place}", f"{limit.kind} {limit.label}"
        if limit.kind not in columns:
            mend = f"use {', '.join(columns)}, or give its groups"
            raise XlidxError(Kind.CHOICE, f"kind {limit.kind!r} is not known", where, mend)
        if limit.label not in columns[limit.kind] and not (limit.kind == "region" and limit.label in must):
            raise XlidxError(Kind.DOMAIN, f"no candidate is of {name}", where, "mend the label or delete the row")
        if (limit.kind, limit.label) in own:
            raise XlidxError(Kind.DOMAIN, f"{name} appears twice", where, "keep one row")
        for side, value in (("floor", limit.floor), ("cap", limit.cap)):
            if value is not None:
                require_fraction(value, f"{side} of {name}")
        own[limit.kind, limit.label] = limit
    return own


def _rows(families: list[Family], highest: float) -> tuple[tuple[Row, ...], Floats, Floats, Floats]:
    """Write down the budget and every row that can bind; a group too small to reach its cap has none."""
    rows: list[Row] = [("budget", "")]
    table, low, high = [np.ones(len(families[0][1]))], [1.0], [1.0]
    for kind, column, limits in families:
        for label, floor, cap in limits:
            members = np.array([each == label for each in column], dtype=float)
            capped = cap < min(1.0, float(members.sum()) * highest)
            if not capped and floor <= 0.0:
                continue
            rows.append((kind, label))
            table.append(members)
            low.append(floor if floor > 0.0 else NO_LOW)
            high.append(cap if capped else NO_HIGH)
    return tuple(rows), np.array(table), np.array(low), np.array(high)
