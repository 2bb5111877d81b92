"""Checks of the turbo desk, most important first."""

from __future__ import annotations

from xlidx.templates.parts import equal, within

SERIES = "=COUNT({t.series})"
CHECKS = (
    equal(
        "Issue prices reproduced to the cent",
        "=SUM({issue.match})",
        SERIES,
        "Calc block 2: all printed prices follow from the levels and one spot per underlying. Red once a spot moves.",
    ),
    within(
        "Printed stop-loss price = financing level",
        "=MAX({test.equal})",
        "Calc block 8: for best certificates barrier equals strike.",
    ),
    within(
        "Rolled stop-loss price = financing level", "=MAX({test.rolled})", "Calc block 8: the same on the as-of date."
    ),
    equal(
        "ISINs with a right check digit", "=SUM({test.digit})", SERIES, "Calc block 8: XI_CHECK_ISIN for every series."
    ),
    equal(
        "WKN = characters 6 to 11 of the ISIN", "=SUM({test.wkn})", SERIES, "Calc block 8: identifiers belong together."
    ),
    equal(
        "ISINs that stand once in the table", "=SUM({test.once})", SERIES, "Calc block 8: no series is counted twice."
    ),
    equal(
        "Spread up to its maximum", "=SUM({test.spread})", SERIES, "Calc block 8: items 9 and 10 of the Final Terms."
    ),
    equal(
        "Premium within its bounds", "=SUM({test.premium})", SERIES, "Calc block 8: items 11 to 13 of the Final Terms."
    ),
    within("Issue price: function - replica", "=MAX({issue.diff})", "Calc block 2: largest difference."),
    within("Financing level: function - replica", "=MAX({roll.diff})", "Calc block 3: largest difference."),
    within("Stop-loss price: function - replica", "=MAX({roll.stop_diff})", "Calc block 3: largest difference."),
    within(
        "Value, leverage, distance: function - replica",
        "=MAX({value.diff},{value.leverage_diff},{value.distance_diff})",
        "Calc block 4: largest difference.",
    ),
    within("Stop-loss event: function - replica", "=MAX({settle.event_diff})", "Calc block 5: largest difference."),
    within(
        "Settlement: function - replica",
        "=MAX({settle.exercise_diff},{settle.stopped_diff})",
        "Calc block 5: largest difference, on exercise and on a stop loss.",
    ),
    within(
        "Series book agrees with the single functions",
        "=MAX({agree.level},{agree.stop_loss},{agree.value},{agree.paid},{agree.leverage},{agree.distance},{agree.state})",
        "Calc block 7: XI_TURBO_BOOK against blocks 3 to 5.",
    ),
    equal(
        "Series in state error",
        '=COUNTIF({book.state},"error")',
        "=0",
        "Calc block 6: the note beside the state says what is wrong.",
    ),
    equal("Rows of Calc in error", "=SUM({test.errors})", "=0", "Calc block 8: counts rows with any error value."),
    equal(
        "Underlyings whose range of the day misses the spot",
        "=SUMPRODUCT(({m.low_used}>{m.spot})+({m.high_used}<{m.spot}))",
        "=0",
        "Market: low must not be above, high not below the spot.",
    ),
    equal(
        "Days by which the as-of date precedes the level date",
        "=MAX(0,LevelDate-AsOf)",
        "=0",
        "Inputs: levels are rolled forward only.",
    ),
    equal(
        "Certificates due more on a stop loss than zero",
        "=SUM({settle.stopped})",
        "=0",
        "Calc block 5: best certificates pay nothing on a stop-loss event.",
    ),
)
