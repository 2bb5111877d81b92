from fractions import Fraction

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.index.review.rig import answers, ladder, ranges
from xlidx.errors import Kind, XlidxError
from xlidx.index.review.ranking import (
    Contest,
    ReviewRules,
    Verdict,
    at_least,
    count_warning,
    one_of,
    ranking_figures,
    ranks,
    revise,
    select_annual,
    select_quarterly,
)
from xlidx.index.review.selection import selected_lines

RULES = ReviewRules(
    by_rank=18,
    most=20,
    fewest=18,
    smallest_size=100e6,
    preferred_to=22,
    stays_to=25,
    enters_from=15,
    annual="5.2.4",
    quarterly="5.2.5",
    revision="5.4",
)


def contest(n, small, members):
    """Return companies of rank 1 to n in order, of sizes as in the ladder of companies."""
    figures = [Fraction(row["close"]) * 10**6 for row in ladder(n, small, members)]
    return Contest(np.arange(1, n + 1), figures, np.isin(np.arange(1, n + 1), members))


def run(row):
    n, members, vetoed = int(row["n"]), ranges(row["members"]), ranges(row["vetoes"])
    game = contest(n, int(row["small"]), members)
    if row["kind"] == "annual":
        return game, select_annual(game, RULES)
    return game, select_quarterly(game, RULES, ["no" if r in vetoed else "" for r in range(1, n + 1)], row["fill"])


def taken(verdicts):
    return [i for i, v in enumerate(verdicts, start=1) if v.decision in ("stay", "add")]


@pytest.mark.rule("psi20", "5.2.4")
@pytest.mark.rule("psi20", "5.2.5")
@pytest.mark.parametrize("row", answers("selections.csv"), ids=lambda row: row["vector"])
def test_selections_worked_by_hand(row):
    game, verdicts = run(row)
    assert taken(verdicts) == ranges(row["selected"])
    for verdict, member in zip(verdicts, game.members, strict=True):
        assert verdict.decision in (("stay", "delete") if member else ("add", "not selected"))
        assert verdict.reason
        assert verdict.clause == {"annual": "5.2.4", "quarterly": "5.2.5"}[row["kind"]]


@pytest.mark.rule("psi20", "5.2.4")
@pytest.mark.parametrize(
    ("vector", "rank", "decision", "reason"),
    [
        ("A2", 18, "stay", "rank 18 is among the first 18"),
        ("A2", 21, "stay", "rank 21, current constituent: takes one of places 19 to 20"),
        ("A2", 19, "not selected", "rank 19, not a constituent: others come first for places 19 to 20"),
        ("A3", 23, "delete", "current constituent, but not preferred beyond rank 22: others come first"),
        ("A5", 19, "delete", "rank 19, but its size is below 100,000,000"),
        ("Q1", 25, "stay", "rank 25 is not lower than 25"),
        ("Q1", 26, "delete", "rank 26 is lower than 25"),
        ("Q2", 15, "add", "rank 15 is 15 or higher"),
        ("Q2b", 16, "not selected", "rank 16 is not 15 or higher"),
        ("Q2", 22, "delete", "lowest current constituents, as more than 20"),
        ("Q3", 18, "add", "best others, as fewer than 18"),
        ("Q7", 5, "not selected", "the addition is vetoed: no"),
    ],
)
def test_reasons_say_what_happened(vector, rank, decision, reason):
    row = next(row for row in answers("selections.csv") if row["vector"] == vector)
    verdict = run(row)[1][rank - 1]
    assert verdict.decision == decision
    assert reason in verdict.reason


@pytest.mark.rule("psi20", "5.2.5")
def test_companies_added_by_rank_count_before_others_fill_up():
    # 14 constituents stay (ranks 3 to 16), ranks 1 and 2 are added: 16 of 18, so ranks 17 and 18 fill up and no more.
    verdicts = select_quarterly(contest(24, 24, range(3, 17)), RULES)
    assert taken(verdicts) == list(range(1, 19))
    assert taken(select_quarterly(contest(24, 24, range(3, 17)), RULES, fill="once")) == list(range(1, 18))


sizes = st.integers(1, 400)
fields = st.lists(st.tuples(sizes, st.booleans()), min_size=1, max_size=40)


def drawn(rows):
    figures = [Fraction(s * 10**6) for s, _ in rows]
    order = ranks(figures, figures, [f"{i:02d}" for i in range(len(rows))], np.ones(len(rows), dtype=bool))
    return Contest(order, figures, np.array([member for _, member in rows]))


@given(fields)
def test_annual_numbers(rows):
    verdicts = select_annual(drawn(rows), RULES)
    assert min(len(rows), 18) <= len(taken(verdicts)) <= 20
    large = sum(s >= 100 for s, _ in rows)
    assert len(taken(verdicts)) == max(min(len(rows), 18), min(large, 20))


@given(fields, st.sampled_from(["repeat", "once"]))
def test_quarterly_numbers(rows, fill):
    game = drawn(rows)
    verdicts = select_quarterly(game, RULES, fill=fill)
    kept = int((game.members & (game.ranks <= 25)).sum())
    others = int((~game.members).sum())
    assert len(taken(verdicts)) <= 20
    assert len(taken(verdicts)) >= min(18, kept + (others if fill == "repeat" else min(others, 1)))
    for verdict, member, rank in zip(verdicts, game.members, game.ranks, strict=True):
        assert member or rank > 15 or verdict.decision == "add"
        assert not (member and rank > 25) or verdict.decision == "delete"


