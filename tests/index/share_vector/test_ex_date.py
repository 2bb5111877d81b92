"""Events on days without an own price, several events on one day, removals at a price that is set: by hand."""

from datetime import date
from itertools import combinations

import pytest

import xlidx
from tests.depth import depth
from tests.index.share_vector.random_shares import VERSIONS, weekdays
from xlidx.errors import XlidxError
from xlidx.index.basket import read_quotes
from xlidx.rulebooks.solactive_human_capital import history as book
from xlidx.tables import read

DAYS = weekdays(date(2017, 10, 2), 16)
HALF = [["adjustment day", "isin", "weight"], [DAYS[0], "A", 0.5], [DAYS[0], "B", 0.5]]
HEAD = ["date", "isin", "event", "ratio", "price", "old", "new", "factor", "author", "reason", "event id"]
WHO = ["calculator", "as the options exchange"]


def event(day, kind, *, ratio=None, price=None, old=None, new=None, factor=None, isin="A"):
    who = WHO if factor else [None, None]
    return [day, isin, kind, ratio, price, old, new, factor, *who, f"{kind} {ratio} {old}"]


def run(quoted, happening=(), paid=(), targets=HALF, **readings):
    dividends = [["isin", "ex date", "amount", "type", "withholding"], *paid]
    return book.index_history(
        read(book.TARGETS, targets),
        read_quotes("prices", [["date", *(["A", "B", "C"][: len(quoted[0]) - 1])], *quoted]),
        read(book.EVENTS, [HEAD, *happening]) if happening else None,
        read(book.DIVIDENDS, dividends) if paid else None,
        readings=book.readings(**readings),
    )


def three(found):
    return [found.levels[version].tolist() for version in VERSIONS]


# The price ex of A, of which half the index is made at 100, by the account of one share on 3 October:
# event, price ex, and how.
EX = [
    (event(DAYS[1], "split", old=1.0, new=2.0), 50.0, "one share is two"),
    (event(DAYS[1], "split", old=10.0, new=1.0), 1000.0, "ten shares are one"),
    (event(DAYS[1], "par value", old=5.0, new=1.25), 25.0, "one share is four of a quarter of the par value"),
    (event(DAYS[1], "capital reduction", ratio=10.0), 1000.0, "ten shares are one"),
    (event(DAYS[1], "capital increase", ratio=1.0), 50.0, "bonus: one share is two, nothing is paid"),
    (event(DAYS[1], "capital increase", ratio=0.25, price=60.0), 92.0, "(100 + 0.25 x 60) / 1.25"),
    (event(DAYS[1], "capital increase", ratio=0.25, price=100.0), 100.0, "a right without value"),
    (event(DAYS[1], "manual factor", factor=1.25), 80.0, "100 / 1.25"),
]


@pytest.mark.rule("solactive_human_capital", "1.4")
@pytest.mark.rule("solactive_human_capital", "3.5.2")
@pytest.mark.rule("solactive_human_capital", "3.5.3")
@pytest.mark.rule("solactive_human_capital", "3.5.4")
@pytest.mark.parametrize(("row", "ex", "how"), EX, ids=lambda value: str(value)[-30:])
@pytest.mark.parametrize("form", ["ex date", "ex ante"])
def test_a_carried_price_goes_through_the_event_and_the_level_stays(row, ex, how, form):
    # A holder of A has neither gained nor lost, B does not move: 100 on every day, in all three versions.
    # On the third day the price is there again, on the last it is a tenth higher: 50 x 1.1 + 50.
    quoted = [[DAYS[0], 100.0, 20.0], [DAYS[1], None, 20.0], [DAYS[2], ex, 20.0], [DAYS[3], ex * 1.1, 20.0]]
    found = run(quoted, [row], increase_form=form)
    assert three(found) == [[100.0, 100.0, 100.0, 105.0]] * 3
    shown = found.shown()["Flag"].tolist()
    assert shown == ["", "last known price carried, less what goes ex", "", ""]


@pytest.mark.rule("solactive_human_capital", "1.4")
@pytest.mark.parametrize(("row", "ex", "how"), EX, ids=lambda value: str(value)[-30:])
@pytest.mark.parametrize("gap", [1, 2, 4, 30])
def test_inside_the_rebalancing_window_too(row, ex, how, gap):
    # A joins in ten days after the 2nd; the event is on the second of them, and the price stays away for a while.
    targets = [HALF[0], [DAYS[0], "B", 1.0], [DAYS[1], "A", 0.5], [DAYS[1], "B", 0.5]]
    row = [DAYS[3], *row[1:]]
    quoted = [[day, 100.0 if place < 3 else None if place < 3 + gap else ex, 20.0] for place, day in enumerate(DAYS)]
    found = run(quoted, [row], targets=targets)
    assert three(found) == [[100.0] * len(DAYS)] * 3
    assert found.state.shares() == pytest.approx({"A": 50.0 / ex, "B": 2.5}, rel=1e-12)


