"""Performance as ratios: each piece of work beside a yardstick of numpy or Python, in one run.

    python -m tests.benchmarks.bench [NAME ...]

Absolute times depend on the machine, ratios hardly do.  Nothing here is asserted: the table is for reading.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

import xlidx
from tests.benchmarks import bench_history, book_20039
from xlidx.arrays import in_blocks
from xlidx.excel import cells
from xlidx.index.capping import capping_factors
from xlidx.index.divisor_history.history import index_history
from xlidx.index.level import index_level
from xlidx.turbo.financing import financing_level
from xlidx.turbo.path.daily import financing_paths
from xlidx.turbo.path.inputs import History, PathMarket, path_terms
from xlidx.turbo.settlement import cash_settlement
from xlidx.turbo.stop_loss import stop_loss_event, stop_loss_price

Row = tuple[str, float, str, str]


def best(work: Callable[[], object], repeats: int = 7) -> float:
    """Return the shortest of several runs in seconds."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def ratio(work: Callable[[], object], yardstick: Callable[[], object], repeats: int = 7) -> float:
    """Return the median of the ratios of runs made in turn, so that a drifting machine cancels out."""
    pairs = [(best(work, 1), best(yardstick, 1)) for _ in range(repeats)]
    return float(np.median([a / b for a, b in pairs]))


def boundary() -> Iterator[Row]:
    numbers = tuple(map(tuple, np.random.default_rng(1).random((100_000, 10)).tolist()))
    found = ratio(lambda: cells.block(numbers), lambda: np.asarray(numbers))
    yield "cell boundary, 1e6 numbers in", found, "1.5", "np.asarray"


def scalar_call() -> Iterator[Row]:
    arguments = ("short", 9884.36, 9446.36, 0.01, 1.0953)

    def calls() -> None:
        for _ in range(1000):
            xlidx.call("XI_TURBO_VALUE", *arguments)

    from xlidx.turbo.pricing.analytics import intrinsic_value

    def cores() -> None:
        for _ in range(1000):
            intrinsic_value(*arguments)

    over = min(best(calls, 1) - best(cores, 1) for _ in range(9)) * 1000
    yield "one scalar call over the core function", over, "30", "microseconds"


def capping() -> Iterator[Row]:
    values = np.random.default_rng(2).pareto(1.2, 1_000_000) + 1.0
    found = ratio(lambda: capping_factors(values, 1e-5), lambda: np.sort(values))
    yield "capping factors, 1e6 names", found, "3", "np.sort"


def level() -> Iterator[Row]:
    rng = np.random.default_rng(3)
    prices, shares = rng.random((2000, 2500)) + 1.0, rng.random(2500) + 1.0
    work = ratio(lambda: index_level(prices, shares, 100.0), lambda: np.einsum("tn,n->t", prices, shares))
    yield "index level, 2000 dates x 2500 members", work, "2", "np.einsum"


def history() -> Iterator[Row]:
    plain, mixed = bench_history.index(5000, 6500, 0), bench_history.index(5000, 6500, 5000)
    prices, shares = plain[1].matrix, plain[0].weights

    def one_pass() -> object:
        return np.einsum("tn,n->t", prices, shares)

    found = ratio(lambda: index_history(*plain), one_pass, 5)
    yield "history, 5,000 members x 6,500 sessions, no events", found, "2", "np.einsum over the same prices"
    found = ratio(lambda: index_history(*mixed), one_pass, 5)
    yield "the same with 5,000 events of seven kinds", found, "2", "np.einsum over the same prices"


