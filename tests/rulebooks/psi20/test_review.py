from __future__ import annotations

import random
from datetime import date

import attrs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.depth import depth
from tests.index.review.rig import answers, candidate, candidates, chosen, current, decision, ladder, overrides, ranges
from tests.rulebooks.psi20 import reference
from xlidx.calendars import session_offset, sessions
from xlidx.errors import Kind, XlidxError
from xlidx.rulebooks.euronext import review
from xlidx.rulebooks.euronext.numbers import parameter_table, rule_book
from xlidx.rulebooks.reviews import REVIEWS
from xlidx.tables import Table

PSI20 = rule_book("psi20")
review_dates, review_select, review_update = (getattr(REVIEWS["psi20"], step) for step in ("dates", "select", "update"))

ANNUAL, JUNE = date(2016, 2, 26), date(2016, 5, 27)
CUT_OFFS = {"annual": ANNUAL, "quarterly": JUNE}


def row_of(frame, company):
    return frame[frame["company"] == str(company)].iloc[0]


@pytest.mark.rule("psi20", "5.1.2")
@pytest.mark.rule("psi20", "8.4")
@pytest.mark.parametrize("row", answers("dates.csv"), ids=lambda row: row["effective"])
def test_known_dates(row):
    frame = review_dates(int(row["year"]), row["kind"]).astype(str)
    found = frame[frame["effective"] == row["effective"]]
    assert found[["kind", "cut_off", "composition", "in_force"]].to_numpy().tolist() == [
        [row["kind"], row["cut_off"], row["composition"], row["in_force"]]
    ]


@pytest.mark.rule("psi20", "8.4")
def test_dates_of_a_year_and_their_readings():
    frame = review_dates(2016)
    assert frame["kind"].tolist() == ["annual", "quarterly", "quarterly", "quarterly"]
    assert frame["announcement"].isna().all()
    moved = review_dates(2008, "annual", "forward", 3, 6).astype(str).loc[0]
    # Good Friday forward is Tuesday the 25th; three sessions before it 18 March, six before it 13 March
    assert (moved["effective"], moved["composition"], moved["announcement"]) == (
        "2008-03-25",
        "2008-03-18",
        "2008-03-13",
    )


@given(st.integers(1999, 2030))
@settings(max_examples=depth(10, 32))
def test_dates_follow_the_calendar_in_order(year):
    for row in review_dates(year).itertuples():
        days = [d.date() for d in (row.cut_off, row.composition, row.effective, row.in_force)]
        assert days == sorted(days)
        assert session_offset("XLIS", days[1], 2) == days[2]
        assert session_offset("XLIS", days[2], 1) == days[3]
        # 21 March 2008 is the only third Friday without trading from 1999 to 2030
        assert (days[2].weekday() == 4) != (days[2] == date(2008, 3, 20))


def test_parameters_state_value_and_clause():
    table = parameter_table(PSI20).set_index("name")
    stated = {"cap": (0.12, "5.3.3"), "smallest_size": (1e8, "5.2.4"), "minimum_float": (0.15, "5.2.2(e)")}
    assert {name: tuple(table.loc[name, ["value", "clause"]]) for name in stated} == stated
    assert len(table) == len(PSI20.parameters)
    rules = PSI20.selection
    assert (rules.by_rank, rules.most, rules.fewest, rules.preferred_to) == (18, 20, 18, 22)
    assert (rules.stays_to, rules.enters_from) == (25, 15)
    assert (PSI20.velocity.minimum_float, PSI20.velocity.dropped, PSI20.velocity.months) == (0.25, 20, 12)


@pytest.mark.rule("psi20", "5.2.4")
@pytest.mark.rule("psi20", "5.2.5")
@pytest.mark.parametrize("row", answers("selections.csv"), ids=lambda row: row["vector"])
def test_selections_from_tables(row):
    rows = ladder(int(row["n"]), int(row["small"]), ranges(row["members"]))
    when = CUT_OFFS[row["kind"]]
    vetoes = overrides(*(decision(f"PT{r}", "veto") for r in ranges(row["vetoes"])))
    frame = review_select(row["kind"], candidates(rows), when, vetoes, "raw", "before", row["fill"])
    assert frame["rank"].tolist() == list(range(1, len(rows) + 1))
    assert [int(c) for c in chosen(frame)] == ranges(row["selected"])


