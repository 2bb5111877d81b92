"""Every column that a table accepts is used or refused: filled in with something else, it changes the result.

One door for each table: rows that work, a run that shows what they give, and another value for each column.  A column
that is only kept for the record stands in ``RECORD``, with what it is for.
"""

from __future__ import annotations

import importlib
import pkgutil
import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pytest

import xlidx
from xlidx.cli.workbooks import compare
from xlidx.errors import XlidxError
from xlidx.excel.cells import plain
from xlidx.folders.day import read_day_folder
from xlidx.index.basket import Basket, basket_of
from xlidx.index.desk.day_file import day_file
from xlidx.index.desk.reconciliation import PUBLISHED, Tolerance, reconcile
from xlidx.rulebooks.solactive_human_capital import backtest, rules, selection
from xlidx.tables import TableSpec, read

Rows = list[dict[str, Any]]
Block = list[list[Any]]


@attrs.frozen
class Door:
    """A table of the package: where it enters, rows that work, and another value of each column in one of them."""

    name: str
    spec: TableSpec
    run: Callable[[Block], Any]
    rows: Rows
    other: Mapping[str, tuple[int, Any]]


def block(spec: TableSpec, rows: Rows) -> Block:
    names = [column.name for column in spec.columns]
    return [names, *([row.get(name) for name in names] for row in rows)]


def called(name: str, *cells: Any) -> tuple[Any, str]:
    return xlidx.call(name, *cells), xlidx.why(name, *cells)


def specs() -> dict[int, tuple[str, TableSpec]]:
    """All tables of the package, by identity, with one of their names."""
    found: dict[int, tuple[str, TableSpec]] = {}
    for module in pkgutil.walk_packages(xlidx.__path__, "xlidx."):
        if module.name.endswith((".__main__", ".component")):  # the command line; what runs inside LibreOffice only
            continue
        for name, value in vars(importlib.import_module(module.name)).items():
            if isinstance(value, TableSpec):
                found.setdefault(id(value), (f"{module.name}.{name}", value))
    return found


def spec_of(end: str) -> TableSpec:
    """The table that is defined under a name, wherever else it is imported."""
    module, _, name = end.rpartition(".")
    found: TableSpec = getattr(importlib.import_module(f"xlidx.{module}"), name)
    return found


# -- an index with a divisor

CUM, EX = date(2016, 3, 18), date(2016, 3, 21)
MEMBERS = [["isin", "shares", "free float", "currency", "country"]]
MEMBERS += [[isin, 1000.0, 0.5, "EUR", "PT"] for isin in "ABCDF"]
PRICES = [["date", *"ABCDEFGH"], [CUM, *[10.0] * 8], [EX, *[10.0] * 8]]
CLOSES = [["isin", "price"], *([isin, 10.0] for isin in "ABCDFGH")]
FX = [["date", "USD", "GBP"], [CUM, 0.9, 1.2], [EX, 0.8, 1.1]]
USD = [["currency", "rate"], ["USD", 0.9], ["GBP", 1.2]]
TAX = [["country", "rate"], ["PT", 0.25], ["US", 0.3]]


def history(**tables: Any) -> Any:
    given = {"composition": MEMBERS, "prices": PRICES, "fx": FX, "withholding": TAX, **tables}
    order = ("composition", "prices", "actions", "dividends", "fx", "withholding")
    cells = [given.get(name) for name in order]
    return [called("XI_INDEX_HISTORY", *cells, [["show", show]]) for show in ("levels", "divisors", "flags")]


def applied(actions: Block | None = None, closes: Block = CLOSES, rates: Block = USD) -> Any:
    given = (MEMBERS, closes, actions, 200.0, rates)
    return [called("XI_APPLY_ACTIONS", *given, show) for show in ("composition", "explanation")]


ACTIONS: Rows = [
    {"date": EX, "isin": "A", "action": "split", "ratio": 2.0},
    {"date": EX, "isin": "B", "action": "rights issue", "ratio": 0.25, "price": 6.0},
    {"date": EX, "isin": "C", "action": "special dividend", "amount": 0.5},
    {"date": EX, "isin": "D", "action": "spin-off", "ratio": 0.5, "price": 4.0, "other_isin": "E"},
    {"date": EX, "isin": "F", "action": "replacement", "ratio": 1.0, "other_isin": "G"},
    {"date": EX, "isin": "H", "action": "addition", "shares": 10.0, "free_float": 1.0},
]
DIVIDENDS: Rows = [
    {"isin": "A", "ex_date": EX, "amount": 0.5},
    {"isin": "B", "ex_date": EX, "type": "stock", "cash_equivalent": 0.3},
    {"isin": "C", "ex_date": EX, "type": "special", "amount": 0.3},
]