@pytest.mark.rule("solactive_human_capital", "3.4")
@pytest.mark.parametrize("kind", ["ordinary", "special"])
@pytest.mark.parametrize("form", ["ex date", "ex ante"])
def test_a_dividend_on_a_day_without_a_price(kind, form):
    # Cum 10, D 1: a share is worth 9 without it.  Gross 100, 100, 100.  Net of 25 %: as printed 9.75 / 9 of the shares
    # at 9, 97.5; ex ante 10 / 9.25 of the shares at 9, 97.30.  The price version without an ordinary dividend: 90.
    net = 97.5 if form == "ex date" else 97.3
    paid = [["A", DAYS[1], 1.0, kind, 0.25]]
    one = [HALF[0], [DAYS[0], "A", 1.0]]
    found = run([[DAYS[0], 10.0], [DAYS[1], None], [DAYS[2], 9.0]], paid=paid, targets=one, dividend_form=form)
    price = 90.0 if kind == "ordinary" else net
    assert three(found) == [[100.0, price, price], [100.0, net, net], [100.0, 100.0, 100.0]]


@pytest.mark.rule("solactive_human_capital", "3.4")
@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize("form", ["ex date", "ex ante"])
def test_two_dividends_of_one_day_are_one_payment(own, form):
    # Cum 10, 0.60 and 0.40: D of the day is 1, 3.4 takes it once: x (9 + 1) / 9.  One after the other they would give
    # x (9.6 / 9) (9.4 / 9), 0.3 % too much.
    paid = [["A", DAYS[1], 0.6, "ordinary", 0.0], ["A", DAYS[1], 0.4, "special", 0.0]]
    quoted = [[DAYS[0], 10.0], [DAYS[1], 9.0 if own else None], [DAYS[2], 9.0]]
    found = run(quoted, paid=paid, targets=[HALF[0], [DAYS[0], "A", 1.0]], dividend_form=form)
    assert found.levels["GTR"].tolist() == [100.0, 100.0, 100.0]
    assert found.state.shares("GTR")["A"] == pytest.approx(100.0 / 9.0, rel=1e-14)
    # The price version reinvests the special one alone: x 9.4 / 9 at 9, or x 10 / 9.6 at 9.
    assert found.levels["PR"].iloc[-1] == (94.0 if form == "ex date" else 93.75)


# What happens to one share at 100, as split, increases and dividends per share held after the split.
PARTS = {
    "split": event(DAYS[1], "split", old=1.0, new=2.0),
    "par value": event(DAYS[1], "par value", old=4.0, new=1.0),
    "reduction": event(DAYS[1], "capital reduction", ratio=5.0),
    "bonus": event(DAYS[1], "capital increase", ratio=0.1),
    "rights": event(DAYS[1], "capital increase", ratio=0.25, price=2.0),
    "dear": event(DAYS[1], "capital increase", ratio=0.5, price=4000.0),
    "manual": event(DAYS[1], "manual factor", factor=1.25),
}
PAID = {"pay": ["A", DAYS[1], 1.5, "ordinary", 0.0], "extra": ["A", DAYS[1], 0.5, "special", 0.0]}


def account(names):
    """Follow one share at 100: pieces it becomes, then rights of each piece at their price, then cash of each piece."""
    pieces = 1.0
    for name, factor in (("split", 2.0), ("par value", 4.0), ("reduction", 0.2), ("manual", 1.25)):
        pieces *= factor if name in names else 1.0
    new = (0.1 if "bonus" in names else 0.0) + (0.25 if "rights" in names else 0.0)
    cost = 0.25 * 2.0 if "rights" in names else 0.0
    cash = (1.5 if "pay" in names else 0.0) + (0.5 if "extra" in names else 0.0)
    return (100.0 / pieces + cost - cash) / (1.0 + new)


