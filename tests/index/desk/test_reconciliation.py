"""Our file: A 500 x 10 = 5000, B 400 x 20 = 8000, C 100 x 50 USD x 0.8 = 4000, D 300 x 10 USD x 0.8 = 2400, E 600 x 1.

20 000 EUR over the divisor 4 are 5000 points: A 1250, B 2000, C 1000, D 600, E 150; weights 25, 40, 20, 12, 3 %.
"""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlidx.errors import Kind, XlidxError
from xlidx.index.basket import Basket
from xlidx.index.desk.day_file import day_file
from xlidx.index.desk.reconciliation import PUBLISHED, Evidence, Tolerance, reconcile
from xlidx.tables import read

IDS = ("A", "B", "C", "D", "E")
SHARES = [1000.0, 500.0, 400.0, 300.0, 600.0]
FACTORS = [[0.5, 1.0, 0.25, 1.0, 1.0], [1.0, 0.8, 1.0, 1.0, 1.0]]
BASKET = Basket(IDS, SHARES, *FACTORS, ["EUR", "EUR", "USD", "USD", "EUR"])
CLOSES = np.array([10.0, 20.0, 50.0, 10.0, 1.0])
WEIGHTS = [0.25, 0.40, 0.20, 0.12, 0.03]
COUNTED = [500.0, 400.0, 100.0, 300.0, 600.0]
RATES = [1.0, 1.0, 0.8, 0.8, 1.0]


def own(**levels):
    day = date(2016, 3, 18)
    return day_file("end of day", day, "PSI20", "PTING0200002", BASKET, 4.0, CLOSES, {"USD": 0.8}, **levels)


def published(column, values, ids=IDS):
    return read(PUBLISHED, [["isin", column], *([name, value] for name, value in zip(ids, values, strict=True))])


def against(level, column="weight", values=WEIGHTS, evidence=None, tolerance=None, ids=IDS, **options):
    file = options.pop("file", own())
    table = published(column, values, ids)
    return reconcile(file, table, level, tolerance or Tolerance(), evidence or Evidence(), **options)


def causes(found):
    return found.members[["isin", "item", "cause"]].to_numpy().tolist()


def summary(found, *names):
    return found.summary.iloc[0][list(names)].tolist()


@pytest.mark.rule("psi20", "4.1")
@pytest.mark.parametrize(
    ("column", "values"), [("weight", WEIGHTS), ("price", CLOSES.tolist()), ("shares", COUNTED), ("fx", RATES)]
)
@pytest.mark.parametrize("level", [5000.0, 5000.005, 4999.995])
def test_the_same_numbers_agree_up_to_the_tolerance_of_the_level(column, values, level):
    found = against(level, column, values)
    assert found.members.empty
    assert summary(found, "state", "rest_cause", "members_effect") == ["agrees", "rounding", 0]
    assert list(found.members) == ["isin", "item", "own", "published", "points", "cause", "reason", "clause"]


def test_a_level_that_no_member_explains_is_unexplained():
    assert summary(against(5000.02), "state", "rest_cause") == ["unexplained", "unexplained"]
    # 0.02 apart is agreement for an index with that tolerance
    assert summary(against(5000.02, tolerance=Tolerance(level=0.02)), "state") == ["agrees"]


@pytest.mark.rule("psi20", "4.1")
def test_prices_by_hand():
    # A + 0.01 x 500 = 5 EUR = 1.25 points: cents.  B - 2 x 400 = - 800 EUR = - 200 points: its dividend of 2.
    # C 51 as the other source has it: + 100 x 0.8 = 80 EUR = 20 points.  E + 0.02 x 600 = 12 EUR = 3 points: unknown.
    evidence = Evidence(dividends={"B": 2.0}, prices={"C": 51.0})
    found = against(4824.25, "price", [10.01, 18.0, 51.0, 10.0, 1.02], evidence)
    assert causes(found) == [
        ["A", "price", "cents"], ["B", "price", "missed dividend"],
        ["C", "price", "price source"], ["E", "price", "unexplained"],
    ]  # fmt: skip
    assert found.members["points"].tolist() == pytest.approx([1.25, -200.0, 20.0, 3.0], rel=1e-12)
    assert found.members[["own", "published"]].iloc[1].tolist() == [20.0, 18.0]
    assert summary(found, "state", "rest_cause") == ["unexplained", "rounding"]
    assert summary(found, "difference", "members_effect") == pytest.approx([-175.75, -175.75], rel=1e-12)
    assert set(found.members["clause"]) == {"PSI 20 rule book v16-01, 4.1; PSI 20 rule book v16-01, 3.2"}
    explained = against(4821.25, "price", [10.01, 18.0, 51.0, 10.0, 1.0], evidence)
    assert summary(explained, "state") == ["explained"]


