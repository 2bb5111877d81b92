import attrs
import numpy as np
import pandas as pd
import pytest

from tests.index.divisor_history.random_history import block
from xlidx.errors import Kind, XlidxError
from xlidx.index.actions.apply import ACTIONS
from xlidx.index.basket import Basket, read_quotes
from xlidx.index.dividends import DIVIDENDS, WITHHOLDING
from xlidx.index.divisor_history.history import compare_histories, continue_history, index_history, replay_divisors
from xlidx.index.total_return import total_return_level

DAYS = ("2016-03-23", "2016-03-24", "2016-03-29", "2016-03-30")


def prices(*rows, ids=("A", "B"), days=DAYS):
    cells = [[day, *(price if price is None else float(price) for price in row)] for day, row in zip(days, rows)]  # noqa: B905
    return read_quotes("prices", [["date", *ids], *cells])


def two(**changes):
    fields = {
        "ids": ("A", "B"),
        "shares": [1000.0, 500.0],
        "free_float": [1.0, 1.0],
        "capping": [1.0, 1.0],
        "currency": ("EUR", "EUR"),
        "country": ("PT", "PT"),
    }
    return Basket(**{**fields, **changes})


def acts(*rows):
    return block(ACTIONS, rows)


@pytest.mark.rule("psi20", "6.6")
@pytest.mark.rule("psi20", "6.1")
@pytest.mark.rule("psi20", "7")
def test_rights_issue_by_hand_over_two_days():
    # V24 and then a rise of one tenth: 1250 x 9.20 x 1.1 + 500 x 20 = 22 650 over 215
    rights = acts({"date": DAYS[1], "isin": "A", "action": "rights issue", "ratio": 0.25, "price": 6})
    run = index_history(two(), prices((10, 20), (10.12, 20)), rights, divisor=200.0)
    assert run.levels["Price"].tolist() == pytest.approx([100.0, 22_650 / 215], rel=1e-15)
    assert run.divisors[["old", "new", "value_before", "value_after"]].to_numpy().tolist() == [
        [200.0, 215.0, 20_000.0, 21_500.0]
    ]
    assert run.divisors["reason"].tolist() == ["rights issue A"]
    assert run.divisors["event_ids"].tolist() == ["row 2"]


@pytest.mark.rule("psi20", "4.1")
def test_published_divisor_change_of_2002():
    # V17: .14418073 before and .14585278 after; the log replays it to the eight decimals printed.
    log = pd.DataFrame({"date": ["2002-11-19"], "value_before": [0.14418073], "value_after": [0.14585278]})
    days = np.array(["2002-11-18", "2002-11-19"], dtype="datetime64[D]")
    found = replay_divisors(log, days, 0.14418073)
    assert [round(value, 8) for value in found.tolist()] == [0.14418073, 0.14585278]
    assert round(found[1] / found[0], 6) == 1.011597


@pytest.mark.rule("psi20", "4.3.1")
@pytest.mark.rule("psi20", "4.3.2")
def test_dividend_by_hand_counts_on_the_next_session_with_the_divisor_of_that_day():
    # A goes ex on Good Friday, so on the 29th; that morning a special dividend of 4 on B lowers the divisor to 180.
    special = acts({"date": DAYS[2], "isin": "B", "action": "special dividend", "amount": 4})
    paying = block(DIVIDENDS, [{"isin": "A", "ex_date": "2016-03-25", "amount": 0.9}])
    taxes = block(WITHHOLDING, [{"country": "PT", "rate": 0.25}])
    run = index_history(
        two(), prices((10, 20), (10, 20), (9, 16), (9, 16)), special, paying, None, taxes, divisor=200.0
    )
    level = 17_000 / 180
    xd = 1000 * 0.9 / 180
    assert run.levels["Price"].tolist() == pytest.approx([100, 100, level, level], rel=1e-15)
    assert run.levels["Gross"].tolist() == pytest.approx([100, 100, level + xd, level + xd], rel=1e-15)
    assert run.levels["Net"].tolist()[2] == pytest.approx(level + 0.75 * xd, rel=1e-15)


@pytest.mark.rule("psi20", "6.5.2")
def test_special_rows_of_the_dividends_table_go_through_the_divisor_only():
    paying = block(DIVIDENDS, [{"isin": "B", "ex_date": "2016-03-25", "amount": 4, "type": "special"}])
    run = index_history(two(), prices((10, 20), (10, 20), (10, 16)), None, paying, divisor=200.0)
    assert run.levels["Divisor"].tolist() == pytest.approx([200, 200, 180], rel=1e-15)
    assert run.levels["Gross"].tolist() == pytest.approx([100, 100, 100], rel=1e-15)
    entered = acts({"date": "2016-03-29", "isin": "B", "action": "special dividend", "amount": 4})
    with pytest.raises(XlidxError, match="is in the actions table too - table dividends, row 2, column isin"):
        index_history(two(), prices((10, 20), (10, 20), (10, 16)), entered, paying)


@pytest.mark.rule("psi20", "6.2.3")
def test_a_suspended_member_keeps_its_last_price_adjusted_for_a_split():
    rows = acts(
        {"date": DAYS[1], "isin": "A", "action": "suspension"},
        {"date": DAYS[2], "isin": "A", "action": "split", "ratio": 2},
        {"date": DAYS[3], "isin": "A", "action": "resumption"},
    )
    run = index_history(two(), prices((10, 20), (None, 22), (None, 22), (4, 22)), rows, divisor=200.0)
    assert run.levels["Price"].tolist() == pytest.approx([100, 105, 105, 95], rel=1e-15)
    flagged = [(str(day)[:10], isin, what) for day, isin, what in run.flags.itertuples(index=False)]
    assert flagged == [(day, "A", "last known price carried") for day in DAYS[1:3]]
    with pytest.raises(XlidxError, match="no price of A on 2016-03-30 - table prices, column A"):
        index_history(two(), prices((10, 20), (None, 22), (None, 22), (None, 22)), rows)


