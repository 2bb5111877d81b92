from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.index.answers import answers, vector
from xlidx.errors import Kind, XlidxError
from xlidx.index.divisor import chain_divisor
from xlidx.index.level import index_level, total_value
from xlidx.index.total_return import (
    explain_total_return_level,
    explain_xd_adjustment,
    total_return_level,
    xd_adjustment,
)
from xlidx.rules import references

AMOUNT = st.floats(0.01, 1e6)
PAID = st.floats(0, 100)
MEMBER = st.tuples(AMOUNT, AMOUNT, PAID)
BASKET = st.lists(MEMBER, min_size=1, max_size=20)


@pytest.mark.rule("psi20", "4.3.1")
@pytest.mark.rule("psi20", "7")
@pytest.mark.parametrize("row", answers("total_returns.csv"))
def test_printed_total_returns(row):
    shares, divisor = vector(row["shares"]), float(row["divisor"])
    before = index_level(vector(row["prices_base"]), shares, divisor)
    level = index_level(vector(row["prices"]), shares, divisor)
    xd = xd_adjustment(vector(row["dividends"]), shares, divisor, withholding=float(row["withholding"]))
    decimals = int(row["decimals"])
    assert round(level / before - 1, decimals) == float(row["price_return"])
    assert round(total_return_level(2000.0, before, level, xd) / 2000.0 - 1, decimals) == float(row["total_return"])


@pytest.mark.rule("psi20", "4.3.2")
def test_net_dividend_is_gross_less_tax_of_the_member():
    # 1000 x 0.50 x 0.75 + 500 x 2 x 0.9 = 1275 EUR; 200 EUR to the point
    dividends, shares, tax = np.array([0.5, 2.0]), np.array([1000.0, 500.0]), np.array([0.25, 0.1])
    assert xd_adjustment(dividends, shares, 200.0, withholding=tax) == pytest.approx(6.375, rel=1e-15)
    assert xd_adjustment(dividends, shares, 200.0) == pytest.approx(7.5, rel=1e-15)
    assert xd_adjustment(dividends, shares, 200.0, withholding=1.0) == 0.0


@pytest.mark.rule("psi20", "7")
@given(BASKET, AMOUNT, st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0.01, 10))
def test_xd_agrees_with_exact_fractions(basket, divisor, F, f, tax, X):
    kept = Fraction(F) * Fraction(f) * Fraction(X) * Fraction(1.0 - tax)
    exact = sum(Fraction(g) * Fraction(Q) for _, Q, g in basket) * kept / Fraction(divisor)
    _, shares, dividends = np.array(basket).T
    result = xd_adjustment(dividends, shares, divisor, F, f, X, tax)
    assert result == pytest.approx(float(exact), rel=1e-13, abs=1e-290)


@pytest.mark.rule("psi20", "4.3.1")
@given(BASKET, BASKET, AMOUNT, AMOUNT)
def test_xd_form_is_the_divisor_form(old, new, divisor, start):
    # Reinvesting at the close of the ex-date lowers the total return index's own divisor: d' = d M / (M + D).
    size = min(len(old), len(new))
    (before, shares, _), (after, _, dividends) = np.array(old[:size]).T, np.array(new[:size]).T
    xd = xd_adjustment(dividends, shares, divisor)
    levels = index_level(before, shares, divisor), index_level(after, shares, divisor)
    value, cash = total_value(after, shares), total_value(dividends, shares)
    own = total_value(before, shares) / start
    own_after = chain_divisor(own, value + cash, value)
    assert total_return_level(start, *levels, xd) == pytest.approx(index_level(after, shares, own_after), rel=1e-12)


@pytest.mark.rule("psi20", "4.3.2")
@given(BASKET, AMOUNT, st.floats(0, 1))
def test_gross_is_at_least_net_and_net_at_least_price(basket, divisor, tax):
    prices, shares, dividends = np.array(basket).T
    level = index_level(prices, shares, divisor)
    price, net, gross = (
        total_return_level(1000.0, level, level * 0.9, xd)
        for xd in (0.0, *(xd_adjustment(dividends, shares, divisor, withholding=w) for w in (tax, 0.0)))
    )
    assert price <= net <= gross


@given(st.lists(st.tuples(AMOUNT, PAID), min_size=1, max_size=12), AMOUNT, AMOUNT)
def test_column_chains_like_single_steps(rows, start, before):
    levels, xd = np.array(rows).T
    chained = total_return_level(start, before, levels, xd)
    expected = []
    for level, points in rows:
        start, before = total_return_level(start, before, level, points), level
        expected.append(start)
    assert chained.tolist() == expected  # bit for bit


@given(AMOUNT, AMOUNT, AMOUNT)
def test_without_dividends_the_return_is_the_price_return(start, before, level):
    assert total_return_level(start, before, level) == pytest.approx(start * level / before, rel=1e-14)