@pytest.mark.parametrize(("price", "cause"), [(10.01, "cents"), (9.99, "cents"), (10.0101, "unexplained")])
def test_a_cent_is_a_cent_in_binary_too(price, cause):
    found = against(5000.0, "price", [price, *CLOSES[1:].tolist()])
    assert causes(found) == [["A", "price", cause]]


@pytest.mark.rule("psi20", "4.2")
def test_shares_and_rates_by_hand_add_up_to_the_whole_difference():
    rows = [["isin", "price", "shares", "fx"], ["A", None, 550.0, None], ["B", 20.0, 400.0, None]]
    rows += [["C", 55.0, 110.0, 0.9], ["D", None, None, 0.8], ["E", None, None, None]]
    # A + 50 x 10 = 500 EUR = 125 points.  C 110 x 55 x 0.9 = 5445: price + 400, shares + 440, rate + 605 EUR.
    file, table = own(), read(PUBLISHED, rows)
    found = reconcile(file, table, 5000.0 + 125.0 + 361.25, Tolerance(), Evidence(shares={"A": 550.0}))
    assert causes(found) == [
        ["A", "shares", "shares"], ["C", "price", "unexplained"], ["C", "shares", "shares"], ["C", "fx", "FX"],
    ]  # fmt: skip
    assert found.members["points"].tolist() == pytest.approx([125.0, 100.0, 110.0, 151.25], rel=1e-12)
    assert found.members["reason"].iloc[[0, 2]].tolist() == [
        "shares of before or after a change", "another number of shares",
    ]  # fmt: skip
    assert summary(found, "rest") == pytest.approx([0.0], abs=1e-9)


def test_a_company_on_one_side_only():
    rows = [["isin", "weight", "price", "shares", "fx"]]
    rows += [[name, weight * 0.8, None, None, None] for name, weight in zip(IDS[:4], WEIGHTS[:4], strict=True)]
    found = reconcile(own(), read(PUBLISHED, [*rows, ["F", 0.2, None, None, None]]), 5000.0, Tolerance())
    members = found.members.set_index("isin")
    assert members.loc[["E", "F"], ["item", "cause"]].to_numpy().tolist() == [["member", "shares"]] * 2
    assert members.loc["E", "points"] == pytest.approx(-150.0, rel=1e-12)
    assert members.loc["F", "points"] == pytest.approx(1000.0, rel=1e-12)
    priced = reconcile(own(), read(PUBLISHED, [*rows, ["F", None, 8.0, 500.0, 1.0]]), 5000.0, Tolerance())
    assert priced.members.set_index("isin").loc["F", "points"] == pytest.approx(1000.0, rel=1e-12)


def shown(values, digits=4):
    """Level and weights, as printed, of a basket with these member values [EUR]."""
    values = np.array(values)
    return round(values.sum() / 4.0, 2), (values / values.sum()).round(digits).tolist()


@pytest.mark.rule("psi20", "4.1")
@pytest.mark.parametrize(
    ("values", "evidence", "wanted"),
    [
        ([5500.0, 8000.0, 4000.0, 2400.0, 600.0], Evidence(prices={"A": 11.0}), [["A", "weight", "price source"]]),
        ([4700.0, 8000.0, 4000.0, 2400.0, 600.0], Evidence(dividends={"A": 0.6}), [["A", "weight", "missed dividend"]]),
        ([5000.0, 8800.0, 4000.0, 2400.0, 600.0], Evidence(shares={"B": 440.0}), [["B", "weight", "shares"]]),
        ([5000.0, 8800.0, 4000.0, 2400.0, 600.0], Evidence(), [["B", "weight", "unexplained"]]),
        ([5000.0, 8000.0, 4000.0, 2400.0, 606.0], Evidence(), [["E", "weight", "cents"]]),
        (
            [5000.0, 8000.0, 4100.0, 2460.0, 600.0],
            Evidence(),
            [["C", "weight", "FX"], ["D", "weight", "FX"]],  # both USD names 2.5 % up: rate 0.82
        ),
        (
            [5000.0, 8000.0, 4100.0, 2600.0, 600.0],
            Evidence(),
            [["C", "weight", "unexplained"], ["D", "weight", "unexplained"]],
        ),
        ([5000.0, 8000.0, 4100.0, 2400.0, 600.0], Evidence(), [["C", "weight", "unexplained"]]),
        (
            [5125.0, 8200.0, 4000.0, 2400.0, 600.0],
            Evidence(),  # a common ratio of names in the index currency is no rate
            [["A", "weight", "unexplained"], ["B", "weight", "unexplained"]],
        ),
        (
            [5125.0, 8200.0, 4000.0, 2400.0, 615.0],
            Evidence(),  # not even of all of them
            [["A", "weight", "unexplained"], ["B", "weight", "unexplained"], ["E", "weight", "unexplained"]],
        ),
    ],
)
def test_weights_alone_tell_who_differs_and_mostly_why(values, evidence, wanted):
    level, weights = shown(values)
    found = against(level, values=weights, evidence=evidence)
    assert causes(found) == wanted
    gap = np.array(values) - [5000.0, 8000.0, 4000.0, 2400.0, 600.0]
    blur = Tolerance().weight * level
    assert found.members["points"].tolist() == pytest.approx(gap[gap != 0.0] / 4.0, abs=blur)
    assert summary(found, "rest_cause") == ["rounding"]
    state = "unexplained" if "unexplained" in str(wanted) else "explained"
    assert summary(found, "state") == [state]