@pytest.mark.rule("psi20", "6.2.2")
def test_removal_at_zero_lowers_the_index_by_the_member():
    rows = acts({"date": DAYS[1], "isin": "B", "action": "removal after suspension", "event_id": "BANK"})
    run = index_history(two(), prices((10, 20), (10, None)), rows, divisor=200.0)
    assert run.levels["Divisor"].tolist() == [200.0, 200.0]
    assert run.levels["Price"].tolist() == [100.0, 50.0]
    assert run.divisors["event_ids"].tolist() == ["BANK"]


@pytest.mark.rule("psi20", "6.3")
@pytest.mark.parametrize("estimate", [None, 5])
def test_a_child_that_does_not_qualify_leaves_after_its_first_trading_day(estimate):
    # 1000 A hand out half a C each: A falls from 10 to 7, so 500 C are worth 6 each until they trade at 8
    row = {"date": DAYS[1], "isin": "A", "action": "spin-off", "other_isin": "C", "ratio": 0.5, "event_id": "SPIN"}
    rows = acts({**row, "qualifies": "parent only", "price": estimate})
    table = prices((10, 20, None), (7, 20, None), (7, 20, 8), (7.5, 20, 9), ids=("A", "B", "C"))
    run = index_history(two(), table, rows, divisor=200.0)
    assert run.levels["Price"].tolist()[1] == pytest.approx((7000 + 10_000 + 500 * (estimate or 6)) / 200, rel=1e-15)
    assert run.levels["Price"].tolist()[2] == (7000 + 10_000 + 4000) / 200
    assert run.levels["Divisor"].tolist()[2:] == pytest.approx([200, 200 * 17_000 / 21_000], rel=1e-15)
    assert run.levels["Price"].tolist()[3] == pytest.approx(105 * 17_500 / 17_000, rel=1e-15)
    assert run.state.basket.ids == ("A", "B")
    assert run.divisors["reason"].tolist() == ["spin-off A", "removal C"]
    assert run.divisors["event_ids"].tolist() == ["SPIN", "SPIN"]
    assert run.flags["what"].tolist() == ["estimated, not yet traded"]


@pytest.mark.rule("psi20", "6.3")
def test_a_child_without_a_price_after_it_has_traded_is_an_error():
    rows = acts({"date": DAYS[1], "isin": "A", "action": "spin-off", "other_isin": "C", "ratio": 0.5})
    table = prices((10, 20, None), (7, 20, None), (7, 20, 8), (7.5, 20, None), ids=("A", "B", "C"))
    with pytest.raises(XlidxError, match="no price of C on 2016-03-30"):
        index_history(two(), table, rows)


@pytest.mark.rule("psi20", "6.3")
def test_two_children_without_prices_need_an_estimate():
    row = {"date": DAYS[1], "isin": "A", "action": "spin-off", "ratio": 0.5}
    rows = acts({**row, "other_isin": "C"}, {**row, "other_isin": "D"})
    table = prices((10, 20, None, None), (7, 20, None, None), ids=("A", "B", "C", "D"))
    with pytest.raises(XlidxError, match="no price of C on 2016-03-24"):
        index_history(two(), table, rows)


@pytest.mark.rule("psi20", "6.2.1")
def test_gap_between_target_and_bid_shows_on_the_next_session():
    row = {"date": DAYS[1], "isin": "B", "action": "replacement", "other_isin": "C", "ratio": 2, "cash": 3}
    table = prices((10, 20, 8), (10, None, 8), ids=("A", "B", "C"))
    run = index_history(two(), table, acts(row), divisor=200.0)
    assert run.levels["Price"].tolist() == pytest.approx([100, 18_000 / (200 * 18_500 / 20_000)], rel=1e-15)
    full = index_history(two(), table, acts(row), divisor=200.0, continuity="full")
    assert full.levels["Price"].tolist() == pytest.approx([100, 100], rel=1e-15)


@pytest.mark.rule("psi20", "4.2")
def test_last_known_rates_are_carried_and_flagged():
    fx = read_quotes("fx", [["date", "USD"], [DAYS[0], 0.9], [DAYS[2], 0.8]])
    run = index_history(two(currency=("USD", "EUR")), prices((10, 20), (10, 20), (10, 20)), fx=fx, divisor=190.0)
    assert run.levels["Price"].tolist() == pytest.approx([100, 100, 18_000 / 190], rel=1e-15)
    assert run.flags["id"].tolist() == ["USD"]
    assert str(run.flags["date"][0])[:10] == DAYS[1]


@pytest.mark.rule("psi20", "4.2")
@pytest.mark.parametrize("fx", [None, read_quotes("fx", [["date", "USD"], [DAYS[1], 0.9]])])
def test_a_missing_rate_is_an_error(fx):
    with pytest.raises(XlidxError, match="no exchange rate for USD on 2016-03-23 or before") as found:
        index_history(two(currency=("USD", "EUR")), prices((10, 20), (10, 20)), fx=fx)
    assert found.value.kind is Kind.NO_DATA