@given(fields, st.sampled_from(["annual", "quarterly"]), st.booleans())
def test_a_worse_company_never_changes_the_fate_of_a_better_one(rows, kind, member):
    select = select_annual if kind == "annual" else select_quarterly
    before = select(drawn(rows), RULES)
    worst = min(s for s, _ in rows)
    after = select(
        drawn([*((s + 1, m) for s, m in rows), (worst / 2, member)]), attrs.evolve(RULES, smallest_size=101e6)
    )
    if kind == "annual" or not member:
        assert [v.decision for v in after[:-1]] == [v.decision for v in before]


@given(fields, st.data())
def test_growing_never_costs_a_place_at_an_annual_review(rows, data):
    before = taken(select_annual(drawn(rows), RULES))
    i = data.draw(st.integers(0, len(rows) - 1))
    grown = [(s + 50, m) if k == i else (s, m) for k, (s, m) in enumerate(rows)]
    if i + 1 in before:
        assert i + 1 in taken(select_annual(drawn(grown), RULES))


def test_unranked_companies_are_excluded_or_deleted_without_words():
    game = Contest(np.array([1, 0, 0]), [Fraction(3), Fraction(2), Fraction(1)], np.array([False, True, False]))
    for verdicts in (select_annual(game, RULES), select_quarterly(game, RULES)):
        assert [v.decision for v in verdicts] == ["add", "delete", "excluded"]
        assert [v.reason for v in verdicts[1:]] == ["", ""]


@pytest.mark.rule("psi20", "5.2.3 Ranking")
def test_ties_go_to_the_larger_full_value_then_to_the_isin():
    figures, full = [Fraction(5)] * 4, [Fraction(6), Fraction(7), Fraction(6), Fraction(9)]
    eligible = np.array([True, True, True, False])
    assert ranks(figures, full, ["c", "d", "b", "a"], eligible).tolist() == [3, 1, 2, 0]


@pytest.mark.rule("psi20", "5.2.3 Ranking")
def test_figures_are_exact():
    # 1e9 x 0.1 x 0.7 is 69,999,999.99999999 in binary, 3 x 0.1 is 0.30000000000000004
    figures = ranking_figures(np.array([1e9, 3.0]), np.array([0.1, 0.1]), np.array([0.7, 1.0]))
    assert figures == [70_000_000, Fraction(3, 10)]
    at_limit = ranking_figures(np.array([1e9, 4e8]), np.array([0.2, 1.25]), np.array([0.5, 0.2]))
    assert at_limit == [100_000_000] * 2
    game = Contest(np.array([1, 2]), [Fraction(10**9), at_limit[0]], np.array([True, True]))
    rules = attrs.evolve(RULES, by_rank=1, most=2, fewest=1)
    assert select_annual(game, rules)[1].decision == "stay"
    just_below = attrs.evolve(game, figures=[Fraction(10**9), at_limit[0] - Fraction(1, 10**9)])
    assert select_annual(just_below, rules)[1].decision == "delete"


@pytest.mark.rule("psi20", "5.2.6")
def test_lines_go_by_turnover_then_ordinary_then_isin_among_usable_ones():
    companies = ["A", "A", "B", "B", "C", "C", "D", "E", "E"]
    ids = ["a1", "a2", "b1", "b2", "c2", "c1", "d", "e1", "e2"]
    turnover = np.array([5.0, 6.0, 5.0, 5.0, 5.0, 5.0, np.nan, 1.0, 9.0])
    ordinary = np.array([1, 0, 0, 1, 1, 1, 1, 1, 1], dtype=bool)
    usable = np.array([1, 1, 1, 1, 1, 1, 1, 1, 0], dtype=bool)
    chosen = selected_lines(companies, ids, turnover, ordinary, usable)
    assert [i for i, pick in zip(ids, chosen, strict=True) if pick] == ["a2", "b2", "c1", "d", "e1"]
    with pytest.raises(XlidxError, match="A has 2 lines and one of them no turnover") as caught:
        selected_lines(companies, ids, turnover * np.nan, ordinary, usable)
    assert caught.value.kind is Kind.MISSING


@pytest.mark.rule("psi20", "5.2.2(e)")
def test_fractions_compare_as_whole_numbers():
    values = np.array([1 - 0.85, 0.15, 0.1 + 0.05, 0.149999, 0.3 - 0.15])
    assert at_least(values, 0.15).tolist() == [True, True, True, False, True]


@pytest.mark.rule("psi20", "5.4")
@pytest.mark.parametrize(
    ("word", "member", "decision"),
    [("add", True, "stay"), ("add", False, "add"), ("remove", True, "delete"), ("remove", False, "not selected")],
)
def test_revision(word, member, decision):
    verdict = revise(Verdict("stay", "rank 3", "5.2.4"), word, member, "takeover", RULES)
    assert (verdict.decision, verdict.clause) == (decision, "5.4")
    assert "takeover; before: rank 3" in verdict.reason


def test_warning_outside_the_limits():
    stay = Verdict("stay", "", "")
    assert [count_warning([stay] * n, RULES) for n in (18, 20)] == ["", ""]
    assert "is 17, the index should have 18 to 20" in count_warning([stay] * 17, RULES)
    assert "is 21" in count_warning([stay] * 21, RULES)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: one_of("anual", ("annual", "quarterly"), "kind"), "did you mean annual"),
        (lambda: one_of("x", ("annual", "quarterly"), "kind"), "use annual, quarterly"),
        (lambda: select_quarterly(contest(3, 4, []), RULES, fill="twice"), "fill 'twice'"),
        (lambda: attrs.evolve(RULES, by_rank=21), "not in order"),
        (lambda: attrs.evolve(RULES, fewest=0), "not in order"),
    ],
)
def test_refusals(call, words):
    with pytest.raises(XlidxError, match=words):
        call()
