"""The section lists of the three documents: complete, true, and backed by functions and tests."""

from __future__ import annotations

import ast
import importlib
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import attrs
import pytest

from xlidx import rules
from xlidx.errors import XlidxError
from xlidx.excel.catalogue import CATALOGUE
from xlidx.rulebooks.coverage import CONFIDENCES, DOCUMENTS, STATUSES, Document, Section, load, rows

TESTS = Path(__file__).parents[1]

# The contents lists as printed, one line per section.
CONTENTS = {
    "psi20": """
1. Index Summary
2. Governance and Disclaimer
2.1 Indices
2.2 Compiler
2.3 Supervisor
2.4 Cases not covered in rules
2.5 Rule book changes
2.6 Liability
2.7 Ownership and trademarks
3. Publication
3.1 Dissemination of index values
3.2 Exceptional market conditions and corrections
3.3 Announcement policy
4. Calculation
4.1 Calculation of the price index
4.2 Currency conversion
4.3 Total return index calculation
5. Index reviews
5.1 General aim and frequency of reviews
5.2 Eligible Companies and selection
5.3 Periodical update of weighting
5.4 Adjustments to the outcome of the review
6. Corporate Actions
6.1 General
6.2 Removal of constituents
6.3 Split up / spin-off
6.4 Early inclusion of non-constituents
6.5 Dividends
6.6 Rights issues and other rights
6.7 Bonus Issues, stock splits and reverse stock splits
6.8 Changes in number of shares or Free Float
7. Index Calculation Formulas
8. Definitions
8.1 Free Float
8.2 PSI Committee
8.3 Compiler
8.4 Review relevant dates
8.5 Regulated Turnover and Regulated Trading Volume
""",
    "solactive_human_capital": """
1 Index Specifications
1.1 Index Name and Identifier
1.2 Initial Value
1.3 Distribution
1.4 Prices and Calculation Frequency
1.5 Weighting
1.6 Decision-Making Process
1.7 Publication
1.8 Historical Data
1.9 Licensing
2 Composition of the Index
2.1 Selection of the Index Components
2.2 Ordinary Adjustment
2.3 Extraordinary Adjustment
3 Calculation of the Index
3.1 Index Formula
3.2 Accuracy
3.3 Adjustments
3.4 Dividends and Other Distributions
3.5 Corporate Actions
3.6 Calculation of the Index in the Event of a Market Disruption
4 Definitions
5 Appendix
5.1 Contact Data
5.2 Calculation of the Index – Change in Calculation Method
""",
    # The Final Terms have no contents list; these are the items that print a name of their own.
    "ing_open_end_turbo": """
A.5 Trade Date
A.6 Issue Date
A.8 Current Financing Level on the Trade Date
A.9 Current Spread on the Trade Date
A.10 Maximum Spread
A.11 Current Stop Loss Premium Rate on the Trade Date
A.12 Maximum Premium
A.13 Minimum Premium
A.14 Stop Loss Price on the Trade Date
A.15 Stop Loss Price Rounding
A.16 Entitlement
A.17 Financing Level Currency
A.18 Settlement Currency
A.19 Exercise Time
A.20 Cash Settlement Amount
A.21 Final Valuation Date
A.22 Valuation Date(s)
A.24 Index Certificate Provisions
A.25 Share Certificate Provisions
A.26 Currency Certificate Provisions
A.27 Commodity Certificate Provisions
A.28 Fund Certificate Provisions
A.29 Government Bond Certificate Provisions
A.30 Index Futures Certificate Provisions
B.1 Listing
B.2 Ratings
B.3 Interests of natural and legal persons involved in the issue
B.4 Reasons for the offer, estimated net proceeds and total expenses
B.5 Information concerning the underlying
B.5bis Post-issuance information
B.6 Operational information
B.7 Distribution
B.8 General
""",
}

