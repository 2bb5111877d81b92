"""The reader of Final Terms: all series of the printed document, each hazard of its print, and refusals."""

import re
import sys
from datetime import date
from decimal import Decimal
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.turbo.answers import FOLDER, rows
from xlidx.errors import Kind, XlidxError
from xlidx.rulebooks.coverage import load
from xlidx.rulebooks.ing_open_end_turbo.cells import is_complete, read_isin, read_number
from xlidx.rulebooks.ing_open_end_turbo.final_terms import (
    evidence_rows,
    findings_rows,
    frame,
    read_file,
    read_final_terms,
    read_source,
    terms_rows,
)
from xlidx.tables import from_frame, read
from xlidx.turbo.book.inputs import MARKET, PATH_TERMS
from xlidx.turbo.book.table import turbo_book

SOURCE = FOLDER / "final_terms" / "ing_2020-02-07.txt"
TEXT = SOURCE.read_text(encoding="utf-8")
LINES = TEXT.split("\n")
ANSWERS = rows("series")
NUMBERS = (
    "number", "issue_price", "financing_level", "spread", "maximum_spread", "premium", "maximum_premium",
    "minimum_premium", "stop_loss", "stop_loss_rounding", "entitlement",
)  # fmt: skip
PER_CENT = {"spread", "maximum_spread", "premium", "maximum_premium", "minimum_premium"}


def document(text=TEXT):
    return read_final_terms(text)


def line_of(part, after=0):
    """The number of the first line that holds a part, looked up in the text itself."""
    return next(n for n, line in enumerate(LINES, start=1) if n > after and part in line)


def changed(old, new, count=1, text=TEXT):
    assert text.count(old) >= 1, old
    return text.replace(old, new, count)


def row_of(series, table):
    """The printed row of a series: table 1 series, 2 economic terms, 3 underlyings."""
    return [line for line in LINES if line.startswith(f"{series}\t")][table - 1]


def cell_changed(series, table, place, new):
    cells = row_of(series, table).split("\t")
    cells[place] = new
    return changed(row_of(series, table), "\t".join(cells))


def found(final_terms, name, subject=None):
    return [f for f in final_terms.findings if f.name == name and subject in (None, f.subject)]


def errors(final_terms):
    return [(f.name, f.subject) for f in final_terms.findings if f.grade == "error"]


def answer(row, name):
    """The printed value of one column, per cent as a fraction."""
    printed = row[{"stop_loss_rounding": "rounding"}.get(name, name)]
    return float(f"{printed}e-2") if name in PER_CENT else float(printed)


# The 23 series.


@pytest.mark.rule("ing_open_end_turbo", "T.1")
@pytest.mark.rule("ing_open_end_turbo", "T.2")
@pytest.mark.rule("ing_open_end_turbo", "T.3")
@pytest.mark.parametrize(
    ("certificate", "row"),
    list(zip(document().certificates, ANSWERS, strict=True)),
    ids=lambda v: getattr(v, "series", ""),
)
def test_every_column_of_every_series_is_as_printed(certificate, row):
    assert (certificate.series, certificate.wkn, certificate.isin) == (row["series"], row["wkn"], row["isin"])
    assert [getattr(certificate, name) for name in NUMBERS] == [answer(row, name) for name in NUMBERS]
    assert (certificate.financing_level_currency, certificate.underlying) == (row["currency"], row["underlying"])


def test_what_the_document_states_once_holds_for_all():
    for c in document().certificates:
        assert (c.family, c.kind, c.side, c.settlement_currency) == ("index", "best", "short", "EUR")
        assert (c.trade_date, c.issue_date, c.final_valuation_date) == (date(2020, 2, 10), date(2020, 2, 12), None)
        assert c.valuation_dates == "Annually, commencing on the date one year after the Issue Date."


def test_underlyings_have_their_names():
    names = {c.underlying: c.name for c in document().certificates}
    assert names == {
        "DAX": "DAX® Index",
        "NDX": "NASDAQ 100 Stock Index",
        "SPX": "S&P 500 Index",
        "SX5E": "EURO STOXX 50® (Price) Index",
        "MDAX": "MDAX Index",
        "INDU": "Dow Jones Industrial Average Index",
    }


def test_facts_of_the_document():
    facts = document().facts
    assert (facts.issuer, facts.dated) == ("ING Bank N.V.", date(2020, 2, 7))
    assert facts.business_day_centres == "Amsterdam"
    assert facts.final_valuation_date == "Not Applicable"


def test_nothing_is_an_error_in_the_printed_document():
    assert errors(document()) == []
    assert document().refused == ()


def test_the_text_is_the_one_of_the_section_list():
    assert sha256(SOURCE.read_bytes()).hexdigest() == load("ing_open_end_turbo").sha256


def test_every_value_has_its_lines_and_its_print():
    final_terms = document()
    fields = {"series", "wkn", "isin", "underlying", "name", *NUMBERS, "financing_level_currency"}
    for row in ANSWERS:
        for field in fields:
            source = final_terms.source(row["series"], field)
            assert len(source.lines) == len(source.raw) >= 1
            assert all(raw in LINES[line - 1].split("\t") for line, raw in zip(source.lines, source.raw, strict=True))


