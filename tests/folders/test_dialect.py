"""Files as desks have them: found for the file as a whole, said in a line, never mixed, never guessed."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlidx.errors import XlidxError
from xlidx.folders import Form, read_cells, read_quotes, read_table
from xlidx.folders.texts import day, number
from xlidx.index.basket import COMPOSITION
from xlidx.index.dividends import DIVIDENDS

# As "CSV (Trennzeichen-getrennt)" of a German Excel writes a sheet with formatted cells: cp1252, CRLF, semicolons up
# to the widest row, numbers as shown.
GERMAN = (
    "isin;name;shares;free float;capping;;\r\n"
    "DE0007164600;Größe SE;1.228.504.232;85,5 %;1;;\r\n"
    "DE0005785604;Müller & Söhne;563.237.277;100%;0,98765;;\r\n"
    ";;;;;;\r\n"
)


@pytest.fixture
def write(tmp_path):
    def make(text, encoding="utf-8", name="file.csv"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
        return path

    return make


def refused(call, *words):
    with pytest.raises(XlidxError) as caught:
        call()
    sentence = str(caught.value)
    assert all(word in sentence for word in words), sentence
    assert "\n" not in sentence


@pytest.mark.parametrize(
    ("encoding", "said"), [("cp1252", "encoding cp1252, "), ("utf-8-sig", ""), ("utf-16", "encoding utf-16, ")]
)
def test_a_composition_of_a_german_excel(write, encoding, said):
    lines = []
    table = read_table(write(GERMAN, encoding), COMPOSITION, tell=lines.append).strict()
    assert table["name"].tolist() == ["Größe SE", "Müller & Söhne"]
    assert table["shares"].tolist() == [1228504232.0, 563237277.0]
    assert table["free_float"].tolist() == [0.855, 1.0]
    assert table["capping"].tolist() == [1.0, 0.98765]
    assert lines == [f"file.csv is read as: {said}semicolons, decimal comma"]


def test_prices_of_a_german_excel(write):
    lines = []
    path = write("Date;DE1;DE2\r\n30.12.2019;1.234,50;9\r\n02.01.2020;1.240,00;\r\n")
    quotes = read_quotes(path, "prices", tell=lines.append)
    assert quotes.days.astype(str).tolist() == ["2019-12-30", "2020-01-02"]
    assert quotes.matrix[:, 0].tolist() == [1234.5, 1240.0]
    assert np.isnan(quotes.matrix[1, 1])
    assert lines == ["file.csv is read as: semicolons, decimal comma, dates day-first"]


def test_unicode_text_of_excel_has_tabs(write):
    path = write("isin\tex date\tamount\nA\t31.12.2020\t0,5\n", "utf-16", "dividends.txt")
    table = read_table(path, DIVIDENDS, tell=lambda _: None).strict()
    assert table["ex_date"].tolist() == [np.datetime64("2020-12-31")]
    assert table["amount"].tolist() == [0.5]


def test_a_swiss_file_has_semicolons_apostrophes_and_a_point(write):
    lines = []
    path = write("isin;shares;free float\nCH1;1'234'567;0.85\nCH2;1’000.5;1\n")
    assert read_table(path, COMPOSITION, tell=lines.append).strict()["shares"].tolist() == [1234567.0, 1000.5]
    assert lines == ["file.csv is read as: semicolons, decimal point"]


def test_a_plain_file_says_nothing(write):
    path = write("isin,shares,free float\nA,1000,1.000\nB,1e3,0.5\n")
    table = read_table(path, COMPOSITION, tell=pytest.fail).strict()
    assert table["shares"].tolist() == [1000.0, 1000.0]
    assert table["free_float"].tolist() == [1.0, 0.5]  # commas part the columns: 1.000 is one


def test_quoted_thousands_in_a_file_with_commas(write):
    path = write('isin,shares,free float\nA,"1,000",0.5\n')
    assert read_table(path, COMPOSITION, tell=pytest.fail).strict()["shares"].tolist() == [1000.0]
    path = write('isin,shares,free float\nA,"1,000",1\n')
    refused(lambda: read_table(path, COMPOSITION), "'1,000' is 1000 or 1", "row 2, column 2", "--decimal")


AMBIGUOUS = "isin;shares;free float\nA;1.000;1\n"


def test_one_point_and_three_digits_is_refused_unless_the_file_decides(write):
    refused(lambda: read_table(write(AMBIGUOUS), COMPOSITION), "'1.000' is 1 or 1000", "row 2, column 2", "--decimal")
    comma = write(AMBIGUOUS + "B;2;0,5\n")
    assert read_table(comma, COMPOSITION, tell=lambda _: None).strict()["shares"].tolist() == [1000.0, 2.0]
    point = write(AMBIGUOUS + "B;2;0.5\n")
    assert read_table(point, COMPOSITION, tell=lambda _: None).strict()["shares"].tolist() == [1.0, 2.0]


@pytest.mark.parametrize(("sign", "shares"), [(".", 1.0), (",", 1000.0)])
def test_what_is_said_decides(write, sign, shares):
    table = read_table(write(AMBIGUOUS), COMPOSITION, Form(decimal=sign), tell=lambda _: None)
    assert table.strict()["shares"].tolist() == [shares]


def test_a_number_in_the_other_form_than_said_is_text(write):
    path = write("isin;shares;free float\nA;1000;0,5\n")
    table = read_table(path, COMPOSITION, Form(decimal="."), tell=lambda _: None)
    refused(table.strict, "free_float is text '0,5'", "row 2")


@pytest.mark.parametrize("numbers", ["0,5;1.5", "1.000.000;0.5", "1,5;1,000.5", "2.5;1.234,5"])
def test_both_signs_in_a_file_are_refused(write, numbers):
    path = write(f"date;A;B\n2020-01-02;{numbers}\n")
    refused(lambda: read_quotes(path, "prices"), "a decimal point", "a decimal comma", "row 2, column 2", "one form")


def test_texts_decide_nothing_about_numbers(write):
    path = write("isin;name;shares;free float\nA;Release 1.5;1.000;0,5\nB;2.5;7;1\n")
    table = read_table(path, COMPOSITION, tell=lambda _: None).strict()
    assert table["shares"].tolist() == [1000.0, 7.0]
    assert table["name"].tolist() == ["Release 1.5", "2.5"]


def test_identifiers_keep_their_characters(write):
    path = write("isin,name,shares,free float\n0050,TRUE,1,1\n1E5,1.50,1,1\n")
    table = read_table(path, COMPOSITION).strict()
    assert table["isin"].tolist() == ["0050", "1E5"]
    assert table["name"].tolist() == ["TRUE", "1.50"]
    assert read_quotes(write("date,0050\n2020-01-02,1\n"), "prices").ids == ("0050",)


DAYS = "isin,ex date,amount\nA,{},1\nB,{},1\n"


@pytest.mark.parametrize(
    ("first", "second", "wanted"),
    [
        ("31.12.2020", "01.02.2020", "2020-02-01"),
        ("12/31/2020", "01/02/2020", "2020-01-02"),
        ("31/12/2020", "1/2/2020", "2020-02-01"),
        ("31-12-2020", "01-02-2020 00:00", "2020-02-01"),
        ("2020/12/31", "2020-02-01", "2020-02-01"),
        ("05.05.2020", "2020-02-01", "2020-02-01"),
    ],
)
def test_the_file_decides_which_part_is_the_day(write, first, second, wanted):
    table = read_table(write(DAYS.format(first, second)), DIVIDENDS, tell=lambda _: None).strict()
    assert table["ex_date"].iloc[1] == np.datetime64(wanted)


@pytest.mark.parametrize("text", ["01.02.2020", "01/02/2020", "1-2-2020"])
def test_a_day_that_could_be_two_is_refused(write, text):
    path = write(DAYS.format(text, "2020-05-01"))
    refused(lambda: read_table(path, DIVIDENDS), "is 2020-02-01 or 2020-01-02", "row 2, column 2", "--dates day-first")
    said = [
        read_table(path, DIVIDENDS, Form(dates=order), tell=lambda _: None).strict()["ex_date"].iloc[0]
        for order in ("day-first", "month-first")
    ]
    assert said == [np.datetime64("2020-02-01"), np.datetime64("2020-01-02")]


def test_both_orders_of_days_are_refused(write):
    path = write(DAYS.format("31.12.2020", "12/31/2020"))
    refused(lambda: read_table(path, DIVIDENDS), "'31.12.2020' has its day first", "'12/31/2020'", "row 3, column 2")


@pytest.mark.parametrize("text", ["31.12.20", "32.12.2020", "31.13.2020", "31.12.2020 10:00", "29.02.2021", "20201231"])
def test_what_is_not_a_day_of_four_digits_is_refused(write, text):
    table = read_table(write(DAYS.format(text, "2020-05-01")), DIVIDENDS, tell=lambda _: None)
    refused(table.strict, "row 2, column ex_date", "is not a day")


@pytest.mark.parametrize(
    ("content", "form", "words"),
    [
        (b"a;\x81\n", Form(), "not text in UTF-8"),
        (b"a;\xe4\n", Form(encoding="utf-8"), "not text in utf-8"),
        (b"a;b\n", Form(encoding="morse"), "encoding 'morse' is not known"),
        (b"a;b\n", Form(encoding="zlib"), "encoding 'zlib' is not known"),
        ("a;b\n".encode("utf-16-le"), Form(), "--encoding utf-16"),
        (b"", Form(), "empty"),
        (b"\r\n;;\r\n", Form(), "empty"),
        (b'a;b\n1;"2\n3;4\n', Form(), "not CSV"),
    ],
)
def test_what_is_not_a_text_table_is_one_sentence(write, content, form, words):
    refused(lambda: read_cells(write(content), form), words)


def test_an_encoding_that_is_said(write):
    path = write("isin;name;shares;free float\nA;Łódź;1;1\n".encode("cp1250"))
    assert read_table(path, COMPOSITION, Form(encoding="cp1250"), lambda _: None).strict()["name"].tolist() == ["Łódź"]
    little = write("a,b\n".encode("utf-16-le"))
    assert read_cells(little, Form(encoding="utf-16-le"), lambda _: None) == [["a", "b"]]


def test_a_value_that_stands_under_no_name_is_refused(write):
    # 1,5 without quotes in a file with commas would be 1, and the 5 lost
    path = write("isin,shares,free float\nA,1000,0,5\n")
    refused(lambda: read_table(path, COMPOSITION), "row 2 has 4 values, the header 3 names", "quotes")


def test_rows_keep_their_numbers(write):
    path = write("isin,shares,free float\n\nA,1000,1\n,,\nB,many,1\n\n\n")
    refused(read_table(path, COMPOSITION).strict, "row 5, column shares")


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("1200;227;73\n", [[1200.0, 227.0, 73.0]]),
        ("1,5;2,5\n", [[1.5, 2.5]]),
        ("1.5,2.5,\n3,,\n", [[1.5, 2.5], [3.0, None]]),
        ("sep=|\n1,5|2\n", [[1.5, 2.0]]),
        ("sep=,\na;b,c\n", [["a;b", "c"]]),
        ('"a;b",c\nd,e\n', [["a;b", "c"], ["d", "e"]]),
        ("a;b,c\nd,e\n", [["a;b", "c"], ["d", "e"]]),
        ("31.12.2020\n", [[date(2020, 12, 31)]]),
        ("2020-12-31,TRUE,#N/A\n", [["2020-12-31", True, "#N/A"]]),
        ("1\r2\r", [[1.0], [2.0]]),
        ("−5 %\n", [[-0.05]]),
    ],
)
def test_cells_without_a_header(write, text, rows):
    assert read_cells(write(text), tell=lambda _: None) == rows


def german(value, places, *, grouped):
    """Write a number as a German Excel does: independent of the reader, by the digits."""
    digits = f"{abs(value):.{places}f}"
    whole, _, fraction = digits.partition(".")
    if grouped:
        parts = []
        while whole:
            whole, part = whole[:-3], whole[-3:]
            parts.insert(0, part)
        whole = ".".join(parts)
    return ("-" if value < 0 else "") + whole + ("," + fraction if places else "")


@given(st.integers(-(10**12), 10**12), st.integers(0, 6), st.booleans())
def test_german_numbers_come_back(units, places, grouped):
    value = units / 10**places
    text = german(value, places, grouped=grouped)
    assert number(text, ",") == float(f"{value:.{places}f}")
    swapped = text.translate(str.maketrans(",.", ".,"))
    assert number(swapped, ".") == number(text, ",")


@given(st.dates(date(1900, 3, 1), date(9999, 12, 31)), st.sampled_from("./-"))
def test_days_come_back(one, mark):
    german_text = f"{one.day:02}{mark}{one.month:02}{mark}{one.year:04}"
    assert day(german_text, "day-first") == one
    assert day(f"{one.month}{mark}{one.day}{mark}{one.year:04}", "month-first") == one
    if one.day <= 12 and one.day != one.month:
        assert day(german_text, "month-first") != one


@pytest.mark.parametrize(
    "text",
    ["1.00.000", "1.0000", "12,34,567", "1.000 000", ",", "-", "1,5,5", "5%%", "0x10", "1_000", "1.000,5.5", "1e5%"],
)
def test_what_is_not_a_number_in_a_german_file(text):
    assert number(text, ",") is None


def test_all_days_of_a_year_read_as_they_were_written(write):
    days = [date(2019, 12, 30) + timedelta(days=k) for k in range(366)]
    path = write("date;A\n" + "".join(f"{one:%d.%m.%Y};1\n" for one in days))
    assert read_quotes(path, "prices", tell=lambda _: None).days.astype(object).tolist() == days
