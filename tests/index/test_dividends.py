import numpy as np
import pytest

from tests.index.divisor_history.random_history import block
from xlidx.errors import Kind, XlidxError
from xlidx.index.basket import read_quotes
from xlidx.index.dividends import (
    DIVIDENDS,
    WITHHOLDING,
    cash_amounts,
    dividend_details,
    special_actions,
    withholding_rates,
)

SESSIONS = np.array(["2016-03-23", "2016-03-24", "2016-03-29", "2016-03-30"], dtype="datetime64[D]")  # Easter between
FX = read_quotes("fx", [["date", "USD"], ["2016-03-23", 0.90], ["2016-03-24", 0.88], ["2016-03-30", 0.95]])
TAXES = [
    {"country": "PT", "rate": 0.25, "valid_to": "2016-03-29"},
    {"country": "PT", "rate": 0.28, "valid_from": "2016-03-30"},
    {"country": "US", "rate": 0.30},
]


def paid(*rows):
    plain = {"isin": "A", "ex_date": "2016-03-29"}
    return block(DIVIDENDS, [{**plain, "event_id": f"D{n}", **row} for n, row in enumerate(rows)])


def details(*rows, countries=None, taxes=TAXES, **options):
    table = block(WITHHOLDING, taxes)
    return dividend_details(
        paid(*rows), SESSIONS, FX, table, {"U": "USD"}, countries or {"A": "PT", "U": "US"}, **options
    )


@pytest.mark.rule("psi20", "4.3.4")
def test_conversion_takes_the_rate_of_the_last_session_before_the_ex_date():
    found = details({"amount": 0.5, "currency": "USD"}, {"isin": "U", "amount": 0.5})
    assert found["cum_day"].astype(str).tolist() == ["2016-03-24", "2016-03-24"]
    assert found["gross"].tolist() == [0.44, 0.44]  # 0.50 x 0.88


@pytest.mark.rule("psi20", "4.3.4")
def test_an_ex_date_without_a_session_has_the_same_cum_day():
    assert details({"amount": 0.5, "currency": "USD", "ex_date": "2016-03-26"})["gross"].tolist() == [0.44]


@pytest.mark.rule("psi20", "4.3.4")
def test_an_amount_offered_in_index_currency_goes_first():
    found = details({"amount": 0.5, "currency": "USD", "index_currency_amount": 0.43}, {"index_currency_amount": 0.2})
    assert found["gross"].tolist() == [0.43, 0.2]
    assert found["reason"].tolist() == ["ordinary dividend in cash, offered in index currency"] * 2
    assert found["rate"].tolist() == [1.0, 1.0]


@pytest.mark.rule("psi20", "4.3.4")
def test_without_a_fixing_on_the_cum_day_the_last_one_before_counts():
    row = {"amount": 0.5, "currency": "USD", "ex_date": "2016-03-30"}  # cum-day 29 March, fixed on the 24th
    assert details(row)["rate"].tolist() == [0.88]
    with pytest.raises(XlidxError, match="no reference rate for USD on the cum-day - table dividends, row 2"):
        details(row, stale="refuse")
    with pytest.raises(XlidxError, match="no reference rate for GBP") as found:
        details({**row, "currency": "GBP"})
    assert found.value.kind is Kind.NO_DATA


@pytest.mark.rule("psi20", "4.3.3")
def test_dividends_in_shares_count_by_their_cash_equivalent():
    found = details(
        {"type": "stock", "cash_equivalent": 0.12, "event_id": "1"},
        {"type": "choice", "amount": 0.2, "event_id": "2"},
    )
    assert found["gross"].tolist() == [0.12, 0.2]
    with pytest.raises(
        XlidxError, match=r"cash_equivalent of a stock dividend is blank .* row 2, column cash_equivalent"
    ):
        details({"type": "stock"})
    for row in ({"type": "stock", "cash_equivalent": 0.12, "amount": 9.0}, {"amount": 0.2, "cash_equivalent": 9.0}):
        with pytest.raises(XlidxError, match="is filled in, but a dividend of this type does not use it"):
            details(row)