def test_evidence_by_example():
    final_terms = document()
    level = final_terms.source("108747", "financing_level")
    assert (level.lines, level.raw) == ((line_of("3671.24000 00000"),), ("3671.24000 00000",))
    isin = final_terms.source("108752", "isin")
    assert isin.raw == ("DE000NG20YA3", "DE000NG20YA 3", "DE000NG20YA 3", "DE000NG20YA3")
    assert final_terms.source("108752", "kind").raw == ("Best Certificates (Marketing name: Open End Turbos)",)
    assert final_terms.source("document", "lei").lines == (line_of("(LEI)"),)
    with pytest.raises(XlidxError, match="nothing was read as colour of 108752"):
        final_terms.source("108752", "colour")


# The hazards of the print, by name.


def test_split_numbers_are_joined_and_reported():
    split = found(document(), "split number")
    assert [f.subject for f in split] == [str(n) for n in range(108747, 108754) for _ in range(2)]
    assert {f.grade for f in split} == {"note"}
    assert split[0].lines == (line_of("3671.24000 00000"),)


def test_the_orphan_row_is_dropped_with_a_warning():
    (orphan,) = found(document(), "orphan row")
    row, pieces = line_of("108746\t", after=line_of("Issue price per")), line_of("\t\t\t\t00000")
    assert (orphan.grade, orphan.subject, orphan.lines) == ("warning", "108746", (row, pieces))
    assert "financing_level, stop_loss" in orphan.what


@pytest.mark.parametrize(
    ("cell", "witnesses", "value"),
    [
        ("3671.24000 00000", ["3661.2400000000", "9884.3600000000"], "3671.2400000000"),
        ("3671.24000 00000", ["9884.3600000000"], None),
        ("3671.24000 00000", ["3671.2400000000"], "3671.2400000000"),
        ("3671.24000 0000", ["3661.2400000000", "9884.3600000000"], None),
        ("3671.24000 00000", ["3661.2400000000", "9884.36"], None),
        ("3671 .2400000000", ["3661.2400000000", "9884.3600000000"], None),
        ("3671. 2400000000", ["3661.2400000000", "9884.3600000000"], "3671.2400000000"),
        ("2 000 000", ["2000000"], "2000000"),
        ("2 000 000", ["1000000", "3000000"], None),
        ("2 000 000", [], None),
        ("3.5 5.0", ["3.5", "5.0", "3.55.0"], None),
        ("3.5", [], "3.5"),
        ("", [], None),
    ],
)
def test_pieces_are_joined_only_where_other_cells_prove_it(cell, witnesses, value):
    if value is None:
        with pytest.raises(XlidxError):
            read_number(cell, witnesses, "line 1")
    else:
        assert read_number(cell, witnesses, "line 1") == (Decimal(value), " " in cell)


def test_a_number_is_complete_only_where_other_cells_prove_it():
    assert is_complete("3661.2400000000", ["9884.3600000000", "9904.3600000000"])
    assert not is_complete("3661.24", ["9884.3600000000", "9904.3600000000"])
    assert not is_complete("2000000", ["1000000", "3000000"])
    assert is_complete("2000000", ["2000000"])


def test_a_torn_isin_with_a_wrong_check_digit_stays_torn():
    assert read_isin("DE000NG20YA 3") == ("DE000NG20YA3", True)
    assert read_isin("DE000NG20YA 4") == ("DE000NG20YA 4", False)


def test_a_level_torn_before_its_point_is_proved_by_the_stop_loss_of_a_best_certificate_only():
    text = cell_changed("108733", 2, 4, "1 3581.3200000000")
    assert document(text).certificates[2].financing_level == 13581.32
    text = changed("\tBest Certificates (Marketing name: Open End Turbos)", "\tOpen Ended Certificates", text=text)
    assert [r.series for r in document(text).refused] == ["108733"]


def test_pieces_below_the_last_row_are_seen():
    final_terms = document(changed(row_of("108753", 2), row_of("108753", 2) + "\n\n\t\t\t\t00000"))
    assert [f.subject for f in found(final_terms, "orphan row")] == ["108746", "108753"]
    assert len(final_terms.certificates) == 23
    price = document(changed(row_of("108753", 2), row_of("108753", 2) + "\n\t\t\t5"))
    assert [r.series for r in price.refused] == ["108753"]


def test_an_orphan_row_below_a_number_without_decimals_is_never_appended():
    whole = cell_changed("108746", 2, 4, "3661")
    cells = [*row_of("108746", 2).split("\t")]
    cells[4] = cells[10] = "3661"
    both = changed(row_of("108746", 2), "\t".join(cells))
    for text in (whole, both):
        final_terms = document(text)
        assert [r.series for r in final_terms.refused] == ["108746"]
        assert "may go on in line 120" in final_terms.refused[0].why
        assert len(final_terms.certificates) == 22


def test_split_isins_are_joined_by_their_check_digit():
    split = found(document(), "split isin")
    assert [(f.subject, f.lines) for f in split if "economic" in f.what] == [
        ("108752", (line_of("YA 3"),)),
        ("108753", (line_of("YB 1"),)),
    ]
    assert [f.subject for f in split if "underlyings" in f.what] == [str(n) for n in range(108748, 108754)]


@pytest.mark.rule("ing_open_end_turbo", "T.4")
def test_four_tables_are_joined_and_their_headers_named():
    (joined,) = found(document(), "tables joined")
    for part in ("series 23", "economic terms 23", "underlyings 23", "operational codes 23"):
        assert part in joined.what
    assert line_of("Series number of\t") in joined.lines
    assert line_of("(iii) Other relevant code") in joined.lines