# -- within a day


def opened(**tables: Any) -> Any:
    given = {
        "composition": [["isin", "shares", "free float"], ["A", 1000.0, 1.0], ["B", 500.0, 1.0]],
        "ticks": [["time", "isin", "price"], ["2016-03-18 09:00:10", "A", 11.0]],
        "previous": [["isin", "close"], ["A", 10.0], ["B", 20.0]],
        **tables,
    }
    now = datetime(2016, 3, 18, 9, 30)
    cells = [given["composition"], given["ticks"], given["previous"], datetime(2016, 3, 18, 9), now, 200.0]
    return called("XI_OPENING_LEVEL", *cells, None, given.get("estimates"), given.get("flags"))


# -- reviews

CUT_OFF = date(2016, 2, 26)
CANDIDATES: Rows = [
    {"company": "A", "isin": "PTA", "member": "yes", "shares": 2e8, "close": 5.0, "free_float": 0.47, "velocity": 0.6},
    {"company": "B", "isin": "PTB", "member": "no", "shares": 1e8, "close": 4.0, "free_float": 0.42, "velocity": 0.5},
    {"company": "B", "isin": "PTC", "member": "no", "shares": 1e8, "close": 4.0, "free_float": 0.42, "velocity": 0.5},
]
CANDIDATES[1] |= {"turnover": 2.0, "composition_close": 4.1}
CANDIDATES[2] |= {"turnover": 1.0, "composition_close": 4.1}
CANDIDATES[0]["composition_close"] = 5.1
CURRENT: Rows = [{"isin": "PTA", "shares": 1.5e8, "free_float": 0.4, "capping": 0.6}]
CANDIDATE, IN_FORCE = spec_of("index.review.tables.CANDIDATES"), spec_of("index.review.tables.CURRENT")


def reviewed(current: Block | None = None, candidates: Block | None = None, decisions: Block | None = None) -> Any:
    lines = candidates or block(CANDIDATE, CANDIDATES)
    held = current or block(IN_FORCE, CURRENT)
    return [
        called("XI_REVIEW_SELECT", "psi20", "annual", lines, CUT_OFF, decisions),
        called("XI_REVIEW_UPDATE", "psi20", "quarterly", held, lines, CUT_OFF, decisions),
    ]


def screened(name: str) -> Callable[[Block], Any]:
    return lambda rows: called(name, rows)


FINE = {"controversy": "none", "coal": 0.0, "tar_sands": 0.0, "area": "EUR"}
FINE |= dict.fromkeys(("armament", "tobacco", "gambling", "nuclear", "pornography", "alcohol"), "none")
RATINGS: Rows = [
    {"isin": "A", "sector": "Energy", "esg_score": 60.0, "people_score": 55.0, **FINE},
    {"isin": "B", "sector": "Energy", "esg_score": 50.0, "people_score": 50.0, **FINE},
    {"isin": "C", "sector": "Finance", "esg_score": 10.0, "people_score": 10.0, **FINE},
]
WORSE = dict.fromkeys(("armament", "tobacco", "gambling", "nuclear", "pornography", "alcohol"), (0, "major"))

# -- an index of numbers of shares

DAYS = [date(2017, 10, day) for day in (4, 5, 6, 9)]
TARGETS: Rows = [
    {"adjustment_day": DAYS[0], "isin": "A", "weight": 0.5, "country": "US"},
    {"adjustment_day": DAYS[0], "isin": "B", "weight": 0.5, "country": "US"},
]
SHARE_PRICES = [["date", "A", "B"], *([day, price, 20.0] for day, price in zip(DAYS, (10, 10, 11, 12), strict=True))]
SHARE_FX = [["date", "USD"], *([day, rate] for day, rate in zip(DAYS, (1.1, 1.1, 1.2, 1.3), strict=True))]
PAID = [["isin", "ex date", "amount"], ["A", DAYS[2], 0.5], ["B", DAYS[2], 0.5]]
TARGET = spec_of("index.share_vector.tables.TARGETS")


