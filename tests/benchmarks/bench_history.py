"""Cost of a history as a ratio to one pass of numpy over the same prices; nothing here is asserted.

python -m tests.benchmarks.bench_history
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from xlidx.index.actions.apply import ACTIONS
from xlidx.index.basket import Basket, Quotes
from xlidx.index.dividends import DIVIDENDS, WITHHOLDING
from xlidx.index.divisor_history.history import index_history
from xlidx.tables import read

KINDS = {
    "special dividend": (None, None, 0.3),
    "rights issue": (0.2, 4.0, None),
    "split": (2.0, None, None),
    "reverse split": (0.5, None, None),
    "bonus issue": (0.1, None, None),
    "other rights": (None, None, 0.3),
}


def index(members: int, sessions: int, events: int, foreign: int = 0, dividends: int = 0) -> tuple[Any, ...]:
    """Return the tables of a random index; one event in fifty is a removal, the last of its company."""
    rng = np.random.default_rng(1)
    ids = tuple(f"S{n:05d}" for n in range(members))
    days = np.datetime64("2000-01-03") + np.arange(sessions)
    dates = [pd.Timestamp(day).date() for day in days]
    prices = Quotes("prices", days, ids, rng.random((sessions, members)) + 10.0)
    currency = ["USD" if n < foreign else "EUR" for n in range(members)]
    basket = Basket(ids, rng.random(members) * 1e6, np.ones(members), np.ones(members), currency, ["PT"] * members)
    gone = {int(n): int(rng.integers(1, sessions)) for n in rng.choice(members, events // 50, replace=False)}
    rows: list[list[Any]] = [[dates[s], ids[n], "removal", None, None, None, f"X{n}"] for n, s in gone.items()]
    while len(rows) < events:
        kind, terms = list(KINDS.items())[len(rows) % len(KINDS)]
        member, session = int(rng.integers(members)), int(rng.integers(1, sessions))
        if session < gone.get(member, sessions):
            rows.append([dates[session], ids[member], kind, *terms, f"E{len(rows)}"])
    actions = read(ACTIONS, [["date", "isin", "action", "ratio", "price", "amount", "event_id"], *rows])
    paid = [
        [ids[int(rng.integers(members))], dates[int(rng.integers(1, sessions))], 0.3, f"D{n}"] for n in range(dividends)
    ]
    fx = Quotes("fx", days, ("USD",), rng.random((sessions, 1)) * 0.1 + 0.85)
    taxes = read(WITHHOLDING, [["country", "rate"], ["PT", 0.25]])
    return basket, prices, actions, read(DIVIDENDS, [["isin", "ex_date", "amount", "event_id"], *paid]), fx, taxes


def cost(work: Callable[[], object], repeats: int = 11) -> float:
    """Return the least processor time of several runs, in seconds."""
    times = []
    for _ in range(repeats):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


if __name__ == "__main__":
    print("members sessions events foreign dividends  einsum ms  history ms  ratio")
    for shape in (
        (5000, 6500, 0),
        (5000, 6500, 5000),
        (5000, 6500, 5000, 50, 5000),
        (5000, 3250, 2500),
        (2500, 6500, 2500),
    ):
        tables = index(*shape)
        matrix, weights = tables[1].matrix, tables[0].weights
        yard = cost(lambda matrix=matrix, weights=weights: np.einsum("tn,n->t", matrix, weights))
        run = cost(lambda tables=tables: index_history(*tables))
        words = " ".join(f"{number:>8}" for number in (*shape, 0, 0)[:5])
        print(f"{words} {yard * 1e3:10.1f} {run * 1e3:10.1f} {run / yard:7.2f}")