def test_the_broken_header_is_read():
    (broken,) = found(document(), "broken header")
    assert broken.lines == (line_of("Series number of\t"), line_of("the Certificates\t"))
    assert [f.lines for f in found(document(), "dash row")] == [(line_of("-------------------------\t"),)]


def test_page_breaks_are_passed_over():
    breaks = {f.what: f.lines for f in found(document(), "page break")}
    second, third = line_of("Issue price per"), line_of("(i) Details of the Index")
    assert breaks["table of economic terms goes on after a break"] == (line_of("108746\t", after=second) + 1,)
    assert breaks["table of underlyings goes on after a break"] == (line_of("108747\t", after=third) + 1,)
    codes = breaks["table of operational codes goes on after a break"]
    assert codes == (line_of("DE000NG20XY5\tNot Applicable") + 1,)
    assert breaks["items 21 and 22 are parted by a break"] == (line_of("Final Valuation Date:") + 1,)
    assert len(breaks) == 5


def test_odd_numbering_is_reported():
    numbering = {f.what: f.lines for f in found(document(), "numbering")}
    twice = (line_of("5 INFORMATION CONCERNING"), line_of("5 POST-ISSUANCE"))
    assert numbering["2 headings have the number 5; parts are found by their words"] == twice
    assert any("heading 7 run (iv), (ii), (iii)" in what for what in numbering)
    assert any("heading 6 run (ii), (iii), (iv)" in what for what in numbering)


def test_the_lei_fails_its_check_digit_and_stays_as_printed():
    (lei,) = found(document(), "lei check digit")
    assert (lei.grade, lei.lines) == ("warning", (line_of("(LEI)"),))
    assert document().facts.lei == "3TK201VIUJ8J3ZU0QE75"
    assert not found(document(changed("3TK201V", "3TK20IV")), "lei check digit")
    missing = document(changed("Legal entity identifier (LEI): 3TK201VIUJ8J3ZU0QE75", ""))
    assert [f.grade for f in found(missing, "lei missing")] == ["warning"]


def test_units_are_not_printed():
    assert len(found(document(), "unit not printed")) == 1
    (zero,) = found(document(), "trailing zero")
    assert zero.lines == (line_of("\t4.0\t"), line_of("\t10.8\t"))


def test_values_by_reference_are_listed_by_kind():
    kinds = [f.what for f in found(document(), "by reference")]
    tables = sum(line.endswith("As specified in the table below") for line in LINES)
    assert kinds[0] == f"{tables} items have their value in a table"
    assert [what.partition("value ")[2] for what in kinds[1:]] == ["in the conditions", "nowhere, not applicable"]


def test_angle_brackets_survive_and_codes_agree():
    (codes,) = found(document(), "angle brackets")
    assert (codes.grade, codes.what[:7]) == ("note", "6 codes")
    assert len(codes.lines) == 6


def test_lost_angle_brackets_are_a_warning():
    final_terms = document(TEXT.replace(" <Index>", ""))
    assert len(found(final_terms, "angle brackets", "108731")) == 1
    assert found(final_terms, "angle brackets", "108731")[0].grade == "warning"
    assert [c.underlying for c in final_terms.certificates] == [row["underlying"] for row in ANSWERS]


def test_a_code_that_differs_between_tables_is_an_error():
    final_terms = document(
        changed("obtained from Bloomberg (Bloomberg code: MDAX", "obtained from (Bloomberg code: DAX")
    )
    assert errors(final_terms) == [("codes differ", "document")]


def test_a_code_without_a_row_to_compare_it_with_contradicts_nothing():
    row = next(line for line in LINES if line.startswith("MDAX Index\t"))
    [finding] = found(document(changed(f"{row}\n", "")), "codes differ")
    assert finding.grade == "warning"
    assert "'MDAX Index' has no row in the table of" in finding.what


def test_marks_of_print_are_reported():
    assert line_of("**under the") in found(document(), "print marks")[0].lines


def test_name_variants_are_reported():
    (variants,) = found(document(), "name variants")
    assert "'Stoxx Ltd.', 'Stoxx ltd'" in variants.what
    odd = found(document(changed("MDAX Index is provided", "MDAX Performance is provided")), "name variants")
    assert any("no administrator is named for 'MDAX Index'" in f.what for f in odd)


def test_rules_are_kept_as_text():
    kept = [f.what for f in found(document(), "kept as text")]
    assert len(kept) == 2
    assert document().facts.exercise_time == "12:00 AM Central European Time"


def test_the_document_date_precedes_the_trade_date():
    (dated,) = found(document(), "document date")
    assert dated.grade == "note"
    (late,) = found(document(changed("dated 07 February", "dated 11 February")), "document date")
    assert late.grade == "warning"
    (none,) = found(document(changed("Final Terms dated 07 February 2020", "")), "document date")
    assert none.grade == "warning"


def test_kind_and_side_are_stated_once():
    (once,) = found(document(), "stated once")
    assert once.lines == tuple(
        line_of(part) for part in ("(a) The type", "(b) Whether such", "(c) Whether such", "18\t")
    )


def test_series_numbers_with_a_thousands_comma_are_read():
    commas = re.sub(r"^108(7\d\d)\t", r"108,\1\t", TEXT, flags=re.MULTILINE)
    final_terms = document(commas)
    assert [c.series for c in final_terms.certificates] == [row["series"] for row in ANSWERS]
    assert len(found(final_terms, "thousands comma")[0].lines) == 69


