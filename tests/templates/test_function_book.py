"""The function book: every function is there by itself, each check looks at its own, and every part of it can fail."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs
import pytest
import xlsxwriter

from tests.templates.books import accepted, instead, opened, recalculated, spoiled
from xlidx.excel import catalogue
from xlidx.excel.calls import call
from xlidx.excel.catalogue import CATALOGUE, find
from xlidx.excel.entries import Entry
from xlidx.recalc import recalculate
from xlidx.templates.functions import build
from xlidx.templates.functions.card import shown_params
from xlidx.templates.functions.compare import agrees
from xlidx.templates.functions.errors import EXTRA, HEADLESS, WRONG, Wrong, wrong_calls
from xlidx.templates.functions.known import KNOWN
from xlidx.templates.functions.text import UNITS, unit

NAMES = [entry.name for entry in CATALOGUE]
SAYS = "XI_WHY says"


@attrs.frozen
class Card:
    """The rows of one function on its sheet."""

    sheet: Any
    first: int
    last: int

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Give the rows of cells."""
        yield from self.sheet.iter_rows(min_row=self.first, max_row=self.last)

    def texts(self) -> set[str]:
        """Return the texts of all cells."""
        return {cell.value for row in self.rows() for cell in row if isinstance(cell.value, str)}

    def verdicts(self) -> tuple[dict[str, str], dict[str, str]]:
        """Return the verdicts on examples and on wrong calls, by cell."""
        examples, wrong = {}, {}
        for row in self.rows():
            for cell in (cell for cell in row if cell.value in ("OK", "FAIL")):
                below = self.sheet.cell(cell.row + 1, 2).value
                (wrong if cell.column_letter == "F" and below == SAYS else examples)[cell.coordinate] = cell.value
        return examples, wrong


def cards(path: Path) -> dict[str, Card]:
    """Find every function by the links of the sheet Contents."""
    links, book = opened(path, values=False)["Contents"], opened(path, values=True)
    starts: dict[str, list[tuple[int, str]]] = {}
    for cell in links["B"]:
        if cell.hyperlink:
            title, place = cell.hyperlink.location.split("!")
            starts.setdefault(title.strip("'"), []).append((int(place[1:]), cell.value))
    found = {}
    for title, places in starts.items():
        ends = [row - 1 for row, _ in places[1:]] + [book[title].max_row]
        for (row, name), end in zip(places, ends, strict=True):
            assert book[title].cell(row, 2).value == name
            found[name] = Card(book[title], row, end)
    return found


@pytest.fixture(scope="module")
def book(built: dict[str, Path]) -> Path:
    return built["functions"]


@pytest.fixture(scope="module")
def fresh(book: Path) -> dict[str, Card]:
    return cards(book)


def test_every_function_is_there_once(fresh: dict[str, Card]) -> None:
    assert sorted(fresh) == sorted(NAMES)


@pytest.mark.parametrize("entry", CATALOGUE, ids=NAMES)
def test_a_function_shows_all_that_the_catalogue_says(fresh: dict[str, Card], entry: Entry) -> None:
    texts = fresh[entry.name].texts()
    assert {entry.help, f"={entry.syntax}"} <= texts
    for param in shown_params(entry):
        assert {param.name, param.help, unit(param)} <= texts
    for clause in filter(None, entry.rules.split("; ")):
        assert any(text.startswith("Rule: ") and clause.rpartition(", ")[2] in text for text in texts)
    for example in entry.examples:
        assert any(text.startswith("Example") and text.endswith(f": {example.source}") for text in texts)


@pytest.mark.parametrize("entry", CATALOGUE, ids=NAMES)
def test_a_function_has_all_its_examples_and_a_refused_call(fresh: dict[str, Card], entry: Entry) -> None:
    examples, wrong = fresh[entry.name].verdicts()
    assert len(examples) == len(entry.examples)
    assert len(wrong) >= 1
    assert {*examples.values(), *wrong.values()} == {"OK"}


def test_only_refused_calls_hold_errors(book: Path, fresh: dict[str, Card]) -> None:
    values = opened(book, values=True)
    listed = opened(book, values=False).defined_names["ExpectedErrors"].destinations
    errors = {(s.title, c.coordinate) for s in values for row in s.iter_rows() for c in row if c.data_type == "e"}
    assert errors == {(title, place.replace("$", "")) for title, place in listed}
    refused = {(card.sheet.title, f"D{cell[1:]}") for card in fresh.values() for cell in card.verdicts()[1]}
    assert refused == errors - {place for place in errors if place[1].startswith("B")}
    assert len(errors - refused) == 1  # a file that is not there


