import numpy as np
import pytest

from xlidx.errors import ErrorValue, Kind, XlidxError


def test_message_is_what_where_mend():
    error = XlidxError(Kind.DOMAIN, "divisor is 0", "argument divisor", "give a number above 0")
    assert (error.what, error.where, error.mend) == (
        "divisor is 0",
        "argument divisor",
        "give a number above 0",
    )
    assert str(error) == "divisor is 0 - argument divisor - give a number above 0"
    assert error.sentence == "#NUM! divisor is 0 - argument divisor - give a number above 0"
    assert isinstance(error, ValueError)


@pytest.mark.parametrize(
    ("kind", "cell"),
    [
        (Kind.MISSING, "#VALUE!"),
        (Kind.TYPE, "#VALUE!"),
        (Kind.SHAPE, "#VALUE!"),
        (Kind.CHOICE, "#VALUE!"),
        (Kind.DOMAIN, "#NUM!"),
        (Kind.INFEASIBLE, "#NUM!"),
        (Kind.NO_DATA, "#N/A"),
        (Kind.PROPAGATED, "#N/A"),
    ],
)
def test_every_kind_has_its_excel_error(kind, cell):
    assert kind.cell == cell
    assert XlidxError(kind, "a", "b", "c").value == cell


def test_list_of_kinds_is_closed():
    assert {kind.name for kind in Kind} == {
        "MISSING", "TYPE", "SHAPE", "CHOICE", "DOMAIN", "INFEASIBLE", "NO_DATA", "PROPAGATED",
    }  # fmt: skip
    assert all(kind.cell in ErrorValue for kind in Kind)


def test_propagated_error_shows_its_own_value():
    error = XlidxError(Kind.PROPAGATED, "prices holds #DIV/0!", "item 2", "mend that cell", value=ErrorValue.DIV0)
    assert error.value is ErrorValue.DIV0
    assert error.sentence.startswith("#DIV/0! prices holds")


def test_sentence_is_one_line():
    assert "\n" not in XlidxError(Kind.TYPE, "text 'a\nb'", "argument x", "give a number").sentence


def test_place_is_put_in_front():
    mask = np.array([False, True])
    error = XlidxError(Kind.DOMAIN, "a", "item 2", "c", mask=mask, value=ErrorValue.REF).at("function XI_X")
    assert (error.kind, error.what, error.where, error.mend) == (
        Kind.DOMAIN,
        "a",
        "function XI_X, item 2",
        "c",
    )
    assert error.mask is mask
    assert error.value is ErrorValue.REF


def test_error_values_are_what_excel_prints():
    assert {str(value) for value in ErrorValue} >= {
        "#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#SPILL!", "#CALC!",
    }  # fmt: skip