# Changes of the text.


@pytest.mark.parametrize(
    ids=lambda value: str(value)[:40] if len(str(value)) < 120 else "text",
    argnames=("text", "name", "part"),
    argvalues=[
        (cell_changed("108733", 1, 3, "2000001"), "tables differ", "number is 2000001 in the table of series"),
        (cell_changed("108733", 2, 2, "3000000"), "tables differ", "and 3000000 in the table of economic terms"),
        (cell_changed("108733", 2, 1, "DE000NG20XR8"), "tables differ", "'DE000NG20XR8' in the table of economic"),
        (cell_changed("108733", 3, 1, "DE000NG20XR8"), "tables differ", "'DE000NG20XR8' in the table of underl"),
        (cell_changed("108733", 1, 2, "DE000NG20XR8"), "isin", "wrong check digit"),
        (cell_changed("108733", 1, 1, "NG20XS"), "tables differ", "WKN is NG20XS in the table of series and NG20XR"),
        (changed("NG20XR", "NG20XS", text=TEXT[::-1].replace("RX02GN", "SX02GN", 1)[::-1]), "wkn", "is not the char"),
        (cell_changed("108733", 2, 4, "13581.3300000000"), "stop loss", "which a best certificate does not allow"),
        (cell_changed("108733", 2, 10, "13581.3100000000"), "stop loss", "which a best certificate does not allow"),
        (cell_changed("108733", 2, 5, "5.1"), "spread cap", "spread 0.051 is above maximum_spread 0.05"),
        (cell_changed("108733", 2, 7, "20.5"), "premium bounds", "premium 0.205 is above maximum_premium 0.2"),
        (cell_changed("108733", 2, 13, "EUX"), "currency", "'EUX' is no ISO 4217 code"),
        (cell_changed("108733", 2, 12, "0"), "amount", "entitlement is 0 but must be above 0"),
        (cell_changed("108733", 2, 5, "350"), "fraction", "spread is 3.5 but must lie between 0 and 1"),
    ],
)
def test_a_changed_cell_is_found_out(text, name, part):
    final_terms = document(text)
    assert len(final_terms.certificates) == 23
    assert any(part in f.what for f in found(final_terms, name, "108733"))
    assert {subject for _, subject in errors(final_terms)} <= {"108733", "document"}


@pytest.mark.parametrize(
    ids=lambda value: str(value)[:40] if len(str(value)) < 120 else "text",
    argnames=("text", "part"),
    argvalues=[
        (cell_changed("108733", 2, 3, ""), "issue_price is blank"),
        (cell_changed("108733", 2, 3, "0,49"), "'0,49' is not a number"),
        (cell_changed("108733", 2, 3, "-0.49"), "'-0.49' is not a number"),
        (cell_changed("108733", 2, 3, "4.9e-1"), "'4.9e-1' is not a number"),
        (cell_changed("108733", 2, 3, "٠.٤٩"), "is not a number"),
        (cell_changed("108733", 2, 3, "As specified"), "'As specified' is not a number"),
        (cell_changed("108733", 2, 3, "0.4 9"), "'0.4 9' may be one number or two"),
        (cell_changed("108733", 2, 4, "1 3581.3300000000"), "may be one number or two"),
        (cell_changed("108733", 2, 4, "13581.3200000 0000"), "may be one number or two"),
        (cell_changed("108733", 2, 1, "DE000NG20XQ1"), "in the table of economic terms belongs to series 108732"),
        (cell_changed("108733", 3, 1, "DE000NG20XQ1"), "in the table of underlyings belongs to series 108732"),
        (cell_changed("108733", 2, 13, "EUR\tUSD"), "15 cells under 14 column headings"),
        (cell_changed("108733", 2, 12, "0.01\n"), "13 cells under 14 column headings"),
        (cell_changed("108733", 2, 13, "0.01"), "financing level currency is '0.01', which is not three letters"),
        (cell_changed("108733", 3, 2, "DAX Index"), "no Bloomberg code with the underlying"),
        (changed(row_of("108733", 1) + "\n", ""), "is not in the table of series"),
        (changed(row_of("108733", 2) + "\n", ""), "is not in the table of economic terms"),
        (changed(row_of("108733", 3) + "\n", ""), "is not in the table of underlyings"),
        (changed(row_of("108733", 2), f"{row_of('108733', 2)}\n{row_of('108733', 2)}"), "stands there twice"),
        (re.sub(r"^108733\t", "1087 33\t", TEXT, flags=re.MULTILINE), "is nowhere printed whole"),
    ],
)
def test_a_row_that_cannot_be_read_is_refused_alone(text, part):
    final_terms = document(text)
    assert [r.series for r in final_terms.refused] == ["108733"]
    assert part in final_terms.refused[0].why
    assert [c.series for c in final_terms.certificates] == [r["series"] for r in ANSWERS if r["series"] != "108733"]
    assert ("series refused", "108733") in errors(final_terms)
    assert "\n" not in final_terms.refused[0].why


def test_one_isin_for_two_series_refuses_both():
    final_terms = document(cell_changed("108733", 1, 2, "DE000NG20XQ1"))
    assert [r.series for r in final_terms.refused] == ["108732", "108733"]