def shares(targets: Block | None = None, events: Block | None = None, disruptions: Block | None = None) -> Any:
    given = targets or block(TARGET, TARGETS)
    tail = (SHARE_FX, None, [["country", "rate"], ["US", 0.3], ["FR", 0.1]], disruptions)
    return called("XI_SHARE_INDEX_HISTORY", given, SHARE_PRICES, events, PAID, *tail)


EVENTS: Rows = [
    {"date": DAYS[2], "isin": "A", "event": "capital increase", "ratio": 0.2, "price": 5.0},
    {"date": DAYS[2], "isin": "B", "event": "split", "old": 1.0, "new": 2.0},
    {
        "date": DAYS[3],
        "isin": "B",
        "event": "manual factor",
        "factor": 2.0,
        "author": "J. Silva",
        "reason": "scheme",
    },
]

# -- turbos

TERM = {
    "isin": "DE000NG20XP3",
    "underlying": "DAX",
    "side": "short",
    "kind": "best",
    "financing_level": 13571.32,
    "spread": 0.035,
    "entitlement": 0.01,
    "financing_level_currency": "EUR",
    "settlement_currency": "EUR",
    "level_date": date(2020, 2, 27),
}
QUOTE = {"underlying": "DAX", "spot": 13532.32, "rate": -0.0045}
MARKET = spec_of("turbo.book.inputs.MARKET")
PATH_TERMS = spec_of("turbo.book.inputs.PATH_TERMS")
BOOK_TERMS = spec_of("turbo.book.inputs.TERMS")
LATER = [date(2020, 2, 27), date(2020, 2, 28), date(2020, 3, 2), date(2020, 3, 3)]
LIMITED = {**TERM, "isin": "DE000NG20XQ1", "kind": "open ended", "premium": 0.02}
LIMITED |= {"stop_loss_rounding": 1.0, "financing_level": 14000.0}
PATHED: Rows = [
    TERM,
    LIMITED,
    {**TERM, "isin": "DE000NG20XR9", "end_date": LATER[2]},
    {**TERM, "isin": "DE000NG20XT5", "family": "currency", "base_currency": "USD"},
    {**TERM, "isin": "DE000NG20XU3", "side": "long", "financing_level": 13400.0},
]
MARKET_ROWS: Rows = [{**QUOTE, "date": day} for day in LATER]


def booked(terms: Block | None = None, market: Block | None = None, rates: Any = None, rules: Any = None) -> Any:
    given = terms or block(BOOK_TERMS, [TERM, LIMITED])
    quotes = market or block(MARKET, [QUOTE])
    return called("XI_TURBO_BOOK", given, quotes, date(2020, 3, 3), rates, rules)


def paths(terms: Block | None = None, market: Block | None = None, rates: Any = None, rules: Any = None) -> Any:
    given = terms or block(PATH_TERMS, [TERM, LIMITED])
    quotes = market or block(MARKET, MARKET_ROWS)
    return called("XI_TURBO_PATHS", given, quotes, None, rates, rules)


# -- others


def day_folder(closes: Block) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        return of_a_day(closes, Path(folder))


def of_a_day(closes: Block, path: Path) -> Any:
    files = {"closes": closes, "composition": MEMBERS[:3], "fx": USD}
    for name, rows in files.items():
        text = "\n".join(",".join("" if cell is None else str(cell) for cell in row) for row in rows)
        (path / f"{name}.csv").write_text(text, encoding="utf-8")
    folder = read_day_folder(path)
    basket, frame = basket_of(folder.composition), folder.closes.strict().set_index("isin").reindex(["A", "B"])
    given = ("start of day", CUM, "X", "PTING0200002", basket, 4.0, frame["price"].to_numpy(), {})
    made = day_file(*given, adjusted=frame["adjusted"].fillna(frame["price"]).to_numpy())
    return plain(made.members), str(made)


def judged(rows: Block) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "judged.csv"
        path.write_text("\n".join(",".join(map(str, row)) for row in rows), encoding="utf-8")
        return str(compare._judged(path))


def reconciled(rows: Block) -> Any:
    basket = Basket(("A", "B"), [1000.0, 500.0], [1.0, 1.0], [1.0, 1.0], ("EUR", "EUR"))
    own = day_file("end of day", CUM, "X", "PTING0200002", basket, 200.0, np.array([10.0, 20.0]), {})
    found = reconcile(own, read(PUBLISHED, rows), 100.0, Tolerance())
    return plain(found.members), plain(found.summary)