# Every number in the order of the text, with the headings that the contents lists leave out.
NUMBERS = {
    "psi20": """
1 | 1 Reference Data | 2 | 2.1 | 2.2 | 2.3 | 2.4 | 2.5 | 2.6 | 2.7
3 | 3.1 | 3.1.1 | 3.1.2 | 3.1.3 | 3.2 | 3.3
4 | 4.1 | 4.2 | 4.3 | 4.3.1 | 4.3.2 | 4.3.3 | 4.3.4
5 | 5.1 | 5.1.1 | 5.1.2 | 5.2 | 5.2.1 | 5.2.2
5.2.2(a) | 5.2.2(b) | 5.2.2(c) | 5.2.2(d) | 5.2.2(e) | 5.2.2(f) | 5.2.2(g)
5.2.3 | 5.2.3 Ranking | 5.2.3 Velocity | 5.2.4 | 5.2.5 | 5.2.6
5.3 | 5.3.1 | 5.3.2 | 5.3.3 | 5.3.4 | 5.4
6 | 6.1 | 6.2 | 6.2.1 | 6.2.2 | 6.2.3 | 6.3 | 6.4 | 6.5 | 6.5.1 | 6.5.2 | 6.6 | 6.7 | 6.8
7 | 8 | 8.1 | 8.2 | 8.3 | 8.4 | 8.5
""",
    "solactive_human_capital": """
Disclaimer | Introduction | 1 | 1.1 | 1.2 | 1.3 | 1.4 | 1.5 | 1.6 | 1.7 | 1.8 | 1.9
2 | 2.1 | 2.1 step 1 | 2.1 step 2 | 2.1 step 3 | 2.1 step 4 | 2.2 | 2.3
3 | 3.1 | 3.2 | 3.3 | 3.4 | 3.5 | 3.5.1 | 3.5.2 | 3.5.3 | 3.5.4 | 3.6
4 | 4 Adjustment Day | 4 Affiliated Exchange | 4 Average Daily Value Traded | 4 Business Day
4 Daily Value Traded | 4 Dividend Correction Factor | 4 Exchange | 4 Extraordinary Event
4 Merger | 4 Takeover bid | 4 Delisting | 4 Nationalisation | 4 Insolvency
4 Index | 4 Index Calculator | 4 Index Component | 4 Index Currency | 4 Market Disruption Event
4 Normal exchange closing time | 4 Number of Shares | 4 Percentage Weight | 4 Rebalancing Period
4 Region | 4 Sector | 4 Selection Day | 4 Selection Pool | 4 Stock Substitute | 4 Trading Day
4 Trading Price | 4 Universe | 4 Vigeo Eiris
5 | 5.1 | 5.2
""",
    "ing_open_end_turbo": """
F.1 | F.2 | F.3 | T.1 | F.4
A.0 | A.1 | A.1(a) | A.1(b) | A.2 | A.2(a) | A.2(b) | A.2(c) | A.3 | A.4 | A.5 | A.6 | A.7 | A.8 | A.9
A.10 | A.11 | A.12 | A.13 | A.14 | A.15 | A.16 | A.17 | A.18 | A.19 | A.20 | A.21 | A.22 | A.23
T.2 | A.24 | T.3 | A.25 | A.26 | A.27 | A.28 | A.29 | A.30 | A Signature
B.1 | B.2 | B.3 | B.4 | B.5 | B.5bis | B.6 | T.4 | B.7 | B.8 | X.1 | X.2
C.1 | C.2 | C.3 | C.4 | C.5 | C.6 | C.7 | C.8 | C.9 | C.10 | C.11 | C.12 | C.13 | C.14 | C.15 | C.16 | C.17
""",
}

each_document = pytest.mark.parametrize("document", DOCUMENTS)


def numbers(document: str) -> list[str]:
    return [no.strip() for line in NUMBERS[document].strip().splitlines() for no in line.split("|")]


def printed(document: str) -> list[tuple[str, str]]:
    split = (line.split(" ", 1) for line in CONTENTS[document].strip().splitlines())
    return [(no.removesuffix("."), title) for no, title in split]


def function_of(name: str) -> object | None:
    module, _, function = name.rpartition(".")
    try:
        return getattr(importlib.import_module(module), function, None)
    except ModuleNotFoundError:
        return None


