"""Checks of the index workbook by theme, most important first."""

from __future__ import annotations

from xlidx.templates.kit.checks import Check, equal, within

LEVELS = (
    within("Price index: function - replica", "=MAX({hist.level_diff})", "Calc block 7: SUMPRODUCT over the basket."),
    within(
        "Divisor: function / replica - 1",
        "=MAX({hist.divisor_diff})",
        "Calc block 7: base date, and every day of actions by the changes of value of block 6.",
    ),
    within(
        "Divisor gives the base level, and no event moves the level",
        "=MAX({ret.jump})",
        "Calc block 8: value / divisor is the same before and after each divisor change.",
    ),
    within("XD, gross and net: function - replica", "=MAX({hist.xd_diff})", "Calc block 7: dividends in index points."),
    within(
        "Net and gross return: function - replica",
        "=MAX({ret.net_diff},{ret.gross_diff})",
        "Calc block 8: levels chained session by session.",
    ),
    within(
        "Gross return at or above net return", "=MAX({ret.order})", "Calc block 8: largest excess of net over gross."
    ),
    within(
        "History in one call: levels and divisor - replica",
        "=MAX({hr.diff})",
        "History: XI_INDEX_HISTORY against the chains on Calc, every session; the divisor as a ratio.",
    ),
    within(
        "History on the last session: price, net, gross - replica",
        "=ABS(INDEX({hs.price},ROWS({hs.price}))-INDEX({hist.level_replica},ROWS({hs.price})))"
        "+ABS(INDEX({hs.net},ROWS({hs.price}))-INDEX({ret.net_replica},ROWS({hs.price})))"
        "+ABS(INDEX({hs.gross},ROWS({hs.price}))-INDEX({ret.gross_replica},ROWS({hs.price})))",
        "History and Calc: where all days and actions have come together.",
    ),
    within(
        "Divisor log: new = old x value after / value before",
        "=MAX({lg.diff})",
        "History: every row of the log recomputed from its own values, as a ratio.",
    ),
    within(
        "Divisor log ends at the divisor of the last session",
        "=ABS(INDEX({lg.new},COUNT({lg.new}))/INDEX({hist.divisor_replica},ROWS({hist.divisor_replica}))-1)",
        "History and Calc: the log alone gives the divisor; as a ratio.",
    ),
)
WEIGHTS = (
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
    within("Weights on the as-of date: function - replica", "=MAX({now.diff})", "Calc block 9: largest difference."),
    within("Weights on the as-of date add up to 1", "=ABS(SUM({now.weight})-1)", "Calc block 9."),
    within(
        "Both caps of sheet Capping: factor - closed form",
        "=MAX({wi.diff_rule},{wi.diff_what})",
        "Capping block 1 against the largest value T of block 2.",
    ),
    within(
        "Both caps of sheet Capping: no weight above its cap",
        "=MAX({wi.above})",
        "Capping block 1: largest excess of a weight over its cap.",
    ),
)
ACTIONS = (
    within(
        "Day of actions: divisor of the netted step / replica - 1",
        "=ABS(INDEX({ap.divisor},1)/INDEX({hist.divisor_replica},MATCH(ActionDay,{p.day},0))-1)",
        "Actions: XI_APPLY_ACTIONS for the chosen day against the chain on Calc.",
    ),
    within(
        "Day of actions: shares of the new composition / Daily - 1",
        "=MAX({ap.diff})",
        "Actions block 2: every member's number of shares.",
    ),
    equal(
        "Day of actions: members of the new composition",
        "=COUNT({ap.shares})",
        "=SUMPRODUCT(--(INDEX({dx.shares},MATCH(ActionDay,{p.day},0),0)>0))",
        "Actions block 2 against the row of sheet Daily: nobody is missing, nobody stayed too long.",
    ),
    within(
        "Calculators: function - replica",
        "=MAX({calc0.diff},{calc1.diff},{calc2.diff},{calc3.diff})",
        "Actions block 3: adjusted prices and the share part of the bid.",
    ),
    equal("Actions that find no session or company", "=SUM({act.lost})", "=0", "Calc block 5: sheet Events."),
)
REVIEW = (
    equal(
        "Cut-off is one of the year's review cut-offs",
        "=COUNTIF({rd.cut_off},CutOff)",
        "=1",
        "Review block 1: last Fridays of February, May, August and November by the Lisbon calendar.",
    ),
    equal(
        "Candidates said to be members, or not, against the composition",
        "=SUM({cand.wrong})",
        "=0",
        "Calc block 16: composition in force on the cut-off date.",
    ),
    equal(
        "Members without a row among the candidates",
        "=COUNT({cur.shares})-SUM({cand.held})",
        "=0",
        "Calc blocks 15 and 16: a review needs every constituent.",
    ),
    Check(
        text="Closes of the candidates = closes x FX of the cut-off date",
        value="=MAX({cand.gap})",
        test="<=",
        limit="=CloseTolerance",
        number="diff",
        meaning="Calc block 16: largest difference, for companies with a column on sheet Prices.",
    ),
    within(
        "Review rank and size: function - replica",
        "=MAX({sel.diff})",
        "Review block 2: sizes by ordinary formulas and their ranking.",
    ),
    equal(
        "Companies in the new composition outside 18 to 20",
        "=MAX(0,MemberFewest-SUM({sel.picked}))+MAX(0,SUM({sel.picked})-MemberMost)",
        "=0",
        "Review block 2: too few or too many.",
    ),
    equal(
        "Selection and new composition have as many companies",
        '=COUNTIF({upd.new_shares},">0")',
        "=SUM({sel.picked})",
        "Review blocks 2 and 3.",
    ),
    within("New weights: function - replica", "=MAX({upd.diff})", "Review block 3: at the composition closes."),
    within("New weights add up to 1", "=ABS(SUM({upd.weight})-1)", "Review block 3."),
    within(
        "New capping factors follow their rule",
        "=MAX({upd.rest})",
        "Review block 3: at a quarterly review capped shares are kept, and none that joins is above the cap; at an "
        "annual one nobody is.",
    ),
)
DATA = (
    equal(
        "Published figures are of the as-of date",
        "=IF(PublishedDate=AsOf,1,0)",
        "=1",
        "Reconciliation: the date beside the published levels.",
    ),
    Check(
        text="Published levels within their tolerance",
        value="=MAX({pl.diff})",
        test="<=",
        limit="=LevelTolerance",
        number="exact",
        meaning="Reconciliation block 1: published with two decimals.",
    ),
    Check(
        text="Published weights within their tolerance",
        value="=MAX({pw.diff})",
        test="<=",
        limit="=WeightTolerance",
        number="diff",
        meaning="Reconciliation block 2: published as a percentage with two decimals.",
    ),
    equal(
        "Sections of the rule book without a settled status",
        "={rk.other}",
        "=0",
        "Rules: implemented, input or narrative; anything else is open.",
    ),
    equal(
        "Implemented sections that name no function",
        '=COUNTIFS({ru.status},"implemented",{ru.functions},"")',
        "=0",
        "Rules: an implemented section says where.",
    ),
    equal(
        "Closes missing after a first listing",
        "=SUMPRODUCT(--({dx.shares}>0),--({dx.eur}=0))",
        "=0",
        "Prices: a member has a close on every session.",
    ),
    equal("Sessions out of order", "=SUM({ret.late})", "=0", "Prices: dates must rise."),
    equal("As-of date is a session", "=COUNTIF({p.day},AsOf)", "=1", "Inputs: choose a session of sheet Prices."),
    equal(
        "ISINs that stand once",
        "=SUM({fac.once})",
        "=COUNT({q.shares})",
        "Members: no company is counted twice.",
    ),
    equal("Candidates that stand twice", "=SUM({cand.again})", "=0", "Calc block 16."),
    within(
        "Dividends all find their company and session",
        "=ABS(SUM({d.amount})-SUM({dx.paid}))",
        "Dividends: an unknown ISIN or date leaves a rest.",
    ),
    equal(
        "Rows of Calc in error",
        "=SUM({ret.errors})+SUM({now.errors})",
        "=0",
        "Calc blocks 8 and 9: rows with any error value.",
    ),
)
CHECKS = (*LEVELS, *WEIGHTS, *ACTIONS, *REVIEW, *DATA)