def admitted(count):
    """Return the day of admission with ``count`` sessions before the cut-off date of May 2016."""
    return session_offset("XLIS", JUNE, -count)


EDGES = [
    ("5.2.2(a)", {"admission": admitted(20)}, {"admission": admitted(19)}, "listed 19 sessions"),
    ("5.2.2(a)", {"admission": date(1931, 1, 2)}, {"admission": date(2016, 6, 1)}, "listed 0 sessions"),
    ("5.2.2(b)", {"segment": "continuous"}, {"segment": "auction"}, "continuous segment"),
    ("5.2.2(c)", {"instrument": "preference"}, {"instrument": "convertible preference"}, "not converted"),
    ("5.2.2(c)", {"instrument": "ordinary"}, {"instrument": "loan stock"}, "loan stock"),
    ("5.2.2(d)", {"instrument": "ordinary"}, {"instrument": "warrant"}, "derivative security"),
    ("5.2.2(d)", {"instrument": "ordinary"}, {"instrument": "right"}, "derivative security"),
    ("5.2.2(e)", {"free_float": 0.15}, {"free_float": 0.149}, "free float 14.9 % is below 15 %"),
    ("5.2.2(e)", {"free_float": 1 - 0.85}, {"free_float": 0.11}, "free float 11 % is below 15 %"),
    ("5.2.2(f)", {"removed": date(2016, 3, 18)}, {"removed": date(2016, 3, 21)}, "removed on 2016-03-21"),
    ("5.2.3 Velocity", {"velocity": 0.25}, {"velocity": 0.2499}, "velocity 24.99 % is below 25 %"),
    ("5.2.3 Velocity", {"velocity": sum([0.05] * 5)}, {"velocity": None}, "no velocity is known"),
]


@pytest.mark.rule("psi20", "5.2.2(a)")
@pytest.mark.rule("psi20", "5.2.2(b)")
@pytest.mark.rule("psi20", "5.2.2(c)")
@pytest.mark.rule("psi20", "5.2.2(d)")
@pytest.mark.rule("psi20", "5.2.2(e)")
@pytest.mark.rule("psi20", "5.2.2(f)")
@pytest.mark.rule("psi20", "5.2.3 Velocity")
@pytest.mark.parametrize("kind", ["annual", "quarterly"])
@pytest.mark.parametrize(("clause", "good", "bad", "words"), EDGES, ids=lambda v: v if isinstance(v, str) else "")
def test_exclusions_at_their_edges(kind, clause, good, bad, words):
    rows = [candidate("good", **good), candidate("bad", **bad), candidate("held", member="yes", **bad)]
    frame = review_select(kind, candidates(rows), JUNE)
    assert row_of(frame, "good")["decision"] in ("add", "not selected")
    refused = row_of(frame, "bad")
    assert (refused["decision"], refused["clause"], refused["rank"]) == ("excluded", clause, None)
    assert words in refused["reason"]
    held = row_of(frame, "held")
    if kind == "quarterly" and clause in ("5.2.2(e)", "5.2.3 Velocity"):
        assert (held["decision"], held["clause"]) == ("stay", "5.2.5")
        assert words in held["note"]
    else:
        assert (held["decision"], held["clause"]) == ("delete", clause)


@pytest.mark.rule("psi20", "5.2.2(g)")
def test_exclusion_by_decision_names_reason_and_author():
    rows = [candidate("A"), candidate("B", member="yes")]
    frame = review_select(
        "quarterly", candidates(rows), JUNE, overrides(decision("PTA", "exclude"), decision("PTB", "exclude"))
    )
    assert frame["decision"].tolist() == ["excluded", "delete"]
    assert set(frame["reason"]) == {"excluded by decision: because (committee)"}
    assert set(frame["clause"]) == {"5.2.2(g)"}


