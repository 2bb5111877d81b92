"""Refusals of a path that need a family, an accrual or a kind of their own: each is the fault of its series alone."""

import datetime as dt

import numpy as np
import pytest

from xlidx.turbo.path.daily import financing_paths
from xlidx.turbo.path.inputs import History, PathMarket, PathRules, path_terms

MONDAY, TUESDAY = dt.date(2020, 2, 3), dt.date(2020, 2, 4)


@pytest.mark.rule("ing_open_end_turbo", "C.3")
@pytest.mark.parametrize(
    ("terms", "market", "accrual", "sentence"),
    [
        ({"family": "currency"}, {"rates": [[0.01, 0.9]], "base_rates": [[0.0, -0.9]]}, "simple",
         "#NUM! rate difference is 1.8 but must lie between -1 and 1 - series 2, 2020-02-04 - check the two rates"),
        ({"family": "currency"}, {"rates": 0.01, "base_rates": [[0.0, np.nan]]}, "simple",
         "#N/A base rate is missing - series 2, 2020-02-04 - give a fraction: 3.5 % is 0.035"),
        ({"family": "currency"}, {"rates": 0.01, "base_rates": [[0.0, 1.5]]}, "simple",
         "#NUM! base rate is 1.5 but must lie between -1 and 1 - series 2, 2020-02-04 - give a fraction"),
        ({"side": "short"}, {"rates": [[0.01, -0.6]], "spreads": [[0.03, 0.5]]}, "geometric",
         "#NUM! yearly cost is -1.1 but must be above -1 - series 2, 2020-02-04 - use simple or daily accrual"),
        ({"side": "short", "family": "index future"}, {"spreads": [[0.03, 1.0]]}, "geometric",
         "#NUM! yearly cost is -1 but must be above -1 - series 2, 2020-02-04 - use simple or daily accrual"),
        ({"kind": "open ended", "rounding": [0.1, 0.0]}, {"rates": 0.01, "premiums": 0.05}, "simple",
         "#NUM! stop-loss rounding is 0 but must be above 0 - series 2 - give the unit, for example 0.01"),
        ({"kind": "open ended", "rounding": [0.1, -0.1]}, {"rates": 0.01, "premiums": 0.05}, "simple",
         "#NUM! stop-loss rounding is -0.1 but must be above 0 - series 2"),
        ({"kind": "open ended", "minimum_premium": [0.0, 0.3], "maximum_premium": 0.2},
         {"rates": 0.01, "premiums": 0.05}, "simple",
         "#NUM! minimum premium is 0.3 but must lie between 0 and the maximum premium"),
        ({"kind": "open ended", "minimum_premium": [0.0, 0.06]}, {"rates": 0.01, "premiums": 0.05}, "simple",
         "#NUM! premium is 0.05 but must lie within minimum and maximum premium - series 2, 2020-02-04"),
        ({"kind": "open ended", "side": "short", "rounding": [0.1, 2000.0]}, {"rates": 0.01, "premiums": 0.05},
         "simple", "#NUM! stop-loss price is 0 but must be above 0 - series 2, 2020-02-04 - check the premium"),
        ({"family": "index future"}, {"rollovers": [[0.0, np.inf]]}, "simple",
         "#NUM! roll-over is inf but must be a number"),
        ({"end_event": ["exercise", "stop loss"], "end_date": TUESDAY}, {"rates": 0.01}, "simple",
         "#NUM! end event is stop loss but must be exercise or issuer call"),
    ],
)  # fmt: skip
def test_a_refusal_is_the_fault_of_its_series_alone(terms, market, accrual, sentence):
    two = path_terms(**{"side": "long", "level": [1000.0, 1000.0], "level_date": MONDAY} | terms)
    quotes = PathMarket(**{"spreads": 0.03} | {name: np.asarray(value) for name, value in market.items()})
    paths = financing_paths(two, [TUESDAY], quotes, PathRules(accrual=accrual))
    assert list(paths.faults) == [1]
    assert paths.faults[1].sentence.startswith(sentence)
    assert paths.state[1] == "error"
    assert np.isnan(paths.kept["financing_level"][0, 1])
    assert paths.state[0] != "error"
    assert np.isfinite(paths.kept["financing_level"][0, 0])


@pytest.mark.rule("ing_open_end_turbo", "C.8")
def test_a_premium_may_stand_on_its_bounds():
    bounds = {"minimum_premium": [0.05, 0.0], "maximum_premium": [0.2, 0.05]}
    two = path_terms(side="long", level=[1000.0, 1000.0], level_date=MONDAY, kind="open ended", **bounds)
    market = PathMarket(rates=0.01, spreads=0.03, premiums=0.05)
    paths = financing_paths(two, [MONDAY, TUESDAY], market, keep=("stop_loss",))
    assert paths.state.tolist() == ["live", "live"]
    assert paths.kept["stop_loss"][-1] == pytest.approx([1050.0, 1050.0])


@pytest.mark.parametrize(
    ("column", "fits"),
    [([0, 1], True), ([1, 1], True), ([-1, 1], False), ([0, 2], False), ([2, 0], False), ([0, 0, 1], False)],
)
def test_a_shared_history_names_columns_that_are_there(column, fits):
    # Two series share a history of two underlyings over one day.
    assert History(np.array([[0.01, 0.02]]), np.array(column)).fits(1, 2) is fits


def test_a_history_for_no_series_fits_none():
    assert History(np.zeros((1, 1)), np.zeros(0, dtype=np.intp)).fits(1, 0)
    assert not History(np.zeros((1, 1)), np.zeros(0, dtype=np.intp)).fits(1, 2)
