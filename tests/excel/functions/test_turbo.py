"""The turbo functions through cells: what a person selects, leaves blank, mistypes, and asks to explain."""

from datetime import date

import pytest

import xlidx
from tests.turbo.answers import columns, rows
from xlidx.turbo.pricing import gap_risk

HEADER = [
    "isin", "underlying", "side", "kind", "financing level", "spread", "entitlement", "financing level currency",
    "settlement currency", "level date", "premium", "stop loss rounding", "family",
]  # fmt: skip
DAYS = [[date(2020, 2, day)] for day in (10, 11, 12)]


def terms(**changes):
    usual = {
        "isin": "A", "underlying": "DAX", "side": "long", "kind": "best", "financing level": 1000.0, "spread": 0.03,
        "entitlement": 0.01, "financing level currency": "EUR", "settlement currency": "EUR",
        "level date": date(2020, 2, 10),
    }  # fmt: skip
    line = usual | {name.replace("_", " "): value for name, value in changes.items()}
    return [HEADER, [line.get(name) for name in HEADER]]


def column(table, name, first=1):
    at = table[0].index(name)
    return [row[at] for row in table[first:]]


def test_a_path_with_everything_left_out_but_the_rate():
    found = xlidx.call("XI_TURBO_FINANCING_PATH", terms(), DAYS, 0.006)
    assert column(found, "financing_level") == pytest.approx([1000.0, 1000.1, 1000.20001])
    assert column(found, "premium") == [None] * 3
    assert column(found, "state") == ["live"] * 3


def test_a_path_of_a_future_needs_no_rate_and_shows_its_handling_cost_and_roll():
    future = terms(family="index future")
    found = xlidx.call("XI_TURBO_FINANCING_PATH", future, DAYS, None, None, None, None, [[None], [5.0], [None]])
    assert column(found, "funding_cost") == pytest.approx([0.0, 1 / 12, 1005 / 12_000], abs=1e-5)
    assert column(found, "rollover") == [0.0, 5.0, 0.0]
    assert column(found, "rate") == [None] * 3


def test_a_gap_in_the_rates_is_an_error_from_its_row_on_and_named():
    rates = [[0.006], [None], [0.006]]
    found = xlidx.call("XI_TURBO_FINANCING_PATH", terms(), DAYS, rates)
    assert column(found, "financing_level") == [1000.0, "#N/A", "#N/A"]
    assert column(found, "state") == ["live", "error", "error"]
    assert xlidx.why("XI_TURBO_FINANCING_PATH", terms(), DAYS, rates).startswith("#N/A rate is missing")
    assert xlidx.call("XI_TURBO_FINANCING_PATH", terms(), DAYS, [[0.006], ["n/a"], [0.006]]) == "#VALUE!"
    assert xlidx.call("XI_TURBO_FINANCING_PATH", terms(), DAYS, [[0.006], ["#REF!"], [0.006]]) == "#REF!"


def test_an_open_ended_path_touches_its_stop_loss_and_ends():
    opened = terms(kind="open ended", premium=0.05, stop_loss_rounding=0.1)
    low, high = [[1060.0], [1050.0], [1055.0]], [[1070.0], [1061.0], [1070.0]]
    arguments = [opened, DAYS, 0.006, None, None, None, None, low, high]
    found = xlidx.call("XI_TURBO_FINANCING_PATH", *arguments)
    assert column(found, "stop_loss") == [1050.0, 1050.0, "#N/A"]
    assert column(found, "event") == [False, True, False]
    assert column(found, "note")[2] == "stopped out on 2020-02-11, nothing to roll further"
    masked = xlidx.call("XI_TURBO_FINANCING_PATH", *arguments, None, None, [[False], [True], [False]])
    assert column(masked, "state") == ["live"] * 3
    assert xlidx.call("XI_TURBO_FINANCING_PATH", *arguments[:-1]) == "#VALUE!"


