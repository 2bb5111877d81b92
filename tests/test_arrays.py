import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlidx.arrays import numbers, require, require_fraction, same_length
from xlidx.errors import Kind, XlidxError


def refusal(function, *arguments, **options):
    with pytest.raises(XlidxError) as caught:
        function(*arguments, **options)
    return caught.value


def test_what_holds_passes():
    require(True, 1.0, "x", "be", "give")
    require(np.bool_(True), 1.0, "x", "be", "give")
    require(np.array([[True, True]]), np.ones((1, 2)), "x", "be", "give")
    require(np.array([], dtype=bool), np.array([]), "x", "be", "give")


def test_single_value_is_quoted():
    error = refusal(require, False, -2.5, "divisor", "be above 0", "give the divisor")
    assert str(error) == "divisor is -2.5 but must be above 0 - argument divisor - give the divisor"
    assert error.kind is Kind.DOMAIN
    assert error.mask is None
    assert refusal(require, np.bool_(False), np.float64("nan"), "x", "be", "g").what == "x is not a number but must be"


@given(st.lists(st.booleans(), min_size=2, max_size=8).filter(lambda flags: not all(flags)))
def test_first_failing_item_is_named_and_all_are_marked(flags):
    holds, values = np.array(flags), np.arange(10.0, 10.0 + len(flags))
    error = refusal(require, holds, values, "prices", "be fine", "mend")
    place = flags.index(False)
    assert error.what == f"prices is {10 + place} but must be fine"
    assert error.where == f"argument prices, item {place + 1}"
    assert error.mask.tolist() == [not flag for flag in flags]


@pytest.mark.parametrize(
    ("shape", "place", "where"),
    [
        ((2, 3), (1, 2), "row 2, column 3"),
        ((3, 1), (2, 0), "item 3"),
        ((1, 3), (0, 1), "item 2"),
        ((1, 1), (0, 0), None),
    ],
)
def test_place_in_a_block(shape, place, where):
    holds = np.ones(shape, bool)
    holds[place] = False
    error = refusal(require, holds, np.zeros(shape), "x", "be 1", "mend")
    assert error.where == ("argument x" if where is None else f"argument x, {where}")


def test_one_value_against_many_conditions():
    error = refusal(require, np.array([True, False]), 7.0, "x", "be small", "mend")
    assert error.what == "x is 7 but must be small"


@given(st.floats(0, 1))
def test_fractions_pass(value):
    require_fraction(value, "cap")
    require_fraction(np.array([value, 0.0, 1.0]), "cap")


@given(st.one_of(st.floats(max_value=-1e-300), st.floats(min_value=1.0, exclude_min=True), st.just(float("nan"))))
def test_what_is_no_fraction_is_refused(value):
    for values in (value, np.array([0.5, value])):
        error = refusal(require_fraction, values, "cap")
        assert error.kind is Kind.DOMAIN
        assert error.mend == "give cap as a fraction: 3.5 % is 0.035"
        assert "cap is" in error.what


def test_lowest_fraction():
    require_fraction(0.2, "x", lowest=0.2)
    assert "between 0.2 and 1" in refusal(require_fraction, 0.1, "x", lowest=0.2).what


def test_lengths():
    members = np.zeros(3)
    for fits in (1.0, np.ones(1), np.ones(3), np.ones((5, 3)), np.ones((5, 1))):
        same_length(members, fits, "shares", "prices")
    error = refusal(same_length, members, np.ones(2), "shares", "prices")
    assert error.kind is Kind.SHAPE
    assert error.what == "shares has 2 values where prices has 3"
    assert refusal(same_length, np.zeros((4, 3)), np.ones(4), "shares", "prices").kind is Kind.SHAPE


def test_numbers():
    assert numbers(3).tolist() == [3.0]
    assert numbers([1, 2]).dtype == np.float64
    block = np.ones((2, 3))
    assert numbers(block) is block