def test_few_foreign_members_among_many():
    # Forty members, two of them foreign: the same as with prices converted beforehand.
    rng = np.random.default_rng(5)
    ids = tuple(f"M{n:02d}" for n in range(40))
    matrix, rates = rng.random((30, 40)) + 5.0, rng.random((30, 2)) + 0.5
    days = np.datetime64("2016-01-01") + np.arange(30)
    table = attrs.evolve(prices((1, 1)), days=days, ids=ids, matrix=matrix)
    fx = attrs.evolve(table, name="fx", ids=("USD", "GBP"), matrix=rates)
    converted = matrix.copy()
    converted[:, 3] *= rates[:, 0]
    converted[:, 7] *= rates[:, 1]
    quoted = ["USD" if n == 3 else "GBP" if n == 7 else "EUR" for n in range(40)]
    start = Basket(ids, rng.random(40), np.ones(40), np.ones(40), quoted)
    rows = [{"date": str(days[n]), "isin": ids[n], "action": "split", "ratio": 2} for n in range(1, 12)]
    one = index_history(start, table, acts(*rows), fx=fx).levels
    home = attrs.evolve(start, currency=["EUR"] * 40)
    other = index_history(home, attrs.evolve(table, matrix=converted), acts(*rows)).levels
    np.testing.assert_allclose(one["Price"], other["Price"], rtol=1e-14)


@pytest.mark.parametrize("before", [(None, None, 3), (1, None, 3), (1, 2, 3), (1, None, None)])
def test_columns_of_companies_that_are_no_members_may_be_empty(before):
    rows = [{"date": day, "isin": "A", "action": "split", "ratio": 2} for day in DAYS[1:3]]
    rows.append({"date": DAYS[3], "isin": "C", "action": "addition", "shares": 100, "free_float": 1, "price": 3})
    paid = [{"isin": isin, "ex_date": day, "amount": 1} for isin in "AB" for day in DAYS[1:3]]
    tables = acts(*rows), block(DIVIDENDS, paid), None, block(WITHHOLDING, [{"country": "PT", "rate": 0.25}])
    full = prices((10, 20, 1), (6, 21, 2), (3, 21, 3), (3, 20, 4), ids=("A", "B", "C"))
    cells = [(10, 20, before[0]), (6, 21, before[1]), (3, 21, before[2]), (3, 20, 4)]
    gaps = prices(*cells, ids=("A", "B", "C"))
    one, other = (index_history(two(), table, *tables) for table in (full, gaps))
    pd.testing.assert_frame_equal(one.levels, other.levels, check_exact=True)
    assert other.state.basket.shares.tolist() == [4000.0, 500.0, 100.0]
    # by hand: day 2 (2000 x 6 + 500 x 21), day 3 (4000 x 3 + 500 x 21), dividends 1 per share held the evening before
    gross = [1000, 1000 * (22_500 + 1500) / 20_000, 1000 * (22_500 + 1500) / 20_000 * (22_500 + 2500) / 22_500]
    assert other.levels["Gross"].tolist()[:3] == pytest.approx(gross, rel=1e-14)
    # the other basis: 1 per share after the split
    new = index_history(two(), gaps, *tables, dividend_basis="new").levels["Gross"].tolist()
    gross = [1000, 1000 * (22_500 + 2500) / 20_000, 1000 * (22_500 + 2500) / 20_000 * (22_500 + 4500) / 22_500]
    assert new[:3] == pytest.approx(gross, rel=1e-14)


@pytest.mark.rule("psi20", "6.5.2")
def test_a_special_dividend_of_the_whole_price_is_refused():
    rows = acts({"date": DAYS[1], "isin": "A", "action": "special dividend", "amount": 10})
    with pytest.raises(XlidxError, match="takes away its whole price of 10 - table actions, row 2, column amount"):
        index_history(two(), prices((10, 20), (1, 20)), rows)


@pytest.mark.rule("psi20", "6.3")
def test_a_review_that_keeps_the_child_cancels_its_exit():
    spin = {"date": DAYS[1], "isin": "A", "action": "spin-off", "other_isin": "C", "ratio": 0.5, "price": 6}
    rows = [{**spin, "qualifies": "parent only"}]
    rows += [{"date": DAYS[2], "isin": isin, "action": "review", "shares": 10, "free_float": 1} for isin in "ABC"]
    table = prices((10, 20, None), (7, 20, None), (7, 20, 8), (7, 20, 8), ids=("A", "B", "C"))
    run = index_history(two(), table, acts(*rows))
    assert run.state.basket.ids == ("A", "B", "C")
    assert not run.state.leaving
    assert run.divisors["reason"].tolist() == ["spin-off A", "review"]


@pytest.mark.rule("psi20", "4.3.2")
def test_a_company_that_comes_back_needs_its_country_and_its_prices_again():
    rows = [
        {"date": DAYS[1], "isin": "A", "action": "suspension"},
        {"date": DAYS[2], "isin": "A", "action": "removal"},
        *({"date": DAYS[3], "isin": isin, "action": "review", "shares": 10, "free_float": 1} for isin in "AB"),
    ]
    taxes = block(WITHHOLDING, [{"country": "PT", "rate": 0.25}])
    paying = block(DIVIDENDS, [{"isin": "A", "ex_date": DAYS[3], "amount": 1}])
    table = prices((10, 20), (10, 20), (10, 20), (10, 20))
    with pytest.raises(XlidxError, match="the company has no country"):
        index_history(two(), table, acts(*rows), paying, None, taxes)
    named = acts(*rows[:2], {**rows[2], "country": "PT"}, rows[3])
    run = index_history(two(), table, named, paying, None, taxes)
    assert run.levels["Net"].notna().all()
    assert run.state.basket.country == ("PT", "PT")
    assert run.state.suspended == ()
    with pytest.raises(XlidxError, match="no price of A on 2016-03-30"):
        index_history(two(), prices((10, 20), (10, 20), (10, 20), (None, 20)), named)