def function_faults(document: Document, section: Section) -> Iterator[str]:
    """Tell what is wrong with the functions that a section names."""
    for name in section.functions:
        function = function_of(name)
        cited = {no for where, no in getattr(function, "__rules__", ()) if where == document.id}
        naming = {other.no for other in document.sections if name in other.functions}
        if function is None:
            yield f"{section.no}: there is no function {name}"
        elif section.no not in cited:
            yield f"{section.no}: {name} does not cite it"
        yield from (f"{no}: cited by {name}, which it does not name" for no in sorted(cited - naming))


def section_faults(document: Document, section: Section) -> Iterator[str]:
    """Tell what is wrong with the words of one section."""
    if section.status not in STATUSES:
        yield f"{section.no}: status {section.status!r}"
    if section.status == "implemented" and not section.functions:
        yield f"{section.no}: implemented without a function"
    if section.functions and section.status not in {"implemented", "planned", "differs"}:
        yield f"{section.no}: {section.status} but names functions"
    if not section.title or not section.note or "\n" in section.note:
        yield f"{section.no}: needs a title and a note of one line"
    known = {entry.name for entry in CATALOGUE}
    yield from (f"{section.no}: there is no function {name}" for name in section.excel if name not in known)
    if bool(section.functions) != bool(section.excel):
        yield f"{section.no}: functions and Excel names go together"
    rebuilt = document.id == "ing_open_end_turbo" and section.no.startswith("C.")
    if rebuilt != (section.confidence in CONFIDENCES) or rebuilt != bool(section.source):
        yield f"{section.no}: confidence and source belong to reconstructed clauses, and to all of them"


def faults(document: Document) -> list[str]:
    """Tell everything that is wrong with the section list of a document."""
    counted = Counter(section.no for section in document.sections)
    twice = [f"{no}: listed twice" for no, times in counted.items() if times > 1]
    each = (f for s in document.sections for f in (*section_faults(document, s), *function_faults(document, s)))
    return [*twice, *each]


def marks_in(source: str) -> set[tuple[str, str]]:
    """Return the clauses named by ``@pytest.mark.rule`` on the tests of one file, without running it."""
    tests = [node for node in ast.walk(ast.parse(source)) if isinstance(node, (ast.FunctionDef, ast.ClassDef))]
    calls = [
        mark
        for test in tests
        if test.name.lower().startswith("test")
        for mark in test.decorator_list
        if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.rule"
    ]
    return {(ast.literal_eval(call.args[0]), ast.literal_eval(call.args[1])) for call in calls}


@cache
def clauses_tested() -> frozenset[tuple[str, str]]:
    """Return the clauses named by the marks of all tests."""
    return frozenset().union(*(marks_in(path.read_text(encoding="utf-8")) for path in TESTS.rglob("*.py")))


def untested(document: Document, marks: frozenset[tuple[str, str]]) -> list[str]:
    done = [section.no for section in document.sections if section.status == "implemented"]
    return [no for no in done if (document.id, no) not in marks]


def with_section(document: Document, place: str, **changes: Any) -> Document:
    changed = [attrs.evolve(s, **changes) if s.no == place else s for s in document.sections]
    assert tuple(changed) != document.sections
    return attrs.evolve(document, sections=tuple(changed))


def test_every_door_knows_the_same_documents() -> None:
    assert set(rules.DOCUMENTS) == set(DOCUMENTS) == set(NUMBERS)


@each_document
def test_every_number_of_the_document_is_listed_once_in_its_order(document: str) -> None:
    assert [section.no for section in load(document).sections] == numbers(document)


@each_document
def test_titles_are_those_of_the_contents_list(document: str) -> None:
    titles = {section.no: section.title for section in load(document).sections}
    assert {no: titles.get(no) for no, _ in printed(document)} == dict(printed(document))


@each_document
def test_the_list_is_true(document: str) -> None:
    assert faults(load(document)) == []


@each_document
def test_every_implemented_section_has_a_test(document: str) -> None:
    assert untested(load(document), clauses_tested()) == []


@each_document
def test_the_tests_named_for_a_section_carry_its_mark(document: str) -> None:
    for section in load(document).sections:
        assert bool(section.tests) == (section.status == "implemented"), section.no
        for name in section.tests:
            marks = marks_in((TESTS.parent / name).read_text(encoding="utf-8"))
            assert (document, section.no) in marks, (section.no, name)