def test_every_failed_reason_is_listed():
    bad = candidate(
        "A",
        admission=admitted(3),
        segment="other",
        instrument="warrant",
        free_float=0.1,
        removed=date(2016, 4, 1),
        velocity=0.1,
    )
    row = review_select("annual", candidates([bad]), JUNE, overrides(decision("PTA", "exclude"))).iloc[0]
    assert row["clause"] == "5.2.2(a), 5.2.2(b), 5.2.2(d), 5.2.2(e), 5.2.2(f), 5.2.2(g), 5.2.3 Velocity"
    assert row["reason"].count(";") == 6


@pytest.mark.rule("psi20", "5.2.2(e)")
def test_reading_of_the_float_test():
    table = candidates([candidate("A", free_float=0.101), candidate("B", free_float=0.10)])
    assert review_select("annual", table)["decision"].tolist() == ["excluded", "excluded"]
    assert review_select("annual", table, float_test="band")["decision"].tolist() == ["add", "excluded"]


@pytest.mark.rule("psi20", "5.2.2(a)")
def test_reading_of_the_admission_count():
    table = candidates([candidate("A", admission=admitted(19))])
    assert review_select("annual", table, JUNE, admission_days="through")["decision"].tolist() == ["add"]


@pytest.mark.rule("psi20", "5.2.2(f)")
def test_a_removal_counts_until_the_next_effective_date():
    table = candidates([candidate("A", removed=date(2016, 6, 8))])  # after the May cut-off, before 17 June
    assert review_select("quarterly", table, JUNE)["decision"].tolist() == ["excluded"]
    assert review_select("quarterly", table, date(2016, 8, 26))["decision"].tolist() == ["add"]
    december = candidates([candidate("A", removed=date(2015, 12, 21))])
    assert review_select("annual", december, ANNUAL)["decision"].tolist() == ["excluded"]


@pytest.mark.rule("psi20", "5.2.3 Ranking")
def test_sizes_use_the_band():
    rows = [candidate("A", free_float=0.51, close=100.0), candidate("B", free_float=0.55, close=99.0)]
    frame = review_select("annual", candidates(rows))
    assert frame["size"].tolist() == [55e6, 54.45e6]
    assert frame["rank"].tolist() == [1, 2]
    assert frame["free_float"].tolist() == [0.55, 0.55]


@pytest.mark.rule("psi20", "5.2.6")
def test_one_line_per_company():
    rows = [
        candidate("A", isin="PTA1", turnover=9e6),
        candidate("A", isin="PTA2", turnover=8e6, member="yes"),
        candidate("A", isin="PTA3", turnover=9e9, instrument="warrant"),
        candidate("B", member="yes"),
    ]
    frame = review_select("quarterly", candidates(rows))
    assert frame["decision"].tolist() == ["add", "delete", "excluded", "stay"]
    assert frame["clause"].tolist() == ["5.2.5, 5.2.6", "5.2.6", "5.2.2(d), 5.2.6", "5.2.5"]
    slow_line = [candidate("A", isin="PTA1", turnover=9e6, velocity=0.1), *rows[1:]]
    waived = review_select("quarterly", candidates(slow_line))
    assert waived["decision"].tolist()[0] == "add"  # the company is a current constituent
    many = [*ladder(30, 31, range(1, 21)), candidate(30.5, isin="PTX1", turnover=2.0, close=1.0)]
    many += [candidate(30.5, isin="PTX2", turnover=1.0, close=1.0, member="yes")]
    assert review_select("quarterly", candidates(many))["decision"].tolist()[-2:] == ["not selected", "delete"]


