"""Screens on the ratings of a provider: every candidate against fixed limits and against its peers."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import isnan
from statistics import median
from typing import Any, TypeAlias

import attrs
import pandas as pd

from xlidx.arrays import require
from xlidx.errors import Kind, XlidxError
from xlidx.index.screening.exact import exact, known
from xlidx.rules import rule
from xlidx.tables import Column, TableSpec

AREAS = ("EUR", "AP", "NAM", "MEA")
ACTIVITIES = ("armament", "tobacco", "gambling", "nuclear", "pornography", "alcohol")
INVOLVEMENT = ("none", "minor", "major")
CONTROVERSY = ("none", "warning list", "critical")
FUELS = {"coal": "coal", "tar_sands": "tar sands and oil shale"}
AVERAGES = ("mean", "median")

_SCORE = "give the score from 0 to 100; blank fails the screen"

RATINGS = TableSpec(
    name="candidates",
    keys=("isin",),
    columns=(
        Column(name="isin", kind="text", help="ISIN of the security"),
        Column(name="sector", kind="text", required=False, default="", help="sector, for the peers"),
        Column(
            name="peer_sector",
            kind="text",
            required=False,
            default="",
            help="sector of the provider, where its peers are not those of sector",
        ),
        Column(name="area", kind="word", words=AREAS, required=False, help="area of the provider, for the peers"),
        Column(name="esg_score", kind="number", unit="of 100", required=False, help=_SCORE),
        Column(name="people_score", kind="number", unit="of 100", required=False, help=_SCORE),
        Column(name="controversy", kind="word", words=CONTROVERSY, required=False, help="blank fails the screen"),
        *(
            Column(
                name=name, kind="word", words=INVOLVEMENT, required=False, help="involvement; blank fails the screen"
            )
            for name in ACTIVITIES
        ),
        *(
            Column(name=name, kind="fraction", unit="of turnover", required=False, help="blank fails the screen")
            for name in FUELS
        ),
    ),
)

Row: TypeAlias = dict[Any, Any]


@attrs.frozen
class Limits:
    """Least scores [of 100], and the share of turnover [fraction] that must not be reached."""

    esg: float = 30.0
    people: float = 30.0
    turnover: float = 0.10

    def __attrs_post_init__(self) -> None:
        for name, score in (("least_esg", self.esg), ("least_people", self.people)):
            require(0.0 <= score <= 100.0, score, name, "lie between 0 and 100", "give a score of 100")
        share = self.turnover
        require(0.0 <= share <= 1.0, share, "fuel_turnover", "lie between 0 and 1", "give a fraction: 10 % is 0.1")


@attrs.frozen
class Peers:
    """Average score of every group of sector and area; groups without a score are absent."""

    esg: dict[tuple[str, str], Fraction]
    people: dict[tuple[str, str], Fraction]


@rule("solactive_human_capital", "4 Universe")
def esg_screen(candidates: pd.DataFrame, limits: Limits, peers: str = "mean") -> pd.DataFrame:
    """Say for every candidate whether it passes eight screens, and each one that it fails.

    Parameters
    ----------
    candidates : DataFrame
        Checked against :data:`RATINGS`, N rows.
    limits : Limits
    peers : {"mean", "median"}
        What a score must exceed: the average over all candidates of its sector and area, itself among them.

    Returns
    -------
    DataFrame
        isin, passed (``yes`` or ``no``), esg_score, esg_peers, people_score, people_peers [of 100], reason (every
        screen failed, with its letter; blank when passed).

    Raises
    ------
    XlidxError
        ``CHOICE`` for an unknown average; ``DOMAIN`` for a score outside 0 to 100.

    Notes
    -----
    Rule: Solactive Human Capital World MV guideline v1.0, 4 Universe, (a) to (h).
    *Reading*: greater than the sector peers per area means above the average of all candidates of that sector and
    area, itself among them; a candidate without peers is its own average and fails.
    A value that is missing fails its screen.  Numbers are compared as they are written, in decimals: a score equal to
    the average of its peers is not above it.

    Examples
    --------
    >>> from xlidx.tables import read
    >>> clean = dict.fromkeys(ACTIVITIES, "none") | {"controversy": "none", "coal": 0.0, "tar sands": 0.0}
    >>> head = ["isin", "sector", "area", "esg score", "people score", *clean]
    >>> rows = [[name, "Energy", "EUR", score, 50.0, *clean.values()] for name, score in (("A", 60.0), ("B", 20.0))]
    >>> esg_screen(read(RATINGS, [head, *rows]).strict(), Limits())["reason"].str[:40].tolist()
    ['(f) people score 50 is not above its pee', '(a) ESG score 20 is below 30; (b) ESG sc']
    """
    if peers not in AVERAGES:
        raise XlidxError(Kind.CHOICE, f"peers is {peers!r}", "argument peers", f"use {' or '.join(AVERAGES)}")
    words = {name: candidates[name].fillna("") for name in ("area", "controversy", *ACTIVITIES)}
    rows = candidates.assign(**words).to_dict("records")
    _require_scores(candidates)
    groups = Peers(_averages(rows, "esg_score", peers), _averages(rows, "people_score", peers))
    found = pd.DataFrame({"isin": candidates["isin"]}, index=candidates.index)
    reasons = ["; ".join(_failed(row, limits, groups)) for row in rows]
    found["passed"] = ["no" if reason else "yes" for reason in reasons]
    for name, averages in (("esg", groups.esg), ("people", groups.people)):
        found[f"{name}_score"] = candidates[f"{name}_score"]
        found[f"{name}_peers"] = [float(averages.get(_group(row), float("nan"))) for row in rows]
    found["reason"] = reasons
    return found


def _require_scores(candidates: pd.DataFrame) -> None:
    for name in ("esg_score", "people_score"):
        scores = candidates[name]
        bad = (scores < 0.0) | (scores > 100.0)
        if bad.any():
            row = candidates.index[bad][0]
            what = f"{name} is {scores[row]:g} but must lie between 0 and 100"
            raise XlidxError(Kind.DOMAIN, what, f"table candidates, row {row}, column {name}", "give a score of 100")


def _group(row: Row) -> tuple[str, str]:
    return (row["peer_sector"] or row["sector"]).strip().casefold(), row["area"]


def _averages(rows: Sequence[Row], name: str, average: str) -> dict[tuple[str, str], Fraction]:
    groups: dict[tuple[str, str], list[float]] = {}
    for row in rows:
        if all(_group(row)):
            groups.setdefault(_group(row), []).append(row[name])
    scores = {group: known(values) for group, values in groups.items()}
    return {group: _average(found, average) for group, found in scores.items() if found}


def _average(scores: list[Fraction], average: str) -> Fraction:
    return Fraction(median(scores)) if average == "median" else sum(scores, Fraction(0)) / len(scores)


def _failed(row: Row, limits: Limits, peers: Peers) -> list[str]:
    found = (
        ("a", _least("ESG score", row["esg_score"], limits.esg)),
        ("b", _above_peers("ESG score", row, row["esg_score"], peers.esg)),
        ("c", _controversy(row["controversy"])),
        ("d", _activities(row)),
        ("e", _least("people score", row["people_score"], limits.people)),
        ("f", _above_peers("people score", row, row["people_score"], peers.people)),
        ("g", _fuel("coal", row, limits.turnover)),
        ("h", _fuel("tar_sands", row, limits.turnover)),
    )
    return [f"({letter}) {text}" for letter, text in found if text]


def _least(name: str, score: float, least: float) -> str:
    if isnan(score):
        return f"{name} is missing"
    return "" if exact(score) >= exact(least) else f"{name} {score:g} is below {least:g}"


def _above_peers(name: str, row: Row, score: float, averages: dict[tuple[str, str], Fraction]) -> str:
    if not all(_group(row)):
        return f"{name} has no peers: sector or area is missing"
    if isnan(score):
        return f"{name} is missing"
    average = averages[_group(row)]
    return "" if exact(score) > average else f"{name} {score:g} is not above its peers, {float(average):g}"


def _controversy(word: str) -> str:
    if not word:
        return "controversies are not known"
    return "" if word == "none" else "on the warning list" if word == "warning list" else "a controversy is critical"


def _activities(row: Row) -> str:
    missing = [name for name in ACTIVITIES if not row[name]]
    major = [name for name in ACTIVITIES if row[name] == "major"]
    parts = [f"major involvement in {', '.join(major)}"] if major else []
    return ", ".join([*parts, *([f"involvement in {', '.join(missing)} is not known"] if missing else [])])


def _fuel(name: str, row: Row, limit: float) -> str:
    share = row[name]
    if isnan(share):
        return f"turnover from {FUELS[name]} is not known"
    return "" if exact(share) < exact(limit) else f"{share:.4g} of turnover from {FUELS[name]} is not below {limit:g}"
