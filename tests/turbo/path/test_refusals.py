"""Refusals of a path that need a family, an accrual or a kind of their own: each is the fault of its series alone."""

import datetime as dt

import numpy as np
import pytest

from xlidx.turbo.path.daily import financing_paths
from xlidx.turbo.path.inputs import PathMarket, PathRules, path_terms

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
