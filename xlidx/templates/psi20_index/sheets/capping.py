"""Capping sheet of the index workbook: the rule book's cap against a what-if cap, with chart and replicas."""

from __future__ import annotations

from xlidx.templates.kit.blocks import Block, Field, difference, lay
from xlidx.templates.kit.cards import cards
from xlidx.templates.kit.charts import Chart, add_chart, bars
from xlidx.templates.kit.places import Places, in_order
from xlidx.templates.kit.style import SERIES as COLOURS
from xlidx.templates.kit.style import Desk, add_sheet, printed, section
from xlidx.templates.psi20_index.calc.cap import CLOSED_FORM, capped_value, largest
from xlidx.templates.psi20_index.sample.members import LINES

HOME, WIDE = "Capping", len(LINES)
TABLE = 28


def _of_cap(key: str, cap: str, title: str) -> tuple[Field, ...]:
    """Return factor, replica, difference and weight for one of the two caps."""
    factor, replica = f"factor_{key}", f"replica_{key}"
    call = f"=XI_CAPPING_FACTORS({{value}},{cap})"
    text = f"=IF({{value}}=0,1,MIN(1,INDEX({{cut.limit_{key}:}},MATCH(1,{{cut.fits_{key}:}},0))/{{value}}))"
    weight = f"={{value}}*{{{factor}}}/SUMPRODUCT({{value:}},{{{factor}:}})"
    return (
        Field(factor, f"Factor, {title}", "function", "factor", "function", call),
        Field(replica, "Replica", "factor", "factor", "formula", text),
        difference(f"diff_{key}", factor, replica),
        Field(f"weight_{key}", f"Weight, {title}", "of index", "fraction", "formula", weight),
    )


# fmt: off
WHAT_IF = Block(
    "wi",
    "1  Market values on the as-of date, factors and weights under both caps",
    "Market value = shares x free-float factor x close x FX, before capping. All members are capped anew.",
    (
        Field("code", "ISIN", "", "general", "cross", "={now.code}"),
        Field("name", "Company", "", "general", "cross", "={now.name}"),
        Field("value", "Market value", "EUR, uncapped", "count", "cross",
              "={now.shares}*{line.band}*{now.price}*{now.fx}"),
        Field("plain", "Weight, uncapped", "of index", "fraction", "formula", "={value}/SUM({value:})"),
        *_of_cap("rule", "Cap", "cap"),
        *_of_cap("what", "WhatIfCap", "what-if"),
        Field("change", "Change", "what-if - cap", "fraction", "formula", "={weight_what}-{weight_rule}"),
        Field("above", "Above its cap", "of index", "diff", "cross",
              "=MAX(0,{weight_rule}-Cap,{weight_what}-WhatIfCap)"),
    ),
    WIDE,
)
# fmt: on
SOLUTION = Block(
    "cut",
    "2  Closed form: the largest value T that a member may keep",
    CLOSED_FORM,
    (
        *largest("wi.value"),
        *capped_value("_rule", "Cap", "cap", "T, cap"),
        *capped_value("_what", "WhatIfCap", "what-if", "T, what-if"),
    ),
    WIDE - 3,
)
CHART = Chart(
    "column",
    "Weights on the as-of date: uncapped, at the cap, at the what-if cap",
    "0%",
    1,
    (1500, 400),
    [
        ("Uncapped", "wi.code", "wi.plain", bars("#C9D2DE", 45)),
        ("Cap", "wi.code", "wi.weight_rule", bars(COLOURS[1], 45)),
        ("What-if cap", "wi.code", "wi.weight_what", bars(COLOURS[2], 45)),
    ],
)
FIGURES = (
    (1, 1, "As of", "=AsOf", "date"),
    (2, 2, "Cap / members capped", '=TEXT(Cap,"0.0%")&" / "&COUNTIF({wi.factor_rule},"<1")', "general"),
    (3, 4, "What-if cap / members capped", '=TEXT(WhatIfCap,"0.0%")&" / "&COUNTIF({wi.factor_what},"<1")', "general"),
    (5, 6, "Largest weight uncapped", "=MAX({wi.plain})", "fraction"),
    (7, 8, "Largest weight, what-if", "=MAX({wi.weight_what})", "fraction"),
    (9, 11, "One-way turnover from cap to what-if", "=SUMPRODUCT(({wi.change}>0)*{wi.change})", "fraction"),
)


def add_capping(desk: Desk, places: Places) -> None:
    """Write the sheet."""
    widths = (17, 22, 19, 14, 15, 15, 13, 14, 15, 15, 13, 14, 14, 14)
    lead = "What another cap would do to the composition of the as-of date; change WhatIfCap on sheet Inputs."
    sheet = add_sheet(desk, HOME, "calc", widths, lead)
    places.put("cut", SOLUTION.rows, HOME, TABLE + WIDE + 9, in_order([field.key for field in SOLUTION.fields]))
    section(desk, sheet, 6, "Weights before and after capping", len(widths))
    row = lay(desk, sheet, places, (WHAT_IF, SOLUTION), TABLE)
    cards(desk, sheet, places, FIGURES, (12, 14))
    add_chart(desk, sheet, places, CHART)
    printed(sheet, row - 2, len(widths), scale=56, breaks=[TABLE + WIDE + 5])