def test_missing_price_of_a_member_names_date_and_isin():
    rows = acts({"date": DAYS[1], "isin": "A", "action": "split", "ratio": 2})
    with pytest.raises(XlidxError, match="no price of B on 2016-03-29 - table prices, column B") as found:
        index_history(two(), prices((10, 20), (5, 20), (5, None), (5, 20)), rows)
    assert found.value.kind is Kind.NO_DATA


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"date": "2016-03-25"}, "2016-03-25: the date is not a session - table actions, row 2, column date"),
        ({"date": DAYS[0]}, "the date is not after the base date 2016-03-23 - table actions, row 2, column date"),
        ({"date": "2016-01-04"}, "the date is not after the base date"),
        ({"action": "splitt"}, "did you mean split"),
    ],
)
def test_bad_events_name_row_and_column(row, words):
    rows = acts({"date": DAYS[1], "isin": "A", "action": "split", "ratio": 2, **row})
    with pytest.raises(XlidxError, match=words):
        index_history(two(), prices((10, 20), (5, 20), (5, 20)), rows)


def test_events_of_companies_that_are_no_members_are_passed_over_and_flagged():
    rows = acts(
        {"date": DAYS[1], "isin": "A", "action": "removal"},
        {"date": DAYS[2], "isin": "B", "action": "split", "ratio": 2},
        {"date": DAYS[2], "isin": "A", "action": "split", "ratio": 2},
    )
    run = index_history(two(), prices((10, 20), (None, 20), (None, 10)), rows, divisor=200.0)
    assert run.levels["Price"].tolist() == pytest.approx([100.0, 100.0, 100.0], rel=1e-15)
    assert run.flags[["id", "what"]].to_numpy().tolist() == [["A", "split of a company that is no member, passed over"]]
    assert run.divisors["reason"].tolist() == ["removal A", "split B"]


def test_several_indices_share_a_table_of_events():
    # X has no prices here, C has some but is no member: neither changes the index nor makes a row of the divisor log.
    rows = acts(
        {"date": DAYS[1], "isin": "X", "action": "special dividend", "amount": 50, "currency": "JPY"},
        {"date": DAYS[1], "isin": "C", "action": "replacement", "ratio": 1, "other_isin": "Y"},
        {"date": DAYS[1], "isin": "C", "action": "rights issue", "ratio": 1, "price": 1, "currency": "JPY"},
        {"date": DAYS[2], "isin": "X", "action": "spin-off", "ratio": 1, "other_isin": "Y", "qualifies": "parent only"},
        {"date": DAYS[2], "isin": "A", "action": "split", "ratio": 2},
        {"date": DAYS[2], "isin": "C", "action": "resumption"},
    )
    paying = block(
        DIVIDENDS,
        [
            {"isin": "X", "ex_date": DAYS[2], "amount": 1, "type": "special"},
            {"isin": "C", "ex_date": DAYS[2], "amount": 1, "type": "special", "currency": "JPY"},
        ],
    )
    table = prices((10, 20, 5), (10, 20, 5), (5, 20, 5), ids=("A", "B", "C"))
    run = index_history(two(), table, rows, paying, divisor=200.0)
    assert run.levels["Price"].tolist() == [100.0, 100.0, 100.0]
    assert run.divisors[["reason", "event_ids"]].to_numpy().tolist() == [["split A", "row 6"]]
    assert run.flags["id"].tolist() == ["C", "C", "X", "C", "C", "X", "X"]
    one = index_history(two(), prices((10, 20)), divisor=200.0)
    later = continue_history(one.state, prices((10, 20), (5, 20), days=DAYS[1:3]), rows, paying)
    assert later.levels["Price"].tolist() == [100.0, 100.0]


def test_events_after_the_last_session_wait():
    rows = acts({"date": "2016-04-01", "isin": "A", "action": "split", "ratio": 2})
    assert index_history(two(), prices((10, 20), (10, 20)), rows).divisors.empty


def test_dividends_of_companies_outside_are_flagged():
    table = prices((10, 20, 5), (10, 20, 5), ids=("A", "B", "C"))
    paying = block(DIVIDENDS, [{"isin": "C", "ex_date": DAYS[1], "amount": 1}])
    run = index_history(two(), table, None, paying)
    assert run.levels["Gross"].tolist() == run.levels["Price"].tolist()
    assert run.flags["id"].tolist() == ["C"]
    unknown = block(DIVIDENDS, [{"isin": "X", "ex_date": DAYS[1], "amount": 1}])
    assert index_history(two(), table, None, unknown).flags.to_numpy()[:, 1:].tolist() == [
        ["X", "dividend of a company that is no member, not reinvested"]
    ]


def test_without_withholding_rates_net_ends_where_it_is_not_known():
    paying = block(DIVIDENDS, [{"isin": "A", "ex_date": DAYS[2], "amount": 1}])
    run = index_history(two(), prices(*[(10, 20)] * 4), None, paying)
    assert run.levels["Net"].isna().tolist() == [False, False, True, True]
    assert run.levels["Gross"].notna().all()
    again = continue_history(run.state, prices((10, 20), days=("2016-03-31",)))
    assert again.levels["Net"].isna().all()