DOORS = (
    Door(
        "composition",
        spec_of("index.basket.COMPOSITION"),
        lambda rows: history(composition=rows, dividends=block(spec_of("index.dividends.DIVIDENDS"), DIVIDENDS[:1])),
        [
            {"isin": "A", "shares": 1000.0, "free_float": 0.5, "country": "PT"},
            {"isin": "B", "shares": 9.0, "free_float": 1.0},
        ],
        {
            "isin": (0, "C"),
            "shares": (0, 2000.0),
            "free_float": (0, 0.6),
            "capping": (0, 0.5),
            "currency": (0, "USD"),
            "country": (0, "US"),
        },
    ),
    Door(
        "actions",
        spec_of("index.actions.apply.ACTIONS"),
        lambda rows: [applied(rows), history(actions=rows)],
        ACTIONS,
        {
            "date": (0, CUM),
            "isin": (0, "C"),
            "action": (0, "bonus issue"),
            "ratio": (0, 3.0),
            "price": (1, 5.0),
            "amount": (2, 0.6),
            "cash": (4, 1.0),
            "currency": (2, "USD"),
            "fungible": (1, "no"),
            "disadvantage": (1, 0.2),
            "other_isin": (4, "B"),
            "qualifies": (3, "none"),
            "shares": (5, 20.0),
            "free_float": (5, 0.5),
            "capping": (5, 0.5),
            "other_currency": (3, "USD"),
            "country": (5, "PT"),
            "event_id": (0, "S1"),
            "reason": (0, "as announced"),
        },
    ),
    Door(
        "dividends",
        spec_of("index.dividends.DIVIDENDS"),
        lambda rows: history(dividends=rows),
        DIVIDENDS,
        {
            "isin": (0, "H"),
            "ex_date": (0, date(2016, 3, 22)),
            "amount": (0, 0.6),
            "currency": (0, "USD"),
            "type": (0, "special"),
            "cash_equivalent": (1, 0.4),
            "index_currency_amount": (0, 0.4),
            "withholding": (0, 0.1),
            "event_id": (2, "SD1"),
        },
    ),
    Door(
        "withholding",
        spec_of("index.dividends.WITHHOLDING"),
        lambda rows: history(dividends=block(spec_of("index.dividends.DIVIDENDS"), DIVIDENDS[:1]), withholding=rows),
        [{"country": "PT", "rate": 0.25}],
        {"country": (0, "ES"), "rate": (0, 0.3), "valid_from": (0, date(2016, 4, 1)), "valid_to": (0, CUM)},
    ),
    Door(
        "rates",
        spec_of("index.sources.RATES"),
        lambda rows: applied(
            block(spec_of("index.actions.apply.ACTIONS"), [{**ACTIONS[2], "currency": "USD"}]), rates=rows
        ),
        [{"currency": "USD", "rate": 0.9}],
        {"currency": (0, "GBP"), "rate": (0, 0.8)},
    ),
    Door(
        "closes",
        spec_of("excel.functions.history.CLOSES"),
        lambda rows: applied(block(spec_of("index.actions.apply.ACTIONS"), ACTIONS[2:3]), rows),
        [{"isin": isin, "price": 10.0} for isin in "ABCDF"],
        {"isin": (0, "B"), "price": (0, 11.0)},
    ),
    Door(
        "previous close",
        spec_of("index.sources.PREVIOUS_CLOSE"),
        lambda rows: opened(previous=rows),
        [{"isin": "A", "close": 10.0}, {"isin": "B", "close": 20.0}],
        {"isin": (1, "C"), "close": (1, 21.0)},
    ),
    Door(
        "estimates",
        spec_of("index.sources.ESTIMATES"),
        lambda rows: opened(estimates=rows),
        [{"isin": "B", "price": 21.0, "occasion": "ipo", "author": "J. Silva", "reason": "bid"}],
        {"isin": (0, "A"), "price": (0, 22.0), "expiry": (0, date(2016, 3, 17))},
    ),
    Door(
        "flags",
        spec_of("index.intraday.session.FLAGS"),
        lambda rows: opened(flags=rows),
        [{"start": "2016-03-18 09:20", "state": "suspended", "author": "J. Silva", "reason": "outage"}],
        {
            "start": (0, "2016-03-18 09:40"),
            "end": (0, "2016-03-18 09:25"),
            "state": (0, "indicative"),
            "author": (0, "M. Costa"),
            "reason": (0, "news"),
        },
    ),
    Door(
        "ticks",
        spec_of("index.intraday.ticks.TICKS"),
        lambda rows: [
            opened(ticks=rows),
            called("XI_OPENING_LEVEL", *OPENING, rows, *AT, 200.0, None, None, None, AGAIN),
        ],
        [
            {"time": "2016-03-18 09:00:10", "isin": "A", "price": 11.0},
            {"time": "2016-03-18 09:00:20", "isin": "A", "price": 12.0},
        ],
        {
            "time": (0, "2016-03-18 09:00:30"),
            "isin": (1, "B"),
            "price": (1, 13.0),
            "cancelled": (1, "yes"),
            "cancelled_at": (1, "2016-03-18 09:10"),
        },
    ),
    Door(
        "candidates",
        CANDIDATE,
        lambda rows: reviewed(candidates=rows),
        CANDIDATES,
        {
            "company": (1, "A"),
            "isin": (0, "PTX"),
            "member": (0, "no"),
            "instrument": (0, "warrant"),
            "segment": (0, "auction"),
            "admission": (0, date(2016, 2, 22)),
            "removed": (1, date(2016, 2, 22)),
            "shares": (0, 3e8),
            "close": (0, 6.0),
            "free_float": (0, 0.61),
            "velocity": (1, 0.1),
            "turnover": (2, 3.0),
            "share_factor": (0, 2.0),
            "composition_close": (1, 9.0),
        },
    ),
    Door(
        "current",
        IN_FORCE,
        lambda rows: reviewed(current=rows),
        CURRENT,
        {"isin": (0, "PTB"), "shares": (0, 1.6e8), "free_float": (0, 0.45), "capping": (0, 0.7)},
    ),
    Door(
        "overrides",
        spec_of("index.review.tables.OVERRIDES"),
        lambda rows: reviewed(decisions=rows),
        [
            {
                "isin": "PTB",
                "decision": "exclude",
                "author": "committee",
                "reason": "dispute",
                "decided": date(2016, 2, 1),
                "expiry": date(2016, 12, 31),
            }
        ],
        {
            "isin": (0, "PTA"),
            "decision": (0, "veto"),
            "author": (0, "board"),
            "reason": (0, "bid"),
            "decided": (0, date(2016, 3, 20)),
            "expiry": (0, date(2016, 2, 2)),
        },
    ),
    Door(
        "holdings",
        spec_of("index.holdings.HOLDINGS"),
        lambda rows: called("XI_FREE_FLOAT", rows, 1000.0),
        [
            {"holder": "X", "shares": 300.0, "category": "other"},
            {"holder": "Y", "shares": 30.0, "category": "other", "group": "G"},
            {"holder": "Z", "fraction": 0.03, "category": "other"},
        ],
        {
            "holder": (1, "X"),
            "shares": (0, 310.0),
            "fraction": (2, 0.2),
            "category": (0, "fund"),
            "group": (2, "G"),
        },
    ),
    Door(
        "published",
        PUBLISHED,
        reconciled,
        [{"isin": "A"}, {"isin": "B"}],
        {"isin": (0, "C"), "weight": (0, 0.4), "price": (0, 11.0), "shares": (0, 900.0), "fx": (0, 1.1)},
    ),
    Door(
        "averages",
        spec_of("index.screening.liquidity.TRADED"),
        screened("XI_LIQUIDITY_SCREEN"),
        [{"isin": "A", "adv_6m": 9e6, "adv_1m": 6e6}],
        {"isin": (0, "B"), "adv_6m": (0, 5e5), "adv_1m": (0, 5e5)},
    ),
    Door(
        "ratings",
        spec_of("index.screening.ratings.RATINGS"),
        screened("XI_ESG_SCREEN"),
        RATINGS,
        {
            "isin": (0, "D"),
            "sector": (0, "Finance"),
            "peer_sector": (1, "Oil"),
            "area": (1, "NAM"),
            "esg_score": (0, 20.0),
            "people_score": (0, 20.0),
            "controversy": (0, "critical"),
            **WORSE,
            "coal": (0, 0.9),
            "tar_sands": (0, 0.9),
        },
    ),
    Door(
        "yields",
        spec_of("index.screening.yields.YIELDS"),
        screened("XI_YIELD_SELECT"),
        [{"isin": isin, "country": "US", "dps": 2.0, "close": 50.0, "adv_6m": 9e6} for isin in "ABCDE"],
        {
            "isin": (0, "F"),
            "country": (0, "FR"),
            "region": (0, "Europe"),
            "dps": (4, 3.0),
            "close": (4, 40.0),
            "adv_6m": (4, 9e7),
        },
    ),
    Door(
        "rule set",
        rules.RULES,
        lambda rows: str(rules.rule_set(read(rules.RULES, rows))),
        [{"name": "names held", "value": 30.0}],
        {"name": (0, "returns"), "value": (0, 40.0)},
    ),
    Door(
        "targets",
        TARGET,
        lambda rows: shares(rows),
        TARGETS,
        {
            "adjustment_day": (0, DAYS[1]),
            "isin": (0, "C"),
            "weight": (0, 0.4),
            "currency": (0, "USD"),
            "country": (0, "FR"),
        },
    ),
    Door(
        "events",
        spec_of("index.share_vector.tables.EVENTS"),
        lambda rows: [shares(events=rows), logged(rows)],
        EVENTS,
        {
            "date": (0, DAYS[1]),
            "isin": (0, "B"),
            "event": (0, "capital reduction"),
            "ratio": (0, 0.3),
            "price": (0, 6.0),
            "old": (1, 3.0),
            "new": (1, 3.0),
            "factor": (2, 3.0),
            "event_id": (0, "CI1"),
        },
    ),
    Door(
        "day closes",
        spec_of("folders.day.CLOSES"),
        day_folder,
        [{"isin": "A", "price": 10.0}, {"isin": "B", "price": 20.0}],
        {"isin": (0, "C"), "price": (0, 11.0), "adjusted": (0, 9.0)},
    ),
    Door(
        "judged",
        compare.JUDGED,
        judged,
        [{"book": "desk.xlsx", "cell": "Book!A1", "reason": "volatile"}],
        {"book": (0, "other.xlsx"), "cell": (0, "*"), "reason": (0, "a clock")},
    ),
    Door(
        "disruptions",
        spec_of("index.share_vector.tables.DISRUPTIONS"),
        lambda rows: shares(block(TARGET, MOVING), disruptions=rows),
        [{"date": DAYS[2]}],
        {"date": (0, DAYS[3])},
    ),
    Door(
        "turbo terms",
        BOOK_TERMS,
        lambda rows: booked(rows),
        [TERM, LIMITED],
        {
            "isin": (0, "DE000NG20XR9"),
            "underlying": (0, "NDX"),
            "side": (0, "long"),
            "kind": (0, "open ended"),
            "financing_level": (0, 13600.0),
            "spread": (0, 0.03),
            "premium": (1, 0.03),
            "stop_loss_rounding": (1, 10.0),
            "entitlement": (0, 0.1),
            "financing_level_currency": (0, "USD"),
            "settlement_currency": (0, "USD"),
            "level_date": (0, date(2020, 2, 11)),
        },
    ),
    Door(
        "turbo rates",
        spec_of("turbo.book.inputs.RATES"),
        lambda rows: paths(market=block(MARKET, [{**row, "rate": None} for row in MARKET_ROWS]), rates=rows),
        [{"currency": "EUR", "rate": -0.0045}],
        {"currency": (0, "USD"), "rate": (0, 0.01), "date": (0, date(2020, 2, 20))},
    ),
    Door(
        "turbo path terms",
        PATH_TERMS,
        lambda rows: paths(rows, rates=[["currency", "rate"], ["USD", 0.016], ["EUR", -0.0045], ["GBP", 0.007]]),
        PATHED,
        {
            "isin": (0, "DE000NG20XS7"),
            "underlying": (0, "NDX"),
            "side": (0, "long"),
            "kind": (0, "open ended"),
            "financing_level": (0, 13600.0),
            "spread": (0, 0.03),
            "premium": (1, 0.03),
            "stop_loss_rounding": (1, 10.0),
            "entitlement": (0, 0.1),
            "financing_level_currency": (0, "USD"),
            "settlement_currency": (0, "USD"),
            "level_date": (0, date(2020, 2, 28)),
            "family": (3, "index"),
            "maximum_spread": (0, 0.03),
            "maximum_premium": (1, 0.01),
            "minimum_premium": (1, 0.05),
            "stop_loss": (1, 13700.0),
            "day_count": (0, 365.0),
            "base_currency": (3, "GBP"),
            "end_date": (0, LATER[2]),
            "end_event": (2, "issuer call"),
            "final_valuation_date": (4, LATER[1]),
            "stopped_out": (0, LATER[1]),
        },
    ),
    Door(
        "turbo market",
        MARKET,
        lambda rows: paths(block(PATH_TERMS, PATHED), rows),
        [MARKET_ROWS[0], {**MARKET_ROWS[1], "spot": None, "disrupted": "yes"}, *MARKET_ROWS[2:]],
        {
            "underlying": (1, "NDX"),
            "spot": (1, 13500.0),
            "rate": (1, 0.01),
            "fx": (3, 1.1),
            "day_count": (3, 365.0),
            "dividend": (1, 5.0),
            "low": (3, 13000.0),
            "high": (3, 14100.0),
            "date": (1, date(2020, 2, 12)),
            "base_rate": (1, 0.01),
            "rollover": (1, 3.0),
            "split": (1, 2.0),
            "disrupted": (1, "no"),
            "new_spread": (1, 0.02),
            "new_premium": (2, 0.05),
        },
    ),
    Door(
        "turbo rules",
        spec_of("turbo.book.inputs.RULES"),
        lambda rows: [paths(RULED, market, rules=rows) for market in (RULED_MARKET, PER_CENT)] + [booked(rules=rows)],
        [{"accrual": "simple", "above_maximum": "allow", "unusual_rates": "allow"}],
        {
            "accrual": (0, "geometric"),
            "level_reset": (0, "15th"),
            "stop_loss_reset": (0, "15th"),
            "above_maximum": (0, "refuse"),
            "long_share": (0, 0.5),
            "short_share": (0, 0.5),
            "residual": (0, "spot"),
            "unusual_rates": (0, "refuse"),
        },
    ),
    Door(
        "issues",
        spec_of("turbo.book.implied.ISSUES"),
        screened("XI_TURBO_IMPLIED_SPOT"),
        [
            {
                **{name: TERM[name] for name in TERM if name not in ("kind", "spread", "level_date")},
                "issue_price": 0.39,
            },
        ],
        {
            "underlying": (0, "NDX"),
            "side": (0, "long"),
            "financing_level": (0, 13600.0),
            "entitlement": (0, 0.1),
            "financing_level_currency": (0, "USD"),
            "settlement_currency": (0, "USD"),
            "issue_price": (0, 0.5),
        },
    ),
    Door(
        "groups",
        spec_of("index.min_variance.tables.GROUPS"),
        lambda rows: selected(groups=rows, group_limits=SINGLE),
        [{"id": name, "country": "FR" if name == "A" else "DE", "issuer": f"I{name}"} for name in "ABCD"],
        {"id": (0, "E"), "country": (0, "DE"), "issuer": (0, "IB")},
    ),
    Door(
        "group limits",
        spec_of("index.min_variance.tables.GROUP_LIMITS"),
        lambda rows: selected(group_limits=rows),
        [{"kind": "sector", "group": "Energy", "floor": 0.1, "cap": 0.6}],
        {"kind": (0, "region"), "group": (0, "Finance"), "floor": (0, 0.7), "cap": (0, 0.5)},
    ),
    Door(
        "current weights",
        spec_of("index.min_variance.tables.CURRENT"),
        lambda rows: selected(current=rows, turnover=0.2),
        [{"id": "A", "weight": 0.5}, {"id": "B", "weight": 0.5}],
        {"id": (1, "C"), "weight": (0, 0.4)},
    ),
)

