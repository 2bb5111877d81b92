"""Checks of the turbo desk, most important first."""

from __future__ import annotations

from xlidx.templates.kit.checks import equal, within

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
    within(
        "All days: financing level, function - replica",
        "=MAX({path.level_diff})",
        "Paths: largest difference over all series and days on which they live.",
    ),
    within("All days: stop-loss price, function - replica", "=MAX({path.stop_diff})", "Paths: the same."),
    within("All days: value, function - replica", "=MAX({path.value_diff})", "Paths: the same."),
    within("All days: stop-loss event, function - replica", "=SUM({path.event_diff})", "Paths: days that disagree."),
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
        "=MAX({agree.days},{agree.level},{agree.stop_loss},{agree.value},{agree.paid},{agree.leverage},{agree.distance},{agree.state})",
        "Calc block 7: XI_TURBO_BOOK against blocks 3 to 5.",
    ),
    within("Chosen series by day: function - replica", "=MAX({chain.diff})", "Roll: level and value of every day."),
    equal(
        "Events listed",
        "=COUNT({listed.date})",
        "=SUM({path.expected})",
        "Events: rows of the list against the events, dividends and resets of the chain of Paths.",
    ),
    within(
        "First stop-loss event: function - replica",
        "=MAX({watch.diff},{watch.price_diff})",
        "Events: date and level of the event, XI_TURBO_STOP_LOSS_WATCH against the chain of Paths.",
    ),
    within("Ways to settle: function - replica", "=MAX({one.diff})", "Settlement: exercise, issuer call, stop loss."),
    equal(
        "Valuation dates on or just after their anniversary",
        "=SUM({dates.sound})",
        "=ROWS({dates.sound})",
        "Settlement: a weekday, at most five days after the first weekday from the anniversary on.",
    ),
    equal(
        "Cash due for all certificates: function and book agree",
        "=TotalDue",
        "=SUMPRODUCT({book.settlement},{t.issued})",
        "Settlement: amounts of Calc block 5 against XI_TURBO_BOOK. Red with expenses, which the book does not know.",
    ),
    within("Carry, hedge, currency: function - replica", "=MAX({figure.diff})", "Scenario: largest difference."),
    within("Scenarios: function - replica", "=MAX({sreplica.diff})", "Scenario: level, value and state."),
    within(
        "New series: function - replica",
        "=MAX({rung.diff},{rung.price_diff},{rung.leverage_diff})",
        "Ladder: levels, issue prices, leverage.",
    ),
    within(
        "Table to paste: prices and levels of the ladder",
        "=MAX(ABS(SUM({paste.price})-SUM({rung.price_replica})),ABS(SUM({paste.level})-SUM({rung.replica})))",
        "Ladder: XI_TURBO_ISSUE_TABLE against the replicas.",
    ),
    within("Ladders of the 23 series rebuilt", "=MAX({proof.diff})", "Ladder: last level as printed, by underlying."),
    within(
        "Steps explained end at the results",
        '=ABS(INDEX({why_level.value},MATCH("F\'",{why_level.symbol},0))-{now.level})'
        '+ABS(INDEX({why_paid.value},MATCH("A",{why_paid.symbol},0))-INDEX({one.paid},MATCH(EventPick,{one.event},0)))',
        "Explain: last value of the steps of level and settlement.",
    ),
    equal(
        "Series in state error",
        '=COUNTIF({book.state},"error")',
        "=0",
        "Calc block 6: the note beside the state says what is wrong.",
    ),
    equal("Rows of Calc in error", "=SUM({test.errors})", "=0", "Calc block 8: counts rows with any error value."),
    equal(
        "Days whose range misses the level",
        "=SUMPRODUCT(({m.low_used}>{m.spot})+({m.high_used}<{m.spot}))",
        "=0",
        "Market: low must not be above, high not below the level.",
    ),
    equal(
        "Rows of market up to the as-of date",
        '=COUNTIFS({m.date},">="&LevelDate,{m.date},"<="&AsOf)',
        "=NETWORKDAYS(LevelDate,AsOf)*ROWS({u.underlying})",
        "Market: every weekday, holidays too, has one row per underlying.",
    ),
    equal("As-of date is a day of the market", "=COUNTIF({money.date},AsOf)", "=1", "Market: the day has rates."),
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