@pytest.fixture(scope="module")
def checks(book: Path) -> dict[str, str]:
    rows = opened(book, values=False)["Checks"].iter_rows(min_row=9)
    return {row[2].value: row[3].value for row in rows}


@pytest.mark.parametrize("name", NAMES)
def test_a_check_reads_all_verdicts_of_its_function_and_no_other(
    checks: dict[str, str], fresh: dict[str, Card], name: str
) -> None:
    read = {
        (quoted or plain, cell)
        for quoted, plain, cell in re.findall(r"(?:'([^']+)'|(\w+))!(\$[A-Z]+\$\d+)", checks[name])
    }
    card = fresh[name]
    own = {(card.sheet.title, cell) for verdicts in card.verdicts() for cell in verdicts}
    assert {(title, cell.replace("$", "")) for title, cell in read} == own


def distorted(book: Path, out: Path, wrong: dict[str, Callable[[Any], Any]]) -> dict[str, tuple[set[str], set[str]]]:
    """Return what the verdicts say, examples and wrong calls, after functions went wrong."""
    found = cards(recalculated(book, out, wrong=wrong))
    return {name: tuple(set(verdicts.values()) for verdicts in card.verdicts()) for name, card in found.items()}  # type: ignore[misc]


def test_every_example_fails_on_a_wrong_tenth_digit_or_a_wrong_letter(book: Path, tmp_path: Path) -> None:
    found = distorted(book, tmp_path / "out.xlsx", {name: spoiled for name in NAMES if name != "XI_WHY"})
    without_value = {"XI_FINAL_TERMS", "XI_WHY"}  # one answers by an error, the other is as it was
    assert {name for name in NAMES if found[name][0] != {"FAIL"}} == without_value
    assert {name for name in NAMES if found[name][1] != {"OK"}} == set()


def test_every_refused_call_fails_when_it_is_accepted(book: Path, tmp_path: Path) -> None:
    found = distorted(book, tmp_path / "out.xlsx", dict.fromkeys(NAMES, accepted))
    assert {name for name in NAMES if found[name][1] != {"FAIL"}} == set()
    assert found["XI_FINAL_TERMS"][0] == {"FAIL"}


def test_every_refused_call_fails_on_another_sentence(book: Path, tmp_path: Path) -> None:
    found = distorted(book, tmp_path / "out.xlsx", {"XI_WHY": instead("#", "no error")})
    assert {name for name in NAMES if found[name][1] != {"FAIL"}} == set()
    assert {name for name in NAMES if found[name][0] != {"OK"}} == set()


def test_a_changed_argument_changes_the_result_and_turns_its_check_red(
    book: Path, fresh: dict[str, Card], tmp_path: Path
) -> None:
    rows = fresh["XI_DIVISOR_CHAIN"].rows()
    place = next(f"Index!{row[2].coordinate}" for row in rows if row[1].value == "divisor")
    found = cards(recalculated(book, tmp_path / "out.xlsx", {place: 400.0}))
    assert set(found["XI_DIVISOR_CHAIN"].verdicts()[0].values()) == {"FAIL"}
    assert 430.0 in [cell.value for cells in found["XI_DIVISOR_CHAIN"].rows() for cell in cells]


def test_sentences_of_refused_calls_fit_beside_them(fresh: dict[str, Card]) -> None:
    for name, card in fresh.items():
        columns = card.sheet.column_dimensions.values()
        room = sum(c.width * (c.max - c.min + 1) for c in columns if c.min > 2)
        for row in card.rows():
            if row[1].value == SAYS:
                assert len(row[2].value) <= room / 0.88, name


def test_a_new_function_appears_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    new = attrs.evolve(find("XI_SPECIAL_DIVIDEND"), name="XI_BRAND_NEW", group="Novelties")
    monkeypatch.setitem(catalogue._BY_NAME, new.name, new)
    monkeypatch.setattr(build, "CATALOGUE", (*CATALOGUE, new))
    build.build(tmp_path / "book.xlsx")
    found = cards(tmp_path / "book.xlsx")
    assert set(found) == {*NAMES, new.name}
    assert found[new.name].sheet.title == "Novelties"
    assert {new.help, "price", SAYS, f"={new.syntax}"} <= found[new.name].texts()
    assert wrong_calls(new) == (Wrong("price", None, "#VALUE!"),)


