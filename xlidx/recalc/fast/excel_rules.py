"""What Excel does with numbers and texts where the fast engine does something else.

Excel compares numbers, and turns them into text, with 15 significant digits: ``0.1+0.2=0.3`` is TRUE and
``1/3&""`` ends after fifteen threes.  Texts are compared without regard to case, and hyphens and accents by
rules of the language; where those rules matter the case is recorded and the workbook refused.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, TypeAlias

from xlidx.rounding import digits15
from xlidx.values import ERROR_TEXTS

Argument: TypeAlias = Any
Record: TypeAlias = Callable[[str, str], None]

_PLAIN_ORDER = re.compile(r"[A-Za-z0-9 ,.]*")
_SMALLEST_TEXT, _LARGEST_TEXT = 1e-4, 1e15
_LEFT_OVER = 2.0**-51
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_LIKE_NUMBER = re.compile(
    r"^(?=.*\d)[\d\s.,:/%$€£()+-]*$|\d\s*[ap]m?$|\d.*(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)"
    r"|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec).*\d",
    re.IGNORECASE,
)
_MOST_DIGITS = 15
_LARGEST_WHOLE = 2.0**53
_LEAP_DAY = 60
_FIRST_DAY, _LAST_DAY = 61.0, 2_958_466.0


def compare(operator: str, left: Argument, right: Argument, record: Record) -> Argument:
    """Return what Excel answers to ``left operator right``, element by element for blocks.

    Blanks are 0, empty text or FALSE beside the other side; numbers stand before texts before truth values;
    an error on either side is the answer.

    Examples
    --------
    >>> compare("=", 0.1 + 0.2, 0.3, print), compare("<", "a", "B", print), compare(">", True, 5.0, print)
    (True, True, True)
    >>> compare(">", [[1.0], [3.0]], 2.0, print)
    [[False], [True]]
    """
    if isinstance(left, list) or isinstance(right, list):
        return _paired(lambda a, b: _compare(operator, a, b, record), left, right)
    return _compare(operator, left, right, record)


def as_text(value: Argument, record: Record) -> Argument:
    """Return a value as Excel joins it to a text.

    Numbers from 0.0001 up to 1e15 are written out; where Excel would switch to powers of ten the case is
    recorded.

    Examples
    --------
    >>> as_text(1 / 3, print), as_text(1234.5, print), as_text(True, print), as_text(None, print)
    ('0.333333333333333', '1234.5', 'TRUE', '')
    """
    if isinstance(value, list):
        return [[as_text(item, record) for item in row] for row in value]
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if value is None:
        return ""
    if not isinstance(value, float | int):
        return value
    if value and not _SMALLEST_TEXT <= abs(value) < _LARGEST_TEXT:
        record(f"the number {value:.15g} joined to a text", "write it with TEXT and a format")
    return f"{value:.15g}" if value else "0"


def sortable(value: Argument, record: Record) -> Argument:
    """Return the keys of a sort unchanged; texts whose order depends on the language are recorded."""
    rows = value if isinstance(value, list) else [[value]]
    for row in rows:
        for item in row:
            if isinstance(item, str):
                _check_order(item, record)
    return value


def showable(value: Argument, decimals: float, record: Record) -> Argument:
    """Return a value on its way into TEXT unchanged; what Excel shows in another way is recorded.

    ``decimals`` is the number of decimals of the format, a percentage counted as two more; -1 for a date or
    time of day.
    """
    if isinstance(value, bool):
        record("TEXT of TRUE or FALSE", "show the truth value itself")
    elif isinstance(value, float | int):
        if decimals < 0 and not (0 <= value < 1 or _FIRST_DAY <= value < _LAST_DAY):
            record(f"TEXT of {value:.15g} as a date", "give a date after February 1900")
        elif -0.5 * 10.0**-decimals < value < 0 and decimals >= 0:
            record(f"TEXT of {value:.15g}, which rounds to minus zero", "round the number before")
    return value


def criterion(value: Argument, record: Record) -> Argument:
    """Return a criterion of SUMIF and its like unchanged; what Excel reads in another way is recorded.

    Excel reads the text of a criterion like an entry of a cell: percentages, dates and prices are numbers.  Numbers
    are compared with 15 digits.

    Examples
    --------
    >>> criterion(">5", print), criterion("Lisbon", print)
    ('>5', 'Lisbon')
    >>> criterion("50%", print)
    the criterion '50%', which may be a number or date to Excel give the number itself
    '50%'
    """
    if isinstance(value, dict):
        record(f"the criterion {value.get('kind', '')}, an error", "catch the error before")
    elif isinstance(value, str):
        bare = value.lstrip("<>=")
        if bare.upper() in ERROR_TEXTS:
            record(f"the criterion {value!r}, an error written as text", "count errors with SUMPRODUCT and ISERROR")
        elif _NUMBER.fullmatch(bare):
            if float(bare) != digits15(float(bare)) or len(re.sub(r"\D", "", bare).strip("0")) >= _MOST_DIGITS:
                record(f"the criterion {value!r} with 15 digits or more", "round the number to fewer digits")
        elif _LIKE_NUMBER.search(bare):
            what = f"the criterion {value[:40]!r}, which may be a number or date to Excel"
            record(what, "give the number itself")
    elif isinstance(value, float) and value != digits15(value):
        record(f"the criterion {value!r} with more than 15 digits", "round the number to fewer digits")
    return value


def day(value: Argument, record: Record) -> Argument:
    """Return a computed day unchanged; days before March 1900 and after 9999 are recorded.

    Excel counts a 29 February 1900 that never was.
    """
    if isinstance(value, float | int) and not isinstance(value, bool) and not _FIRST_DAY <= value < _LAST_DAY:
        record(f"the day {value:.15g}, before March 1900 or after the year 9999,", "check the date")
    return value


def date_of(years: Argument, months: Argument, days: Argument, record: Record) -> Argument:
    """Return the day of a year, month and day, as Excel counts: 1900 has a 29 February, years below it are added to it.

    Examples
    --------
    >>> date_of(2020.0, 1.0, 31.9, print), date_of(1900.0, 2.0, 29.0, print), date_of(108.0, 14.0, 0.0, print)
    (43861.0, 60.0, 39844.0)
    >>> date_of(-1.0, 1.0, 1.0, print)
    {'type': 'Error', 'kind': 'Num'}
    """
    error = next((item for item in (years, months, days) if isinstance(item, dict)), None)
    if error is not None:
        return error
    year_, month_, day_ = (math.floor(_as_number(item, record)) for item in (years, months, days))
    year_ += 1900 if 0 <= year_ < 1900 else 0
    year_, month_ = year_ + (month_ - 1) // 12, (month_ - 1) % 12 + 1
    if not 1900 <= year_ <= 9999 or abs(day_) > _LAST_DAY:
        return {"type": "Error", "kind": "Num"}
    first = (date(year_, month_, 1) - date(1899, 12, 30)).days
    found = float(first - (first < _LEAP_DAY) + day_ - 1)
    return found if 0 <= found < _LAST_DAY else {"type": "Error", "kind": "Num"}


def year(value: Argument, record: Record) -> Argument:
    """Return the year of a day, as Excel counts: the year 1900 has a 29 February.

    Examples
    --------
    >>> year(0.0, print), year(60.0, print), year(43831.0, print)
    (1900.0, 1900.0, 2020.0)
    """
    return _part_of_day(value, record, 0)


def month(value: Argument, record: Record) -> Argument:
    """Return the month of a day, as Excel counts.

    Examples
    --------
    >>> month(0.0, print), month(60.0, print), month(61.0, print)
    (1.0, 2.0, 3.0)
    """
    return _part_of_day(value, record, 1)


def day_of_month(value: Argument, record: Record) -> Argument:
    """Return the day in the month of a day, as Excel counts: 0 before the first one.

    Examples
    --------
    >>> day_of_month(0.0, print), day_of_month(1.0, print), day_of_month(60.0, print), day_of_month(-1.0, print)
    (0.0, 1.0, 29.0, {'type': 'Error', 'kind': 'Num'})
    """
    return _part_of_day(value, record, 2)


def _part_of_day(value: Argument, record: Record, part: int) -> Argument:
    if isinstance(value, dict):
        return value
    number = _as_number(value, record)
    if not 0 <= number < _LAST_DAY:
        return {"type": "Error", "kind": "Num"}
    whole = int(number)
    if whole in (0, _LEAP_DAY):
        return float(((1900, 1, 0) if whole == 0 else (1900, 2, 29))[part])
    found = date(1899, 12, 31 if whole < _LEAP_DAY else 30) + timedelta(days=whole)
    return float((found.year, found.month, found.day)[part])


def gcd(*args: Argument) -> Argument:
    """Return the greatest common divisor of whole parts; the last argument records.

    Examples
    --------
    >>> gcd(12.0, 8.9, 4.0, print)
    4.0
    """
    return _whole(math.gcd, *args)


def lcm(*args: Argument) -> Argument:
    """Return the least common multiple of whole parts; the last argument records.

    Examples
    --------
    >>> lcm(4.0, 6.0, 10.0, print)
    60.0
    """
    return _whole(math.lcm, *args)


def _whole(function: Callable[..., int], *args: Argument) -> Argument:
    numbers, record = args[:-1], args[-1]
    error = next((item for item in numbers if isinstance(item, dict)), None)
    if error is not None:
        return error
    found = [_as_number(item, record) for item in numbers]
    if any(number < 0 or number >= _LARGEST_WHOLE for number in found):
        return {"type": "Error", "kind": "Num"}
    answer = function(*map(int, found))
    return float(answer) if answer < _LARGEST_WHOLE else {"type": "Error", "kind": "Num"}


def power(left: Argument, right: Argument, record: Record) -> Argument:
    """Return ``left ^ right``, element by element for blocks; 0^0 is #NUM! in Excel.

    Examples
    --------
    >>> power(2.0, 3.0, print), power(0.0, 0.0, print)
    (8.0, {'type': 'Error', 'kind': 'Num'})
    """
    if isinstance(left, list) or isinstance(right, list):
        return _paired(lambda a, b: power(a, b, record), left, right)
    for side in (left, right):
        if isinstance(side, dict):
            return side
    base, exponent = (_as_number(side, record) for side in (left, right))
    try:
        return {"type": "Error", "kind": "Num"} if base == exponent == 0.0 else _finite(base**exponent)
    except ZeroDivisionError:
        return {"type": "Error", "kind": "Div"}
    except OverflowError:
        return {"type": "Error", "kind": "Num"}


def _finite(value: Any) -> Argument:
    return {"type": "Error", "kind": "Num"} if isinstance(value, complex) else value


def _as_number(value: Argument, record: Record) -> float:
    if value is None:
        return 0.0
    if isinstance(value, str):
        record(f"the text {value[:40]!r} as a number", "keep the number in a cell")
        return 1.0
    return float(value)


def snapped(total: Argument, first: Argument) -> Argument:
    """Return a sum or difference, or 0 where only the rounding of its first operand is left.

    Rule: Microsoft support article 78113, "at or very close to zero"; it holds for the last operation of a
    formula. *Reading*: close to zero means below 2**-51 of the operand.

    Examples
    --------
    >>> snapped(0.1 + 0.2 - 0.3, 0.1 + 0.2), snapped(2.5 - 2.25, 2.5)
    (0.0, 0.25)
    """
    if isinstance(total, float) and isinstance(first, float) and 0 < abs(total) <= abs(first) * _LEFT_OVER:
        return 0.0
    return total


def _compare(operator: str, left: Argument, right: Argument, record: Record) -> Argument:
    for side in (left, right):
        if isinstance(side, dict):
            return side
    order = _order(left, right, operator, record)
    return _ANSWER[operator](order)


_ANSWER: dict[str, Callable[[int], bool]] = {
    "=": lambda order: order == 0,
    "<>": lambda order: order != 0,
    "<": lambda order: order < 0,
    ">": lambda order: order > 0,
    "<=": lambda order: order <= 0,
    ">=": lambda order: order >= 0,
}


def _order(left: Argument, right: Argument, operator: str, record: Record) -> int:
    left, right = _filled(left, right), _filled(right, left)
    rank = _rank(left) - _rank(right)
    if rank:
        return rank
    if isinstance(left, str):
        if operator not in ("=", "<>"):
            _check_order(left, record)
            _check_order(right, record)
        left, right = left.lower(), right.lower()
    elif not isinstance(left, bool) and left != right:
        left, right = digits15(left), digits15(right)
    return int(left > right) - int(left < right)


def _filled(value: Argument, other: Argument) -> Argument:
    if value is not None:
        return value
    if isinstance(other, bool):
        return False
    return "" if isinstance(other, str) else 0.0


def _rank(value: Argument) -> int:
    return 2 if isinstance(value, bool) else 1 if isinstance(value, str) else 0


def _check_order(text: str, record: Record) -> None:
    if not _PLAIN_ORDER.fullmatch(text):
        what = f"the order of the text {text[:40]!r}, which depends on the language of Excel"
        record(what, "sort by a number, or by plain letters and digits")


def _paired(function: Callable[[Argument, Argument], Argument], left: Argument, right: Argument) -> Argument:
    left = left if isinstance(left, list) else [[left]]
    right = right if isinstance(right, list) else [[right]]
    rows = max(len(left), len(right))
    columns = max(len(left[0]), len(right[0]))
    return [[function(_at(left, i, j), _at(right, i, j)) for j in range(columns)] for i in range(rows)]


def _at(block: list[list[Argument]], row: int, column: int) -> Argument:
    line = block[0] if len(block) == 1 else block[row] if row < len(block) else None
    if line is None or 1 < len(line) <= column:
        return {"type": "Error", "kind": "Na"}
    return line[0] if len(line) == 1 else line[column]
