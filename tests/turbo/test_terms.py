import numpy as np
import pytest

from xlidx.errors import Kind, XlidxError
from xlidx.turbo.terms import EVENTS, KINDS, SIDES, event_of, kind_of, one_certificate, sign_of


@pytest.mark.parametrize(
    ("word", "sign"),
    [("long", 1.0), ("SHORT", -1.0), ("  Long ", 1.0), (-1.0, -1.0), (1, 1.0), (np.array("long"), 1.0)],
)
def test_side_words_and_signs(word, sign):
    assert sign_of(word) == sign


@pytest.mark.parametrize("dtype", ["U5", object])
def test_side_array_any_case_any_shape(dtype):
    words = np.array([["long", "Short"], ["SHORT", " long"]], dtype=dtype)
    np.testing.assert_array_equal(sign_of(words), [[1.0, -1.0], [-1.0, 1.0]])


def test_sign_array_passes_through_as_floats():
    signs = np.array([1.0, -1.0])
    assert sign_of(signs) is signs
    assert sign_of(np.array([1, -1])).dtype == np.float64


@pytest.mark.parametrize("word", ["lang", "", 0.0, 2.0, float("nan"), True])
def test_unknown_side_names_the_word_and_the_allowed_words(word):
    with pytest.raises(XlidxError) as caught:
        sign_of(word)
    assert caught.value.kind is Kind.CHOICE
    assert repr(str(word)) in caught.value.what
    assert caught.value.mend == "use long, short"
    assert caught.value.mask is None


@pytest.mark.parametrize(
    "words", [np.array(["long", "lang", "short", None], object), np.array([1.0, 3.0, -1.0, np.nan])]
)
def test_unknown_side_of_an_array_is_masked(words):
    with pytest.raises(XlidxError) as caught:
        sign_of(words)
    assert caught.value.kind is Kind.CHOICE
    assert "item 2" in caught.value.where
    np.testing.assert_array_equal(caught.value.mask, [False, True, False, True])


def test_blank_side_is_missing():
    with pytest.raises(XlidxError, match="side is blank") as caught:
        sign_of(None)
    assert caught.value.kind is Kind.MISSING


@pytest.mark.rule("ing_open_end_turbo", "C.9")
@pytest.mark.parametrize("words", ["Fixed Leverage", np.array(["best", "fixed leverage"])])
def test_fixed_leverage_is_refused_with_the_reason(words):
    with pytest.raises(XlidxError, match="not published") as caught:
        kind_of(words)
    assert caught.value.kind is Kind.CHOICE
    assert caught.value.mend == "use best, limited, open ended"


@pytest.mark.parametrize(("reader", "table"), [(sign_of, SIDES), (kind_of, KINDS), (event_of, EVENTS)])
def test_every_word_has_its_own_code_and_codes_pass_through(reader, table):
    words = np.array(list(table))
    codes = reader(words)
    assert len(set(codes.tolist())) == len(table)
    np.testing.assert_array_equal(reader(codes), codes)
    for word, code in zip(table, codes.tolist(), strict=True):
        assert reader(word.upper()) == code
        assert reader(code) == code


@pytest.mark.parametrize("code", [3, -1, 0.5])
def test_unknown_code_is_refused(code):
    with pytest.raises(XlidxError) as caught:
        kind_of(np.array([0, code]))
    np.testing.assert_array_equal(caught.value.mask, [False, True])


def test_one_certificate_refuses_a_range():
    assert one_certificate(np.array([[2.5]]), "long", None) == [2.5, "long", None]
    with pytest.raises(XlidxError, match="explain one certificate at a time") as caught:
        one_certificate(np.array([1.0, 2.0]))
    assert caught.value.kind is Kind.SHAPE