def test_the_rules_of_a_path_are_a_table_of_one_row():
    rules = [["accrual", "long share"], ["daily", 0.85]]
    given = [terms(), DAYS, 0.006, None, [[0.0], [10.0], [0.0]], *[None] * 7]
    assert column(xlidx.call("XI_TURBO_FINANCING_PATH", *given, rules), "dividend") == [0.0, 8.5, 0.0]
    assert column(xlidx.call("XI_TURBO_FINANCING_PATH", *given), "dividend") == [0.0, 10.0, 0.0]
    sentence = xlidx.why("XI_TURBO_FINANCING_PATH", *given, [["accrual"], ["weekly"]])
    assert sentence.startswith("#VALUE! accrual 'weekly' is not known - table rules, row 2")


def test_a_path_of_a_series_that_is_out_or_of_two_is_refused():
    out = [[*HEADER, "stopped out"], [*terms()[1], date(2020, 2, 11)]]
    sentence = xlidx.why("XI_TURBO_FINANCING_PATH", out, DAYS, 0.006)
    assert sentence.startswith("#NUM! the series was stopped out on 2020-02-11: nothing is left to roll")
    two = [*terms(), terms(isin="B")[1]]
    assert "a path follows one certificate" in xlidx.why("XI_TURBO_FINANCING_PATH", two, DAYS, 0.006)


def market(**changes):
    header = ["underlying", "date", "spot", "rate", "low", "high"]
    found = [header]
    for row in DAYS:
        found += [[name, row[0], 1100.0, 0.006, None, None] for name in ("DAX", "NDX")]
    for place, value in changes.items():
        name, day, column = place.split("_")
        found[1 + 2 * int(day) + ("DAX", "NDX").index(name)][header.index(column)] = value
    return found


def test_paths_of_many_series_keep_their_errors_to_themselves():
    table = [*terms(), terms(isin="B", underlying="NDX")[1], terms(isin="C", entitlement=-1.0)[1]]
    usual = xlidx.call("XI_TURBO_PATHS", table, market())
    for change in ({"NDX_1_spot": None}, {"NDX_1_spot": "#N/A"}, {"NDX_1_rate": "abc"}, {"NDX_1_low": 1200.0}):
        found = xlidx.call("XI_TURBO_PATHS", table, market(**change))
        assert found[:4] == usual[:4]
        assert column(found, "state", 4) == ["live", "error", "error", "error"]
        assert found[7][0] == "C"
    assert column(usual, "note")[-1].startswith("#NUM! entitlement is -1 but must be above 0 - table terms, row 4")


def test_the_as_of_day_rolls_the_book():
    table = [*terms(), terms(isin="B", side="short", financing_level=1300.0)[1]]
    levels = [column(xlidx.call("XI_TURBO_BOOK", table, market(), row[0]), "financing_level") for row in DAYS]
    rows_of = xlidx.call("XI_TURBO_PATHS", table, market())
    assert [a for a, _ in levels] == column(rows_of, "financing_level")[:3]
    assert [b for _, b in levels] == column(rows_of, "financing_level")[3:]
    rates = [["currency", "rate"], ["EUR", 0.012]]
    dearer = xlidx.call("XI_TURBO_BOOK", table, market(), DAYS[1][0], rates)
    assert column(dearer, "financing_level")[0] == pytest.approx(1000 * (1 + 0.042 / 360))


def test_valuation_dates_refuse_what_no_calendar_has():
    assert xlidx.call("XI_TURBO_VALUATION_DATES", date(2020, 2, 12), 1, "XETR") == [[date(2021, 2, 12)]]
    assert xlidx.call("XI_TURBO_VALUATION_DATES", date(2020, 2, 12), 1.5, "XETR") == "#NUM!"
    assert xlidx.call("XI_TURBO_VALUATION_DATES", date(2020, 2, 12), 2, "FRANKFURT") == "#VALUE!"


def test_the_gap_premium_in_a_cell_is_that_of_the_function_and_repeats():
    model = ("long", 92.0, 100.0, 0.02, 0.02, 0.0, 0.25, 0.5, 4.0, -0.03, 0.06)
    found = xlidx.call("XI_TURBO_GAP_RISK", *model, None, 0.01, 1.1, 5000, 7)
    risk = gap_risk.gap_risk(*model, None, 0.01, 1.1, 5000, 7)
    assert found[0] == ["figure", "value", "standard_error"]
    assert [row[1] for row in found[1:]] == [risk.expected_loss, risk.survivor_value, risk.knockout_probability]
    assert found == xlidx.call("XI_TURBO_GAP_RISK", *model, None, 0.01, 1.1, 5000, 7)
    assert found != xlidx.call("XI_TURBO_GAP_RISK", *model, None, 0.01, 1.1, 5000, 8)
    too_many = xlidx.why("XI_TURBO_GAP_RISK", *model[:7], 50.0, 366.0, *model[9:], None, None, None, 10_000_000)
    assert too_many.startswith("#NUM! paths is 10000000 but must be fewer for so many jumps")