@pytest.mark.rule("psi20", "4.3.2")
def test_an_acquirer_without_a_country_has_no_rate():
    rows = acts({"date": DAYS[1], "isin": "B", "action": "replacement", "other_isin": "C", "ratio": 1})
    paying = block(DIVIDENDS, [{"isin": "C", "ex_date": DAYS[2], "amount": 1}])
    taxes = block(WITHHOLDING, [{"country": "PT", "rate": 0.25}])
    table = prices((10, 20, 20), (10, None, 20), (10, None, 20), ids=("A", "B", "C"))
    with pytest.raises(XlidxError, match="the company has no country"):
        index_history(two(), table, rows, paying, None, taxes)


def test_no_session_after_the_state():
    run = index_history(two(), prices((10, 20)))
    with pytest.raises(XlidxError, match="no session after 2016-03-23"):
        continue_history(run.state, prices((10, 20)))


def test_member_without_a_column_of_prices():
    with pytest.raises(XlidxError, match="no prices for member B - table prices, row 1"):
        index_history(two(), prices((10,), ids=("A",)))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"base_level": 0.0}, "base_level is 0 but must be above 0"),
        ({"divisor": -1.0}, "divisor is -1 but must be above 0"),
        ({"continuity": "some"}, "continuity 'some' is not known"),
        ({"stale_fixing": "next"}, "stale_fixing 'next' is not known"),
    ],
)
def test_bad_options(options, words):
    with pytest.raises(XlidxError, match=words):
        index_history(two(), prices((10, 20)), **options)


def test_an_index_without_value_is_refused():
    with pytest.raises(XlidxError, match="market value on the base date is 0"):
        index_history(two(), prices((0, 0)))
    with pytest.raises(XlidxError, match="the index has no value on 2016-03-24"):
        index_history(two(), prices((1, 1), (0, 0)))


def test_published_levels_are_rounded_but_the_chain_is_not():
    table = prices((10, 20), (10.011, 20), (10.022, 20))
    exact, shown = (index_history(two(), table, base_level=100.0, decimals=n) for n in (None, 2))
    assert shown.levels["Price"].tolist() == [100.0, 100.06, 100.11]
    assert exact.levels["Price"].tolist() == pytest.approx([100.0, 100.055, 100.11], rel=1e-15)
    assert shown.state.price == exact.state.price
    assert shown.levels["Divisor"].tolist() == exact.levels["Divisor"].tolist()


def test_base_levels_of_the_return_indices():
    run = index_history(two(), prices((10, 20), (11, 22)), base_level=3000.0, base_net=11_987.6, base_gross=4000.0)
    assert run.levels[["Net", "Gross"]].to_numpy().tolist()[0] == [11_987.6, 4000.0]
    assert run.levels["Gross"].tolist()[1] == total_return_level(4000.0, 3000.0, 3300.0)


@pytest.mark.rule("solactive_human_capital", "3.1")
def test_numbers_of_shares_alone():
    # Divisor 1 for good: the review hands in the new numbers of shares, worth as much at the closes before.
    start = two(shares=[2.0, 4.0])
    rows = acts(
        {"date": DAYS[1], "isin": "A", "action": "split", "ratio": 2},
        {"date": DAYS[2], "isin": "A", "action": "review", "shares": 10, "free_float": 1},
        {"date": DAYS[2], "isin": "B", "action": "review", "shares": 2.5, "free_float": 1},
    )
    run = index_history(start, prices((10, 20), (5, 20), (6, 20)), rows, divisor=1.0, fixed_divisor=True)
    assert run.levels["Divisor"].tolist() == [1.0] * 3
    assert run.levels["Price"].tolist() == [100.0, 100.0, 110.0]


@pytest.mark.rule("psi20", "3.2")
def test_difference_report_of_a_restatement():
    old = index_history(two(), prices((10, 20), (11, 20), (11, 20))).levels
    new = index_history(two(), prices((10, 20), (11, 20), (12, 20), (12, 20))).levels
    found = compare_histories(old, new)
    assert found["column"].tolist() == ["Price", "Net", "Gross", "Divisor", "Price", "Net", "Gross"]
    assert found["difference"].tolist()[0] == pytest.approx(50.0, rel=1e-12)
    assert np.isnan(found["old"].tolist()[3])
    assert compare_histories(old, old).empty
    assert compare_histories(old, new[:3], tolerance=60.0).empty


def test_an_event_of_a_company_removed_days_before_is_passed_over():
    # Nothing but removals and price rules in between: the run of plain days must stop there.
    rows = acts(
        {"date": DAYS[1], "isin": "A", "action": "removal"},
        {"date": DAYS[2], "isin": "B", "action": "split", "ratio": 2},
        {"date": DAYS[3], "isin": "A", "action": "special dividend", "amount": 1},
    )
    run = index_history(two(), prices((10, 20), (10, 20), (10, 10), (10, 10)), rows, divisor=200.0)
    assert run.flags["what"].tolist() == ["special dividend of a company that is no member, passed over"]
    assert run.levels["Price"].tolist() == [100.0] * 4
    assert len(run.divisors) == 2


