"""What appears twice is refused or flagged, in every table and every block of options: none of the two is chosen."""

import pytest

import xlidx
from xlidx.errors import ErrorValue
from xlidx.excel.catalogue import CATALOGUE

ERRORS = {str(error) for error in ErrorValue}
# A table of one row, hand-set states by their time, and trades, of which two may well be alike.
WITHOUT_A_KEY = {"rules"}
ALIKE = {"ticks"}


def is_block(param, value):
    return isinstance(value, list) and ("table" in param.read.accepts or "two columns" in param.read.accepts)


BLOCKS = [
    (entry, example, place)
    for entry in CATALOGUE
    for example in entry.examples
    for place, (param, value) in enumerate(zip(entry.params, example.arguments, strict=False))
    if is_block(param, value)
]


def refused(entry, example, place, block):
    arguments = [block if i == place else value for i, value in enumerate(example.arguments)]
    found = xlidx.call(entry.name, *arguments)
    cells = [cell for row in found for cell in row] if isinstance(found, list) else [found]
    return any(cell in ERRORS or (isinstance(cell, str) and "twice" in cell) for cell in cells)


def another(row):
    return [cell * 1.01 if isinstance(cell, float) else cell for cell in row]


@pytest.mark.parametrize(("entry", "example", "place"), BLOCKS, ids=[f"{b[0].name}-{i}" for i, b in enumerate(BLOCKS)])
def test_a_row_or_a_column_that_appears_twice_is_no_choice(entry, example, place):
    block, param = example.arguments[place], entry.params[place]
    table = "table" in param.read.accepts
    if param.name not in ALIKE:
        for row in block[1 if table else 0 :]:
            assert refused(entry, example, place, [*block, another(row)]), row
    for column in range(len(block[0]) if table else 0):
        assert refused(entry, example, place, [[*row, another(row)[column]] for row in block]), block[0][column]


def test_every_table_of_the_catalogue_has_a_key():
    specs = [param.read.spec for entry in CATALOGUE for param in entry.params if param.read.spec]
    assert specs
    assert {spec.name for spec in specs if not spec.keys} == WITHOUT_A_KEY


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ([["show", "levels"], ["Show ", "flags"]], "Show  appears twice, in rows 1 and 2 - argument options, row 2"),
        ([["decimals", 2.0], ["decimals", 2.0]], "decimals appears twice, in rows 1 and 2"),
        ([["show", "levels", "flags"]], "there are more than two columns - argument options, row 1"),
        ([[None, 2.0]], "the name is blank - argument options, row 1"),
        ([[5.0, 2.0]], "the name is 5 - argument options, row 1"),
        ([["#BUSY!", 2.0]], "the name holds #BUSY! - argument options, row 1"),
    ],
)
@pytest.mark.parametrize("name", ["XI_INDEX_HISTORY", "XI_SHARE_INDEX_HISTORY"])
def test_options_are_named_once(name, options, sentence):
    options = [[cell if cell != "decimals" or name == "XI_INDEX_HISTORY" else "level decimals" for cell in row]
               for row in options]  # fmt: skip
    sentence = sentence if name == "XI_INDEX_HISTORY" else sentence.replace("decimals", "level decimals")
    entry = next(entry for entry in CATALOGUE if entry.name == name)
    place = [param.name for param in entry.params].index("options")
    given = [*entry.examples[0].arguments, *[None] * len(entry.params)][:place]
    assert sentence in xlidx.why(name, *given, options)