@pytest.mark.parametrize(
    ("name", "arguments", "last"),
    [
        ("XI_TURBO_CARRY", ("short", 13571.32, -0.0045, 0.035, 0.01), -0.014890753888888889),
        ("XI_TURBO_PREMIUM", ("long", 8.25, 7000, 8000, 0.01, 1.25, "spot"), 0.00390625),
        ("XI_TURBO_IMPLIED_RATE", ("long", 3600, 3603, 10, 0.01), 0.02),
        ("XI_TURBO_HEDGE_COUNT", (100_000, 12_500, 0.01), 800.0),
        ("XI_TURBO_FX_EXPOSURE", ("long", 7000, 8000, 0.01, 500), 5000.0),
        ("XI_TURBO_LEVERAGE_LIMIT", ("share",), 5.0),
    ],
)
def test_a_figure_is_explained_to_its_last_line(name, arguments, last):
    assert xlidx.call(name, *arguments) == pytest.approx(last, rel=1e-12)
    assert xlidx.call("XI_EXPLAIN", name, *arguments)[-1][2] == pytest.approx(last, rel=1e-12)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("XI_TURBO_PREMIUM", ("long", 8.25, 7000, 8000, 0.01, 1.25, "unit")),
        ("XI_TURBO_LEVERAGE_LIMIT", ("house",)),
        ("XI_TURBO_LADDER_LEVELS", ("short", 13532.32, 5)),
        ("XI_TURBO_LADDER_LEVELS", ("short", 13532.32, 5, 3, None, [[20.0]])),
    ],
)
def test_words_and_arguments_that_do_not_fit_are_refused(name, arguments):
    assert xlidx.call(name, *arguments) == "#VALUE!"


@pytest.mark.parametrize(
    ("name", "first", "increment", "count"),
    [("DAX", 39, 5, 6), ("NDX", 438.44, 20, 9), ("SPX", 315.46, 10, 2), ("SX5E", 379, 10, 2), ("MDAX", 2680, 1, 1),
     ("INDU", 1184.15, 25, 3)],
)  # fmt: skip
def test_the_ladders_of_the_document_come_back_in_two_cells(name, first, increment, count):
    names, spots, rates = columns("spots", "underlying", "spot", "usd_per_eur")
    spot, fx = (values[names.index(name)] for values in (spots, rates))
    printed = [row for row in rows("series") if row["underlying"] == name]
    levels = xlidx.call("XI_TURBO_LADDER_LEVELS", "short", spot, increment, count, first)
    levels = levels if isinstance(levels, list) else [[levels]]
    found = xlidx.call("XI_TURBO_LADDER", "short", spot, levels, float(printed[0]["entitlement"]), fx)
    assert column(found, "financing_level") == [float(row["financing_level"]) for row in printed]
    assert column(found, "issue_price") == [float(row["issue_price"]) for row in printed]


def test_open_ended_series_in_ladder_and_scenario_take_premium_and_rounding():
    found = xlidx.call("XI_TURBO_LADDER", "long", 25, [[20.05]], 1, None, "open ended", None, 0.075, 0.1)
    assert column(found, "stop_loss") == [21.6]
    grid = xlidx.call("XI_TURBO_SCENARIO", "long", 20.05, 25, 0, 1, None, None, None, None, "open ended", 0.075, 0.1)
    assert column(grid, "stop_loss") == [21.6]