RULED = block(
    PATH_TERMS,
    [
        {**TERM, "financing_level": 14000.0, "premium": 0.02, "kind": "open ended", "stop_loss_rounding": 1.0},
        {**TERM, "isin": "DE000NG20XQ1", "side": "long", "financing_level": 13000.0},
        {**TERM, "isin": "DE000NG20XR9", "maximum_spread": 0.01},
        {**LIMITED, "isin": "DE000NG20XS7"},
    ],
)
RULED_MARKET = block(
    MARKET, [{**row, "dividend": 5.0} for row in MARKET_ROWS[:3]] + [{**MARKET_ROWS[3], "high": 14001.0}]
)
PER_CENT = block(MARKET, [{**row, "rate": -0.45} for row in MARKET_ROWS])
OPENING = ([["isin", "shares", "free float"], ["A", 1000.0, 1.0], ["B", 500.0, 1.0]],)
AT = (
    [["isin", "close"], ["A", 10.0], ["B", 20.0]],
    datetime(2016, 3, 18, 9),
    datetime(2016, 3, 18, 9, 30),
)
AGAIN = [["recalculate", "yes"], ["author", "J. Silva"], ["reason", "mistyped"]]
MOVING: Rows = [
    *TARGETS,
    {"adjustment_day": DAYS[1], "isin": "A", "weight": 0.9, "country": "US"},
    {"adjustment_day": DAYS[1], "isin": "B", "weight": 0.1, "country": "US"},
]


