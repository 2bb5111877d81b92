import numpy as np
import pandas as pd
import pytest

from xlidx.errors import Kind, XlidxError
from xlidx.index.basket import (
    COMPOSITION,
    Basket,
    basket_of,
    composition_of,
    last_known,
    quotes_of,
    read_quotes,
)
from xlidx.tables import from_frame, read

HEADER = ["isin", "shares", "free float", "capping", "currency", "country"]


def days(*texts):
    return np.array(texts, dtype="datetime64[D]")


@pytest.mark.rule("psi20", "7")
def test_blank_factors_are_those_of_an_index_that_does_not_use_them():
    basket = basket_of(
        read(COMPOSITION, [HEADER, ["A", 1000.0, 0.85, None, None, None], ["B", 10.0, 1.0, 0.5, "usd", "us"]])
    )
    assert basket.capping.tolist() == [1.0, 0.5]
    assert basket.currency == ("EUR", "USD")
    assert basket.country == ("", "US")
    assert basket.weights.tolist() == [850.0, 5.0]
    assert basket.places == {"A": 0, "B": 1}


def test_blank_currency_is_the_index_currency_asked_for():
    assert basket_of(read(COMPOSITION, [HEADER, ["A", 1.0, 1.0, None, None, None]]), "USD").currency == ("USD",)


def test_composition_comes_back():
    basket = Basket(("A", "B"), [3.0, 2.5], [1.0, 0.05], [0.25, 1.0], ("EUR", "USD"), ("PT", ""))
    again = basket_of(from_frame(COMPOSITION, composition_of(basket)))
    assert (again.ids, again.currency, again.country) == (basket.ids, basket.currency, basket.country)
    for name in ("shares", "free_float", "capping"):
        assert getattr(again, name).tolist() == getattr(basket, name).tolist()


def test_a_basket_cannot_be_changed():
    basket = Basket(("A",), np.array([1.0]), [1.0], [1.0], ("EUR",))
    with pytest.raises(ValueError, match="read-only"):
        basket.shares[0] = 2.0


def test_capping_above_one_is_kept_but_a_percentage_is_not():
    # 5.3.2: the product of the factors is kept even where free-float shares fall far.
    assert Basket(("A",), [1.0], [1.0], [1.7], ("EUR",)).capping.tolist() == [1.7]
    with pytest.raises(XlidxError, match=r"85 % is 0\.85"):
        Basket(("A",), [1.0], [1.0], [85.0], ("EUR",))


@pytest.mark.parametrize(
    ("fields", "kind", "words"),
    [
        ((("A", "A"), [1, 1], [1, 1], [1, 1], ("EUR", "EUR")), Kind.DOMAIN, "A appears twice"),
        ((("A",), [1, 2], [1], [1], ("EUR",)), Kind.SHAPE, "shares has 2 values for 1 members"),
        ((("A",), [-1], [1], [1], ("EUR",)), Kind.DOMAIN, "shares is -1 .* composition, A, column shares"),
        ((("A",), [1], [1.01], [1], ("EUR",)), Kind.DOMAIN, "free_float is 1.01"),
        ((("A",), [1], [1], [0], ("EUR",)), Kind.DOMAIN, "capping is 0"),
        ((("A",), [np.nan], [1], [1], ("EUR",)), Kind.DOMAIN, "shares is not a number"),
    ],
)
def test_bad_baskets_are_refused(fields, kind, words):
    with pytest.raises(XlidxError, match=words) as found:
        Basket(*fields)
    assert found.value.kind is kind


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([HEADER, ["A", 1.0, 1.0], ["A", 1.0, 1.0]], "A appears twice, in rows 2 and 3 .* table composition, row 2"),
        ([HEADER, ["A", 1.0, 1.2]], "free_float is 1.2 .* row 2, column free_float"),
        ([HEADER, ["A", 0.0, 1.0]], "shares is 0 .* row 2, column shares"),
        ([HEADER, ["A", None, 1.0]], "shares is blank - table composition, row 2, column shares"),
        ([HEADER], "composition has no rows"),
    ],
)
def test_bad_compositions_name_row_and_column(rows, words):
    with pytest.raises(XlidxError, match=words):
        basket_of(read(COMPOSITION, rows))


def test_quotes_keep_blanks_as_missing():
    quotes = read_quotes("prices", [["Date", "A", "B"], ["2016-03-18", 10.0], [], ["2016-03-21", None, 2.0]])
    assert quotes.days.astype(str).tolist() == ["2016-03-18", "2016-03-21"]
    np.testing.assert_array_equal(quotes.matrix, [[10.0, np.nan], [np.nan, 2.0]])


def test_a_frame_reads_like_a_block():
    frame = pd.DataFrame({"date": [42447.0, 42450.0], "A": [10.0, np.nan], "B": [1, 2]})
    plain = quotes_of("prices", frame)
    block = read_quotes("prices", [["date", "A", "B"], ["2016-03-18", 10.0, 1.0], ["2016-03-21", None, 2.0]])
    stamped = quotes_of("prices", frame.assign(date=pd.to_datetime(["2016-03-18", "2016-03-21"])))
    mixed = quotes_of("prices", frame.astype({"B": object}))
    for other in (plain, stamped, mixed):
        assert (other.days == block.days).all()
        np.testing.assert_array_equal(other.matrix, block.matrix)
        assert other.matrix.flags.c_contiguous


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([["isin", "A"], ["2016-03-18", 1.0]], "first column is text 'isin' instead of date"),
        ([["date"], ["2016-03-18"]], "column 2 has no name"),
        ([["date", "A", "A"], ["2016-03-18", 1.0, 1.0]], "A appears twice - table prices"),
        ([["date", "A"]], "prices has no rows"),
        ([["date", "A"], ["2016-03-18", "x"]], "prices is text 'x' - table prices, row 2, column A"),
        ([["date", "A"], ["2016-03-18", 1.0], ["2016-03-18", 2.0]], "row 3, column date"),
        ([["date", "A"], ["2016-03-18", 1.0], ["2016-03-17", 2.0]], "2016-03-17 does not come after 2016-03-18"),
        ([["date", "A"], [None, 1.0]], "date is a blank cell - table prices, row 2, column date"),
        ([["date", "A", "B"], ["2016-03-18", 1.0, -2.0]], "prices holds -2.* row 2, column B"),
        ([["date", "A"], ["18 March", 1.0]], "is not a day - table prices, row 2, column date"),
    ],
)
def test_bad_quotes_name_row_and_column(rows, words):
    with pytest.raises(XlidxError, match=words):
        read_quotes("prices", rows)


@pytest.mark.rule("psi20", "4.2")
def test_last_known_rate_is_carried_forward_never_backward():
    fx = read_quotes("fx", [["date", "USD"], ["2016-03-17", None], ["2016-03-18", 0.9], ["2016-03-22", 0.8]])
    asked = days("2016-03-17", "2016-03-18", "2016-03-21", "2016-03-22", "2016-03-23")
    values, fresh = last_known(fx, ["USD", "GBP"], asked)
    np.testing.assert_array_equal(values[:, 0], [np.nan, 0.9, 0.9, 0.8, 0.8])
    assert fresh[:, 0].tolist() == [False, True, False, True, False]
    assert np.isnan(values[:, 1]).all()
    assert not fresh[:, 1].any()
    assert np.isnan(last_known(None, ["USD"], asked)[0]).all()