@pytest.mark.parametrize("entry", [e for e in CATALOGUE if e.params and e.params[0].required and e.name != "XI_WHY"])
def test_a_first_argument_left_blank_is_refused(entry: Entry) -> None:
    """What the book shows of a function that has no wrong calls of its own yet."""
    assert call(entry.name, None, *entry.examples[0].arguments[1:]) == "#VALUE!"


def test_wrong_calls_name_functions_arguments_and_tables_that_exist() -> None:
    assert set(WRONG) <= set(NAMES)
    for name, calls in WRONG.items():
        names = [param.name for param in find(name).params]
        for one in calls:
            assert one.argument in names
            if one.value == HEADLESS:
                table = find(name).examples[0].arguments[names.index(one.argument)]
                assert len(table) > 1
    assert {entry.name for entry in CATALOGUE if wrong_calls(entry)[0].argument == EXTRA} == {
        "XI_FUNCTIONS",
        "XI_VERSION",
        "XI_WHY",
    }


def test_known_cells_stand_where_the_catalogue_has_no_answer_and_nowhere_else() -> None:
    unanswered = {
        (entry.name, number)
        for entry in CATALOGUE
        for number, example in enumerate(entry.examples, start=1)
        if example.answer is None
    }
    assert set(KNOWN) == unanswered


def test_every_number_has_a_unit_and_every_unit_is_used() -> None:
    names = {p.name for entry in CATALOGUE for p in entry.params if "number" in p.read.accepts}
    assert names == set(UNITS)


@pytest.mark.parametrize(
    ("live", "wanted", "expected"),
    [
        (300.0, 300.0, "OK"),
        (300.0 * (1 + 5e-13), 300.0, "OK"),
        (300.0 * (1 + 2e-12), 300.0, "FAIL"),
        (-1e-5 * (1 + 2e-12), -1e-5, "FAIL"),
        (1e-300, 0.0, "OK"),  # Excel takes its square for 0
        (1e-9, 0.0, "FAIL"),
        ("300", 300.0, "FAIL"),
        (None, 0.0, "FAIL"),
        (0.0, None, "FAIL"),
        (None, None, "OK"),
        ("stay", "stay", "OK"),
        ("stays", "stay", "FAIL"),
        (None, "stay", "FAIL"),
        (True, True, "OK"),
        (False, True, "FAIL"),
        (1.0, True, "FAIL"),
        (None, False, "FAIL"),
        ("#NUM!", 300.0, "FAIL"),
        ("#NUM!", "stay", "FAIL"),
        ("#NUM!", True, "FAIL"),
        ("#NUM!", "#NUM!", "OK"),
        ("#N/A", "#NUM!", "FAIL"),
        (3.0, "#NUM!", "FAIL"),
        ("stays", "·", "OK"),
    ],
)
def test_a_verdict(tmp_path: Path, live: Any, wanted: Any, expected: str) -> None:
    """One cell that is judged stands beside one that agrees, so that a block has more than one kind."""
    with xlsxwriter.Workbook(str(tmp_path / "one.xlsx")) as made:
        sheet = made.add_worksheet("S")
        made.define_name("Tolerance", "=S!$A$9")
        sheet.write("A9", 1e-12)
        for column, cell in ((0, live), (2, wanted)):
            if isinstance(cell, str) and cell.startswith("#") and column == 0:
                sheet.write_formula(0, column, {"#NUM!": "=SQRT(-1)", "#N/A": "=NA()"}[cell])
            elif isinstance(cell, str):
                sheet.write_string(0, column, cell)
            else:
                sheet.write(0, column, cell)
            sheet.write(0, column + 1, 7.0)
        cells = [[wanted]] if isinstance(wanted, str) and wanted.startswith("#") else [[wanted, 7.0]]
        sheet.write_formula("A3", agrees((0, 0), (0, 2), cells))
    recalculate(tmp_path / "one.xlsx", functions={})
    assert opened(tmp_path / "one.xlsx", values=True)["S"]["A3"].value == expected


def test_a_second_recalculation_changes_no_byte(book: Path, tmp_path: Path) -> None:
    assert recalculated(book, tmp_path / "again.xlsx").read_bytes() == book.read_bytes()
