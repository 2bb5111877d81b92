"""Which functions the fast engine computes as Excel does, and in which argument a range may stand.

A literal table, because the engine gives plausible numbers outside it: ``SUM(LEN(A1:A3))`` is the length of
one text there.  One letter per argument:

====  =====================================================================================
``s``  one value; a range or an array is outside
``t``  one text; a number there is turned into text as Excel does, with 15 digits
``a``  anything: one value, a range or a computed array
``r``  a range of cells, not a computed array
``l``  one value or an array, element by element: the result has the shape of the arguments
====  =====================================================================================

Letters after ``*`` repeat; ``>many`` marks an array as the result, ``>like`` one with the shape of the ``l``
arguments.  A function that is not here is unknown or known to be wrong (:data:`WRONG`).
"""

from __future__ import annotations

import attrs

_TABLE = """
ABS s             SIGN s            SQRT s            EXP s             LN s              LOG ss
LOG10 s           POWER ss          MOD ss            INT s             TRUNC ss          ROUND ss
ROUNDUP ss        ROUNDDOWN ss      EVEN s            ODD s             FACT s            COMBIN ss
GCD *s            LCM *s            PI                SIN s             COS s             TAN s
ATAN2 ss          QUOTIENT ss       DEGREES s         RADIANS s         CEILING ss        FLOOR ss
CEILING.MATH ss   FLOOR.MATH ss     MROUND ss
SUM *a            AVERAGE *a        MEDIAN *a         MIN *a            MAX *a            COUNT *a
COUNTA *a         COUNTBLANK r      PRODUCT *a        SUMSQ *a          SUMPRODUCT *a     STDEV *a
STDEV.S *a        STDEV.P *a        VAR *a            VAR.S *a          VAR.P *a          LARGE as
SMALL as          RANK srs          RANK.EQ srs       RANK.AVG srs      PERCENTILE as     PERCENTILE.INC as
QUARTILE as       QUARTILE.INC as   CORREL aa         SLOPE aa          INTERCEPT aa      RSQ aa
COVARIANCE.S aa   GEOMEAN *a        HARMEAN *a        DEVSQ *a          AVEDEV *a         SUMXMY2 aa
SUMX2MY2 aa       STANDARDIZE sss   SUBTOTAL s*r
SUMIF rsr         SUMIFS r*rs       COUNTIF rs        COUNTIFS *rs      AVERAGEIF rsr     AVERAGEIFS r*rs
MAXIFS r*rs       MINIFS r*rs
IF lll>like       IFERROR ll>like   IFNA ll>like      AND *a            OR *a             XOR *s
NOT s             IFS *s            SWITCH *s         CHOOSE *s         TRUE              FALSE
ISERROR s         ISERR s           ISNA s            ISNUMBER s        ISTEXT s          ISNONTEXT s
ISLOGICAL s       ISBLANK s         ISODD s           ISEVEN s          N s               NA
ERROR.TYPE s

ROW s             COLUMN s          ROWS a            COLUMNS a
VLOOKUP srss      HLOOKUP srss      MATCH sas         XMATCH srss       LOOKUP srr        XLOOKUP saasss
INDEX ass
DATE sss          YEAR s            MONTH s           DAY s             WEEKDAY ss        WEEKNUM s
ISOWEEKNUM s      EDATE ss          EOMONTH ss        DAYS ss           YEARFRAC sss
DATEDIF sss       NETWORKDAYS ssr   NETWORKDAYS.INTL sssr               WORKDAY ssr       WORKDAY.INTL sssr
TODAY             NOW               HOUR s            MINUTE s          SECOND s          TIME sss
TEXT ss           LEN t             LEFT ts           RIGHT ts          MID tss           UPPER t
LOWER t           PROPER t          TRIM t            FIND tts          SEARCH tts        SUBSTITUTE ttts
REPLACE tsst      REPT ts           CONCATENATE *t    CONCAT *t         TEXTJOIN ts*a     EXACT tt
CODE t            CHAR s            TEXTBEFORE tt     TEXTAFTER tt
PMT sssss         PV sssss          FV sssss          NPER sssss        RATE ssssss       NPV s*a
IRR as            XNPV srr          XIRR rrs          EFFECT ss         NOMINAL ss        SLN sss
NORM.S.DIST ss    NORMSDIST s       NORM.S.INV s      NORMSINV s        NORM.DIST ssss    NORM.INV sss
UNIQUE ass>many   SORT ass>many     SORTBY aas>many   FILTER aaa>many   SEQUENCE ssss>many
TRANSPOSE a>many  VSTACK *a>many    HSTACK *a>many    TAKE ass>many     DROP ass>many
CHOOSECOLS a*s>many                 CHOOSEROWS a*s>many
TOCOL ass>many    TOROW ass>many
"""