def test_a_removal_at_the_close_by_hand_and_dividends_around_it():
    # 20 000 over 200; A leaves at 10 x 1000, so the divisor halves; its dividend of the same day is not reinvested.
    gone = acts({"date": DAYS[1], "isin": "A", "action": "removal"})
    paying = block(
        DIVIDENDS,
        [
            {"isin": "A", "ex_date": DAYS[1], "amount": 1.0, "withholding": 0.0},
            {"isin": "B", "ex_date": DAYS[2], "amount": 2.0, "withholding": 0.0},
        ],
    )
    run = index_history(two(), prices((10, 20), (11, 22), (None, 20)), gone, paying, divisor=200.0)
    assert run.divisors[["old", "new"]].to_numpy().tolist() == [[200.0, 100.0]]
    assert run.levels["Price"].tolist() == pytest.approx([100.0, 110.0, 100.0], rel=1e-15)
    assert run.levels["Gross"].tolist() == pytest.approx([100.0, 110.0, 110.0], rel=1e-14)
    assert run.flags[["id", "what"]].to_numpy().tolist() == [
        ["A", "dividend of a company that is no member, not reinvested"]
    ]
    assert run.state.basket.ids == ("B",)


def test_removing_every_member_on_one_day_is_refused():
    gone = acts(
        {"date": DAYS[1], "isin": "A", "action": "removal"}, {"date": DAYS[1], "isin": "B", "action": "removal"}
    )
    with pytest.raises(XlidxError, match="nothing is left in the index on 2016-03-24"):
        index_history(two(), prices((10, 20), (10, 20)), gone, divisor=200.0)


# -- dividends: amounts in index currency, two tables of rates, one basis on the ex-date of a split


def specials(*rows):
    return block(DIVIDENDS, [{"isin": "A", "ex_date": DAYS[1], "type": "special", **row} for row in rows])


@pytest.mark.rule("psi20", "4.3.4")
@pytest.mark.rule("psi20", "6.5.2")
def test_a_special_dividend_offered_in_index_currency_counts_with_that_amount():
    # 10 less 0.95 offered in euro, not less 1.00 at 0.90: 200 x (1000 x 9.05 + 500 x 20) / 20 000
    fx = read_quotes("fx", [["date", "USD"], [DAYS[0], 0.9], [DAYS[1], 0.9]])
    paying = specials({"amount": 1.0, "currency": "USD", "index_currency_amount": 0.95})
    run = index_history(two(), prices((10, 20), (9.05, 20)), None, paying, fx, divisor=200.0)
    assert run.levels["Divisor"].tolist() == pytest.approx([200.0, 190.5], rel=1e-15)
    assert run.levels["Price"].tolist() == pytest.approx([100.0, 100.0], rel=1e-15)
    alone = specials({"index_currency_amount": 0.95})
    again = index_history(two(), prices((10, 20), (9.05, 20)), None, alone, divisor=200.0)
    assert again.levels["Divisor"].tolist() == run.levels["Divisor"].tolist()


@pytest.mark.rule("psi20", "4.2")
@pytest.mark.rule("psi20", "4.3.4")
def test_closes_at_the_closing_rate_and_dividends_at_the_reference_rate_of_the_cum_day():
    # C is quoted in dollars: closes at 0.90, its dividend of 1 USD at 0.91, the special of 2 USD of A at 0.91 too.
    start = Basket(("A", "C"), [1000.0, 1000.0], [1.0, 1.0], [1.0, 1.0], ("EUR", "USD"), ("PT", "PT"))
    fx = read_quotes("fx", [["date", "USD"], [DAYS[0], 0.9], [DAYS[1], 0.8]])
    fixing = read_quotes("reference", [["date", "USD"], [DAYS[0], 0.91], [DAYS[1], 0.81]])
    ordinary = {"isin": "C", "ex_date": DAYS[1], "amount": 1.0}
    special = {"isin": "A", "ex_date": DAYS[1], "type": "special", "amount": 2.0, "currency": "USD"}
    paying = block(DIVIDENDS, [ordinary, special])
    table = prices((10, 10), (8.18, 9), ids=("A", "C"))
    run = index_history(start, table, None, paying, fx, divisor=190.0, reference=fixing)
    divisor = 190 * (1000 * (10 - 1.82) + 9000) / 19_000
    level = (8180 + 1000 * 9 * 0.8) / divisor
    assert run.levels["Divisor"].tolist() == pytest.approx([190.0, divisor], rel=1e-15)
    assert run.levels["Price"].tolist() == pytest.approx([100.0, level], rel=1e-15)
    assert run.levels["Gross"].tolist() == pytest.approx([100.0, level + 1000 * 0.91 / divisor], rel=1e-15)
    alone = index_history(start, table, None, paying, fx, divisor=190.0)
    assert alone.levels["Divisor"][1] == pytest.approx(190 * (1000 * (10 - 1.8) + 9000) / 19_000, rel=1e-15)
    # an event of the actions table is paid at the same rate
    acting = acts({"date": DAYS[1], "isin": "A", "action": "special dividend", "amount": 2.0, "currency": "USD"})
    both = index_history(start, table, acting, block(DIVIDENDS, [ordinary]), fx, divisor=190.0, reference=fixing)
    assert both.levels["Divisor"].tolist() == run.levels["Divisor"].tolist()


def test_the_reference_rate_is_carried_into_the_next_run_and_refused_when_stale():
    start = two(currency=("USD", "EUR"))
    fixing = read_quotes("reference", [["date", "USD"], [DAYS[0], 0.91]])
    fx = read_quotes("fx", [["date", "USD"], *([day, 0.9] for day in DAYS)])
    paying = block(DIVIDENDS, [{"isin": "A", "ex_date": DAYS[2], "amount": 1.0}])
    one = index_history(start, prices((10, 20), (10, 20)), None, None, fx, divisor=190.0, reference=fixing)
    empty = read_quotes("reference", [["date", "USD"], [DAYS[3], 0.5]])
    run = continue_history(one.state, prices((10, 20), days=DAYS[2:3]), None, paying, fx, reference=empty)
    assert run.levels["Gross"].tolist() == pytest.approx([100.0 + 910 / 190], rel=1e-15)
    with pytest.raises(XlidxError, match="no reference rate for USD on the cum-day"):
        index_history(
            start, prices(*[(10, 20)] * 3), None, paying, fx, divisor=190.0, reference=fixing, stale_fixing="refuse"
        )