def test_every_mark_names_a_section() -> None:
    known = {(document, no) for document in DOCUMENTS for no in numbers(document)}
    assert sorted(clauses_tested() - known) == []


@each_document
def test_head_of_the_list(document: str) -> None:
    head = load(document)
    assert head.id == document
    assert len(bytes.fromhex(head.sha256)) == 32
    assert all((head.title, head.publisher, head.edition, head.note))


def test_dates_are_those_of_the_editions() -> None:
    dates = {document: load(document).date.isoformat() for document in DOCUMENTS}
    assert dates == {
        "psi20": "2016-06-01",
        "solactive_human_capital": "2017-08-31",
        "ing_open_end_turbo": "2020-02-07",
    }


@each_document
def test_rows_are_cells_in_the_order_of_the_text(document: str) -> None:
    table = rows(document)
    assert [row[0] for row in table] == numbers(document)
    assert {len(row) for row in table} == {6}
    assert all(type(cell) is str for row in table for cell in row)


def test_a_reconstructed_clause_shows_its_confidence() -> None:
    notes = {row[0]: row[5] for row in rows("ing_open_end_turbo")}
    assert "(confidence low: " in notes["C.17"]
    assert "confidence" not in notes["A.20"]


@pytest.mark.parametrize(
    ("word", "mend"),
    [
        ("psi 2", "did you mean psi20?"),
        ("solactive", "use psi20, solactive_human_capital, ing_open_end_turbo"),
        ("ing_open_end_turbos", "did you mean ing_open_end_turbo?"),
        ("", "use psi20, solactive_human_capital, ing_open_end_turbo"),
    ],
)
def test_an_unknown_document_is_refused_in_one_line(word: str, mend: str) -> None:
    with pytest.raises(XlidxError) as refusal:
        load(word)
    assert refusal.value.mend == mend
    assert "\n" not in str(refusal.value)


def test_case_and_blanks_of_a_document_do_not_matter() -> None:
    assert load(" Solactive Human Capital").id == "solactive_human_capital"


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        (
            {"functions": ("xlidx.index.capping.bogus",)},
            "5.3.3: there is no function xlidx.index.capping.bogus",
        ),
        ({"functions": ("xlidx.bogus.cap",)}, "5.3.3: there is no function xlidx.bogus.cap"),
        ({"functions": ("xlidx.errors.XlidxError",)}, "5.3.3: xlidx.errors.XlidxError does not cite it"),
        ({"functions": ()}, "5.3.3: implemented without a function"),
        ({"status": "done"}, "5.3.3: status 'done'"),
        ({"status": "narrative"}, "5.3.3: narrative but names functions"),
        ({"excel": ("XI_BOGUS",)}, "5.3.3: there is no function XI_BOGUS"),
        ({"excel": ()}, "5.3.3: functions and Excel names go together"),
        ({"note": ""}, "5.3.3: needs a title and a note of one line"),
        (
            {"confidence": "high"},
            "5.3.3: confidence and source belong to reconstructed clauses, and to all of them",
        ),
        ({"no": "5.3.2"}, "5.3.2: listed twice"),
        ({"no": "9.9"}, "5.3.3: cited by xlidx.index.capping.capping_factors, which it does not name"),
    ],
)
def test_a_false_list_is_found_out(changes: dict[str, object], fault: str) -> None:
    assert fault in faults(with_section(load("psi20"), "5.3.3", **changes))


def test_a_section_without_a_test_is_found_out() -> None:
    done = frozenset(("psi20", no) for no in numbers("psi20"))
    assert untested(load("psi20"), done) == []
    assert untested(load("psi20"), done - {("psi20", "5.3.3")}) == ["5.3.3"]


def test_marks_are_read_from_tests_only() -> None:
    source = """
import pytest

@pytest.mark.rule("psi20", "7")
def test_level(): ...

@pytest.mark.rule("psi20", "8.1")
def helper(): ...

@pytest.mark.slow
class TestBand:
    @pytest.mark.rule("psi20", "5.3.1")
    def test_band(self): ...
"""
    assert marks_in(source) == {("psi20", "7"), ("psi20", "5.3.1")}