def logged(events: Block) -> Any:
    given = (
        block(TARGET, TARGETS),
        SHARE_PRICES,
        events,
        PAID,
        SHARE_FX,
        [["show", "log"]],
        [["country", "rate"], ["US", 0.3]],
    )
    return called("XI_SHARE_INDEX_HISTORY", *given)


# Columns for the record of a desk: who decided and why, or a name to read; no result shows them.
RECORD = {
    ("composition", "name"): "name of the company, for the reader",
    ("actions", "author"): "who decided",
    ("dividends", "author"): "who decided",
    ("dividends", "reason"): "why special, or why another rate",
    ("estimates", "occasion"): "why there is no price to use",
    ("estimates", "author"): "who estimated",
    ("estimates", "reason"): "how",
    ("issues", "isin"): "names the series in messages",
    ("events", "author"): "who decided; a manual factor without one is refused",
    ("events", "reason"): "why; a manual factor without one is refused",
    ("disruptions", "author"): "who decided",
    ("disruptions", "reason"): "what was disrupted",
}
PAIRS = [(door, column.name) for door in DOORS for column in door.spec.columns]


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
def test_the_rows_of_every_door_work(door: Door) -> None:
    texts = str(plain(door.run(block(door.spec, door.rows))))
    assert "#VALUE!" not in texts
    assert "#NUM!" not in texts