@pytest.mark.rule("solactive_human_capital", "3.5.2")
@pytest.mark.parametrize("form", ["ex date", "ex ante"])
@pytest.mark.parametrize("size", [1, 2, 3])
def test_any_events_of_one_day_keep_the_gross_level(form, size):
    for names in [*combinations([*PARTS, *PAID], size)][:: depth(size, 1)]:
        ex = account(names)
        for order in (names, names[::-1])[: 4 - size]:
            happening = [PARTS[name] for name in order if name in PARTS]
            paid = [PAID[name] for name in order if name in PAID]
            for own in (True, False):
                quoted = [[DAYS[0], 100.0, 20.0], [DAYS[1], ex if own else None, 20.0], [DAYS[2], ex, 20.0]]
                readings = {"dividend_form": form, "increase_form": form, "price_decimals": None}
                found = run(quoted, happening, paid, **readings)
                what = (names, own)
                assert found.state.vectors["GTR"].index.price == pytest.approx(100.0, rel=1e-13), what
                assert found.levels["GTR"].tolist() == [100.0] * 3, what


@pytest.mark.rule("solactive_human_capital", "3.3")
@pytest.mark.rule("solactive_human_capital", "3.5.2")
def test_two_increases_of_one_day_by_hand():
    # 0.25 at 6 and 0.1 free, each per share held, on a close of 10: 1.35 shares for 10 + 1.5, 8.5185 each.
    ex = 11.5 / 1.35
    rows = [
        event(DAYS[1], "capital increase", ratio=0.25, price=6.0),
        event(DAYS[1], "capital increase", ratio=0.1),
    ]
    for happening in (rows, rows[::-1]):
        found = run([[DAYS[0], 10.0], [DAYS[1], ex]], happening, targets=[HALF[0], [DAYS[0], "A", 1.0]])
        assert found.levels["PR"].tolist() == [100.0, 100.0]
        assert found.state.shares()["A"] == pytest.approx(100.0 / round(ex, 4), rel=1e-5)


@pytest.mark.rule("solactive_human_capital", "1.4")
def test_a_run_that_goes_on_from_a_state_knows_what_went_ex():
    # The event is in the first run, the price is still missing in the second, whose table holds the old price.
    quoted = [[DAYS[0], 100.0, 20.0], *([day, None, 20.0] for day in DAYS[1:4]), [DAYS[4], 50.0, 20.0]]
    rows = [event(DAYS[1], "split", old=1.0, new=2.0)]
    first = run(quoted[:2], rows)
    tables = (
        read(book.TARGETS, HALF),
        read_quotes("prices", [["date", "A", "B"], *quoted]),
        read(book.EVENTS, [HEAD, *rows]),
    )
    rest = book.continue_history(first.state, *tables)
    assert rest.levels["PR"].tolist() == [100.0] * 3
    assert run(quoted, rows).levels["PR"].tolist() == [100.0] * 5


def test_a_carried_price_is_not_rounded_again():
    # 1 share at 0.01 into 3 of 0.0033 in four decimals, with which half the index would lose 0.5 points.
    quoted = [[DAYS[0], 0.01, 20.0], [DAYS[1], None, 20.0]]
    assert run(quoted, [event(DAYS[1], "split", old=1.0, new=3.0)]).levels["PR"].tolist() == [100.0, 100.0]


def test_dividends_as_large_as_the_carried_price_are_refused():
    quoted = [[DAYS[0], 100.0, 20.0], [DAYS[1], None, 20.0]]
    paid = [["A", DAYS[1], 60.0, "ordinary", 0.0], ["A", DAYS[1], 40.0, "special", 0.0]]
    words = "dividends of 100 are not below 100, the last price of A - table dividends, row 3 - give its price"
    with pytest.raises(XlidxError, match=words):
        run(quoted, paid=paid)


def test_a_dividend_of_an_unknown_isin_is_flagged():
    quoted = [[DAYS[0], 100.0, 20.0], [DAYS[1], 100.0, 20.0]]
    paid = [["AA", DAYS[1], 60.0, "ordinary", None], ["AA", DAYS[5], 60.0, "ordinary", None]]
    found = run(quoted, paid=paid)
    assert found.flags.to_numpy().tolist() == [
        [found.levels["Date"].iloc[1], "AA", "dividend of an ISIN that is in no target, not reinvested"]
    ]


# -- removals

WINDOW = [
    HALF[0],
    *([DAYS[0], name, weight] for name, weight in (("A", 0.4), ("B", 0.4), ("C", 0.2))),
    *([DAYS[1], name, 0.5] for name in "AB"),
]


