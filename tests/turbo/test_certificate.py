"""The record of one certificate: what it refuses, and what it objects to."""

from datetime import date

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.turbo.answers import rows
from xlidx.errors import Kind, XlidxError
from xlidx.turbo.certificate import CURRENCIES, FAMILIES, Certificate, findings, issuer_findings

GOOD = Certificate(
    series="108737",
    wkn="NG20XV",
    isin="DE000NG20XV1",
    number=2000000.0,
    issue_price=4.0,
    underlying="NDX",
    name="NASDAQ 100 Stock Index",
    family="index",
    kind="best",
    side="short",
    financing_level=9884.36,
    spread=0.035,
    maximum_spread=0.05,
    premium=0.03,
    maximum_premium=0.2,
    minimum_premium=0.0,
    stop_loss=9884.36,
    stop_loss_rounding=0.01,
    entitlement=0.01,
    financing_level_currency="USD",
    settlement_currency="EUR",
    trade_date=date(2020, 2, 10),
    issue_date=date(2020, 2, 12),
    valuation_dates="Annually",
)


def said(**changes):
    return [(f.grade, f.name, f.what) for f in findings(attrs.evolve(GOOD, **changes))]


@pytest.mark.parametrize("row", rows("series"), ids=lambda row: row["series"])
def test_nothing_is_said_against_the_printed_series(row):
    certificate = attrs.evolve(
        GOOD,
        **{name: row[name] for name in ("series", "wkn", "isin", "underlying")},
        **{name: float(row[name]) for name in ("number", "issue_price", "financing_level", "stop_loss", "entitlement")},
        financing_level_currency=row["currency"],
    )
    assert findings(certificate) == ()


@pytest.mark.rule("ing_open_end_turbo", "A.10")
@pytest.mark.parametrize(
    ("changes", "name", "part"),
    [
        ({"isin": "DE000NG20XV2", "wkn": "NG20XV"}, "isin", "wrong check digit"),
        ({"isin": "DE000NG20XV"}, "isin", "wrong length"),
        ({"wkn": "NG20XW"}, "wkn", "is not the characters 6 to 11 of ISIN DE000NG20XV1"),
        ({"wkn": "NG20X"}, "wkn", "wrong length"),
        ({"number": 0.0}, "amount", "number is 0 but must be above 0"),
        ({"number": 1000.5}, "amount", "pieces are whole"),
        ({"issue_price": -0.39}, "amount", "issue_price is -0.39"),
        ({"entitlement": float("nan")}, "amount", "entitlement is nan"),
        ({"stop_loss_rounding": float("inf")}, "amount", "stop_loss_rounding is inf"),
        ({"spread": 3.5}, "fraction", "spread is 3.5 but must lie between 0 and 1: 3.5 % is 0.035"),
        ({"minimum_premium": -0.01}, "fraction", "minimum_premium is -0.01"),
        ({"spread": 0.051}, "spread cap", "spread 0.051 is above maximum_spread 0.05"),
        ({"premium": 0.21}, "premium bounds", "premium 0.21 is above maximum_premium 0.2"),
        ({"minimum_premium": 0.04}, "premium bounds", "premium 0.03 is below minimum_premium 0.04"),
        ({"stop_loss": 9884.37}, "stop loss", "which a best certificate does not allow"),
        ({"kind": "open ended", "stop_loss": 9884.37}, "stop loss", "stands below its level"),
        ({"kind": "open ended", "side": "long", "stop_loss": 9884.35}, "stop loss", "stands above its level"),
        ({"financing_level_currency": "GBX"}, "currency", "financing_level_currency 'GBX' is no ISO 4217 code"),
        ({"settlement_currency": ""}, "currency", "settlement_currency '' is no ISO 4217 code"),
        ({"underlying": " "}, "underlying", "underlying is blank"),
        ({"issue_date": date(2020, 2, 9)}, "dates", "trade date 2020-02-10 is after issue date 2020-02-09"),
        ({"final_valuation_date": date(2020, 6, 19)}, "dates", "a best certificate with a final valuation date"),
    ],
)
def test_a_contradiction_is_an_error(changes, name, part):
    found = [(grade, which) for grade, which, what in said(**changes) if part in what]
    assert found == [("error", name)]