@pytest.mark.rule("psi20", "4.3.1")
@pytest.mark.rule("psi20", "6.7")
def test_all_dividends_on_the_ex_date_of_a_split_count_on_one_basis():
    # A 1000 at 10 splits in two; 0.5 special and 0.5 ordinary.  Per share held the evening before: 500 each, so the
    # divisor goes to 200 x 19 500 / 20 000 and the gross index to 100 + 500 / 195.  Per new share: 1000 each.
    rows = acts({"date": DAYS[1], "isin": "A", "action": "split", "ratio": 2})
    ordinary = {"isin": "A", "ex_date": DAYS[1], "amount": 0.5}
    paying = block(DIVIDENDS, [ordinary, {**ordinary, "type": "special"}])
    run = index_history(two(), prices((10, 20), (4.75, 20)), rows, paying, divisor=200.0).levels
    assert run["Divisor"].tolist() == pytest.approx([200.0, 195.0], rel=1e-15)
    assert run["Gross"].tolist() == pytest.approx([100.0, 100.0 + 500 / 195], rel=1e-15)
    new = index_history(two(), prices((10, 20), (4.5, 20)), rows, paying, divisor=200.0, dividend_basis="new").levels
    assert new["Divisor"].tolist() == pytest.approx([200.0, 190.0], rel=1e-15)
    assert new["Gross"].tolist() == pytest.approx([100.0, 100.0 + 1000 / 190], rel=1e-15)
    with pytest.raises(XlidxError, match="dividend_basis 'gross' is not known"):
        index_history(two(), prices((10, 20)), dividend_basis="gross")


@pytest.mark.parametrize(("basis", "counted"), [("old", 1000), ("new", 1250)])
def test_ordinary_dividend_on_the_ex_date_of_a_rights_issue(basis, counted):
    rows = acts({"date": DAYS[1], "isin": "A", "action": "rights issue", "ratio": 0.25, "price": 6})
    paying = block(DIVIDENDS, [{"isin": "A", "ex_date": DAYS[1], "amount": 0.5}])
    run = index_history(two(), prices((10, 20), (9.2, 20)), rows, paying, divisor=200.0, dividend_basis=basis)
    assert run.levels["Gross"].tolist() == pytest.approx([100.0, 100.0 + 0.5 * counted / 215], rel=1e-15)


# -- index currency


@pytest.mark.rule("psi20", "4.2")
def test_an_index_in_dollars():
    # 1000 x 10 + 500 x 20 x 1.1 = 21 000 goes to 1000 x 10 + 500 x 20 x 1.2 = 22 000
    start = two(currency=("USD", "EUR"))
    fx = read_quotes("fx", [["date", "USD", "EUR"], [DAYS[0], 1.0, 1.1], [DAYS[1], 1.0, 1.2]])
    run = index_history(start, prices((10, 20), (10, 20)), fx=fx, base_level=100.0, index_currency="usd")
    assert run.levels["Divisor"].tolist() == [210.0, 210.0]
    assert run.levels["Price"].tolist() == pytest.approx([100.0, 22_000 / 210], rel=1e-15)
    for table in ({"fx": fx}, {"reference": attrs.evolve(fx, name="reference")}):
        with pytest.raises(
            XlidxError, match=r"EUR is the index currency, but its rate is 1.1 .* 2016-03-23, column EUR"
        ):
            index_history(two(), prices((10, 20), (10, 20)), **table)


# -- a removal at a set price on the day of a review, and other events of companies that a review drops


def reviewed(*rows, **options):
    members = [
        {"date": DAYS[1], "isin": isin, "action": "review", "shares": shares, "free_float": 1}
        for isin, shares in (("A", 1000.0), ("B", 500.0))
    ]
    start = Basket(("A", "B", "C"), [1000.0, 500.0, 250.0], [1.0] * 3, [1.0] * 3, ("EUR",) * 3)
    table = prices((10, 20, 2), (10, 20, 2), ids=("A", "B", "C"))
    return index_history(start, table, acts(*members, *rows), divisor=205.0, **options)


@pytest.mark.rule("psi20", "6.2.2")
@pytest.mark.parametrize(
    ("action", "price", "level", "divisor"),
    [
        # Euronext, 9 September 2019: "it has been decided to remove Nyrstar at the review at a price of zero".
        # 1000 x 10 + 500 x 20 + 250 x 2 = 20 500 over 205; without the 500, 20 000 / 205 and the same divisor.
        ("removal after suspension", None, 20_000 / 205, 205.0),
        ("removal", 0, 20_000 / 205, 205.0),
        ("delisting", 1, 20_250 / 205, 205 * 20_000 / 20_250),
        ("removal", 3, 20_750 / 205, 205 * 20_000 / 20_750),  # a takeover at 3
        ("removal", None, 100.0, 200.0),
        ("delisting", None, 100.0, 200.0),
    ],
)
def test_removal_at_a_set_price_on_the_day_of_a_review(action, price, level, divisor):
    run = reviewed({"date": DAYS[1], "isin": "C", "action": action, "price": price})
    assert run.levels["Divisor"].tolist() == pytest.approx([205.0, divisor], rel=1e-15)
    assert run.levels["Price"].tolist() == pytest.approx([100.0, level], rel=1e-14)
    assert run.divisors["reason"].tolist() == [f"review; {action} C"]
    assert run.flags.empty


