"""Functions of the catalogue for an index of numbers of shares: rebalancing, events of one share, history."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from xlidx.arrays import Floats, Numbers, same_length
from xlidx.excel.entries import Entry, Example, Param
from xlidx.excel.functions.history import block_reader, known_word, quotes_reader
from xlidx.excel.readers import NUMBER, VECTOR, WORD, Reader, pairs, table
from xlidx.index.basket import Quotes
from xlidx.index.share_vector import events as share_events
from xlidx.index.share_vector import rebalancing
from xlidx.index.share_vector.agenda import IN_PRICE, OTHERS
from xlidx.index.share_vector.history import WEIGHTS_OVER
from xlidx.index.share_vector.market import ON_THE_DAY
from xlidx.rulebooks.solactive_human_capital import history as book
from xlidx.rules import Step, same_rules
from xlidx.tables import Table
from xlidx.values import Cell, day, floats, not_a_number

OPTIONS: dict[str, tuple[str, ...] | type] = {
    "base_level": float,
    "launch": date,
    "period": float,
    "dividend_form": share_events.FORMS,
    "increase_form": share_events.FORMS,
    "price_version": IN_PRICE,
    "weights_over": WEIGHTS_OVER,
    "insolvency_day": ON_THE_DAY,
    "other_events": OTHERS,
    "level_decimals": float,
    "price_decimals": float,
    "show": ("levels", "log", "flags"),
}
TERMS: dict[str, tuple[str, ...] | type] = {
    "amount": float,
    "correction": float,
    "form": share_events.FORMS,
    "ratio": float,
    "subscription": float,
    "old": float,
    "new": float,
    "factor": float,
    "author": str,
    "reason": str,
}
WHOLE = ("period", "level_decimals", "price_decimals")


def _pairs(known: dict[str, tuple[str, ...] | type], argument: str) -> Reader:
    """Build the reader of two columns, name and value."""

    def take(rows: list[list[Cell]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for title, value, where in pairs(rows, argument):
            word = known_word(title, tuple(known), argument.removesuffix("s"), where)
            if value is not None:
                found[word] = _value(value, word, known[word], where)
        return found

    return block_reader(take, "two columns: name and value")


def _value(cell: Cell, name: str, kind: tuple[str, ...] | type, where: str) -> Any:
    if isinstance(kind, tuple):
        return known_word(str(cell), kind, name, where)
    if kind is date:
        return day(cell, where)
    if kind is str:
        return str(cell)
    number, others = floats([cell])
    if others:
        raise not_a_number(cell, name, where)
    return int(number[0]) if name in WHOLE and number[0] == int(number[0]) else float(number[0])


@same_rules(rebalancing.rebalance_weights)
def _weights(start: Floats, target: Floats, m: Floats, days: Numbers) -> Any:
    found = rebalancing.rebalance_weights(start, target, m, days)
    return found.reshape(len(found), -1)


def _explain_weights(start: Floats, target: Floats, m: Floats, days: Numbers) -> list[Step]:
    return rebalancing.explain_rebalance_weights(start, target, m, days)


@same_rules(rebalancing.shares_from_weights)
def _shares(weights: Floats, level: Numbers, prices: Floats) -> Any:
    return rebalancing.shares_from_weights(weights, level, prices).reshape(-1, 1)


@same_rules(share_events.adjust_shares)
def _adjust(event: str, shares: Floats, price: Floats, terms: dict[str, Any]) -> Any:
    word = known_word(event, tuple(share_events.TERMS), "event", "argument share_event")
    same_length(np.asarray(shares), price, "price", "shares")
    return share_events.adjust_shares(word, shares, price, terms).reshape(-1, 1)


def _explain_adjust(event: str, shares: Floats, price: Floats, terms: dict[str, Any]) -> list[Step]:
    word = known_word(event, tuple(share_events.TERMS), "event", "argument share_event")
    return share_events.explain_adjust_shares(word, shares, price, terms)


@same_rules(book.index_history)
def share_index_history(
    targets: Table,
    prices: Quotes,
    events: Table | None,
    dividends: Table | None,
    fx: Quotes | None,
    options: dict[str, Any] | None,
    withholding: Table | None,
    disruptions: Table | None,
) -> pd.DataFrame:
    """Return Date, PR, NTR, GTR and Flag of every weekday, or the log of shares, or the flags.

    See :func:`xlidx.rulebooks.solactive_human_capital.history.index_history`.
    """
    given = dict(options or {})
    show = given.pop("show", "levels")
    run = book.index_history(
        targets, prices, events, dividends, fx, withholding, disruptions, readings=book.readings(**given)
    )
    return {"levels": run.shown(), "log": run.log, "flags": run.flags}[show]


TARGET_ROWS = [
    ["adjustment day", "isin", "weight"],
    [date(2017, 10, 4), "A", 0.5],
    [date(2017, 10, 4), "B", 0.5],
]
QUOTED = [["date", "A", "B"], [date(2017, 10, 4), 10.0, 20.0], [date(2017, 10, 5), 11.0, 20.0]]

SHARES = (
    Entry(
        name="XI_REBALANCE_WEIGHTS",
        core=_weights,
        explain=_explain_weights,
        params=(
            Param("start", VECTOR, "Weights at the close of the adjustment day, 0 for a name that joins."),
            Param("target", VECTOR, "Weights after the rebalancing period, 0 for a name that leaves."),
            Param("day", VECTOR, "Day of the period, from 1; several days give one column each."),
            Param("days", NUMBER, "Days of the period; blank is 10.", 10.0),
        ),
        help="Target weights of a day of the rebalancing period: on the straight line from the weights at the "
        "adjustment day to the target.",
        group="Rebalancing",
        template="human_capital_mv",
        examples=(Example(([[1.0], [0.0]], [[0.5], [0.5]], 4.0), [[0.8], [0.2]], "by hand: 1 - 4 x 0.5 / 10 = 0.8"),),
    ),
    Entry(
        name="XI_SHARES_FROM_WEIGHTS",
        core=_shares,
        explain=rebalancing.explain_shares_from_weights,
        params=(
            Param("weights", VECTOR, "Weights of the components."),
            Param("level", NUMBER, "Index level of the day before, rounded as published."),
            Param("prices", VECTOR, "Prices of the day before in index currency."),
        ),
        help="Numbers of shares that give every component its weight: weight times level over price.",
        group="Rebalancing",
        template="human_capital_mv",
        examples=(Example(([[0.6], [0.4]], 100.0, [[10.0], [20.0]]), [[6.0], [2.0]], "by hand: 60 / 10 and 40 / 20"),),
    ),
    Entry(
        name="XI_SHARES_ADJUST",
        core=_adjust,
        explain=_explain_adjust,
        params=(
            Param(
                "share_event",
                WORD,
                "dividend, capital increase, capital reduction, split, par value or manual factor.",
            ),
            Param("shares", VECTOR, "Number of shares before the event."),
            Param(
                "price",
                VECTOR,
                "Closing price of the ex-date in quote currency; with the form ex ante the close before it.",
            ),
            Param(
                "terms",
                _pairs(TERMS, "terms"),
                "Two columns, name and value: amount, correction (dividend); ratio, subscription (increase); ratio "
                "(reduction); old, new (split, par value); factor, author, reason; form: ex date or ex ante.",
            ),
        ),
        help="Number of shares after a dividend, capital increase or reduction, split, par-value change, or a decision "
        "of the index calculator.",
        group="Rebalancing",
        template="human_capital_mv",
        examples=(
            Example(
                ("capital increase", 1000.0, 8.0, [["ratio", 0.25], ["subscription", 4.0]]),
                1125.0,
                "by hand: 1000 x (1 + 0.25 x (8 - 4) / 8)",
            ),
        ),
    ),
    Entry(
        name="XI_SHARE_INDEX_HISTORY",
        core=share_index_history,
        params=(
            Param(
                "targets",
                table(book.TARGETS),
                "Targets table with a header row: adjustment day, isin, weight, [currency], [country]; the first "
                "adjustment day is the base date.",
            ),
            Param(
                "prices", quotes_reader("prices"), "Prices table: date in the first column, then one column per ISIN."
            ),
            Param(
                "events",
                table(book.EVENTS),
                "Events table with a header row: date, isin, event (split, capital increase, merger, insolvency, ...), "
                "[ratio], [price], [old], [new], [factor], [author], [reason].",
                None,
            ),
            Param(
                "dividends",
                table(book.DIVIDENDS),
                "Dividends table with a header row: isin, ex date, amount, [currency], [type], [withholding], ...",
                None,
            ),
            Param(
                "fx",
                quotes_reader("fx"),
                "Exchange rates: date, then one column per currency with index currency per unit.",
                None,
            ),
            Param(
                "options",
                _pairs(OPTIONS, "options"),
                "Name and value: base level, launch, period, dividend form, increase form, price version, "
                "weights over, insolvency day, other events (refuse, flag), level decimals, price decimals, show "
                "(levels, log, flags).",
                None,
            ),
            Param(
                "withholding",
                table(book.WITHHOLDING),
                "Withholding tax table with a header row: country, rate, [valid from], [valid to].",
                None,
            ),
            Param(
                "disruptions",
                table(book.DISRUPTIONS),
                "Table of days with a market disruption and a header row: date, [reason], [author].",
                None,
            ),
        ),
        help="History of an index of numbers of shares: Date, PR, NTR, GTR and Flag for every weekday, from target "
        "weights, prices, events, dividends and rates.",
        group="Rebalancing",
        template="human_capital_mv",
        examples=(
            Example(
                (TARGET_ROWS, QUOTED),
                [
                    ["Date", "PR", "NTR", "GTR", "Flag"],
                    [date(2017, 10, 4), 100.0, 100.0, 100.0, ""],
                    [date(2017, 10, 5), 105.0, 105.0, 105.0, ""],
                ],
                "by hand: 5 shares of A and 2.5 of B, 5 x 11 + 2.5 x 20 = 105",
            ),
        ),
    ),
)