@pytest.mark.rule("psi20", "5.4")
def test_decisions_up_to_the_composition_date_revise_the_selection():
    rows = ladder(30, 31, range(1, 21))
    made = overrides(
        decision("PT3", "remove", date(2016, 6, 15)),  # on the day itself
        decision("PT21", "add", date(2016, 6, 10)),
        decision("PT4", "remove", date(2016, 6, 16)),  # one day too late
        decision("PT5", "remove", date(2016, 5, 1), date(2016, 5, 26)),  # expired the day before the cut-off
        decision("PT6", "remove", date(2016, 5, 1), date(2016, 5, 27)),
    )
    frame = review_select("quarterly", candidates(rows), JUNE, made)
    assert [row_of(frame, c)["decision"] for c in (3, 21, 4, 5, 6)] == ["delete", "add", "stay", "stay", "delete"]
    assert row_of(frame, 3)["clause"] == "5.4"
    assert "2016-06-16, after 2016-06-15: too late" in row_of(frame, 4)["note"]
    assert row_of(frame, 5)["note"] is None


def test_too_few_companies_are_noted_on_those_selected():
    frame = review_select("annual", candidates([*ladder(3, 4, [1]), candidate("X", velocity=0.1)]))
    assert frame["note"].tolist() == ["number selected is 3, the index should have 18 to 20"] * 3 + [None]


def test_a_veto_at_an_annual_review_is_noted():
    made = overrides(decision("PT1", "veto", date(2016, 2, 1)))
    frame = review_select("annual", candidates(ladder(19, 20, [])), ANNUAL, made)
    assert (frame.loc[2, "decision"], frame.loc[2, "note"]) == ("add", "a veto concerns quarterly reviews only")


def invent(seed, kind):
    """Return companies of the slow reference with screens, ties and buffers all in play."""
    dice, out = random.Random(seed), []
    for i in range(dice.randint(12, 45)):
        company = {
            "isin": f"PT{i:02d}",
            "member": dice.random() < 0.55,
            "shares": dice.choice([10, 20, 25, 40]) * 10**6,
            "cents": dice.choice([200, 400, 500, 800, 1000, 1250, 2000]),
            "permille": dice.choice([149, 150, 151, 250, 300, 301, 500, 700, 1000, 1000]),
            "speed": dice.choice([None, 249, 250, 600, 700, 800, 900, 999]),
            "kind": dice.choice(["ordinary"] * 12 + ["preference", "warrant", "loan stock", "convertible preference"]),
            "segment": dice.choice(["continuous"] * 15 + ["auction"]),
            "listed": dice.choice([None] * 12 + [19, 20, 21]),
            "removed": dice.random() < 0.05,
            "banned": dice.random() < 0.05,
            "vetoed": kind == "quarterly" and dice.random() < 0.1,
        }
        out.append(company)
    return out


def tables_of(companies, kind):
    when = CUT_OFFS[kind]
    rows = [
        {
            "company": c["isin"],
            "isin": c["isin"],
            "member": "yes" if c["member"] else "no",
            "instrument": c["kind"],
            "segment": c["segment"],
            "admission": None if c["listed"] is None else session_offset("XLIS", when, -c["listed"]),
            "removed": date(2016, 3, 25) if c["removed"] else None,
            "shares": float(c["shares"]),
            "close": c["cents"] / 100,
            "free_float": c["permille"] / 1000,
            "velocity": None if c["speed"] is None else c["speed"] / 1000,
        }
        for c in companies
    ]
    made = [decision(c["isin"], "exclude", date(2016, 2, 1)) for c in companies if c["banned"]]
    made += [decision(c["isin"], "veto", date(2016, 2, 1)) for c in companies if c["vetoed"]]
    return candidates(rows), when, overrides(*made)


@pytest.mark.parametrize("kind", ["annual", "quarterly"])
@given(seed=st.integers(0, 10**9), fill=st.sampled_from(["repeat", "once"]))
def test_selection_against_the_slow_reference(kind, seed, fill):
    companies = invent(seed, kind)
    table, when, made = tables_of(companies, kind)
    frame = review_select(kind, table, when, made, fill=fill)
    index = reference.annual(companies) if kind == "annual" else reference.quarterly(companies, fill)
    assert sorted(chosen(frame)) == sorted(c["isin"] for c in index)
    order = [c["isin"] for c in reference.ranking(kind, companies)]
    ranked = frame.dropna(subset="rank").sort_values("rank")
    assert ranked["isin"].tolist() == order
    held = {c["isin"] for c in companies if c["member"]}
    for row in frame.itertuples():
        assert (row.decision in ("stay", "delete")) == (row.isin in held)
        assert (row.decision == "excluded") == (row.isin not in held and row.isin not in order)


