"""Checks of the human capital workbook, in the order of its steps."""

from __future__ import annotations

from xlidx.templates.kit.checks import equal, within

# fmt: off
CHECKS = (
    within("Peers' averages and eight screens: function - replica",
           "=MAX({s.diff})", "Screens: AVERAGEIFS by sector and area, and all screens in one ordinary formula."),
    within("Value traded: function - replica",
           "=MAX({s.thin})", "Screens: the smaller of two averages against the limit."),
    within("Dividend yield and rank: function - replica",
           "=MAX({y.diff})", "Yield: dividend / close, and its rank in the pool."),
    within("Regions with less than their part of the selection",
           "=MAX({reg.few})", "Optimise: the largest part that is missing; RegionPart on Inputs is the part wanted."),
    equal("Candidates without prices",
          "=SUM({y.unpriced})",
          "=0",
          "Yield: a candidate without a column on Prices cannot be optimised; a larger yield filter needs more columns."),
    within("Closes of Universe against Prices on the selection day",
           "=SUM({q.diff})",
           "Optimise: closes of all securities with prices against the row of the selection day, as ratios."),
    equal("Selection day is session 126, and both adjustment days are of the year",
          "=MATCH(AsOf,{p.day},0)+COUNTIF({v.adjustment},BaseDay)",
          "=127", "Rebalance: XI_REVIEW_DATES gives the dates; the covariance reads the first 126 rows of Prices."),
    equal("Securities held", "=SUM({o.held})", "=NamesHeld", "Optimise: weights above zero."),
    within("Weights add up to 1", "=ABS(SUM({o.weight})-1)", "Optimise."),
    within("Weights within their limits", "=MAX({o.over})", "Optimise: every weight held, against both limits."),
    within("Sectors and regions within their limits",
           "=MAX({sec.over},{reg.over})", "Optimise: sums of weights by SUMIF against cap and floor."),
    within("Variance: function / replica - 1",
           "=ABS(INDEX({o.value},3)/_xlfn.VAR.S({m.move})-1)",
           "Optimise: variance of the daily returns of the portfolio, security by security."),
    equal("Status is optimal", '=COUNTIF({o.value},"optimal")', "=1", "Optimise: the search was not stopped."),
    within("Proven gap", "=INDEX({o.value},5)", "Optimise: how much better another portfolio could be at most.",
           limit="=GapTolerance"),
    within("Ten target weights: function - replica",
           "=MAX({w.diff})", "Rebalance block 2: start + m / 10 x (target - start)."),
    within("Target weights of every day add up to 1",
           "=MAX(MAX({ws.sum})-1,1-MIN({ws.sum}))", "Rebalance block 2: the largest distance of a sum from 1."),
    within("Numbers of shares: function - replica",
           "=MAX({n.diff})", "Rebalance block 4: weight x level / price of the day before."),
    within("Levels of the ten days: shares x prices - history",
           "=MAX({lv.diff})", "Rebalance block 4: a chain of ordinary formulas against XI_SHARE_INDEX_HISTORY."),
    within("Price, net and gross on the adjustment day - history",
           "=MAX({h.diff})", "Index: shares of the base date with split and dividend, against the history."),
    within("Event calculators: function - replica",
           "=MAX({k.diff})", "Events: XI_SHARES_ADJUST for the first split and the first dividend."),
)
# fmt: on