def test_a_series_number_split_in_one_table_is_joined():
    final_terms = document(changed(row_of("108733", 2), "108 733" + row_of("108733", 2)[6:]))
    assert [c.series for c in final_terms.certificates] == [row["series"] for row in ANSWERS]


def test_a_row_missing_from_the_list_of_codes_is_an_error():
    final_terms = document(changed("DE000NG20XR9\tNot Applicable\tNG20XR\n", ""))
    assert errors(final_terms) == [("tables differ", "108733")]
    more = document(changed("DE000NG20XR9\tNot", "US0378331005\tNot"))
    assert errors(more) == [("tables differ", "108733"), ("tables differ", "document")]


def test_a_code_that_stands_twice_is_an_error():
    line = "DE000NG20XR9\tNot Applicable\tNG20XR\n"
    assert errors(document(changed(line, line + line))) == [("tables differ", "108733")]


def test_a_stray_line_inside_a_table_is_a_warning():
    final_terms = document(changed(row_of("108733", 2), f"Page 7 of 12\n{row_of('108733', 2)}"))
    assert [(f.grade, f.subject) for f in found(final_terms, "stray line")] == [("warning", "108732")]
    assert len(final_terms.certificates) == 23


def test_a_header_repeated_after_a_page_break_is_passed_over():
    header = LINES[line_of("Issue price per") - 1]
    final_terms = document(changed(row_of("108733", 2), f"{header}\n{row_of('108733', 2)}"))
    assert len(final_terms.certificates) == 23
    assert not found(final_terms, "stray line")
    header = LINES[line_of("Series number of\t") - 1]
    breaks = found(document(changed(row_of("108733", 1), f"{header}\n{row_of('108733', 1)}")), "page break")
    assert [f.what for f in breaks[:1]] == ["table of series goes on after a break"]


def test_long_certificates():
    only_item = document(changed("\tShort Certificates\n", "\tLong Certificates\n"))
    assert {c.side for c in only_item.certificates} == {"long"}
    assert errors(only_item) == [("tables differ", row["series"]) for row in ANSWERS]
    final_terms = document(
        TEXT.replace("\tShort Certificates\n", "\tLong Certificates\n").replace("ING Short", "ING Long")
    )
    assert {c.side for c in final_terms.certificates} == {"long"}
    assert errors(final_terms) == []


def test_open_ended_certificates_have_another_stop_loss():
    text = changed("\tBest Certificates (Marketing name: Open End Turbos)", "\tOpen Ended Certificates (Mini Futures)")
    final_terms = document(text.replace("\t13571.3200000000\t0.01", "\t13367.7500000000\t0.01"))
    assert {c.kind for c in final_terms.certificates} == {"open ended"}
    assert final_terms.certificates[0].stop_loss == 13367.75
    assert errors(final_terms) == []


def limited(final_date):
    text = changed("\tBest Certificates (Marketing name: Open End Turbos)", "\tLimited Certificates")
    return changed("21\tFinal Valuation Date:\tNot Applicable", f"21\tFinal Valuation Date:\t{final_date}", text=text)


def test_limited_certificates_have_a_term():
    assert {c.final_valuation_date for c in document(limited("19 June 2020")).certificates} == {date(2020, 6, 19)}
    with pytest.raises(XlidxError, match="final valuation date '31 June 2020' is not a day"):
        document(limited("31 June 2020"))


def with_column(title, values, text):
    """Return the text with one more column at the end of the table of economic terms."""
    head, mark, tail = text.partition("\tFinancing Level Currency\n")
    for row in ANSWERS:
        line = row_of(row["series"], 2)
        tail = changed(line, f"{line}\t{values(row)}", text=tail)
    return f"{head}\tFinancing Level Currency\t{title}\n{tail}" if mark else text


def test_a_term_may_stand_in_the_table():
    dates = with_column(
        "Final Valuation Date", lambda row: "18 September 2020", limited("As specified in the table below")
    )
    assert {c.final_valuation_date for c in document(dates).certificates} == {date(2020, 9, 18)}
    text = changed("18\tSettlement Currency:\tEUR", "18\tSettlement Currency:\tAs specified in the table below")
    final_terms = document(with_column("Settlement Currency", lambda row: row["currency"], text))
    assert [c.settlement_currency for c in final_terms.certificates] == [row["currency"] for row in ANSWERS]
    with pytest.raises(XlidxError, match="settlement currency refers to a table that does not give it"):
        document(text)


def test_an_unknown_column_is_left_out_with_a_warning():
    final_terms = document(with_column("Colour", lambda row: "orange", TEXT))
    assert [f.grade for f in found(final_terms, "unknown column")] == ["warning"]
    assert len(final_terms.certificates) == 23


@pytest.mark.parametrize(
    ("item", "provisions", "noun", "family"),
    [
        ("Share Certificates", "25\tShare", "Share", "share"),
        ("Currency Certificates", "26\tCurrency", "Currency", "currency"),
        ("Commodity Certificates", "27\tCommodity", "Commodity", "commodity future"),
        ("Fund Certificates", "28\tFund", "Fund", "fund"),
        ("Government Bond Certificates", "29\tGovernment Bond", "Government Bond", "government bond future"),
        ("Index Futures Certificates", "30\tIndex Futures", "Index Future", "index future"),
    ],
)
def test_other_underlyings(item, provisions, noun, family):
    text = changed("Index Futures Certificates:\tIndex Certificates", f"Index Futures Certificates:\t{item}")
    wrong = document(text)
    assert errors(wrong) == [("provisions differ", "document")]
    text = changed(
        "24\tIndex Certificate Provisions\tApplicable", "24\tIndex Certificate Provisions\tNot Applicable", text=text
    )
    text = changed(
        f"{provisions} Certificate Provisions\tNot Applicable",
        f"{provisions} Certificate Provisions\tApplicable",
        text=text,
    )
    text = changed("(i) Details of the Index", f"(i) Details of the {noun}", text=text)
    final_terms = document(text)
    assert {c.family for c in final_terms.certificates} == {family}
    assert errors(final_terms) == []
    assert len(found(final_terms, "commodity")) == (family == "commodity future")