def test_dates_down():
    dividends = np.array([[0.5, 0.0], [0.0, 1.0], [0.0, 0.0]])
    shares, divisors = np.array([1000.0, 500.0]), np.array([200.0, 250.0, 250.0])
    assert xd_adjustment(dividends, shares, divisors).tolist() == [2.5, 2.0, 0.0]
    tax = np.array([[0.5, 0.0], [0.0, 0.25], [0.0, 0.0]])
    assert xd_adjustment(dividends, shares, divisors, withholding=tax).tolist() == [1.25, 1.5, 0.0]


def test_chain_is_not_rounded():
    assert total_return_level(1.0, 3.0, 1.0, 0.0) == 1 / 3


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (
            lambda: xd_adjustment(np.array([-1.0]), 1.0, 1.0),
            Kind.DOMAIN,
            "dividends is -1 but must be 0 or more",
        ),
        (lambda: xd_adjustment(np.array([np.nan]), 1.0, 1.0), Kind.DOMAIN, "dividends is not a number"),
        (lambda: xd_adjustment(np.array([1.0]), 1.0, 0.0), Kind.DOMAIN, "divisor is 0"),
        (
            lambda: xd_adjustment(np.array([1.0]), 1.0, 1.0, withholding=15.0),
            Kind.DOMAIN,
            "withholding is 15",
        ),
        (
            lambda: xd_adjustment(np.array([1.0]), 1.0, 1.0, withholding=np.nan),
            Kind.DOMAIN,
            "withholding is not",
        ),
        (
            lambda: xd_adjustment(np.ones(3), 1.0, 1.0, withholding=np.zeros(2)),
            Kind.SHAPE,
            "withholding has 2",
        ),
        (
            lambda: xd_adjustment(np.ones(2), np.ones(3), 1.0),
            Kind.SHAPE,
            "shares has 3 values where dividends",
        ),
        (lambda: total_return_level(0.0, 1.0, 1.0, 0.0), Kind.DOMAIN, "previous_tr is 0"),
        (lambda: total_return_level(1.0, 0.0, 1.0, 0.0), Kind.DOMAIN, "previous_level is 0"),
        (lambda: total_return_level(1.0, 1.0, 0.0, 0.0), Kind.DOMAIN, "level is 0"),
        (lambda: total_return_level(1.0, 1.0, np.array([1.0, np.nan]), 0.0), Kind.DOMAIN, "item 2"),
        (lambda: total_return_level(1.0, 1.0, 1.0, -0.1), Kind.DOMAIN, "xd is -0.1"),
        (
            lambda: total_return_level(1.0, 1.0, np.ones(2), np.ones(3)),
            Kind.SHAPE,
            "xd has 3 values for 2 dates",
        ),
        (lambda: total_return_level(1.0, 1.0, 1.0, np.ones(3)), Kind.SHAPE, "xd has 3 values for 1 dates"),
        (lambda: total_return_level(np.ones(2), 1.0, 1.0, 0.0), Kind.SHAPE, "previous_tr holds 2 values"),
        (lambda: total_return_level(1.0, 1.0, np.ones((2, 2)), 0.0), Kind.SHAPE, "several columns"),
        (
            lambda: explain_total_return_level(1.0, 1.0, np.ones(2), 0.0),
            Kind.SHAPE,
            "explain one date at a time",
        ),
        (lambda: explain_xd_adjustment(np.ones((2, 2)), 1.0, 1.0), Kind.SHAPE, "explain one date at a time"),
    ],
)
def test_refusals(call, kind, words):
    with pytest.raises(XlidxError) as caught:
        call()
    assert caught.value.kind is kind
    assert words in str(caught.value)


@given(BASKET, AMOUNT, st.floats(0, 1))
def test_explanations_end_with_the_result(basket, divisor, tax):
    prices, shares, dividends = np.array(basket).T
    withholding = np.full(len(basket), tax)
    steps = explain_xd_adjustment(dividends, shares, divisor, 0.5, 1.0, 2.0, withholding)
    xd = xd_adjustment(dividends, shares, divisor, 0.5, 1.0, 2.0, withholding)
    assert steps[-1].value == xd == steps[-3].value / steps[-2].value
    gw = zip(steps[: len(basket)], steps[len(basket) : 2 * len(basket)], strict=True)
    assert sum(g.value * w.value for g, w in gw) == pytest.approx(steps[-3].value, rel=1e-12, abs=1e-290)
    level = index_level(prices, shares, divisor)
    chain = explain_total_return_level(1000.0, level, level, xd)
    assert chain[-1].value == total_return_level(1000.0, level, level, xd) == chain[0].value * chain[-2].value
    assert all(type(step.value) is float for step in [*steps, *chain])
    assert (
        steps[-1].rule == "PSI 20 rule book v16-01, 7; PSI 20 rule book v16-01, 4.3.1; PSI 20 rule book v16-01, 4.3.2"
    )


def test_rules_are_attached():
    assert references(xd_adjustment) == (("psi20", "7"), ("psi20", "4.3.1"), ("psi20", "4.3.2"))
    assert references(total_return_level) == (("psi20", "7"), ("psi20", "4.3.1"))
