"""Index functions of the catalogue."""

from __future__ import annotations

from xlidx.excel.entries import Entry, Example, Param
from xlidx.excel.readers import FLAGS, NUMBER, NUMBER_EACH, PRICES, VECTOR, WORD
from xlidx.index import capping, divisor, free_float, level, total_return

PRICE = Param(
    "prices",
    PRICES,
    "Prices in quote currency: one row or column of members, or a block with dates down and members across.",
)
SHARES = Param("shares", VECTOR, "Number of shares of each member in the index.")
DIVISOR = Param("divisor", VECTOR, "Divisor in force: one number, or one per date.")
FREE_FLOAT = Param("free_float", VECTOR, "Free-float factors between 0 and 1; blank is 1.", 1.0)
CAPPING = Param(
    "capping", VECTOR, "Capping factors, between 0 and 1 unless a quarterly update raised them; blank is 1.", 1.0
)
FX = Param(
    "fx",
    PRICES,
    "Exchange rates that multiply: index currency per unit of quote currency; blank is 1.",
    1.0,
)
VALUES = Param("market_values", VECTOR, "Uncapped value of each member: price x shares x free float x fx.")
CAP = Param("cap", NUMBER, "Highest weight of one member as a fraction: 12 % is 0.12.")

INDEX = (
    Entry(
        name="XI_INDEX_LEVEL",
        core=level.index_level,
        explain=level.explain_index_level,
        params=(PRICE, SHARES, DIVISOR, FREE_FLOAT, CAPPING, FX),
        help="Index level: sum of shares x free float x capping x price x fx, divided by the divisor. "
        "A block of prices gives a column of levels.",
        group="Index",
        template="psi20_index",
        examples=(
            Example(
                ([[1200.0, 227.0, 73.0]], 1.0, 3.0),
                500.0,
                "published: price-weighted example of 1728.org",
            ),
            Example(
                ([[200.0, 300.0, 400.0]], 1.0, 3.0),
                300.0,
                "published: explanation of the Nikkei average, 225op",
            ),
            Example(
                ([[2.0, 10.0], [4.0, 10.0]], [[50.0, 10.0]], 2.0),
                [[100.0], [150.0]],
                "published: cap-weighted exercise A 2 to 4, B 10 to 10, base 100",
            ),
        ),
    ),
    Entry(
        name="XI_INDEX_DIVISOR",
        core=divisor.index_divisor,
        explain=divisor.explain_index_divisor,
        params=(
            PRICE,
            SHARES,
            Param("level", VECTOR, "Index level that the divisor must give."),
            FREE_FLOAT,
            CAPPING,
            FX,
        ),
        help="Divisor that gives a stated index level, for example at the base date.",
        group="Index",
        template="psi20_index",
        examples=(
            Example(
                ([[300.0, 227.0, 73.0]], 1.0, 500.0),
                1.2,
                "published: first price split 4:1 with level 500, 1728.org",
            ),
        ),
    ),
    Entry(
        name="XI_INDEX_WEIGHTS",
        core=level.index_weights,
        explain=level.explain_index_weights,
        params=(
            Param("prices", VECTOR, "Prices in quote currency, one per member."),
            SHARES,
            FREE_FLOAT,
            CAPPING,
            FX,
        ),
        help="Weight of each member in the index, as fractions that add up to 1.",
        group="Index",
        template="psi20_index",
        examples=(
            Example(
                ([[10.0], [20.0]], [[1000.0], [500.0]]),
                [[0.5], [0.5]],
                "two members worth 10 000 each weigh one half each",
            ),
        ),
    ),
    Entry(
        name="XI_DIVISOR_CHAIN",
        core=divisor.chain_divisor,
        explain=divisor.explain_chain_divisor,
        each=True,
        params=(
            Param("divisor", NUMBER_EACH, "Divisor in force before the event."),
            Param("value_before", NUMBER_EACH, "Capped market value of the basket before the event."),
            Param("value_after", NUMBER_EACH, "Capped market value after the event, at the same closes."),
        ),
        help="New divisor that keeps the index level when the value of the basket changes by an event.",
        group="Index",
        template="psi20_index",
        examples=(
            Example(
                (200.0, 20000.0, 21500.0),
                215.0,
                "rights issue 1 for 4 at 6 on a price of 10: 1000 shares become 1250 at 9.20",
            ),
        ),
    ),
    Entry(
        name="XI_INDEX_XD",
        core=total_return.xd_adjustment,
        explain=total_return.explain_xd_adjustment,
        params=(
            Param("dividends", PRICES, "Gross dividends per share going ex; 0 for none."),
            SHARES,
            DIVISOR,
            FREE_FLOAT,
            CAPPING,
            Param(
                "fx",
                PRICES,
                "Index currency per unit of the dividend's currency, which multiplies; blank is 1, as for dividends "
                "already in index currency.",
                1.0,
            ),
            Param(
                "withholding",
                VECTOR,
                "Withholding tax as a fraction, one for all or one per member; blank is 0 (gross return).",
                0.0,
            ),
        ),
        help="XD adjustment: the dividends of a day in index points, gross or net of withholding tax.",
        group="Index",
        template="psi20_index",
        examples=(
            Example(
                ([[1.0, 0.0]], [[1000.0, 500.0]], 200.0, 1.0, 1.0, 1.0, 0.25),
                3.75,
                "1000 shares x 1.00 less a quarter, divided by 200",
            ),
        ),
    ),
    Entry(
        name="XI_TOTAL_RETURN",
        core=total_return.total_return_level,
        explain=total_return.explain_total_return_level,
        params=(
            Param("previous_tr", NUMBER, "Total return level of the previous session."),
            Param("previous_level", NUMBER, "Price index level of the previous session."),
            Param("level", VECTOR, "Price index level, or a column of levels that are chained."),
            Param("xd", VECTOR, "XD adjustment in index points, one per level; blank is 0.", 0.0),
        ),
        help="Total return level: previous total return x (level + XD) / previous level; columns chain.",
        group="Index",
        template="psi20_index",
        examples=(
            Example(
                (2500.0, 2500.0, 2625.0, 40.0),
                2665.0,
                "practice question: level 2500 to 2625 with 40 points distributed is +6.6 %",
            ),
        ),
    ),
    Entry(
        name="XI_FREE_FLOAT_BAND",
        core=free_float.free_float_band,
        explain=free_float.explain_free_float_band,
        each=True,
        params=(
            Param("free_float", NUMBER_EACH, "Raw free float as a fraction: 62 % is 0.62."),
            Param("band", NUMBER, "Width of a band; blank is 0.05.", 0.05),
            Param("direction", WORD, "up, nearest or down; blank is up.", "up"),
        ),
        help="Free-float factor: the raw free float rounded to a band, exact multiples staying where they are.",
        group="Index",
        template="psi20_index",
        examples=(
            Example((1.0 - 0.7,), 0.3, "an exact multiple stays, whatever binary noise it carries"),
            Example(([[0.15], [0.1500001], [0.62]],), [[0.15], [0.2], [0.65]], "PSI 20 rule book, 8.1"),
        ),
    ),
    Entry(
        name="XI_CAPPING_FACTORS",
        core=capping.capping_factors,
        explain=capping.explain_capping_factors,
        params=(
            VALUES,
            CAP,
            Param(
                "capped_set",
                FLAGS,
                "TRUE for members that may be capped, for example those added at a quarterly review; blank is all.",
                None,
            ),
        ),
        help="Capping factors between 0 and 1 that bring every weight to the cap or below.",
        group="Index",
        template="psi20_index",
        examples=(
            Example(
                ([[8.8e9], [2.0e9]], 0.12, [[False], [True]]),
                [[1.0], [0.6]],
                "one added member of 2 bn beside 8.8 bn: 12 % of 10 bn is 1.2 bn",
            ),
        ),
    ),
    Entry(
        name="XI_CAPPED_WEIGHTS",
        core=capping.capped_weights,
        explain=capping.explain_capped_weights,
        params=(VALUES, CAP),
        help="Weights after capping, as fractions that add up to 1.",
        group="Index",
        template="psi20_index",
        examples=(
            Example(
                ([[0.5], [0.3], [0.2]], 0.4),
                [[0.4], [0.36], [0.24]],
                "test vector of the py-beacon project",
            ),
            Example(
                ([[0.6], [0.2], [0.2]], 0.5),
                [[0.5], [0.25], [0.25]],
                "test vector of the bt project",
            ),
        ),
    ),
)