def test_the_economics_table_of_the_document_comes_back_row_by_row():
    names, spots, rates = columns("spots", "underlying", "spot", "usd_per_eur")
    printed = ("series", "isin", "number", "issue_price", "financing_level", "spread", "maximum_spread", "premium",
               "maximum_premium", "minimum_premium", "stop_loss", "rounding", "entitlement", "currency")  # fmt: skip
    count = 0
    for name, spot, fx in zip(names, spots, rates, strict=True):
        own = [row for row in rows("series") if row["underlying"] == name]
        levels, isins = ([[value] for value in values] for values in (
            [float(row["financing_level"]) for row in own], [row["isin"] for row in own]
        ))  # fmt: skip
        found = xlidx.call(
            "XI_TURBO_ISSUE_TABLE", "short", spot, levels, float(own[0]["entitlement"]), own[0]["currency"], fx, None,
            float(own[0]["series"]), isins, None, None, None, float(own[0]["premium"]) / 100,
        )  # fmt: skip
        words = ("isin", "currency")
        assert found[1:] == [[row[c] if c in words else float(row[c]) for c in printed] for row in own]
        count += len(own)
    assert count == 23


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({8: [["DE000NG20XP4"]]}, "#NUM! DE000NG20XP4 is no ISIN: its form or check digit is wrong - argument"),
        ({8: [["DE000NG20XP3"], ["DE000NG20XQ1"]]}, "#VALUE! 2 ISINs for 1 series"),
        ({10: 0.06}, "#NUM! spread is 0.06 but must not be above the maximum spread"),
        ({10: 3.5}, "#NUM! spread is 3.5 but must lie between 0 and 1"),
        ({12: 0.3}, "#NUM! premium is 0.3 but must lie within minimum and maximum premium"),
        ({15: 0.0}, "#NUM! rounding is 0 but must be above 0"),
        ({9: 0.5}, "#NUM! number is 0.5 but must be a whole number above 0"),
        ({6: "open ended", 12: 0.015}, "#NUM! series 1 would be stopped out at issue"),
        ({8: [["#N/A"]]}, "#N/A isins holds #N/A"),
        ({2: [[13571.32], [13576.32]], 8: [["DE000NG20XP3"], ["de000ng20xp3 "]]},
         "#NUM! DE000NG20XP3 appears twice - argument isins, item 2"),
    ],
)  # fmt: skip
def test_an_economics_table_that_no_document_may_print_is_refused(change, sentence):
    given = ["short", 13532.32, [[13571.32]], 0.01, "EUR", *[None] * 12]
    assert isinstance(xlidx.call("XI_TURBO_ISSUE_TABLE", *given), list)
    for place, value in change.items():
        given[place] = value
    assert xlidx.why("XI_TURBO_ISSUE_TABLE", *given).startswith(sentence)


# EONIA of 7 February 2020 was printed as -0.45, federal funds of April 2020 as 0.25: per cents, taken as fractions.
PER_CENTS = {
    "XI_TURBO_FINANCING_LEVEL": ("short", 13571.32, "rate", 0.035, 1.0, None, None, None),
    "XI_TURBO_CARRY": ("long", 3000.0, "rate", 0.035, 0.01, None, None),
    "XI_TURBO_BREAK_EVEN": ("long", 5.0, 20.0, 1.0, None, 30.0, "rate", 0.035, None, None),
    "XI_TURBO_THEORETICAL": ("long", 95.0, 100.0, 0.02, "rate", 0.0, 0.3, 0.25, None, None, None, None),
    "XI_TURBO_SCENARIO": ("long", 20.0, 25.0, 0.035, 1.0, None, 1.0, "rate", *[None] * 6),
}


@pytest.mark.parametrize("name", PER_CENTS)
@pytest.mark.parametrize("rate", [-0.45, 0.25, 0.2001, -0.0501])
def test_a_rate_in_per_cent_is_a_question(name, rate):
    def call(rate, *more):
        return [name, *[rate if value == "rate" else value for value in PER_CENTS[name]], *more]

    sentence = (
        f"#NUM! rate is {rate:g} but must lie between -0.05 and 0.2 - argument rate - give a fraction: -0.45 % is"
    )
    assert xlidx.why(*call(rate)).startswith(sentence)
    assert xlidx.why(*call(rate, "allow")) == ""
    assert xlidx.why(*call(-0.0045)) == ""
    assert xlidx.why(*call(0.2)) == ""
    assert "unusual_rates 'yes' is not known" in xlidx.why(*call(rate, "yes"))


