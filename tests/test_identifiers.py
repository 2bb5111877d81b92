import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from xlidx.errors import Kind, XlidxError
from xlidx.identifiers import is_isin, isin, lei, wkn

# PSI 20 rule book v16-01, reference data; ING Final Terms of 7 February 2020, first table
PRINTED = [
    "PTING0200002",
    "QS0011211180",
    "PTING0210001",
    "DE000NG20XP3",
    "DE000NG20XQ1",
    "DE000NG20XV1",
    "DE000NG20YA3",
    "DE000NG20YB1",
]
BODY = st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=9, max_size=9)
COUNTRY = st.sampled_from(["PT", "DE", "FR", "NL", "US", "GB", "JP", "XS"])


def check_digit(text):
    """Return the ISO 6166 check digit: letters as 10 to 35, then every second digit doubled from the right."""
    digits = "".join(str(int(character, 36)) for character in text)
    doubled = [int(d) * (2 - i % 2) for i, d in enumerate(reversed(digits))]
    return str(-sum(d // 10 + d % 10 for d in doubled) % 10)


@pytest.mark.parametrize("text", PRINTED)
def test_printed_isins_are_valid(text):
    assert isin(text) == text
    assert isin(f" {text.lower()} ") == text
    assert is_isin(text)
    assert check_digit(text[:-1]) == text[-1]


@given(COUNTRY, BODY)
def test_only_the_right_check_digit_is_accepted(country, body):
    right = check_digit(country + body)
    for digit in "0123456789":
        text = country + body + digit
        assert is_isin(text) == (digit == right)
        if digit != right:
            with pytest.raises(XlidxError, match="has a wrong check digit"):
                isin(text)


@given(st.sampled_from(PRINTED), st.integers(2, 10), st.sampled_from("0123456789"))
def test_a_mistyped_digit_is_found(text, place, digit):
    assume(text[place].isdigit() and text[place] != digit)
    wrong = text[:place] + digit + text[place + 1 :]
    assert not is_isin(wrong)


@pytest.mark.parametrize(
    ("function", "text", "finding"),
    [
        (isin, "DE000NG20XP4", "ISIN 'DE000NG20XP4' has a wrong check digit"),
        (isin, "DE000NG20XP", "has the wrong length"),
        (isin, "", "has the wrong length"),
        (isin, "DE000NG20X!3", "holds a character that does not belong there"),
        (isin, "QQ000NG20XP3", "starts with a code that no country or agency uses"),
        (lei, "3TK20IVIUJ8J3ZU0QE74", "LEI '3TK20IVIUJ8J3ZU0QE74' has a wrong check digit"),
        (lei, "3TK20IVIUJ8J3ZU0QE7", "LEI"),
        (wkn, "NG20X", "WKN 'NG20X' has the wrong length"),
        (wkn, "NG20XO", "holds a character that does not belong there"),
    ],
)
def test_refusals_say_what_is_wrong(function, text, finding):
    with pytest.raises(XlidxError) as caught:
        function(text)
    assert caught.value.kind is Kind.DOMAIN
    assert finding in caught.value.what
    assert caught.value.mend == "compare it with the source document"


def test_lei_of_the_issuer():
    # The Final Terms print a digit 1 where the register has the letter I: the check digits find it.
    assert lei("3TK20IVIUJ8J3ZU0QE75") == "3TK20IVIUJ8J3ZU0QE75"
    with pytest.raises(XlidxError, match="wrong check digit"):
        lei("3TK201VIUJ8J3ZU0QE75")


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=18, max_size=18))
def test_lei_check_digits_are_modulo_97(body):
    number = int("".join(str(int(character, 36)) for character in body))
    right = f"{98 - number * 100 % 97:02d}"
    assert lei(body + right) == body + right
    with pytest.raises(XlidxError):
        lei(body + f"{(int(right) + 1) % 100:02d}")


def test_wkn():
    assert [wkn(text) for text in ("NG20XP", " ng20yb ")] == ["NG20XP", "NG20YB"]