@pytest.mark.parametrize("kind", ["annual", "quarterly"])
@given(seed=st.integers(0, 10**9))
@settings(max_examples=depth(10, 25))
def test_order_of_the_candidates_changes_nothing(kind, seed):
    companies = invent(seed, kind)
    table, when, made = tables_of(companies, kind)
    shuffled = Table(table.frame.sample(frac=1, random_state=seed % 2**32), {})
    first, second = review_select(kind, table, when, made), review_select(kind, shuffled, when, made)
    assert second.sort_index().equals(first)


CLOSES = {"composition_close": 100.0}


def held(rows, **numbers):
    plain = {"shares": 1e6, "free_float": 1.0}
    return current([{"isin": row["isin"], **plain, **numbers} for row in rows if row.get("member") == "yes"])


@pytest.mark.rule("psi20", "5.3.1")
@pytest.mark.rule("psi20", "5.3.3")
def test_annual_update_takes_everything_anew_and_caps_everyone():
    # 20 companies of 1e6 shares at 100; the first 16 times as large: 16/35 is capped, T = 0.12 x 19 / 0.88
    rows = [{**row, "free_float": 0.951, **CLOSES} for row in ladder(20, 21, range(1, 19))]
    rows[0]["share_factor"] = 16.0
    frame = review_update("annual", held(rows, capping=0.5), candidates(rows), ANNUAL)
    assert frame["decision"].tolist() == ["stay"] * 18 + ["add"] * 2
    assert frame["new_shares"].tolist() == [16e6] + [1e6] * 19
    assert frame["new_free_float"].tolist() == [1.0] * 20
    assert frame["new_capping"][0] == pytest.approx(0.12 * 19 / 0.88 / 16, rel=1e-12)
    assert frame["new_capping"].tolist()[1:] == [1.0] * 19
    assert frame["weight"][0] == pytest.approx(0.12, rel=1e-12)
    assert sum(frame["weight"]) == pytest.approx(1.0, rel=1e-12)
    assert frame["old_shares"].tolist() == [1e6] * 18 + [0.0] * 2
    assert frame["old_capping"].tolist() == [0.5] * 18 + [None] * 2
    assert set(frame["clause"]) == {"5.3.1, 5.3.3"}


@pytest.mark.rule("psi20", "5.3.2")
@pytest.mark.rule("psi20", "5.3.4")
def test_quarterly_update_of_constituents_and_additions():
    rows = [{**row, **CLOSES} for row in ladder(30, 31, [*range(1, 15), *range(16, 21)])]
    rows[0] |= {"free_float": 0.875, "shares": 1.25e6}  # 25 % more shares, two bands down to 0.90
    rows[1] |= {"free_float": 0.96}
    rows[14] |= {"shares": 4e6}
    frame = review_update("quarterly", held(rows, capping=0.5), candidates(rows), JUNE)
    by = frame.set_index("company")
    assert frame["company"].tolist()[-1] == "15"
    assert by.loc["1", ["new_shares", "new_free_float"]].tolist() == [1.25e6, 0.90]
    assert by.loc["1", "new_capping"] == pytest.approx(0.5 / 1.25 / 0.9, rel=1e-15)
    assert by.loc["2", ["new_shares", "new_free_float", "new_capping"]].tolist() == [1e6, 1.0, 0.5]
    # others 19 x 50 million, the addition 400: f = 0.12 x 950 / 0.88 / 400
    assert by.loc["15", "new_capping"] == pytest.approx(0.12 * 950 / 0.88 / 400, rel=1e-12)
    assert by.loc["15", "weight"] == pytest.approx(0.12, rel=1e-12)
    assert by.loc[["1", "2", "15"], "clause"].tolist() == ["5.3.2", "5.3.2", "5.3.4"]
    assert "free float moved 2 bands or more; shares changed by more than 0.2" in by.loc["1", "reason"]
    assert "no update" in by.loc["2", "reason"]


