"""From screened candidates to a table of decisions: one row per line, with every reason and its clause."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np
import pandas as pd

from xlidx.arrays import Bools, Floats
from xlidx.errors import Kind, XlidxError
from xlidx.index.review.ranking import (
    Contest,
    ReviewRules,
    Verdict,
    count_warning,
    ranking_figures,
    ranks,
    revise,
    select_annual,
    select_quarterly,
)
from xlidx.index.review.tables import Decisions, company_members, objects


@attrs.frozen
class Finding:
    """One screen that a line fails: clause, what was found, and whether that is waived for it."""

    clause: str
    text: str
    waived: bool = False


def selection_table(
    kind: str,
    frame: pd.DataFrame,
    findings: Sequence[Sequence[Finding]],
    usable: Bools,
    factors: Floats,
    decisions: Decisions,
    rules: ReviewRules,
    fill: str = "repeat",
) -> pd.DataFrame:
    """Choose the lines, rank them, select, apply decisions, and word the outcome.

    Parameters
    ----------
    kind : {"annual", "quarterly"}
    frame : DataFrame
        Checked candidates, N rows.
    findings : N sequences of Finding
        Screens that each line fails.
    usable : bool array of shape (N,)
        Lines that may represent a company.
    factors : array of shape (N,) [fraction]
        Free-float factors for the ranking.
    decisions : Decisions
    rules : ReviewRules
    fill : {"repeat", "once"}

    Returns
    -------
    DataFrame
        company, isin, member, rank, size, free_float, velocity, decision, reason, clause, note.

    Examples
    --------
    >>> from xlidx.index.review.tables import CANDIDATES
    >>> from xlidx.tables import read
    >>> frame = read(CANDIDATES, [["company", "isin", "shares", "close", "free float"],
    ...     ["A", "PTA", 1e6, 5.0, 0.5]]).strict()
    >>> rules = ReviewRules(by_rank=1, most=1, fewest=1, smallest_size=0.0, preferred_to=1, stays_to=1,
    ...     enters_from=1, annual="5.2.4", line="5.2.6")
    >>> out = selection_table("annual", frame, [[]], np.array([True]), np.array([0.5]), Decisions(), rules)
    >>> out.loc[2, ["rank", "decision", "clause"]].tolist()
    [1, 'add', '5.2.4']
    """
    ids = frame["isin"].tolist()
    ordinary = (frame["instrument"] == "ordinary").to_numpy()
    chosen = selected_lines(frame["company"].tolist(), ids, frame["turnover"].to_numpy(), ordinary, usable)
    other = Finding(rules.line, "another line of the company is selected")
    failed = [
        [*(f for f in found if not f.waived), *([] if pick else [other])]
        for found, pick in zip(findings, chosen.tolist(), strict=True)
    ]
    own = (frame["member"] == "yes").to_numpy()
    contest = _contest(frame, factors, np.where(chosen, company_members(frame), own), failed)
    drawn = _verdicts(kind, ids, contest, decisions, rules, fill)
    parts = zip(drawn, failed, ids, own.tolist(), contest.members.tolist(), strict=True)
    verdicts = [_final(*part, decisions, rules) for part in parts]
    notes = _notes(kind, ids, findings, decisions, verdicts, rules)
    return _worded(frame, contest, factors, verdicts, notes)


def selected_lines(
    companies: Sequence[str], ids: Sequence[str], turnover: Floats, ordinary: Bools, usable: Bools
) -> Bools:
    """Choose one line per company: the most active one; among equals the ordinary shares, then the ISIN.

    Parameters
    ----------
    companies, ids : sequences of N texts
        Company and ISIN of every line.
    turnover : array of shape (N,) [index currency]
        Of the twelve months before the cut-off; needed only for companies with several lines.
    ordinary, usable : bool arrays of shape (N,)
        Ordinary shares; lines that an index may hold at all (the others are chosen only among themselves).

    Returns
    -------
    bool array of shape (N,)
        True once per company.

    Raises
    ------
    XlidxError
        ``MISSING`` when one of several usable lines has no turnover.

    Examples
    --------
    >>> selected_lines(["A", "A", "B"], ["a1", "a2", "b"], np.array([5.0, 7.0, np.nan]),
    ...     np.array([True, False, True]), np.array([True, True, True])).tolist()
    [False, True, True]
    """
    lines: dict[str, list[int]] = {}
    for i, company in enumerate(companies):
        lines.setdefault(company, []).append(i)
    chosen = np.zeros(len(ids), dtype=np.bool_)
    for company, places in lines.items():
        able = [i for i in places if usable[i]] or places
        if len(able) > 1 and np.isnan(turnover[able]).any():
            what = f"{company} has {len(able)} lines and one of them no turnover"
            raise XlidxError(Kind.MISSING, what, "table candidates, column turnover", "give it for all its lines")
        chosen[min(able, key=lambda i: (-turnover[i], not ordinary[i], ids[i]) if len(able) > 1 else ())] = True
    return chosen


def _contest(frame: pd.DataFrame, factors: Floats, members: Bools, failed: Sequence[Sequence[Finding]]) -> Contest:
    shares, closes = frame["shares"].to_numpy(), frame["close"].to_numpy()
    figures = ranking_figures(shares, closes, factors)
    full = ranking_figures(shares, closes, np.ones_like(closes))
    eligible = np.array([not found for found in failed], dtype=np.bool_)
    return Contest(ranks(figures, full, frame["isin"].tolist(), eligible), figures, members)


def _verdicts(
    kind: str, ids: Sequence[str], contest: Contest, decisions: Decisions, rules: ReviewRules, fill: str
) -> list[Verdict]:
    if kind == "annual":
        return select_annual(contest, rules)
    return select_quarterly(contest, rules, [decisions.of(isin, "veto") for isin in ids], fill)


def _final(
    verdict: Verdict,
    failed: Sequence[Finding],
    isin: str,
    own: bool,
    company: bool,
    decisions: Decisions,
    rules: ReviewRules,
) -> Verdict:
    """Complete a verdict by the screens that failed, the change of line, and decisions on the selection."""
    if failed:
        verdict = attrs.evolve(
            verdict, reason="; ".join(f.text for f in failed), clause=", ".join(f.clause for f in failed)
        )
    elif company and not own:
        verdict = _other_line(verdict, rules)
    for word in ("add", "remove"):
        if why := decisions.of(isin, word):
            verdict = revise(verdict, word, own, why, rules)
    return verdict


def _other_line(verdict: Verdict, rules: ReviewRules) -> Verdict:
    word = {"stay": "add", "delete": "not selected"}[verdict.decision]
    reason = f"{verdict.reason}; replaces the line of the company that is in the index"
    return Verdict(word, reason, f"{verdict.clause}, {rules.line}")


def _notes(
    kind: str,
    ids: Sequence[str],
    findings: Sequence[Sequence[Finding]],
    decisions: Decisions,
    verdicts: Sequence[Verdict],
    rules: ReviewRules,
) -> list[str | None]:
    warning = count_warning(verdicts, rules)
    notes = []
    for isin, found, verdict in zip(ids, findings, verdicts, strict=True):
        parts = [f"waived for current constituents: {f.text}" for f in found if f.waived]
        parts += [decisions.notes[isin]] if isin in decisions.notes else []
        parts += ["a veto concerns quarterly reviews only"] if kind == "annual" and decisions.of(isin, "veto") else []
        parts += [warning] if warning and verdict.decision in ("stay", "add") else []
        notes.append("; ".join(parts) or None)
    return notes


def _worded(
    frame: pd.DataFrame, contest: Contest, factors: Floats, verdicts: Sequence[Verdict], notes: Sequence[str | None]
) -> pd.DataFrame:
    columns = {
        "company": frame["company"].tolist(),
        "isin": frame["isin"].tolist(),
        "member": np.where(frame["member"] == "yes", "yes", "no"),
        "rank": objects([int(r) or None for r in contest.ranks]),
        "size": [float(figure) for figure in contest.figures],
        "free_float": factors,
        "velocity": objects([None if v != v else v for v in frame["velocity"].tolist()]),
        "decision": [v.decision for v in verdicts],
        "reason": [v.reason for v in verdicts],
        "clause": [v.clause for v in verdicts],
        "note": objects(notes),
    }
    return pd.DataFrame(columns).set_axis(frame.index)