# Known to the engine, and known to differ from Excel; the text says what to use instead.
WRONG = {
    "VALUE": "add 0 to the text, or keep a number in the cell",
    "INDIRECT": "refer to the cells directly, or choose among them with INDEX",
    "OFFSET": "choose the cells with INDEX",
    "SINGLE": "refer to the one cell that is meant",
    "AGGREGATE": "use SUMIFS, IFERROR inside SUM, or SMALL over a range",
    "RAND": "give the numbers as inputs",
    "RANDBETWEEN": "give the numbers as inputs",
    "RANDARRAY": "give the numbers as inputs",
    "DAYS360": "count the days with YEARFRAC, times 360",
    "CELL": "refer to the cells directly",
    "INFO": "give the text as an input",
    "DURATION": "give the figure as an input",
    "MDURATION": "give the figure as an input",
    "COUPDAYBS": "give the figure as an input",
    "COUPDAYS": "give the figure as an input",
    "COUPDAYSNC": "give the figure as an input",
    "COUPNCD": "give the figure as an input",
    "COUPNUM": "give the figure as an input",
    "COUPPCD": "give the figure as an input",
    "DISC": "give the figure as an input",
    "MMULT": "use SUMPRODUCT",
    "MDETERM": "give the figure as an input",
    "MINVERSE": "give the figures as inputs",
    "MAP": "write the formula into each row",
    "BYROW": "write the formula into each row",
    "BYCOL": "write the formula into each column",
    "REDUCE": "write the steps into cells",
    "SCAN": "write the steps into cells",
    "MAKEARRAY": "use SEQUENCE",
    "LAMBDA": "write the formula out, or use LET",
    "HYPERLINK": "insert the link on the cell",
    "GETPIVOTDATA": "refer to the source data with SUMIFS",
}


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Functions in which an argument may be left out between commas.
MAY_BE_LEFT_OUT = frozenset({"IF", "INDEX", "XLOOKUP", "SORT", "UNIQUE", "TAKE", "DROP"})
# Functions whose answer over a whole column does not depend on the blank cells below the data.
WHOLE_COLUMNS = _names(
    """
    SUM AVERAGE MIN MAX COUNT COUNTA SUMIF SUMIFS AVERAGEIF
    AVERAGEIFS MAXIFS MINIFS MATCH XMATCH VLOOKUP XLOOKUP
    """
)
TEXT_RESULTS = _names(
    """
    TEXT LEFT RIGHT MID UPPER LOWER PROPER TRIM SUBSTITUTE
    REPLACE REPT CONCATENATE CONCAT TEXTJOIN CHAR TEXTBEFORE TEXTAFTER
    """
)
TRUTH_RESULTS = _names(
    """
    AND OR XOR NOT TRUE FALSE ISERROR ISERR ISNA
    ISNUMBER ISTEXT ISNONTEXT ISLOGICAL ISBLANK ISODD ISEVEN EXACT
    """
)


@attrs.frozen
class Signature:
    """Argument letters, the letters that repeat after them, and the shape of the result."""

    head: str
    repeat: str
    result: str

    def letter(self, position: int) -> str | None:
        """Return the letter of an argument, or None if the function has no such argument."""
        if position < len(self.head):
            return self.head[position]
        return self.repeat[(position - len(self.head)) % len(self.repeat)] if self.repeat else None


def _signature(text: str) -> Signature:
    letters, _, result = text.partition(">")
    head, _, repeat = letters.partition("*")
    return Signature(head, repeat, result or "one")


def _signatures() -> dict[str, Signature]:
    found = {}
    words = _TABLE.split()
    for word, following in zip(words, [*words[1:], "SUM"], strict=True):
        if word.isupper() and not word.startswith("*"):
            letters = "" if following.isupper() else following
            found[word] = _signature(letters)
    return found


SIGNATURES = _signatures()
