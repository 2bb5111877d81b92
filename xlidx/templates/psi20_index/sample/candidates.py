"""Invented candidates of the June review of the index workbook, and decisions about them.

Names, closes, free floats and velocities are made up; closes of the sample members are those of sheet Prices
on the cut-off date, in euro.
"""

from __future__ import annotations

from datetime import date

import attrs

CUT_OFF = date(2025, 5, 30)

# ISIN, name, member, segment, admission, removed, shares, close, raw free float, velocity, composition close.
_CANDIDATES = """
SENE Energia      yes continuous -          -           3600000000    4.6340 0.6344 0.872    4.6927
SPET Petróleos    yes continuous -          -            800000000   14.3830 0.6180 0.378   14.4601
SRET Retalho      yes continuous -          -            620000000   15.5410 0.4402 0.828   15.7945
SBAN Banco        yes continuous -          -          18000000000    0.2418 0.6975 0.844    0.2460
SREN Renováveis   yes continuous -          -           1800000000    3.7470 0.3612 0.816    3.7109
STEL Telecom      yes continuous -          -            510000000    6.0800 0.3750 0.623    6.1487
SCOR Correios     yes continuous -          -            148000000    7.7720 1.0000 0.663    8.0549
SMAR Marítima     yes continuous -          -             90000000   24.8278 0.5102 0.559   24.0257
SRED Redes        yes continuous -          -            660000000    3.0510 0.5512 0.332    3.0677
SHOL Holding      yes continuous -          -           2000000000    0.8479 0.4477 0.716    0.8555
SATL Atlantic     yes continuous -          -             75000000   15.0740 0.6647 0.895   15.6027
SPAP Papel        yes continuous -          -            710000000    3.4810 0.3050 0.634    3.4002
SCRT Cortiça      yes continuous -          -            133000000    8.4240 0.2849 0.492    8.5786
SCIM Cimentos     yes continuous -          -            670000000    2.1100 0.2000 0.214    2.1807
SFLO Florestal    yes continuous -          -             67000000   11.3230 0.2601 0.497   10.7787
SCON Construtora  yes continuous -          -            290000000    1.8560 0.3521 0.808    1.7851
STUR Turismo      yes continuous -          -            113000000    2.7400 0.4230 0.933    2.6915
SMED Media        no  continuous -          2025-05-19   160000000    0.7804 0.3333 0.887    0.7831
SNOV Nova         yes continuous -          -             62000000    6.3030 0.4310 0.552    6.6020
SVER Verde        yes continuous -          -            200000000    1.6360 0.4477 0.418    1.7053
SSOL Solar        no  continuous 2019-11-04 -            140000000    4.2150 0.5530 0.612    4.2495
SPOR Portos       no  continuous -          -             95000000    5.3400 0.6020 0.488    5.2097
SAGR Agro         no  continuous -          -            210000000    3.1200 0.1180 0.341    3.0253
SVIN Vinhos       no  continuous -          -             88000000    2.4500 0.4120 0.137    2.3685
SSOF Software     no  continuous 2025-05-12 -             46000000    9.8700 0.5200 0.720   10.2129
SAUT Autocarros   no  auction    -          -             52000000    1.8800 0.3900 0.262    1.8035
SVIG Vigia        no  continuous -          -             39000000    1.4150 0.4450 0.305    1.4181
"""


@attrs.frozen
class Candidate:
    """One listed line: a row of the candidates table."""

    company: str
    code: str
    member: str
    segment: str
    admission: date | None
    removed: date | None
    shares: float
    close: float
    free_float: float
    velocity: float
    composition_close: float


def _day(word: str) -> date | None:
    return None if word == "-" else date.fromisoformat(word)


def _candidate(line: str) -> Candidate:
    code, name, member, segment, admission, removed, *numbers = line.split()
    return Candidate(f"Sample {name}", code, member, segment, _day(admission), _day(removed), *map(float, numbers))


CANDIDATES = tuple(_candidate(line) for line in _CANDIDATES.strip().split("\n"))

# ISIN, decision, author, reason, decided, expiry.
DECISIONS = (
    ("SPOR", "veto", "Committee", "Bid for all shares expected", date(2025, 6, 4), date(2025, 8, 29)),
    ("SCON", "keep shares", "Committee", "Shares issued for a merger", date(2025, 6, 5), date(2025, 5, 30)),
    ("SAGR", "exclude", "Index desk", "Under investigation; expired", date(2024, 9, 2), date(2025, 2, 28)),
)
