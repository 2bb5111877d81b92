"""The guard against the engine itself: whatever it lets through is right."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import formualizer
import pytest

from tests.recalc.books import TOYS
from tests.recalc.fast.known_formulas import CELLS, FUNCTIONS, HELD_OUT, HELD_OUT_AGAIN, IDIOMS
from xlidx.errors import ErrorValue, Kind, XlidxError
from xlidx.recalc.fast import engine, guard
from xlidx.recalc.fast.expressions import Scope
from xlidx.recalc.fast.signatures import SIGNATURES
from xlidx.recalc.interface.sheets import Sheets
from xlidx.recalc.interface.unsupported import Unsupported
from xlidx.recalc.workbook.book import Formula
from xlidx.recalc.workbook.grid import Area, cell

CLOCK = datetime(2020, 2, 10, 12)
PLACE = (100, 100)
EVERYTHING = [*(IDIOMS | HELD_OUT | HELD_OUT_AGAIN | FUNCTIONS).items()]


def sheets(formula: str, *, spills: bool) -> Sheets:
    constants: dict[Any, Any] = {}
    formulas = {PLACE: Formula("=" + formula, spills, Area(*PLACE, *PLACE) if spills else None)}
    for address, value in CELLS.items():
        place = cell(address)
        assert place is not None
        if isinstance(value, str) and value.startswith("{="):
            formulas[place] = Formula(value[1:-1], True, Area(*place, *place))
        elif isinstance(value, str) and value.startswith("="):
            formulas[place] = Formula(value)
        else:
            constants[place] = value
    return Sheets({"S": constants}, {"S": formulas})


def answer(formula: str, *, spills: bool = True) -> Any:
    result = engine.evaluate(sheets(formula, spills=spills), TOYS, CLOCK)
    extent = result.spills.get(("S", *PLACE))
    value = result.values["S", *PLACE]
    if extent is None:
        return str(value) if isinstance(value, ErrorValue) else value
    rows = range(extent.top, extent.bottom + 1)
    columns = range(extent.left, extent.right + 1)
    return [[result.values["S", row, column] for column in columns] for row in rows]


def unguarded(formula: str) -> Any:
    """Return what formualizer alone makes of a formula, with prefixes and spill references spelled its way."""
    text = re.sub(r"_xlfn\.ANCHORARRAY\((\w+)\)", r"\1#", formula)
    text = re.sub(r"_xlfn\.|_xlws\.", "", text)
    book = formualizer.Workbook()
    sheet = book.sheet("S")
    for name, function in TOYS.items():
        book.register_function(name, function)
    for address, value in CELLS.items():
        place = cell(address)
        assert place is not None
        if isinstance(value, str) and value.startswith(("=", "{=")):
            sheet.set_formula(*place, value.strip("{}"))
        else:
            sheet.set_value(*place, value)
    sheet.set_formula(*PLACE, "=" + text)
    book.set_temporal_egress("serial")
    book.set_deterministic_clock(CLOCK.replace(tzinfo=UTC))
    book.evaluate_all()
    role = book.inspect_cell("'S'!CV100").cell.spill
    if role is None:
        return book.get_value("S", *PLACE)
    assert role.extent is not None
    first, last = (cell(part) for part in role.extent.rpartition("!")[2].split(":"))
    assert first is not None
    assert last is not None
    columns = range(first[1], last[1] + 1)
    return [[book.get_value("S", row, column) for column in columns] for row in range(first[0], last[0] + 1)]


def same(got: Any, expected: Any) -> bool:
    if isinstance(got, dict):
        got = {"Na": "#N/A", "Value": "#VALUE!", "Div": "#DIV/0!"}.get(got["kind"])
    if isinstance(expected, list):
        return (
            isinstance(got, list)
            and len(got) == len(expected)
            and all(len(a) == len(b) and all(map(same, a, b)) for a, b in zip(got, expected, strict=True))
        )
    if type(expected) is float:
        return type(got) is float and got == pytest.approx(expected, rel=1e-11, abs=1e-17)
    return type(got) is type(expected) and got == expected


@pytest.mark.parametrize(("formula", "expected"), EVERYTHING, ids=[text for text, _ in EVERYTHING])
def test_what_passes_is_right(formula: str, expected: Any) -> None:
    """A formula gets its answer or a refusal; a wrong value never passes."""
    try:
        got = answer(formula)
    except XlidxError as error:
        assert error.kind in (Kind.DOMAIN, Kind.CHOICE)  # noqa: PT017 - a refusal is one of the two answers
        return
    assert same(got, expected), got


@pytest.mark.parametrize(("formula", "expected"), FUNCTIONS.items(), ids=list(FUNCTIONS))
def test_functions_pass_and_are_right(formula: str, expected: Any) -> None:
    spills = isinstance(expected, list) or "FILTER" in formula
    assert same(answer(formula, spills=spills), expected), answer(formula, spills=spills)


def test_every_function_of_the_table_has_a_known_answer() -> None:
    words = {word.upper() for text in FUNCTIONS for word in re.findall(r"([A-Z][A-Z0-9.]*)\(", text)}
    assert set(SIGNATURES) - words == set()


def counts(formulas: dict[str, Any]) -> tuple[int, int, int]:
    """Return how many formulas pass, are refused, and are wrong in the engine without the guard."""
    passed = wrong = 0
    for formula, expected in formulas.items():
        wrong += not same(unguarded(formula), expected)
        try:
            passed += same(answer(formula), expected)
        except XlidxError:
            continue
    return passed, len(formulas) - passed, wrong


def test_the_guard_earns_its_keep_on_idioms() -> None:
    """The engine alone is wrong on many idioms; the guard refuses about as many, not all."""
    passed, refused, wrong = counts(IDIOMS)
    assert wrong >= 40
    assert passed >= 45
    assert refused <= wrong + 10


def test_the_guard_earns_its_keep_on_the_held_out_set() -> None:
    passed, refused, wrong = counts(HELD_OUT)
    assert wrong >= 15
    assert passed >= 45
    assert refused <= wrong + 10


SCOPE = Scope(("S", "My Sheet"), frozenset(TOYS), clock=False)

REFUSED = {
    "=_xlfn._xlws.FILTER(A1:C3,A1:C1=3)": "FILTER by a condition that is not known to be one column",
    "=_xlfn._xlws.FILTER(A1:C3,TRANSPOSE(A1:A3)=3)": "FILTER by a condition that is not known to be one column",
    "=_xlfn._xlws.FILTER(A1:A3,E5#>1)": "FILTER by a condition that is not known to be one column",
    "=LEN(A1:A3)": "a block where LEN wants one value (argument 1)",
    "=SUMIF(A1:A3*1,1)": "a computed array or value where SUMIF wants a range (argument 1)",
    "=MATCH(1,A1:A3*1,1)": "MATCH of a near value in computed values",
    "=MATCH(1,A1:B3,0)": "MATCH in a block, or in a range of unknown size",
    "=_xlfn.XLOOKUP(1,A1:A3,B1:B4)": "XLOOKUP with ranges of unequal lengths",
    "=A1:A3+B1:B4": "blocks of unequal sizes in one operation",
    "=ROUND(A1,1,2)": "ROUND with 3 arguments",
    "=VLOOKUP(1,A1:B3,2,)": "VLOOKUP with an argument left out",
    "=A:A*2": "a whole column or row in an operator",
    "=XI_TOY_SUM(A:A)": "a whole column or row in XI_TOY_SUM",
    "=ROWS(A:A)": "a whole column or row in ROWS",
    "=COUNTIF(A:A,1)": "a whole column or row in COUNTIF",
    "=SUM(S:Other!A1)": "S:Other!A1 runs through several sheets",
    "=SUM((A1,B1))": "an intersection or union of ranges",
    "=@A1:A3": "an implicit intersection (@)",
    "=RAND()": "function RAND",
    "=TODAY()": "TODAY changes with the clock",
    "=NOSUCH(1)": "function NOSUCH is unknown to the fast engine",
    "=Nope!A1": "sheet 'Nope' does not exist",
    "=nope+1": "name 'nope' is unknown",
    "=TEXT(A1,B1)": "TEXT with a format that is not a constant",
    '=TEXT(A1,"[red]0")': "TEXT with the format '[red]0'",
    '=DATEDIF(A1,A2,"md")': "DATEDIF with another unit than d, m or y",
    "=CEILING(A1,0.05)": "CEILING with a step that is not a whole positive constant",
    "=STDEV.S(A1:A3)": "STDEV.S without its prefix, which Excel shows as #NAME?",
    '=IF("x",1,2)': "IF with a text as its condition",
    '="#N/A"': "an error value written as a text",
    "=INDEX(A1:B3,2)": "INDEX with one number on a block",
    '=SUM(A1:INDIRECT("A3"))': "function INDIRECT",
}


@pytest.mark.parametrize(("formula", "what"), REFUSED.items(), ids=list(REFUSED))
def test_refusals_say_what(formula: str, what: str) -> None:
    with pytest.raises(Unsupported) as caught:
        guard.inspect(formula, SCOPE, spills=True)
    assert caught.value.what == what
    assert caught.value.mend


def test_ordinary_formula_may_not_be_a_block() -> None:
    with pytest.raises(Unsupported, match="implicit intersection"):
        guard.inspect("=A1:A3", SCOPE, spills=False)
    assert guard.inspect("=A1:A3", SCOPE, spills=True) == "=A1:A3"


def test_unknown_function_names_the_nearest() -> None:
    with pytest.raises(Unsupported) as caught:
        guard.inspect("=XI_TOY_SUMM(A1)", SCOPE, spills=True)
    assert caught.value.mend == "did you mean XI_TOY_SUM?"


def test_subtotal_waits_for_hidden_rows() -> None:
    hidden = Scope(("S",), frozenset(), clock=False, hidden_rows=True)
    with pytest.raises(Unsupported, match="hidden rows"):
        guard.inspect("=SUBTOTAL(9,A1:A3)", hidden, spills=False)


def test_sheet_names_are_spelled_as_the_workbook_spells_them() -> None:
    assert guard.inspect("='my sheet'!A1*2", SCOPE, spills=False) == "=('My Sheet'!A1*2)"


def test_block_where_one_value_must_stand_is_found_at_run_time() -> None:
    with pytest.raises(XlidxError) as caught:
        answer("ROUND(XI_TOY_GRID(2,2),0)")
    assert str(caught.value).startswith("XI_TOY_GRID gives a block where one value must stand - S!CV100")


@pytest.mark.parametrize(
    ("formula", "what"),
    [
        ('"a-b"<"ab"', "depends on the language"),
        ('"x"&0.00001', "the number 1E-05 joined to a text"),
        ('TEXT(E1,"0")', "TEXT of TRUE or FALSE"),
        ('TEXT(-0.001,"0.00")', "rounds to minus zero"),
        ('TEXT(3,"yyyy-mm-dd")', "as a date"),
    ],
)
def test_values_on_which_excel_has_rules_of_its_own(formula: str, what: str) -> None:
    with pytest.raises(XlidxError) as caught:
        answer(formula)
    assert what.lower() in str(caught.value).lower()
    assert " - S!CV100 - " in str(caught.value)