@pytest.mark.parametrize(("door", "column"), PAIRS, ids=[f"{door.name}-{column}" for door, column in PAIRS])
def test_every_column_is_used_or_refused(door: Door, column: str) -> None:
    if (door.name, column) in RECORD:
        assert column not in door.other
        return
    assert column in door.other, f"give another value of {column} for {door.name}, or put it into RECORD"
    place, value = door.other[column]
    rows = [{**row, column: value} if n == place else row for n, row in enumerate(door.rows)]
    assert rows[place] != door.rows[place]
    assert outcome(door, rows) != outcome(door, door.rows), f"{column} of {door.name} changes nothing"


# Four securities without correlation, the first two of least variance.
MOVES = [[0.01 * sign * (place + 1) * (place == n) for n in range(4)] for place in range(4) for sign in (1, -1)]
SINGLE = [["kind", "group", "cap"], ["country", "FR", 0.5], ["issuer", "IA", 0.4]]


def selected(**tables: Any) -> Any:
    sectors, limits = [["Energy", "Finance"] * 2], (2.0, 0.05, 0.95, 1.0, 0.0, 1.0)
    more = [tables.get(name) for name in ("groups", "group_limits", "cash", "current", "turnover")]
    given = (MOVES, [list("ABCD")], sectors, [["Europe"] * 4], "returns", *limits)
    return called("XI_MIN_VARIANCE", *given, *[None] * 6, *more)


def outcome(door: Door, rows: Sequence[dict[str, Any]]) -> str:
    try:
        return str(door.run(block(door.spec, list(rows))))
    except XlidxError as refusal:
        return refusal.sentence


# Tables that are made of the columns of others walked above, and what else they hold.
SCREENS = ("averages", "ratings", "yields")
MADE_OF_SCREENS = {
    id(selection.CANDIDATES): (),
    id(backtest.UNIVERSE): ("selection", "currency", "tax_country"),  # day of the selection and of the dividends
}


def test_every_table_of_the_package_has_a_door() -> None:
    doors = {id(door.spec) for door in DOORS} | set(MADE_OF_SCREENS)
    assert sorted(name for key, (name, _) in specs().items() if key not in doors) == []


def test_candidates_and_universe_are_made_of_the_columns_of_the_screens() -> None:
    walked = {column.name for door in DOORS if door.name in SCREENS for column in door.spec.columns}
    for key, more in MADE_OF_SCREENS.items():
        names = {column.name for column in specs()[key][1].columns}
        assert names <= walked | set(more)