def test_one_rate_in_per_cent_leaves_the_other_cells_alone():
    # 13571.32 x (1 - 0.0395 / 360) is 13569.8309; the cell of -0.45 asks.
    found = xlidx.call("XI_TURBO_FINANCING_LEVEL", "short", 13571.32, [[-0.0045], [-0.45]], 0.035, 1)
    assert found == [[pytest.approx(13569.83092461)], ["#NUM!"]]


def test_an_open_ended_certificate_is_not_priced_without_its_stop_loss():
    terms = ["long", 90.0, 100.0, 0.035, 0.0, 0.0, 0.25, 0.25]
    sentence = "#VALUE! stop_loss is blank, which an open-ended certificate needs - argument stop_loss"
    assert xlidx.why("XI_TURBO_THEORETICAL", *terms, None, 1, 1, "open ended").startswith(sentence)
    # 9.4926: QuantLib and an integral over the first touch agree; without rebate and barrier 9.3958.
    assert xlidx.call("XI_TURBO_THEORETICAL", *terms, 92.5, 1, 1, "open ended") == pytest.approx(9.4926, abs=5e-5)
    kinds = xlidx.call("XI_TURBO_THEORETICAL", *terms, [[None], [92.5], [None]], 1, 1,
                       [["open ended"], ["open ended"], ["best"]])  # fmt: skip
    assert kinds == [["#VALUE!"], [pytest.approx(9.4926, abs=5e-5)], [pytest.approx(9.3958, abs=5e-5)]]


@pytest.mark.parametrize(
    ("stop_loss", "kind", "sentence"),
    [
        (
            85.0,
            "open ended",
            "stop-loss price is 85 but must not be below the level of a long or above that of a short",
        ),
        (92.5, "best", "stop-loss price is 92.5 but must be the level of a best certificate"),
        (85.0, "best", "stop-loss price is 85 but must be the level of a best certificate"),
    ],
)
def test_a_stop_loss_that_the_certificate_cannot_have_is_refused(stop_loss, kind, sentence):
    value = ["XI_TURBO_THEORETICAL", "long", 90.0, 100.0, 0.035, 0.0, 0.0, 0.25, 0.25, stop_loss, 1, 1, kind]
    grid = [
        "XI_TURBO_SCENARIO",
        "long",
        90.0,
        100.0,
        0.035,
        1,
        None,
        None,
        None,
        None,
        kind,
        0.05,
        0.1,
        None,
        stop_loss,
    ]
    terms = [["isin", "underlying", "side", "kind", "financing level", "spread", "premium", "entitlement",
              "financing level currency", "settlement currency", "level date", "stop loss"],
             ["A", "DAX", "long", kind, 90.0, 0.035, 0.05, 1.0, "EUR", "EUR", "2020-02-10", stop_loss]]  # fmt: skip
    for call in (value, grid, ["XI_TURBO_BOOK", terms, [["underlying", "spot", "rate"], ["DAX", 100.0, 0.0]]]):
        assert sentence.split(" but must ")[0] in xlidx.why(*call)
    best_alike = [*grid[:-1], 90.0]
    assert xlidx.why(*best_alike) == ""


def test_the_scenario_holds_the_stop_loss_in_force():
    # Level 100, stop-loss 104.9 set on 2 March at 99.9: at a spot of 104.95 the series lives and is worth 4.95; set
    # anew from today's level it would stand at 105.0 and be stopped out.
    terms = ["long", 100.0, 104.95, 0.035, 1, [[0.0, -0.001]], None, None, None, "open ended", 0.05, 0.1, None]
    anew = xlidx.call("XI_TURBO_SCENARIO", *terms)
    assert (column(anew, "stop_loss"), column(anew, "state")) == ([105.0, 105.0], ["stopped out"] * 2)
    held = xlidx.call("XI_TURBO_SCENARIO", *terms, 104.9)
    assert (column(held, "stop_loss"), column(held, "state")) == ([104.9, 104.9], ["live", "stopped out"])
    assert column(held, "value") == [pytest.approx(4.95), pytest.approx(4.84505)]  # 104.95 x 0.999 less 100
    without_premium = [*terms[:10], None, None, None, 104.9]
    assert xlidx.call("XI_TURBO_SCENARIO", *without_premium) == held
    assert "must be above 0" in xlidx.why("XI_TURBO_SCENARIO", *terms, 0.0)