def test_deleted_companies_end_with_no_shares_and_the_reason_of_the_selection():
    rows = ladder(30, 31, [*range(1, 19), 25, 26])
    frame = review_update("quarterly", held(rows), candidates(rows), JUNE)
    last = row_of(frame, 26)
    assert last[["decision", "old_shares", "new_shares", "new_free_float", "weight"]].tolist() == [
        "delete",
        1e6,
        0.0,
        None,
        None,
    ]
    assert (last["reason"], last["clause"]) == ("rank 26 is lower than 25", "5.2.5")
    assert frame["weight"].tolist() == [None] * 20  # no composition closes were given, and none were needed


@pytest.mark.rule("psi20", "5.3.2")
def test_factor_above_one_and_merger_exception_are_said():
    rows = ladder(20, 21, range(1, 21))
    rows[0] |= {"shares": 0.5e6, "close": 900.0}
    rows[1] |= {"shares": 2e6}
    made = overrides(decision("PT2", "keep shares"))
    arguments = ("quarterly", held(rows, capping=0.6), candidates(rows), JUNE, made)
    by = review_update(*arguments).set_index("company")
    assert by.loc["1", "new_capping"] == pytest.approx(1.2, rel=1e-15)
    assert "1.2, above 1: kept as the clause says" in by.loc["1", "note"]
    assert by.loc["2", "new_shares"] == 1e6
    assert "number of shares kept by decision: because (committee)" in by.loc["2", "reason"]
    clipped = review_update(*arguments, above_one="clip").set_index("company")
    assert clipped.loc["1", "new_capping"] == 1.0
    assert "cut off at 1" in clipped.loc["1", "note"]
    annual = [{**row, **CLOSES} for row in rows]
    made = overrides(decision("PT2", "keep shares", date(2016, 2, 1)))
    noted = review_update("annual", held(rows), candidates(annual), ANNUAL, made).set_index("company")
    assert noted.loc["2", "new_shares"] == 2e6
    assert "quarterly reviews only" in noted.loc["2", "note"]


def test_what_if_with_another_cap():
    rows = [{**row, **CLOSES} for row in ladder(20, 21, range(1, 21))]
    rows[0]["share_factor"] = 16.0
    looser = attrs.evolve(PSI20, updates=attrs.evolve(PSI20.updates, cap=0.15))
    frame = review.review_update(looser, "annual", held(rows), candidates(rows), ANNUAL)
    assert frame["weight"][0] == pytest.approx(0.15, rel=1e-12)


def test_cut_off_may_be_a_numpy_day_and_words_any_case():
    rows = ladder(20, 21, range(1, 21))
    first = review_select("quarterly", candidates(rows), JUNE)
    assert review_select(" Quarterly", candidates(rows), np.datetime64(JUNE)).equals(first)