@pytest.mark.rule("solactive_human_capital", "2.3")
@pytest.mark.parametrize(("price", "level"), [(0.0, 82.0), (5.0, 91.0), (10.0, 100.0), (15.0, 109.0), (None, 100.0)])
@pytest.mark.parametrize("disrupted", [False, True])
def test_a_removal_at_a_price_that_is_set_counts_inside_the_window(price, level, disrupted):
    # On the second day of ten C has come down from 20 % to 18 %: at 0 the index loses 18 points, at 5 of 10 half.
    # A day of disruption is none of the window and must not give another level.
    quoted = [[day, 10.0, 10.0, 10.0] for day in DAYS]
    halts = read(book.DISRUPTIONS, [["date"], [DAYS[3]]]) if disrupted else None
    found = book.index_history(
        read(book.TARGETS, WINDOW),
        read_quotes("prices", [["date", "A", "B", "C"], *quoted]),
        read(book.EVENTS, [HEAD, event(DAYS[3], "delisting", price=price, isin="C")]),
        disruptions=halts,
    )
    for version in VERSIONS:
        assert found.levels[version].tolist() == [100.0] * 3 + [level] * (len(DAYS) - 3)
    assert found.state.shares() == pytest.approx({"A": level / 20.0, "B": level / 20.0}, rel=1e-12)


@pytest.mark.rule("solactive_human_capital", "2.3")
def test_two_removals_at_a_price_on_one_day_of_the_window():
    # Day 2: C 18 % at half its price, B 41 % at a quarter: 100 - 9 - B, whose share has grown by 91 / 82 when C went.
    # First C: A and B share 82 + 9 = 91, 45.5 each.  Then B leaves at a quarter: 45.5 + 45.5 / 4 = 56.875, published
    # as 56.88, which sets the shares.
    quoted = [[day, 10.0, 10.0, 10.0] for day in DAYS[:6]]
    rows = [
        event(DAYS[3], "delisting", price=5.0, isin="C"),
        event(DAYS[3], "delisting", price=2.5, isin="B"),
    ]
    assert run(quoted, rows, targets=WINDOW).levels["PR"].tolist() == [100.0] * 3 + [56.88] * 3


# -- inputs that would reach nothing


@pytest.mark.parametrize(
    ("row", "column", "mend"),
    [
        (event(DAYS[1], "split", old=1.0, new=2.0, ratio=2.0), "ratio", "use old, new"),
        (event(DAYS[1], "capital reduction", ratio=2.0, price=3.0), "price", "use ratio"),
        (event(DAYS[1], "capital increase", ratio=2.0, old=1.0), "old", "use ratio, price"),
        (event(DAYS[1], "merger", price=2.0, factor=1.0), "factor", "use price"),
        (event(DAYS[1], "insolvency", price=2.0), "price", "leave it blank"),
        (event(DAYS[1], "manual factor", factor=1.5, new=2.0), "new", "use factor, author, reason"),
    ],
)
def test_a_number_that_an_event_does_not_read_is_refused(row, column, mend):
    quoted = [[day, 10.0, 10.0] for day in DAYS[:3]]
    words = f"{column} does not belong to {row[2]} - table events, row 2, column {column} - {mend}"
    with pytest.raises(XlidxError, match=words):
        run(quoted, [row])


def test_weights_above_the_whole_are_refused():
    assert xlidx.call("XI_SHARES_FROM_WEIGHTS", [[0.9], [0.9]], 100.0, [[10.0], [20.0]]) == "#NUM!"
    why = xlidx.call("XI_WHY", "XI_SHARES_FROM_WEIGHTS", [[0.9], [0.9]], 100.0, [[10.0], [20.0]])
    assert "sum of weights is 1.8 but must not be above 1" in why
    assert xlidx.call("XI_SHARES_FROM_WEIGHTS", [[0.5]], 100.0, [[10.0]]) == 5.0


def test_events_of_others_are_refused_or_flagged() -> None:
    # One table for many indices: C is in no target, B joins later, and the level knows of neither.
    targets = [HALF[0], [DAYS[0], "A", 1.0], [DAYS[4], "B", 1.0]]
    quoted = [[day, 10.0, 10.0] for day in DAYS]
    rows = [
        event(date(2017, 6, 1), "split", old=1.0, new=2.0),
        event(DAYS[1], "split", old=1.0, new=2.0, isin="C"),
        event(DAYS[2], "merger", price=1.0, isin="C"),
        event(DAYS[2], "split", old=1.0, new=2.0, isin="B"),
        event(DAYS[3], "insolvency", isin="C"),
    ]
    found = run(quoted, rows, targets=targets, other_events="flag")
    assert three(found) == [[100.0] * len(DAYS)] * 3
    said = dict(zip(found.flags["date"].dt.date, found.flags["what"], strict=False))
    assert said[DAYS[1]] == "split of an ISIN that is in no target, passed over"
    assert set(found.flags["what"]) >= {"split of a company that is no component"}
    assert len(found.flags) == 4
    refused = ("not after the base date", "C is in no target", "C is no component", "B is no component")
    for row, words in zip(rows, refused, strict=False):
        with pytest.raises(XlidxError, match=words):
            run(quoted, [row], targets=targets)
