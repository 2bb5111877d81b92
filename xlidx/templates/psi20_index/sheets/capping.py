"""Capping sheet of the index workbook: the rule book's cap against a what-if cap, with chart and replicas."""

from __future__ import annotations

from typing import Any

from xlidx.templates.kit.blocks import Block, Field, lay
from xlidx.templates.kit.cards import card, status_card
from xlidx.templates.kit.places import Places
from xlidx.templates.kit.style import SERIES as COLOURS
from xlidx.templates.kit.style import Desk, add_sheet, dress, section
from xlidx.templates.psi20_index.sample.members import LINES

HOME, WIDE = "Capping", len(LINES)
TABLE = 28


def _of_cap(key: str, cap: str, title: str) -> tuple[Field, ...]:
    """Return factor, replica, difference and weight for one of the two caps."""
    replica = f"=IF({{value}}=0,1,MIN(1,INDEX({{cut.limit_{key}:}},MATCH(1,{{cut.fits_{key}:}},0))/{{value}}))"
    return (
        Field(
            f"factor_{key}",
            f"Factor, {title}",
            "function",
            "factor",
            "function",
            f"=XI_CAPPING_FACTORS({{value}},{cap})",
        ),
        Field(f"replica_{key}", "Replica", "factor", "factor", "formula", replica),
        Field(f"diff_{key}", "Difference", "absolute", "diff", "formula", f"=ABS({{factor_{key}}}-{{replica_{key}}})"),
        Field(
            f"weight_{key}",
            f"Weight, {title}",
            "of index",
            "fraction",
            "formula",
            f"={{value}}*{{factor_{key}}}/SUMPRODUCT({{value:}},{{factor_{key}:}})",
        ),
    )


def _solved(key: str, cap: str, title: str) -> tuple[Field, ...]:
    """Return the closed form of the capped value for one of the two caps."""
    return (
        Field(f"room_{key}", f"1 - k x {title}", "fraction", "factor", "cross", f"=1-{{k}}*{cap}"),
        Field(
            f"limit_{key}",
            f"T, {title}",
            "EUR",
            "count",
            "cross",
            f"=IF({{room_{key}}}>Tolerance,{cap}*{{others}}/{{room_{key}}},0)",
        ),
        Field(
            f"fits_{key}",
            "Fits",
            "1 = yes",
            "flag",
            "cross",
            f"=IF({{room_{key}}}>Tolerance,IF({{next}}*(1-1E-12)<={{limit_{key}}},1,0),0)",
        ),
    )


WHAT_IF = Block(
    "wi",
    "1  Market values on the as-of date, factors and weights under both caps",
    "Market value = shares x free-float factor x close x FX, before capping. All members are capped anew.",
    (
        Field("code", "ISIN", "", "general", "cross", "={now.code}"),
        Field("name", "Company", "", "general", "cross", "={now.name}"),
        Field(
            "value", "Market value", "EUR, uncapped", "count", "cross", "={now.shares}*{line.band}*{now.price}*{now.fx}"
        ),
        Field("plain", "Weight, uncapped", "of index", "fraction", "formula", "={value}/SUM({value:})"),
        *_of_cap("rule", "Cap", "cap"),
        *_of_cap("what", "WhatIfCap", "what-if"),
        Field("change", "Change", "what-if - cap", "fraction", "formula", "={weight_what}-{weight_rule}"),
        Field(
            "above",
            "Above its cap",
            "of index",
            "diff",
            "cross",
            "=MAX(0,{weight_rule}-Cap,{weight_what}-WhatIfCap)",
        ),
    ),
    WIDE,
)
SOLUTION = Block(
    "cut",
    "2  Closed form: the largest value T that a member may keep",
    "With k members capped, T = cap x (value of the others) / (1 - k x cap); the first k that fits counts.",
    (
        Field("k", "k", "members capped", "flag", "formula", "={n}-1"),
        Field("next", "Next largest", "EUR", "count", "formula", "=LARGE({wi.value:},{n})"),
        Field("others", "Others", "EUR", "count", "formula", "={others-}-{next-}", "=SUM({wi.value:})"),
        *_solved("rule", "Cap", "cap"),
        *_solved("what", "WhatIfCap", "what-if"),
    ),
    WIDE - 3,
)


def add_capping(desk: Desk, places: Places) -> Any:
    """Write the sheet."""
    widths = (17, 22, 19, 14, 15, 15, 13, 14, 15, 15, 13, 14, 14, 14)
    lead = "What another cap would do to the composition of the as-of date; change WhatIfCap on sheet Inputs."
    sheet = add_sheet(desk, HOME, "calc", widths, lead)
    columns = {field.key: 1 + offset for offset, field in enumerate(SOLUTION.fields)}
    places.put("cut", SOLUTION.rows, HOME, TABLE + WIDE + 9, columns)
    section(desk, sheet, 6, "Weights before and after capping", len(widths))
    row = lay(desk, sheet, places, (WHAT_IF, SOLUTION), TABLE)
    _cards(desk, sheet, places)
    _chart(desk, sheet, places)
    sheet.print_area(0, 0, row - 2, len(widths))
    sheet.set_print_scale(56)
    sheet.set_h_pagebreaks([TABLE + WIDE + 5])
    return sheet


def _cards(desk: Desk, sheet: Any, places: Places) -> None:
    def column(name: str) -> str:
        return places.column(name, HOME)

    figures = (
        ((3, 1, 1), "As of", "=AsOf", "date"),
        (
            (3, 2, 2),
            "Cap / members capped",
            f'=TEXT(Cap,"0.0%")&" / "&COUNTIF({column("wi.factor_rule")},"<1")',
            "general",
        ),
        (
            (3, 3, 4),
            "What-if cap / members capped",
            f'=TEXT(WhatIfCap,"0.0%")&" / "&COUNTIF({column("wi.factor_what")},"<1")',
            "general",
        ),
        ((3, 5, 6), "Largest weight uncapped", f"=MAX({column('wi.plain')})", "fraction"),
        ((3, 7, 8), "Largest weight, what-if", f"=MAX({column('wi.weight_what')})", "fraction"),
        (
            (3, 9, 11),
            "One-way turnover from cap to what-if",
            f"=SUMPRODUCT(({column('wi.change')}>0)*{column('wi.change')})",
            "fraction",
        ),
    )
    for place, caption, text, number in figures:
        card(desk, sheet, place, caption, text, number)
    status_card(desk, sheet, (3, 12, 14))


def _chart(desk: Desk, sheet: Any, places: Places) -> None:
    chart = desk.book.add_chart({"type": "column"})
    shown = (
        ("plain", "Uncapped", "#C9D2DE"),
        ("weight_rule", "Cap", COLOURS[1]),
        ("weight_what", "What-if cap", COLOURS[2]),
    )
    for key, title, colour in shown:
        series = {
            "name": title,
            "categories": f"={places.column('wi.code')}",
            "values": f"={places.column(f'wi.{key}')}",
            "fill": {"color": colour},
            "gap": 45,
            "overlap": 0,
        }
        chart.add_series(series)
    dress(chart, "Weights on the as-of date: uncapped, at the cap, at the what-if cap", "0%")
    chart.set_size({"width": 1500, "height": 400})
    sheet.insert_chart(7, 1, chart, {"x_offset": 4, "y_offset": 4, "object_position": 2})