def test_one_member_alone_in_its_currency_does_not_tell_a_rate_from_a_price():
    basket = Basket(("A", "C"), [500.0, 100.0], [1.0, 1.0], [1.0, 1.0], ("EUR", "USD"))
    day = date(2016, 3, 18)
    file = day_file("end of day", day, "PSI20", "PTING0200002", basket, 1.0, np.array([10.0, 50.0]), {"USD": 1.2})
    # 5000 + 6000; published at 1.25 USD: 5000 + 6250 = 11 250, weights 44.44 % and 55.56 %
    found = against(11_250.0, values=[0.4444, 0.5556], ids=("A", "C"), file=file)
    assert causes(found) == [["C", "weight", "unexplained"]]


def test_coarser_weights_need_a_wider_tolerance():
    level, weights = shown([5001.0, 8000.0, 4000.0, 2400.0, 600.0], digits=2)
    assert summary(against(level, values=weights, tolerance=Tolerance(weight=0.005, level=0.3)), "state") == ["agrees"]


@pytest.mark.rule("psi20", "7")
def test_a_dividend_missed_in_a_return_level():
    # B pays 2: 2 x 400 / 4 = 200 points; A pays 0.1: 0.1 x 500 / 4 = 12.5 points.  Yesterday: TR 10 000 on 5000.
    # Both reinvested: 10 000 x 5212.5 / 5000 = 10 425; without A's: 10 400; without B's: 10 025.
    evidence = Evidence(dividends={"A": 0.1, "B": 2.0})
    for ours, theirs in ((10_425.0, 10_400.0), (10_425.0, 10_025.0), (10_400.0, 10_425.0)):
        file = own(gross_level=ours)
        found = against(theirs, evidence=evidence, version="gross", file=file)
        assert found.members.empty
        assert summary(found, "rest_cause", "state") == ["missed dividend", "explained"]
        assert summary(found, "rest", "level") == pytest.approx([theirs - ours, ours])
    other = against(10_420.0, evidence=evidence, version="gross", file=own(gross_level=10_425.0))
    assert summary(other, "rest_cause", "state") == ["unexplained", "unexplained"]


def test_member_differences_of_a_return_level_are_in_its_points():
    # A + 1 x 500 = 500 EUR = 125 points of 5000, so 250 points of a return level of 10 000
    found = against(10_250.0, "price", [11.0, *CLOSES[1:].tolist()], version="net", file=own(net_level=10_000.0))
    assert found.members["points"].tolist() == pytest.approx([250.0], rel=1e-12)
    assert summary(found, "rest_cause") == ["rounding"]


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda: against(0.0), Kind.DOMAIN, "published_level is 0"),
        (lambda: against(5000.0, version="total"), Kind.CHOICE, "version 'total' is not known"),
        (lambda: against(5000.0, version="net"), Kind.NO_DATA, "our file has no net level"),
        (lambda: against(5000.0, values=[25.0, *WEIGHTS[1:]]), Kind.DOMAIN, "weight is 25"),
        (lambda: against(5000.0, ids=("A", "A", "C", "D", "E")), Kind.DOMAIN, "A appears twice"),
    ],
)
def test_refusals(call, kind, words):
    with pytest.raises(XlidxError) as caught:
        call()
    assert caught.value.kind is kind
    assert words in str(caught.value)


FACTOR = st.floats(0.5, 2.0)


@given(st.lists(st.tuples(FACTOR, FACTOR, FACTOR), min_size=5, max_size=5))
def test_points_of_all_members_add_up_to_the_difference_of_the_levels(changes):
    prices, counted, rates = (np.array(values) for values in zip(*changes, strict=True))
    columns = (CLOSES * prices, np.array(COUNTED) * counted, np.array(RATES) * rates)
    rows = [
        ["isin", "price", "shares", "fx"],
        *([name, *row] for name, *row in zip(IDS, *map(list, columns), strict=True)),
    ]
    level = float(np.prod(columns, axis=0).sum()) / 4.0
    found = reconcile(own(), read(PUBLISHED, [[*map(plain, row)] for row in rows]), level, Tolerance())
    assert summary(found, "rest") == pytest.approx([0.0], abs=1e-4)  # shares and rates agree to one part in 1e9
    assert summary(found, "rest_cause") == ["rounding"]


def plain(cell):
    return cell if isinstance(cell, str) else float(cell)