@pytest.mark.parametrize(
    "row",
    [
        {"action": "replacement", "ratio": 0.1, "other_isin": "B"},
        {"action": "replacement", "ratio": 0.1, "cash": 1, "other_isin": "D"},
        {"action": "spin-off", "ratio": 0.5, "other_isin": "D", "price": 1, "qualifies": "child only"},
        {"action": "split", "ratio": 2},
        {"action": "special dividend", "amount": 1},
        {"action": "suspension"},
    ],
)
def test_other_events_of_a_company_that_leaves_with_the_review(row):
    # Sold at its close of 2 when the review takes effect, so nothing of this reaches the index; it is said so.
    run = reviewed({"date": DAYS[1], "isin": "C", **row})
    assert run.levels["Divisor"].tolist() == pytest.approx([205.0, 200.0], rel=1e-15)
    assert run.levels["Price"].tolist() == pytest.approx([100.0, 100.0], rel=1e-15)
    assert run.flags["what"].tolist() == [f"{row['action']} of a company that is no member, passed over"]
    assert run.divisors["reason"].tolist() == ["review"]


def test_a_replacement_on_the_day_of_a_review_that_keeps_its_target():
    members = [{"date": DAYS[1], "isin": isin, "action": "review", "shares": 500, "free_float": 1} for isin in "AB"]
    bid = {"date": DAYS[1], "isin": "B", "action": "replacement", "ratio": 2, "other_isin": "C"}
    table = prices((10, 20, 10), (10, None, 10), ids=("A", "B", "C"))
    run = index_history(two(), table, acts(*members, bid), divisor=200.0)
    # 20 000 becomes 500 x 10 + 500 x 20 at the closes: divisor 150; then 1000 C at 10 for 500 B at 20
    assert run.levels["Price"].tolist() == pytest.approx([100.0, 100.0], rel=1e-15)
    assert dict(zip(run.state.basket.ids, run.state.basket.shares.tolist(), strict=True)) == {"A": 500.0, "C": 1000.0}


def test_the_state_keeps_the_last_of_all_rates_and_of_all_reference_rates():
    fx, reference = (
        read_quotes(name, [["date", "USD"], *([day, first - i / 10] for i, day in enumerate(DAYS))])
        for name, first in (("fx", 1.0), ("reference", 2.0))
    )
    run = index_history(
        two(currency=("USD", "EUR")), prices(*[(10, 20)] * 4), fx=fx, reference=reference, divisor=190.0
    )
    assert (run.state.rates["USD"], run.state.fixings["USD"]) == (1.0 - 0.3, 2.0 - 0.3)


# -- a price of 0


def test_a_price_of_zero_of_a_member_is_flagged():
    what = "price of 0 of a member: check it"
    table = prices((10, 20, 0), (0, 20, 0), (10, 20, 0), (10, 20, 0), ids=("A", "B", "C"))
    joins = acts({"date": DAYS[3], "isin": "C", "action": "addition", "shares": 10, "free_float": 1, "price": 1})
    run = index_history(two(), table, joins, divisor=200.0)
    assert run.levels["Price"].tolist() == pytest.approx([100.0, 50.0, 100.0, 100.0 * 20_000 / 20_010], rel=1e-15)
    found = run.flags.assign(date=run.flags["date"].astype(str)).to_numpy().tolist()
    assert found == [[DAYS[1], "A", what], [DAYS[3], "C", what]]


def test_a_suspended_member_at_zero_and_a_split_before_a_price_of_zero():
    rows = acts(
        {"date": DAYS[1], "isin": "A", "action": "suspension"},
        {"date": DAYS[2], "isin": "B", "action": "split", "ratio": 2},
    )
    run = index_history(two(), prices((10, 20), (0, 20), (0, 10), (0, 0.0001)), rows, divisor=200.0)
    assert run.flags.empty
    run = index_history(two(), prices((10, 20), (10, 20), (10, 0)), rows, divisor=200.0)
    assert run.flags["id"].tolist() == ["B"]
    again = continue_history(run.state, prices((10, 0), days=("2016-03-30",)))
    assert again.flags["id"].tolist() == ["B"]


@pytest.mark.rule("psi20", "6.3")
def test_a_new_line_without_any_close_is_carried_at_its_estimate():
    rows = acts({"date": DAYS[1], "isin": "A", "action": "spin-off", "ratio": 0.5, "other_isin": "C", "price": 4})
    table = prices((10, 20, None), (8, 20, None), (8, 20, None), ids=("A", "B", "C"))
    run = index_history(two(), table, rows, divisor=200.0)
    assert run.levels["Price"].tolist() == [100.0, 100.0, 100.0]
    assert run.flags["id"].tolist() == ["C", "C"]
    with pytest.raises(XlidxError, match=r"no prices for C .* other_isin .* may be empty before the first close"):
        index_history(two(), prices((10, 20), (8, 20)), rows, divisor=200.0)


def test_a_price_of_zero_counts_as_one_however_small_the_weight():
    # 0.4 shares are a member, a company that was removed before is none.
    table = prices((10, 20), (10, 0), (10, 0))
    leaves = acts({"date": DAYS[2], "isin": "B", "action": "removal", "price": 20})
    run = index_history(two(shares=[1000.0, 0.4]), table, leaves, divisor=100.0)
    assert run.flags[run.flags["what"].str.startswith("price of 0")]["date"].astype(str).tolist() == [DAYS[1]]