def test_a_limited_certificate_has_a_term_and_a_fixed_barrier():
    dated = {"kind": "limited", "final_valuation_date": date(2020, 6, 19)}
    assert said(**dated) == []
    assert [(g, n) for g, n, _ in said(kind="limited")] == [("warning", "dates")]
    assert [(g, n) for g, n, _ in said(**dated, stop_loss=9800.0)] == [("warning", "stop loss")]
    early = {**dated, "final_valuation_date": date(2020, 2, 12)}
    assert [(g, n) for g, n, _ in said(**early)] == [("error", "dates")]


@pytest.mark.parametrize(("side", "stop_loss"), [("short", 9587.83), ("long", 10180.9)])
def test_an_open_ended_certificate_has_its_barrier_before_its_level(side, stop_loss):
    assert said(kind="open ended", side=side, stop_loss=stop_loss) == []


def test_a_barrier_at_the_level_of_an_open_ended_certificate_is_told_against_its_premium():
    # Short 13571.32 with a premium of 1.5 %: 13571.32 x 0.985 is 13367.7502, down to 13367.75.
    terms = {"kind": "open ended", "financing_level": 13571.32, "premium": 0.015}
    assert said(**terms, stop_loss=13367.75) == []
    [(grade, name, what)] = said(**terms, stop_loss=13571.32)
    assert (grade, name) == ("warning", "stop loss")
    assert what.endswith("premium 0.015 gives 13367.75")


def test_only_a_german_isin_holds_the_wkn():
    assert said(isin="NL0000235190", wkn="938914") == []
    assert [name for _, name, _ in said(wkn="938914")] == ["wkn"]


def test_every_contradiction_is_listed():
    names = [name for _, name, _ in said(isin="DE000NG20XV2", spread=0.06, stop_loss=1.0, settlement_currency="eur")]
    assert names == ["isin", "spread cap", "stop loss", "currency"]


def test_fixed_leverage_is_refused_with_a_sentence():
    with pytest.raises(XlidxError, match="fixed leverage certificates cannot be computed") as refusal:
        attrs.evolve(GOOD, kind="fixed leverage")
    assert refusal.value.kind is Kind.CHOICE


@pytest.mark.parametrize("changes", [{"kind": "mini"}, {"side": "bull"}, {"family": "index futures"}, {"family": ""}])
def test_an_unknown_word_is_refused(changes):
    with pytest.raises(XlidxError) as refusal:
        attrs.evolve(GOOD, **changes)
    assert refusal.value.kind is Kind.CHOICE


def test_words_are_kept_as_the_formulas_know_them():
    certificate = attrs.evolve(GOOD, kind=" Open Ended", side="LONG", family="Index Future")
    assert (certificate.kind, certificate.side, certificate.family) == ("open ended", "long", "index future")
    assert len(FAMILIES) == 7


def test_the_record_is_frozen():
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        GOOD.spread = 0.04


def test_currencies_are_codes():
    assert all(len(code) == 3 and code.isupper() for code in CURRENCIES)
    assert {"EUR", "USD", "GBP", "CHF", "JPY", "SEK", "NOK", "DKK", "PLN", "HKD", "CAD", "AUD"} <= CURRENCIES


def test_the_printed_lei_fails_and_the_registered_one_passes():
    (finding,) = issuer_findings("3TK201VIUJ8J3ZU0QE75")
    assert (finding.grade, finding.name) == ("warning", "lei check digit")
    assert issuer_findings("3TK20IVIUJ8J3ZU0QE75") == ()


@given(
    premium=st.floats(0.0, 1.0), low=st.floats(0.0, 1.0), high=st.floats(0.0, 1.0),
    spread=st.floats(0.0, 1.0), cap=st.floats(0.0, 1.0),
)  # fmt: skip
def test_bounds_are_closed_intervals(premium, low, high, spread, cap):
    names = [
        name
        for _, name, _ in said(
            premium=premium, minimum_premium=low, maximum_premium=high, spread=spread, maximum_spread=cap
        )
    ]
    assert names.count("premium bounds") == (not premium <= high) + (not low <= premium)
    assert names.count("spread cap") == (not spread <= cap)
