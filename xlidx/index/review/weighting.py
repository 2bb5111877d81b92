"""From a selection to the weighting of the new composition: old and new numbers of every company, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np
import pandas as pd

from xlidx.arrays import Floats
from xlidx.errors import Kind, XlidxError
from xlidx.index.review.tables import Decisions, objects
from xlidx.index.review.updates import ABOVE_ONE, Update, UpdateRules, annual_update, quarterly_update, review_capping
from xlidx.tables import one_of

NUMBERS = ("shares", "free_float", "capping")
COLUMNS = (
    "company", "isin", "decision", "old_shares", "new_shares", "old_free_float", "new_free_float",
    "old_capping", "new_capping", "weight", "reason", "clause", "note",
)  # fmt: skip
_NOTHING = {"shares": 0.0, "free_float": None, "capping": None}


@attrs.frozen(kw_only=True)
class WeightClauses:
    """Clauses of the update rules."""

    annual: str
    quarterly: str
    capping: str
    added: str


@attrs.frozen(eq=False)
class NewWeights:
    """Companies of the new composition, constituents first, with their numbers and the words for them."""

    ids: Sequence[str]
    stays: int
    numbers: tuple[Floats, Floats, Floats]
    reasons: Sequence[str]
    clauses: Sequence[str]
    notes: Sequence[str | None]


def update_table(
    kind: str,
    basket: pd.DataFrame,
    candidates: pd.DataFrame,
    selected: pd.DataFrame,
    decisions: Decisions,
    rules: UpdateRules,
    clauses: WeightClauses,
    above_one: str = "keep",
) -> pd.DataFrame:
    """Set shares, free float and capping of the new composition.

    Parameters
    ----------
    kind : {"annual", "quarterly"}
    basket : DataFrame
        Current composition: isin, shares, free_float, capping.
    candidates, selected : DataFrames
        Checked candidates, and what :func:`xlidx.index.review.selection.selection_table` says about them.
    decisions : Decisions
    rules : UpdateRules
    clauses : WeightClauses
    above_one : {"keep", "clip"}

    Returns
    -------
    DataFrame
        company, isin, decision, old and new shares, free_float and capping, weight, reason, clause, note.

    Raises
    ------
    XlidxError
        ``NO_DATA`` for a close that the capping needs.
    """
    above_one = one_of(above_one, ABOVE_ONE, "above_one")
    rows = candidates.assign(decision=selected["decision"], listed=candidates["shares"] * candidates["share_factor"])
    rows = rows.set_index("isin", drop=False)
    stays = [isin for isin in basket["isin"] if rows.loc[isin, "decision"] == "stay"]
    adds = rows.index[rows["decision"] == "add"].tolist()
    new = rows.loc[[*stays, *adds]]
    now = basket.set_index("isin").loc[stays]
    if kind == "annual":
        new_weights = _annual(new, len(stays), decisions, rules, clauses)
    else:
        new_weights = _quarterly(now, new, decisions, rules, clauses, above_one)
    return _table(basket, rows, selected, new_weights)


def _annual(
    new: pd.DataFrame, stays: int, decisions: Decisions, rules: UpdateRules, clauses: WeightClauses
) -> NewWeights:
    shares, factors = annual_update(new["listed"].to_numpy(), new["free_float"].to_numpy(), rules)
    capping = review_capping(shares, factors, np.ones_like(shares), _closes(new), rules.cap)
    late = "a decision to keep the shares concerns quarterly reviews only"
    return NewWeights(
        new.index.tolist(),
        stays,
        (shares, factors, capping),
        [f"shares and free float of the cut-off date; {_capped(f, rules)}" for f in capping],
        [f"{clauses.annual}, {clauses.capping}"] * len(new),
        [late if decisions.of(isin, "keep shares") else None for isin in new.index],
    )


def _quarterly(
    now: pd.DataFrame,
    new: pd.DataFrame,
    decisions: Decisions,
    rules: UpdateRules,
    clauses: WeightClauses,
    above_one: str,
) -> NewWeights:
    count = len(now)
    listed, raw = new["listed"].to_numpy(), new["free_float"].to_numpy()
    kept = [decisions.of(isin, "keep shares") for isin in now.index]
    old = [now[name].to_numpy() for name in NUMBERS]
    held = np.array([bool(why) for why in kept], dtype=np.bool_)
    up = quarterly_update(old[0], old[1], old[2], listed[:count], raw[:count], rules, held, above_one)
    literal = quarterly_update(old[0], old[1], old[2], listed[:count], raw[:count], rules, held).capping
    more, bands = annual_update(listed[count:], raw[count:], rules)
    shares, factors = np.concatenate((up.shares, more)), np.concatenate((up.free_float, bands))
    capping = np.concatenate((up.capping, np.ones(len(new) - count)))
    if len(new) > count:
        capping = review_capping(shares, factors, capping, _closes(new), rules.cap, np.arange(len(new)) >= count)
    reasons = [_moved(up, i, now.iloc[i], rules, kept[i]) for i in range(count)]
    reasons += [f"added with shares and free float of the cut-off date; {_capped(f, rules)}" for f in capping[count:]]
    return NewWeights(
        new.index.tolist(),
        count,
        (shares, factors, capping),
        reasons,
        [clauses.quarterly] * count + [clauses.added] * (len(new) - count),
        [_above_one(f, above_one) for f in literal] + [None] * (len(new) - count),
    )


def _moved(up: Update, i: int, now: Any, rules: UpdateRules, kept: str) -> str:
    if not up.updated[i]:
        return f"no update: free float moved less than {rules.bands} bands, shares by no more than {rules.shares:.9g}"
    parts = []
    if up.by_float[i]:
        parts.append(f"free float moved {rules.bands} bands or more")
    if up.by_shares[i]:
        parts.append(f"shares changed by more than {rules.shares:.9g}")
    if kept:
        parts.append(f"number of shares kept by decision: {kept}")
    if up.capping[i] != now["capping"]:
        parts.append("capping factor keeps the capped free-float shares")
    return "; ".join(parts)


def _above_one(literal: float, above_one: str) -> str | None:
    if literal <= 1.0:
        return None
    end = "kept as the clause says" if above_one == "keep" else "cut off at 1"
    return f"capping factor comes to {literal:.9g}, above 1: {end}"


def _capped(factor: float, rules: UpdateRules) -> str:
    return f"capped at {rules.cap:.9g}" if factor < 1.0 else f"not above the cap of {rules.cap:.9g}"


def _closes(new: pd.DataFrame) -> Floats:
    closes = new["composition_close"]
    if closes.isna().any():
        what = f"{closes.index[closes.isna()][0]} has no close for the capping"
        mend = "give the close of the composition announcement date"
        raise XlidxError(Kind.NO_DATA, what, "table candidates, column composition_close", mend)
    return closes.to_numpy()


def _table(basket: pd.DataFrame, rows: pd.DataFrame, selected: pd.DataFrame, new_weights: NewWeights) -> pd.DataFrame:
    order = [*basket["isin"], *new_weights.ids[new_weights.stays :]]
    said = {row["isin"]: row for row in selected.to_dict("records")}
    old = {row["isin"]: row for row in basket.to_dict("records")}
    new = _new_rows(new_weights, rows.loc[list(new_weights.ids), "composition_close"].to_numpy())
    records = [_record(said[isin], old.get(isin, _NOTHING), new.get(isin)) for isin in order]
    return pd.DataFrame({name: objects([r[name] for r in records]) for name in COLUMNS})


def _new_rows(new_weights: NewWeights, closes: Floats) -> dict[str, dict[str, Any]]:
    columns = zip(*(numbers.tolist() for numbers in new_weights.numbers), _weights(closes, new_weights), strict=True)
    words = zip(new_weights.reasons, new_weights.clauses, new_weights.notes, strict=True)
    names = (*NUMBERS, "weight", "reason", "clause", "note")
    every = zip(new_weights.ids, columns, words, strict=True)
    return {isin: dict(zip(names, (*values, *texts), strict=True)) for isin, values, texts in every}


def _record(said: dict[Any, Any], old: dict[Any, Any], new: dict[str, Any] | None) -> dict[str, Any]:
    """Return one row: what was said in the selection, numbers before and after, and why."""
    after = new or {**_NOTHING, "weight": None, "reason": said["reason"], "clause": said["clause"], "note": None}
    notes = [note for note in (said["note"], after["note"]) if note]
    return {
        **{name: said[name] for name in ("company", "isin", "decision")},
        **{f"old_{name}": old[name] for name in NUMBERS},
        **{f"new_{name}": after[name] for name in NUMBERS},
        **{name: after[name] for name in ("weight", "reason", "clause")},
        "note": "; ".join(notes) or None,
    }


def _weights(closes: Floats, new_weights: NewWeights) -> list[float | None]:
    shares, factors, capping = new_weights.numbers
    values = shares * factors * capping * closes
    total = float(np.sort(values).sum())
    return [value / total for value in values.tolist()] if total > 0 else [None] * values.size
