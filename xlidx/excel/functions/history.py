"""Functions of the catalogue that run an index: corporate actions, history, opening level."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import attrs
import pandas as pd

from xlidx.errors import Kind, XlidxError
from xlidx.excel.cells import block
from xlidx.excel.entries import Entry, Example, Param
from xlidx.excel.readers import FLAGS, NUMBER, REQUIRED, VECTOR, WORD, Reader, pairs, table
from xlidx.index.actions import apply as actions
from xlidx.index.actions import members as action_members
from xlidx.index.actions import terms as action_terms
from xlidx.index.actions.netting import CONTINUITY
from xlidx.index.basket import COMPOSITION, INDEX_CURRENCY, Quotes, basket_of, read_quotes
from xlidx.index.dividends import BASES, DIVIDENDS, STALE, WITHHOLDING
from xlidx.index.divisor_history import history
from xlidx.index.intraday import opening
from xlidx.index.intraday.session import read_flags
from xlidx.index.intraday.ticks import moment, read_ticks
from xlidx.index.sources import ESTIMATES, PREVIOUS_CLOSE, RATES
from xlidx.rules import same_rules
from xlidx.tables import Column, Table, TableSpec, closest, plain_name
from xlidx.values import Cell, floats, not_a_number

CLOSES = TableSpec(
    name="closes",
    keys=("isin",),
    columns=(
        Column(name="isin", kind="text", help="ISIN of the member, or of a company that joins"),
        Column(name="price", kind="number", help="closing price before the actions, in quote currency"),
    ),
)
HISTORY_NUMBERS = ("base_level", "divisor", "base_net", "base_gross", "decimals", "rights_limit")
HISTORY_WORDS: dict[str, tuple[str, ...]] = {
    "continuity": CONTINUITY,
    "show": ("levels", "divisors", "flags"),
    "stale_fixing": STALE,
    "dividend_basis": BASES,
}
OPENING_NUMBERS = ("share", "wait", "step")
OPENING_WORDS: dict[str, tuple[str, ...]] = {"recalculate": ("yes", "no")}


def block_reader(read: Callable[[Any], Any], accepts: str) -> Reader:
    """Build the reader of a block with a header row that has its own shape."""

    def take(raw: Any, name: str, default: Any) -> Any:
        part = block(raw)
        if part.single and part.others.get(0, 0.0) is None:
            if default is REQUIRED:
                raise XlidxError(Kind.MISSING, f"{name} is blank", f"argument {name}", f"give the {accepts}")
            return default
        return read(part.grid())

    return Reader(take, accepts)


def quotes_reader(name: str) -> Reader:
    """Build the reader of a block of prices or rates."""
    return block_reader(lambda rows: read_quotes(name, rows), f"{name} table: date, then one column each")


def _moment(raw: Any, name: str, default: Any) -> Any:
    one = block(raw).grid()[0][0]
    if one is None and default is not REQUIRED:
        return default
    return moment(one, f"argument {name}")


def options_reader(numbers: tuple[str, ...], words: dict[str, tuple[str, ...]], texts: tuple[str, ...]) -> Reader:
    """Build the reader of options as a person writes them: two columns, name and value; a blank value is none."""
    known = (*numbers, *words, *texts)

    def one(name: str, value: Cell, where: str) -> Any:
        if name in words:
            return known_word(str(value), words[name], name, where)
        if name in texts:
            return str(value).strip()
        found, others = floats([value])
        if others:
            raise not_a_number(value, name, where)
        return float(found[0])

    def take(rows: list[list[Cell]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for title, value, where in pairs(rows, "options"):
            name = known_word(title, known, "option", where)
            if value is not None:
                found[name] = one(name, value, where)
        return found

    return block_reader(take, "two columns: name and value")


def known_word(word: str, allowed: tuple[str, ...], name: str, where: str) -> str:
    """Return the allowed word that a text means, in any spelling of case and spaces, or refuse."""
    found = {plain_name(a): a for a in allowed}.get(plain_name(word))
    if found is None:
        near = closest(word, allowed)
        mend = f"did you mean {near}?" if near else f"use {', '.join(allowed)}"
        raise XlidxError(Kind.CHOICE, f"{name} {word[:40]!r} is not known", where, mend)
    return found


@same_rules(actions.apply_actions)
def apply_actions(
    composition: Table,
    closes: Table,
    events: Table,
    divisor: float,
    fx: Table | None,
    show: str,
    index_currency: str,
    reference: Table | None,
) -> pd.DataFrame:
    """Return the new composition, or the explanation, of the actions of one day.

    See :func:`xlidx.index.actions.apply.apply_actions`.
    """
    wanted = known_word(show, ("explanation", "composition"), "show", "argument show")
    prices = dict(zip(*(closes.strict()[name].tolist() for name in ("isin", "price")), strict=True))
    home = index_currency.upper()
    done = actions.apply_actions(
        basket_of(composition, home),
        prices,
        _rates(fx),
        events,
        divisor,
        index_currency=home,
        reference=_rates(reference),
    )
    return done.steps if wanted == "explanation" else _composition(done)


def _rates(table: Table | None) -> dict[str, float] | None:
    if table is None:
        return None
    return dict(zip(*(table.strict()[name].tolist() for name in ("currency", "rate")), strict=True))


def _composition(done: actions.Applied) -> pd.DataFrame:
    basket = done.basket
    return pd.DataFrame(
        {
            "isin": basket.ids,
            "shares": basket.shares,
            "free_float": basket.free_float,
            "capping": basket.capping,
            "currency": basket.currency,
            "country": basket.country,
            "adjusted_price": [done.prices.get(isin) for isin in basket.ids],
            "divisor": done.divisor,
        }
    )


@same_rules(history.index_history)
def index_history(
    composition: Table,
    prices: Quotes,
    events: Table | None,
    dividends: Table | None,
    fx: Quotes | None,
    withholding: Table | None,
    options: dict[str, Any] | None,
    reference: Quotes | None,
) -> pd.DataFrame:
    """Return Date, Divisor, Price, Net and Gross of every session, or the divisor log.

    See :func:`xlidx.index.divisor_history.history.index_history`.
    """
    given = dict(options or {})
    show = given.pop("show", "levels")
    if "decimals" in given:
        given["decimals"] = int(given["decimals"])
    home = given.pop("index_currency", INDEX_CURRENCY).upper()
    run = history.index_history(
        basket_of(composition, home),
        prices,
        events,
        dividends,
        fx,
        withholding,
        index_currency=home,
        reference=reference,
        **given,
    )
    frame: pd.DataFrame = getattr(run, show)
    return frame


@same_rules(opening.opening_level)
def opening_level(
    composition: Table,
    ticks: Any,
    previous: Table,
    market_open: Any,
    now: Any,
    divisor: float,
    market_close: Any,
    estimates: Table | None,
    flags: Any,
    options: dict[str, Any] | None,
) -> pd.DataFrame:
    """Return level, state and official opening at a moment; see :func:`xlidx.index.intraday.opening.opening_level`."""
    given = dict(options or {})
    home = given.pop("index_currency", INDEX_CURRENCY)
    again = given.pop("recalculate", "no") == "yes"
    for name in ("author", "reason") if not again else ():
        if name in given:
            mend = "leave it out, or set recalculate to yes"
            raise XlidxError(Kind.DOMAIN, f"{name} belongs to a recalculation", "argument options", mend)
    return opening.opening_level(
        composition,
        ticks,
        previous,
        market_open,
        now,
        divisor,
        market_close,
        estimates,
        flags or (),
        currency=home,
        recalculate=again,
        **given,
    )


MOMENT = Reader(_moment, "date and time")
SHARES_HELD = Param("shares", VECTOR, "Shares of the member in the index.")
LAST_CLOSE = Param("price", VECTOR, "Closing price before the ex-date, one per event.")
COMPOSITION_TABLE = Param(
    "composition",
    table(COMPOSITION),
    "Composition table with a header row: isin, shares, free float, [capping], [currency], [country].",
)
ACTION_TABLE = Param(
    "actions",
    table(actions.ACTIONS),
    "Actions table with a header row: date, isin, action (split, rights issue, special dividend, removal, ...), "
    "ratio, price, amount, other isin, ...",
)
QUOTED = [["date", "A", "B"], [date(2016, 3, 18), 10.0, 20.0], [date(2016, 3, 21), 11.0, 20.0]]
MEMBERS = [["isin", "shares", "free float"], ["A", 1000.0, 1.0], ["B", 500.0, 1.0]]

HISTORY = (
    Entry(
        name="XI_INDEX_HISTORY",
        core=index_history,
        params=(
            COMPOSITION_TABLE,
            Param(
                "prices", quotes_reader("prices"), "Prices table: date in the first column, then one column per ISIN."
            ),
            attrs.evolve(ACTION_TABLE, default=None),
            Param(
                "dividends",
                table(DIVIDENDS),
                "Dividends table with a header row: isin, ex date, amount (per share held at the close before, see "
                "option dividend basis), [currency], [type], [cash equivalent], ...",
                None,
            ),
            Param(
                "fx",
                quotes_reader("fx"),
                "Exchange rates of the closes: date, then one column per currency with index currency per unit; blank "
                "if all members are quoted in index currency.",
                None,
            ),
            Param(
                "withholding",
                table(WITHHOLDING),
                "Withholding tax table with a header row: country, rate, [valid from], [valid to].",
                None,
            ),
            Param(
                "options",
                options_reader(HISTORY_NUMBERS, HISTORY_WORDS, ("index_currency",)),
                "Two columns, name and value: base level, divisor, base net, base gross, decimals, index currency, "
                "dividend basis (old: per share held at the close before; new), continuity, stale fixing, rights "
                "limit, show (levels, divisors or flags).",
                None,
            ),
            Param(
                "reference",
                quotes_reader("reference"),
                "Reference rates for dividends, counted on the day before the ex-date: date, then one column per "
                "currency; blank takes the rates of the closes.",
                None,
            ),
        ),
        help="History of an index: Date, Divisor, Price, Net and Gross for every session, from composition, prices, "
        "actions, dividends and rates.",
        group="Index",
        template="psi20_index",
        examples=(
            Example(
                (MEMBERS, QUOTED, None, None, None, None, [["base level", 100.0]]),
                [
                    ["Date", "Divisor", "Price", "Net", "Gross"],
                    [date(2016, 3, 18), 200.0, 100.0, 100.0, 100.0],
                    [date(2016, 3, 21), 200.0, 105.0, 105.0, 105.0],
                ],
                "by hand: 20 000 over 200, then 21 000 over 200",
            ),
        ),
    ),
    Entry(
        name="XI_OPENING_LEVEL",
        core=opening_level,
        params=(
            COMPOSITION_TABLE,
            Param(
                "ticks",
                block_reader(read_ticks, "ticks table: time, isin, price"),
                "Ticks table with a header row: time (date and time), isin or currency, price, [cancelled], "
                "[cancelled at].",
            ),
            Param(
                "previous_close",
                table(PREVIOUS_CLOSE),
                "Table of adjusted previous closes with a header row: isin (or a currency for its rate), close.",
            ),
            Param("market_open", MOMENT, "Date and time of the market open."),
            Param("now", MOMENT, "Date and time for which the level is wanted."),
            Param("divisor", NUMBER, "Divisor of the day."),
            Param("market_close", MOMENT, "Date and time of the close; blank while the market is open.", None),
            Param(
                "estimates",
                table(ESTIMATES),
                "Table of prices estimated by hand, with author and reason; optional.",
                None,
            ),
            Param(
                "flags",
                block_reader(read_flags, "flags table: start, state, author, reason"),
                "Table of states set by hand: start, [end], state (suspended, indicative or delayed), author, reason.",
                None,
            ),
            Param(
                "options",
                options_reader(OPENING_NUMBERS, OPENING_WORDS, ("index_currency", "author", "reason")),
                "Two columns, name and value: index currency, share (0.8), wait (minutes), step (seconds); recalculate "
                "(yes: a second row without the cancelled trades) with author and reason.",
                None,
            ),
        ),
        help="Level at a moment of the day with its state: pre-opening, official, closed; and the official opening "
        "level (all members, or 80 % after five minutes).",
        group="Index",
        template="psi20_index",
        examples=(
            Example(
                (
                    MEMBERS,
                    [["time", "isin", "price"], [datetime(2016, 3, 18, 9, 0, 10), "A", 11.0]],  # noqa: DTZ001
                    [["isin", "close"], ["A", 10.0], ["B", 20.0]],
                    datetime(2016, 3, 18, 9),  # noqa: DTZ001
                    datetime(2016, 3, 18, 9, 0, 20),  # noqa: DTZ001
                    200.0,
                ),
                None,
                "by hand: one of two members has traded, 21 000 over 200 is 105, pre-opening",
            ),
        ),
    ),
    Entry(
        name="XI_APPLY_ACTIONS",
        core=apply_actions,
        params=(
            COMPOSITION_TABLE,
            Param("closes", table(CLOSES), "Table of closing prices before the actions: isin, price."),
            ACTION_TABLE,
            Param("divisor", NUMBER, "Divisor in force before the actions."),
            Param("fx", table(RATES), "Table of rates: currency, rate (index currency per unit).", None),
            Param("show", WORD, "explanation or composition; blank is the explanation.", "explanation"),
            Param("index_currency", WORD, "Index currency, ISO code; blank is EUR.", INDEX_CURRENCY),
            Param("reference", table(RATES), "Table of reference rates for special dividends; blank is fx.", None),
        ),
        help="Applies all corporate actions of one day in one divisor step and explains each number that changes; or "
        "gives the new composition with adjusted prices and divisor.",
        group="Actions",
        template="psi20_index",
        examples=(
            Example(
                (
                    MEMBERS,
                    [["isin", "price"], ["A", 10.0], ["B", 20.0]],
                    [["date", "isin", "action", "ratio", "price"], [date(2016, 3, 21), "A", "rights issue", 0.25, 6.0]],
                    200.0,
                    None,
                    "composition",
                ),
                [
                    ["isin", "shares", "free_float", "capping", "currency", "country", "adjusted_price", "divisor"],
                    ["A", 1250.0, 1.0, 1.0, "EUR", "", 9.2, 215.0],
                    ["B", 500.0, 1.0, 1.0, "EUR", "", 20.0, 215.0],
                ],
                "by hand: 1 for 4 at 6 on 10 gives 9.20 and 1250 shares; 21 500 over 20 000 times 200",
            ),
        ),
    ),
    Entry(
        name="XI_RIGHTS_ISSUE",
        core=action_terms.rights_issue,
        explain=action_terms.explain_rights_issue,
        params=(
            LAST_CLOSE,
            SHARES_HELD,
            Param("ratio", VECTOR, "New shares per share held: 1 for 4 is 0.25."),
            Param("subscription", VECTOR, "Subscription price of a new share."),
            Param("fungible", FLAGS, "TRUE if the new shares join the line of the old ones; blank is TRUE.", True),
            Param("disadvantage", VECTOR, "Dividend that new shares miss; blank is 0.", 0.0),
        ),
        help="Rights issue: adjusted price, shares, value of the right, and whether the new shares enter the index "
        "(fewer than 0.4 per share and fungible).",
        group="Actions",
        template="psi20_index",
        examples=(
            Example(
                (10.0, 1000.0, 0.25, 6.0),
                None,
                "by hand: 9.20 and 1250 shares, as 0.25 is below 0.4",
            ),
        ),
    ),
    Entry(
        name="XI_SPECIAL_DIVIDEND",
        core=action_terms.special_dividend,
        explain=action_terms.explain_special_dividend,
        params=(
            LAST_CLOSE,
            SHARES_HELD,
            Param("amount", VECTOR, "Gross special dividend per share."),
            Param("fx", VECTOR, "Quote currency per unit of the dividend's currency; blank is 1.", 1.0),
        ),
        help="Special dividend: adjusted price and the value that leaves the index by the divisor.",
        group="Actions",
        template="psi20_index",
        examples=(Example((10.0, 1000.0, 0.5), None, "by hand: 9.50, 500 leave"),),
    ),
    Entry(
        name="XI_SPLIT",
        core=action_terms.split,
        explain=action_terms.explain_split,
        params=(
            LAST_CLOSE,
            SHARES_HELD,
            Param("ratio", VECTOR, "Shares after per share before; for a bonus issue new shares per share held."),
            Param("kind", WORD, "split, reverse split or bonus issue; blank is split.", "split"),
        ),
        help="Split, reverse split or bonus issue: adjusted price and shares; the divisor stays.",
        group="Actions",
        template="psi20_index",
        examples=(Example((10.0, 1000.0, 4.0), None, "by hand: 2.50 and 4000 shares"),),
    ),
    Entry(
        name="XI_TAKEOVER",
        core=action_members.takeover,
        params=(
            SHARES_HELD,
            Param("ratio", VECTOR, "Shares of the acquirer per share of the target; 0 for a bid in cash."),
            Param("acquirer_price", VECTOR, "Price of the acquirer on the day the terms are published."),
            Param("cash", VECTOR, "Cash part per share of the target; blank is 0.", 0.0),
            Param("qualifies", FLAGS, "TRUE if the acquirer meets the inclusion criteria; blank is TRUE.", True),
            Param("fx", VECTOR, "Currency of the bid per unit of the acquirer's currency; blank is 1.", 1.0),
        ),
        help="Takeover: whether the bid counts as a share bid (75 % in shares), and replaces the target by so many "
        "shares of the acquirer, or removes it.",
        group="Actions",
        template="psi20_index",
        examples=(
            Example(
                (1000.0, 0.3, 10.0, 1.0), None, "by hand: 3 of 4 in shares is exactly 75 %, 300 shares replace 1000"
            ),
        ),
    ),
)