@pytest.mark.rule("psi20", "4.3.2")
def test_rate_of_the_country_on_the_ex_date():
    rows = [{"amount": 1.0, "ex_date": f"2016-03-{day}"} for day in (28, 29, 30)]
    found = details(*rows, {"isin": "U", "amount": 1.0, "currency": "EUR"}, {"amount": 1.0, "withholding": 0.0})
    assert found["withholding"].tolist() == [0.25, 0.25, 0.28, 0.30, 0.0]
    assert found["net"].tolist() == pytest.approx([0.75, 0.75, 0.72, 0.70, 1.0], rel=1e-15)


@pytest.mark.rule("psi20", "4.3.2")
@pytest.mark.parametrize(
    ("countries", "taxes", "kind", "words"),
    [
        ({"A": "ES"}, TAXES, Kind.NO_DATA, "no withholding rate for ES on 2016-03-29 - table dividends, row 2"),
        ({"B": "PT"}, TAXES, Kind.NO_DATA, "the company has no country"),
        (
            {"A": "PT"},
            [*TAXES, {"country": "PT", "rate": 0.1, "valid_from": "2016-01-01"}],
            Kind.DOMAIN,
            "two withholding rates for PT",
        ),
    ],
)
def test_an_unknown_rate_is_never_zero(countries, taxes, kind, words):
    with pytest.raises(XlidxError, match=words) as found:
        details({"amount": 1.0}, countries=countries, taxes=taxes)
    assert found.value.kind is kind


def test_one_row_without_a_rate_among_others_is_named():
    rows = ({"isin": "U", "amount": 1.0}, {"amount": 1.0}, {"isin": "U", "amount": 1.0})
    with pytest.raises(XlidxError, match="no withholding rate for ES on 2016-03-29 - table dividends, row 3"):
        details(*rows, countries={"A": "ES", "U": "PT"}, taxes=TAXES)


def test_without_a_table_the_net_amount_is_not_known():
    found = dividend_details(paid({"amount": 1.0}, {"isin": "B", "amount": 1.0, "withholding": 0.2}), SESSIONS)
    np.testing.assert_array_equal(found["net"], [np.nan, 0.8])


def test_override_needs_no_country():
    table = block(WITHHOLDING, TAXES)
    assert withholding_rates(paid({"amount": 1.0, "withholding": 0.1}).strict(), [""], table).tolist() == [0.1]


@pytest.mark.rule("psi20", "6.5.2")
def test_special_dividends_become_actions():
    frame = special_actions(paid({"amount": 1.0}, {"isin": "B", "amount": 2.0, "type": "special"}).strict())
    assert frame[["isin", "action", "amount"]].to_numpy().tolist() == [["B", "special dividend", 2.0]]
    offered = paid({"type": "special", "amount": 1.0, "currency": "USD", "index_currency_amount": 0.95})
    assert special_actions(offered.strict())[["amount", "currency"]].to_numpy().tolist() == [[0.95, "EUR"]]
    with pytest.raises(XlidxError, match="amount is blank"):
        special_actions(paid({"type": "special"}).strict())
    with pytest.raises(XlidxError, match=r"gross for all versions .* column withholding"):
        special_actions(paid({"type": "special", "amount": 1.0, "withholding": 0.1}).strict())


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({}, "amount is blank - table dividends, row 2, column amount"),
        ({"amount": -0.1}, "amount is below 0"),
        ({"amount": 0.1, "type": "interim"}, "type 'interim' is not known"),
        ({"amount": 0.1, "withholding": 25}, "withholding is 25 but must lie between 0 and 1"),
    ],
)
def test_bad_dividends_name_row_and_column(row, words):
    with pytest.raises(XlidxError, match=words):
        cash_amounts(paid(row).strict())


def test_the_same_dividend_twice_is_refused():
    with pytest.raises(XlidxError, match="appears twice, in rows 2 and 3"):
        paid(*[{"amount": 0.1, "event_id": ""}] * 2).strict()


def test_ex_date_before_all_sessions():
    with pytest.raises(XlidxError, match=r"the ex-date has no session before it .* column ex_date"):
        details({"amount": 0.1, "ex_date": "2016-03-23"})