# Refusals of the whole.


def without(first, last):
    """The text without the lines from one that holds a part up to one before another."""
    start = line_of(first)
    return "\n".join(LINES[: start - 1] + LINES[line_of(last, after=start) - 1 :])


OTHER_RULES = """
PSI 20 index rule book, version 16-01
4.1 Calculation of the price index: level is the sum of prices by shares over the divisor
"""

ONE_SERIES = """
Final Terms dated 30 January 2015
ING Bank N.V.
1  (a) Series number of the Certificates:  54321
3  Number of Certificates being issued:  2,000,000
4  Issue Price per Certificate:  EUR 1.24
8  Current Financing Level on the Trade Date:  EUR 9.876
14  Stop Loss Price on the Trade Date:  EUR 10.10
ISIN Code:  NL0000235190
"""

COLUMN_BLOCKS = """
Issue of
Series
number of
the
Certificates
342,997
342,998
342,999
WKN
Code
ISIN Code
NG821K
NG821L
NG821M
DE000NG821K6
DE000NG821L4
DE000NG821M2
"""


@pytest.mark.parametrize(
    ids=lambda value: str(value)[:40] if len(str(value)) < 120 else "text",
    argnames=("text", "kind", "part"),
    argvalues=[
        ("", Kind.MISSING, "the text is empty"),
        (" \n\t\n", Kind.MISSING, "the text is empty"),
        ("\0\1\2", Kind.TYPE, "holds binary data"),
        (OTHER_RULES, Kind.NO_DATA, "found 0 series numbers, 0 ISINs, tables: none"),
        (ONE_SERIES, Kind.NO_DATA, "found 0 series numbers, 1 ISINs, tables: none"),
        (COLUMN_BLOCKS, Kind.NO_DATA, "found 3 series numbers, 3 ISINs, tables: none"),
        (
            without("Series number of\t", "**under the"),
            Kind.NO_DATA,
            "no table of series; found 23 series numbers, 23 ISINs, tables: economic terms (23 rows)",
        ),
        (without("Issue price per", "ADDITIONAL SPECIFIC"), Kind.NO_DATA, "no table of economic terms; found 23"),
        (without("(i) Details of the", "25\tShare"), Kind.NO_DATA, "no table of underlyings; found 23"),
        (without("108731\tDE", "ADDITIONAL SPECIFIC"), Kind.NO_DATA, "economic terms (0 rows)"),
        (
            TEXT.replace("\tEntitlement\t", "\tMultiplier\t"),
            Kind.NO_DATA,
            "column entitlement is missing; found series,",
        ),
        (
            TEXT.replace("\tMaximum Premium\t", "\tMinimum Premium\t"),
            Kind.SHAPE,
            "column minimum_premium stands there twice",
        ),
        (TEXT + "\n" + TEXT, Kind.SHAPE, "stands there twice"),
        (without("5\tTrade Date", "6\tIssue Date"), Kind.NO_DATA, "no item 'trade date' with a value"),
        (changed("10 February 2020", "10.02.2020"), Kind.TYPE, "trade date '10.02.2020' is not a day like"),
        (changed("10 February 2020", "1 0 February 2020"), Kind.TYPE, "is not a day like 10 February 2020"),
        (changed("\tShort Certificates", "\tBear Certificates"), Kind.CHOICE, "side 'Bear Certificates' is not known"),
        (changed("\tBest Certificates (", "\tFixed Leverage ("), Kind.CHOICE, "fixed leverage certificates cannot be"),
        (
            changed("\tBest Certificates (", "\tFixed Leverage Certificates ("),
            Kind.CHOICE,
            "fixed leverage certificates",
        ),
        (changed("6\tIssue Date", "5\tTrade Date:\t11 February 2020\n6\tIssue Date"), Kind.SHAPE, "has two values"),
        (TEXT.replace("\tDE000", "\t\tDE000"), Kind.NO_DATA, "none of 23 series can be read"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(text, kind, part):
    with pytest.raises(XlidxError) as refusal:
        document(text)
    assert refusal.value.kind is kind
    assert part in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_missing_list_of_codes_is_a_warning():
    final_terms = document(without("ISIN Code\t(ii)", "(iv) Name of"))
    assert [f.grade for f in found(final_terms, "table missing")] == ["warning"]
    assert len(final_terms.certificates) == 23
    assert errors(final_terms) == []


# Other ways in, and what comes out.


def spaced(gap=None):
    """The text with runs of spaces for tabs; columns stand below one another unless a gap is given."""
    if gap:
        return TEXT.replace("\t", gap)
    cells = [line.split("\t") for line in LINES]
    width = [max(len(c[i]) for c in cells if i + 1 < len(c)) + 2 for i in range(max(map(len, cells)) - 1)]
    return "\n".join("".join(c[i].ljust(width[i]) for i in range(len(c) - 1)) + c[-1] for c in cells)


def test_columns_parted_by_spaces_are_read():
    final_terms = document(spaced())
    assert final_terms.certificates == document().certificates
    assert [f.lines for f in found(final_terms, "orphan row")] == [f.lines for f in found(document(), "orphan row")]


def test_pieces_below_no_clear_column_refuse_the_row_above():
    final_terms = document(spaced("   "))
    assert [r.series for r in final_terms.refused] == ["108746"]
    others = [c for c in document().certificates if c.series != "108746"]
    assert list(final_terms.certificates) == others


def test_a_piece_beside_all_columns_refuses_the_row_above():
    lines = spaced().split("\n")
    place = next(n for n, line in enumerate(lines) if "13581.32" in line)
    text = "\n".join([*lines[: place + 1], " " * 5000 + "7", *lines[place + 1 :]])
    assert [r.series for r in document(text).refused] == ["108733"]


def test_a_file_is_read_by_its_path(tmp_path):
    final_terms = read_file(SOURCE)
    assert final_terms == document() == read_source(str(SOURCE)) == read_source(TEXT)
    other = tmp_path / "with mark.txt"
    text = TEXT[TEXT.index("Final Terms dated") :]
    other.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert read_file(other) == document(text)
    assert document(text).facts.dated == date(2020, 2, 7)


def test_files_that_are_no_text_are_refused(tmp_path):
    path = tmp_path / "terms.doc"
    for content, part in ((bytes(range(256)), "neither a PDF nor text in UTF-8"), (b"", "the text is empty")):
        path.write_bytes(content)
        with pytest.raises(XlidxError, match=part) as refusal:
            read_file(path)
        assert "file terms.doc" in refusal.value.where
    for missing in (tmp_path, tmp_path / "none.txt"):
        with pytest.raises(XlidxError, match="cannot read the file"):
            read_file(missing)


@pytest.mark.parametrize("path", ["\0", "terms\0.txt", "\ud800.txt", "/dev/zero", "/dev/stdin", ".", "x" * 256])
def test_a_path_that_is_no_regular_file_is_refused_at_once(path):
    with pytest.raises(XlidxError) as refusal:
        read_source(path)
    assert refusal.value.kind is Kind.NO_DATA


def test_a_file_beyond_all_documents_is_refused_unread(tmp_path):
    path = tmp_path / "terms.txt"
    with path.open("wb") as file:
        file.truncate(50_000_001)  # sparse: nothing is on the disk
    with pytest.raises(XlidxError, match="the file has 50,000,001 bytes, more than the 50,000,000 of one call"):
        read_file(path)


def pdf(pages):
    """A PDF of pages of lines of cells, each cell placed on its own, in a typewriter face 6 units wide."""
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /Courier /Encoding /WinAnsiEncoding >>"
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", "", font]
    kids = []
    for page in pages:
        parts = ["BT /F1 10 Tf"]
        for n, (starts, cells) in enumerate(page):
            for start, cell in zip(starts, cells, strict=False):
                words = re.sub(r"([()\\])", r"\\\1", cell)
                parts.append(f"1 0 0 1 {20 + 6 * start} {12 * (len(page) - n)} Tm ({words}) Tj")
        stream = "\n".join([*parts, "ET"])
        size = f"{12 * len(page) + 40}"
        kids.append(f"{len(objects) + 1} 0 R")
        box = f"/MediaBox [0 0 9000 {size}] /Resources << /Font << /F1 3 0 R >> >>"
        objects.append(f"<< /Type /Page /Parent 2 0 R {box} /Contents {len(objects) + 2} 0 R >>")
        objects.append(f"<< /Length {len(stream.encode('cp1252'))} >>\nstream\n{stream}\nendstream")
    objects[1] = f"<< /Type /Pages /Count {len(kids)} /Kids [{' '.join(kids)}] >>"
    content, places = b"%PDF-1.4\n", []
    for n, body in enumerate(objects, start=1):
        places.append(len(content))
        content += f"{n} 0 obj\n{body}\nendobj\n".encode("cp1252")
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    size = len(objects) + 1
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer << /Size {size} /Root 1 0 R >>\n"
    return content + f"{end}startxref\n{len(content)}\n%%EOF\n".encode()


def printed_pages():
    """The document on four pages, cut where the text has its page breaks inside tables."""
    cells = [[cell[:400] for cell in line.split("\t")] for line in LINES]
    width = [max(len(c[i]) for c in cells if i + 1 < len(c)) + 3 for i in range(max(map(len, cells)) - 1)]
    starts = [sum(width[:i]) for i in range(len(width) + 1)]
    placed = [(starts, c) for c in cells]
    cuts = [
        0,
        line_of("\t\t\t\t00000"),
        line_of("108748\t", after=130) - 1,
        line_of("DE000NG20XZ2\tNot") - 1,
        len(LINES),
    ]
    return [placed[a:b] for a, b in pairwise(cuts)]


def test_a_pdf_is_read(tmp_path):
    path = tmp_path / "terms.pdf"
    path.write_bytes(pdf(printed_pages()))
    final_terms = read_file(path)
    assert final_terms.certificates == document().certificates
    assert {f.name for f in final_terms.findings} >= {"split number", "split isin", "orphan row", "lei check digit"}


def test_pdfs_without_text_or_broken_are_refused(tmp_path):
    path = tmp_path / "terms.pdf"
    whole = pdf(printed_pages())
    for content, part in (
        (pdf([[]]), "holds no text"),
        (b"%PDF-1.4\nnothing", "cannot be read"),
        (whole[: len(whole) // 2], "."),
        (pdf([[([0], [line]) for line in OTHER_RULES.splitlines()]]), "this layout is not known"),
    ):
        path.write_bytes(content)
        with pytest.raises(XlidxError, match=part):
            read_file(path)


def test_a_pdf_without_the_library_is_refused(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pypdf", None)
    path = tmp_path / "terms.pdf"
    path.write_bytes(b"%PDF-1.4")
    with pytest.raises(XlidxError, match="needs the library pypdf"):
        read_file(path)


def test_the_terms_table_goes_into_a_book():
    table = read(PATH_TERMS, terms_rows(document()))
    assert table.faults == {}
    spots = {row["underlying"]: float(row["spot"]) for row in rows("spots")}
    market = [["underlying", "spot", "rate", "fx"], *[[name, spot, 0.0, 1.0] for name, spot in spots.items()]]
    currency = {row["underlying"]: row["currency"] for row in ANSWERS}
    market[1:] = [[name, spot, rate, 1.0963 if currency[name] == "USD" else None] for name, spot, rate, _ in market[1:]]
    book = turbo_book(table, read(MARKET, market))
    assert [round(value + 1e-9, 2) for value in book["value"]] == [float(row["issue_price"]) for row in ANSWERS]


def test_a_refused_series_stays_in_the_table_as_an_error():
    final_terms = document(cell_changed("108733", 2, 3, "0.4 9"))
    header, *body = terms_rows(final_terms)
    last = dict(zip(header, body[-1], strict=True))
    assert (last["series"], last["isin"], last["financing_level"]) == ("108733", "DE000NG20XR9", None)
    assert "may be one number or two" in last["note"]
    assert list(read(PATH_TERMS, [header, *body]).faults) == [24]


def test_errors_are_the_notes_of_the_terms_table():
    final_terms = document(cell_changed("108733", 2, 4, "13581.3300000000"))
    header, *body = terms_rows(final_terms)
    notes = {row[header.index("series")]: row[header.index("note")] for row in body}
    assert "which a best certificate does not allow" in notes.pop("108733")
    assert set(notes.values()) == {None}


def test_tables_of_findings_and_evidence():
    assert len(findings_rows(document())) == len(document().findings) + 1
    assert len({len(row) for row in (*findings_rows(document()), *evidence_rows(document()))}) == 2
    assert ["108747", "stop_loss", str(line_of("3671.24000")), "3671.24000 00000"] in evidence_rows(document())
    assert from_frame(PATH_TERMS, frame(terms_rows(document()))).faults == {}


# No noise yields a wrong number.

WHITE = st.text(alphabet=" \t\n\u00a0\u2009\f", min_size=1, max_size=3)
TRUTH = {row["series"]: {name: answer(row, name) for name in NUMBERS} for row in ANSWERS}


@st.composite
def torn_texts(draw):
    """The text with white space put into up to four numbers, cells parted by tabs or by runs of spaces."""
    text, gap = TEXT, draw(st.sampled_from([None, "  ", "     "]))
    for _ in range(draw(st.integers(1, 4))):
        series, table = draw(st.sampled_from(ANSWERS))["series"], draw(st.sampled_from([1, 2, 2, 2]))
        place = 3 if table == 1 else draw(st.integers(2, 12))
        line = row_of(series, table)
        cells = line.split("\t")
        at = draw(st.integers(1, len(cells[place]) - 1)) if len(cells[place]) > 1 else 1
        cells[place] = cells[place][:at] + draw(WHITE) + cells[place][at:]
        text = text.replace(line, "\t".join(cells), 1)
    return text.replace("\t", gap) if gap else text


@given(torn_texts())
def test_white_space_inside_numbers_never_yields_a_wrong_number(text):
    try:
        final_terms = read_final_terms(text)
    except XlidxError:
        return
    for certificate in final_terms.certificates:
        assert {name: getattr(certificate, name) for name in NUMBERS} == TRUTH[certificate.series]
    read_series = {c.series for c in final_terms.certificates} | {r.series for r in final_terms.refused}
    assert read_series >= set(TRUTH)


@given(st.data())
def test_a_mutilated_text_is_read_or_refused_but_never_breaks_the_reader(data):
    text = TEXT if data.draw(st.booleans()) else spaced()
    for _ in range(data.draw(st.integers(1, 6))):
        start = data.draw(st.integers(0, len(text) - 1))
        stop = min(len(text), start + data.draw(st.integers(0, 400)))
        text = text[:start] + data.draw(st.text(max_size=3)) + text[stop:]
    try:
        final_terms = read_final_terms(text)
    except XlidxError:
        return
    assert len(terms_rows(final_terms)) == 1 + len(final_terms.certificates) + len(final_terms.refused)


@given(st.text(max_size=300))
def test_any_text_is_refused(text):
    with pytest.raises(XlidxError):
        read_final_terms(text)


def test_the_document_is_kept_with_its_origin():
    assert "ING Bank N.V." in (Path(SOURCE).parent / "README.txt").read_text(encoding="utf-8")