def book() -> Iterator[Row]:
    n = 1_000_000
    rng = np.random.default_rng(4)
    side = np.where(rng.random(n) < 0.5, 1.0, -1.0)
    start = rng.uniform(9_000, 15_000, n)
    rate, spread, days, spot = np.full(n, 0.0158), np.full(n, 0.035), np.ones(n), rng.uniform(9_000, 15_000, n)
    low, high, entitlement, fx = spot * 0.99, spot * 1.01, np.full(n, 0.01), np.full(n, 1.0953)
    inputs = (side, start, rate, spread, days, spot, low, high, entitlement, fx)

    def one_day(side, start, rate, spread, days, spot, low, high, entitlement, fx):  # type: ignore[no-untyped-def]
        rolled = financing_level(side, start, rate, spread, days)
        barrier = stop_loss_price(side, rolled)
        stopped = stop_loss_event(side, barrier, low, high)
        return rolled, barrier, stopped, cash_settlement(side, rolled, spot, entitlement, fx)

    def day() -> object:
        return in_blocks(one_day, *inputs)

    thirds = np.array_split(np.concatenate(inputs)[: len(inputs) * n // 3 * 3], 3)

    def same_memory() -> object:
        return thirds[0] * thirds[1] + thirds[2]

    found = ratio(day, same_memory)
    yield "turbo book: roll, stop-loss, settlement, 1e6 series", found, "6", "a*b+c over the same bytes"


def path() -> Iterator[Row]:
    series, days, underlyings = 100_000, 250, 6
    rng = np.random.default_rng(5)
    dates = np.busday_offset("2020-02-10", np.arange(days))
    of = rng.integers(0, underlyings, series)
    low = 13_000.0 * np.exp(rng.normal(0.0, 0.01, (days, underlyings)).cumsum(axis=0))
    market = PathMarket(
        rates=History(rng.uniform(-0.005, 0.02, (days, underlyings)), of),
        spreads=0.035,
        premiums=0.03,
        lows=History(low, of),
        highs=History(low * 1.01, of),
    )
    sign, kind = np.where(rng.random(series) < 0.5, 1.0, -1.0), rng.choice(["best", "open ended"], series)
    terms = path_terms(sign, 13_000.0 - sign * rng.uniform(50.0, 6_000.0, series), dates[0], kind=kind, rounding=0.01)
    a, b, c = (rng.random(series) for _ in range(3))

    def one_run() -> object:
        return financing_paths(terms, dates, market, keep=())

    def same_steps() -> object:
        return [a * b + c for _ in range(days)]

    seconds = best(one_run, 3)
    yield "turbo paths, 1e5 series x 250 days", seconds, "-", "seconds"
    yield "the same", seconds / best(same_steps, 3), "-", "250 times a*b+c over 1e5 series"


def cold_import() -> Iterator[Row]:
    def start(statement: str) -> Callable[[], object]:
        return lambda: subprocess.run([sys.executable, "-c", statement], check=True)

    yield "import xlidx, cold", ratio(start("import xlidx"), start("import pandas"), 5), "1.15", "import pandas"
    first = "import xlidx; xlidx.call('XI_DIVISOR_CHAIN', 1.0, 2.0, 3.0)"
    yield "import xlidx and the first call, cold", ratio(start(first), start("import pandas"), 5), "-", "import pandas"


def recalc() -> Iterator[Row]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsx"
        book_20039.build(path)
        seconds = best(lambda: book_20039.recalculate(path), 3)
        engine = best(lambda: book_20039.engine_alone(path), 3)
    yield "recalc of 20,039 formulas with 4,000 calls", seconds, "2", "seconds"
    yield "the same", seconds / engine, "20", "the engine alone"
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    yield "peak memory of this process", memory, "250 for recalc alone", "MiB"


WORK: dict[str, Callable[[], Iterator[Row]]] = {
    "recalc": recalc,
    "boundary": boundary,
    "scalar": scalar_call,
    "capping": capping,
    "level": level,
    "history": history,
    "book": book,
    "path": path,
    "import": cold_import,
}


def main(names: list[str]) -> None:
    """Print one line per measurement."""
    print(f"{'work':55} {'found':>9} {'bar':>6}  in terms of")
    for name in names or list(WORK):
        for what, found, bar, unit in WORK[name]():
            print(f"{what:55} {found:9.2f} {bar:>6}  {unit}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