ONE = [candidate("A", member="yes")]


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda: review_select("anual", candidates(ONE)), Kind.CHOICE, "did you mean annual"),
        (lambda: review_select("annual", candidates(ONE), float_test="rounded"), Kind.CHOICE, "float_test 'rounded'"),
        (lambda: review_select("annual", candidates(ONE), admission_days="on"), Kind.CHOICE, "admission_days 'on'"),
        (lambda: review_select("annual", candidates([candidate("A", close=-1.0)])), Kind.DOMAIN, "row 2, column close"),
        (lambda: review_select("annual", candidates([candidate("A", shares=0.0)])), Kind.DOMAIN, "shares is 0"),
        (lambda: review_select("annual", candidates([candidate("A", free_float=15.0)])), Kind.DOMAIN, "fraction"),
        (lambda: review_select("annual", candidates(ONE * 2)), Kind.DOMAIN, "PTA appears twice"),
        (
            lambda: review_select("annual", candidates([*ONE, candidate("A", isin="PTB", member="yes")])),
            Kind.DOMAIN,
            "A has two current lines",
        ),
        (
            lambda: review_select("annual", candidates([candidate("A", admission=ANNUAL)])),
            Kind.MISSING,
            "dates of admission",
        ),
        (
            lambda: review_select("annual", candidates(ONE), None, overrides(decision("PTA", "veto"))),
            Kind.MISSING,
            "though there are overrides",
        ),
        (
            lambda: review_select("annual", candidates(ONE), ANNUAL, overrides(decision("PTB", "veto"))),
            Kind.NO_DATA,
            "no line PTB",
        ),
        (
            lambda: review_select(
                "quarterly", candidates(ONE), JUNE, overrides(decision("PTA", "add"), decision("PTA", "remove"))
            ),
            Kind.DOMAIN,
            "both added and removed",
        ),
        (lambda: review_update("annual", held(ONE), candidates([candidate("B")])), Kind.NO_DATA, "constituent PTA"),
        (
            lambda: review_update("annual", held(ONE), candidates([{**ONE[0], "member": "no"}])),
            Kind.DOMAIN,
            "member says no",
        ),
        (lambda: review_update("annual", held(ONE), candidates(ONE)), Kind.NO_DATA, "PTA has no close"),
        (
            lambda: review_update("annual", held(ONE), candidates([{**ONE[0], **CLOSES}])),
            Kind.INFEASIBLE,
            "1 members at 0.12",
        ),
        (
            lambda: review_update("quarterly", held(ONE), candidates(ONE), above_one="cut"),
            Kind.CHOICE,
            "above_one 'cut'",
        ),
        (lambda: review_dates(2016, "monthly"), Kind.CHOICE, "kind 'monthly'"),
        (lambda: review_dates(2016.5), Kind.DOMAIN, "year is 2016.5"),
        (lambda: review_dates(2016, roll="down"), Kind.CHOICE, "roll 'down'"),
        (lambda: review_dates(1950), Kind.NO_DATA, "calendar of XLIS"),
        (lambda: review_dates(0), Kind.DOMAIN, "year is 0"),
    ],
)
def test_refusals(call, kind, words):
    with pytest.raises(XlidxError) as caught:
        call()
    assert caught.value.kind is kind
    assert words in str(caught.value)


def test_sessions_of_lisbon_are_the_ones_counted():
    # Good Friday and Easter Monday 2016 are no sessions: 20 sessions before 22 April reach back to 23 March
    days = sessions("XLIS", date(2016, 3, 23), date(2016, 4, 21))
    assert days.size == 20
    table = candidates([candidate("A", admission=date(2016, 3, 23)), candidate("B", admission=date(2016, 3, 24))])
    assert review_select("quarterly", table, date(2016, 4, 22))["decision"].tolist() == ["add", "excluded"]


def test_results_hand_blanks_to_cells_and_never_a_missing_number():
    from xlidx.excel.cells import plain

    rows = [*ladder(19, 20, range(1, 20)), candidate("X", velocity=None)]
    for frame in (
        review_select("quarterly", candidates(rows), JUNE),
        review_update("quarterly", held(rows), candidates(rows), JUNE),
        review_dates(2016),
    ):
        cells = [cell for line in plain(frame)[1:] for cell in line]
        assert None in cells
        assert "#N/A" not in cells


def test_an_update_takes_membership_from_the_current_table():
    rows = ladder(20, 21, range(1, 20))
    basket = held(rows)
    blank = [{name: value for name, value in row.items() if name != "member"} | CLOSES for row in rows]
    assert review_update("annual", basket, candidates(blank), ANNUAL)["decision"].tolist() == ["stay"] * 19 + ["add"]
    assert review_select("annual", candidates(blank), ANNUAL)["decision"].tolist() == ["add"] * 20
