"""Whatever stands in a file: a table, or one sentence."""

from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from xlidx.errors import XlidxError
from xlidx.folders import Form, read_cells, read_quotes, read_table
from xlidx.index.dividends import DIVIDENDS

PIECES = ["1", "2", ".", ",", ";", "\t", "|", "\n", "\r\n", '"', "'", "%", "-", "e", " ", "31.12.2020", "01/02/2020"]
PIECES += [
    "1.000",
    "isin",
    "ex date",
    "amount",
    "date",
    "sep=;",
    "\u2028",
    "ü",
    "\0",
    "\x1a",
    "#N/A",
    "1e400",
    "\ufeff",
]
HEADS = st.sampled_from(["", "isin;ex date;amount\n", "date,A,B\n"])
TEXTS = st.builds(str.__add__, HEADS, st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
BYTES = st.one_of(
    st.binary(max_size=40), st.builds(str.encode, TEXTS, st.sampled_from(["utf-8", "utf-16", "utf-16-le"]))
)
FORMS = st.sampled_from([Form(), Form(decimal=","), Form(dates="month-first"), Form(encoding="utf-16")])


def quiet(line: str) -> None:
    assert "\n" not in line


@given(BYTES, FORMS)
def test_any_bytes_are_a_table_or_one_sentence(content, form):
    with TemporaryDirectory() as folder:
        path = Path(folder, "x.csv")
        path.write_bytes(content)
        for read in (
            lambda: read_cells(path, form, quiet),
            lambda: read_cells(path, form, quiet, header=True),
            lambda: read_table(path, DIVIDENDS, form, quiet).strict(),
            lambda: read_quotes(path, "prices", form, quiet),
        ):
            with suppress(XlidxError):
                read()
