"""Checks of the index workbook, most important first."""

from __future__ import annotations

from xlidx.templates.parts import equal, within

CHECKS = (
    within("Price index: function - replica", "=MAX({hist.level_diff})", "Calc block 6: SUMPRODUCT over the members."),
    within(
        "Divisor: function / replica - 1",
        "=MAX({hist.divisor_diff})",
        "Calc block 6: base date and special dividends.",
    ),
    within(
        "Divisor gives the base level, and no event moves the level",
        "=MAX({ret.jump})",
        "Calc block 7: value / divisor is the same before and after each divisor change.",
    ),
    within("XD, gross and net: function - replica", "=MAX({hist.xd_diff})", "Calc block 6: dividends in index points."),
    within(
        "Net and gross return: function - replica",
        "=MAX({ret.net_diff},{ret.gross_diff})",
        "Calc block 7: levels chained session by session.",
    ),
    within(
        "Gross return at or above net return", "=MAX({ret.order})", "Calc block 7: largest excess of net over gross."
    ),
    within("Free-float factor: function - replica", "=MAX({mem.band_diff})", "Calc block 1: largest difference."),
    within(
        "Free-float factors are multiples of 5 %",
        "=MAX({mem.off})",
        "Calc block 1: the rule book has bands of 5 %; another band on Inputs turns this red.",
    ),
    within(
        "Capping factor: function - replica", "=MAX({fac.factor_diff})", "Calc block 3: T from the table of block 2."
    ),
    within("Capped weight: function - replica", "=MAX({fac.weight_diff})", "Calc block 3: largest difference."),
    within("No capped weight above the cap", "=MAX({fac.above})", "Calc block 3: largest excess on the base date."),
    within(
        "Capped members at the cap, the others with factor 1",
        "=MAX({fac.rest})",
        "Calc block 3: no member is cut deeper than the cap asks.",
    ),
    within("Capped weights add up to 1", "=ABS(SUM({fac.weight})-1)", "Calc block 3."),
    within("Weights on the as-of date: function - replica", "=MAX({now.diff})", "Calc block 8: largest difference."),
    within("Weights on the as-of date add up to 1", "=ABS(SUM({now.weight})-1)", "Calc block 8."),
    equal(
        "Closes filled in",
        "=COUNT({p.closes})",
        "=COUNT({q.shares})*COUNT({p.day})",
        "Prices: one close per member and session.",
    ),
    equal("Sessions out of order", "=SUM({ret.late})", "=0", "Prices: dates must rise."),
    equal("As-of date is a session", "=COUNTIF({p.day},AsOf)", "=1", "Inputs: choose a session of sheet Prices."),
    equal("Codes that stand once", "=SUM({fac.once})", "=COUNT({q.shares})", "Members: no company is counted twice."),
    within(
        "Dividends all find their member and session",
        "=ABS(SUM({d.amount})-SUM({mx.ordinary})-SUM({mx.special}))",
        "Dividends: an unknown code, type or date leaves a rest.",
    ),
    equal(
        "Rows of Calc in error",
        "=SUM({ret.errors})+SUM({now.errors})",
        "=0",
        "Calc blocks 7 and 8: rows with any error value.",
    ),
)
