"""Time of the minimum-variance selection beside CPLEX and SCIP, on the same instances in one run.

    python -m tests.benchmarks.bench_min_variance [FOLDER OF INSTANCES] [--limit SECONDS] [--few] [--port FOLDER]

With ``--few`` few names are held, without groups: independent returns, and five markets of the sizes of the
OR-Library's port1 to port5 (Chang, Meade, Beasley and Sharaiha, 2000) with 10 names of 0.01 to 1.  The markets are
drawn, of 290 weekly returns with a market, eight sectors and fat tails; ``--port`` reads the library's own files
``port1.txt`` to ``port5.txt`` instead.  Each is solved with and without the perspective relaxation.

The free CPLEX community edition (``cplex``) and SCIP (``pyscipopt``) are compared when they can be imported; they
are no dependencies of the package.  All three prove the optimum to a relative gap of 1e-9.  Nothing is asserted.
"""

from __future__ import annotations

import argparse
import importlib.util
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

from xlidx.index.min_variance import solve
from xlidx.index.min_variance.portfolio import min_variance

FOLDER = Path(__file__).parents[1] / "answers" / "miqp"
GAP = 1e-9
HELD, LOWEST, HIGHEST, SECTOR_CAP, REGION_FLOOR, REGION_CAP = 50, 0.01, 0.05, 0.33, 0.10, 0.50
YEAR = 252e4  # daily variance to annual, in per cent squared

Timed = tuple[float, float]


def ours(data: dict[str, Any], limit: float) -> Timed:
    ids = [f"{place:04d}" for place in range(data["F"].shape[1])]
    start = time.perf_counter()
    found = min_variance(data["F"], data["sector"], data["region"], ids=ids, work_limit=None, time_limit=limit, gap=GAP)
    return time.perf_counter() - start, found.objective * YEAR


def groups(data: dict[str, Any]) -> list[tuple[np.ndarray, float, float]]:
    """Members, floor and cap of every sector and region."""
    sectors = [(data["sector"] == s, 0.0, SECTOR_CAP) for s in np.unique(data["sector"])]
    return sectors + [(data["region"] == r, REGION_FLOOR, REGION_CAP) for r in np.unique(data["region"])]


def cplex(data: dict[str, Any], limit: float) -> Timed:
    import cplex as module

    factor = data["F"] * np.sqrt(YEAR)
    k, n = factor.shape
    problem = module.Cplex()
    for stream in (problem.set_results_stream, problem.set_log_stream, problem.set_warning_stream):
        stream(None)
    problem.variables.add(lb=[-module.infinity] * k)
    problem.variables.add(lb=[0.0] * n, ub=[HIGHEST] * n)
    problem.variables.add(types=["B"] * n)
    w, y = range(k, k + n), range(k + n, k + 2 * n)
    rows = [([i, *w], [-1.0, *factor[i]], "E", 0.0) for i in range(k)]
    rows += [([w[i], y[i]], [1.0, -HIGHEST], "L", 0.0) for i in range(n)]
    rows += [([w[i], y[i]], [1.0, -LOWEST], "G", 0.0) for i in range(n)]
    rows += [(list(w), [1.0] * n, "E", 1.0), (list(y), [1.0] * n, "E", float(HELD))]
    for members, floor, cap in groups(data):
        inside = [w[i] for i in np.flatnonzero(members)]
        rows += [(inside, [1.0] * len(inside), sense, limit_) for sense, limit_ in (("L", cap), ("G", floor))]
    lines = [
        module.SparsePair(ind=[int(i) for i in index], val=[float(v) for v in value]) for index, value, _, _ in rows
    ]
    problem.linear_constraints.add(lin_expr=lines, senses=[row[2] for row in rows], rhs=[row[3] for row in rows])
    problem.objective.set_quadratic([2.0] * k + [0.0] * (2 * n))
    problem.parameters.mip.tolerances.mipgap.set(GAP)
    problem.parameters.mip.tolerances.absmipgap.set(0.0)
    problem.parameters.timelimit.set(limit)
    start = time.perf_counter()
    problem.solve()
    return time.perf_counter() - start, float(problem.solution.get_objective_value())


def scip(data: dict[str, Any], limit: float) -> Timed:
    from pyscipopt import Model, quicksum

    factor = data["F"] * np.sqrt(YEAR)
    k, n = factor.shape
    model = Model()
    model.hideOutput()
    u = [model.addVar(lb=None) for _ in range(k)]
    w = [model.addVar(lb=0.0, ub=HIGHEST) for _ in range(n)]
    y = [model.addVar(vtype="B") for _ in range(n)]
    t = model.addVar(lb=0.0)
    for i in range(k):
        model.addCons(quicksum(float(factor[i, j]) * w[j] for j in range(n) if factor[i, j]) == u[i])
    for held, weight in zip(y, w, strict=True):
        model.addCons(weight <= HIGHEST * held)
        model.addCons(weight >= LOWEST * held)
    model.addCons(quicksum(w) == 1.0)
    model.addCons(quicksum(y) == HELD)
    for members, floor, cap in groups(data):
        model.addCons(quicksum(w[i] for i in np.flatnonzero(members)) <= cap)
        model.addCons(quicksum(w[i] for i in np.flatnonzero(members)) >= floor)
    model.addCons(quicksum(each * each for each in u) <= t)
    model.setObjective(t)
    model.setParam("limits/gap", GAP)
    model.setParam("limits/time", limit)
    start = time.perf_counter()
    model.optimize()
    return time.perf_counter() - start, float(model.getObjVal())


RIVALS: dict[str, tuple[str, Callable[[dict[str, Any], float], Timed]]] = {
    "CPLEX": ("cplex", cplex),
    "SCIP": ("pyscipopt", scip),
}


def drawn(place: int, names: int) -> np.ndarray:
    """Factor of a market of so many names: 290 weekly returns, one market, eight sectors, fat tails."""
    rng = np.random.default_rng(1000 * place)
    beta, sector, own = rng.uniform(0.5, 1.2, names), rng.integers(0, 8, names), rng.uniform(0.7, 1.8, names)
    market, sectors = rng.standard_t(5, size=(290, 1)), rng.standard_t(5, size=(290, 8))
    return centred(0.018 * (market * beta + 0.5 * sectors[:, sector] + own * rng.standard_t(5, size=(290, names))))


def centred(returns: np.ndarray) -> np.ndarray:
    return (returns - returns.mean(axis=0)) / np.sqrt(len(returns) - 1)


def port(path: Path) -> np.ndarray:
    """Factor of a file of the OR-Library: number, mean and deviation of each, then i, j and correlation."""
    numbers = iter(path.read_text().split())
    size = int(next(numbers))
    deviations = np.array([(float(next(numbers)), float(next(numbers)))[1] for _ in range(size)])
    correlation = np.eye(size)
    for i in numbers:
        row, column = int(i) - 1, int(next(numbers)) - 1
        correlation[row, column] = correlation[column, row] = float(next(numbers))
    values, vectors = np.linalg.eigh(correlation * np.outer(deviations, deviations))
    return np.sqrt(np.maximum(values, 0.0))[:, None] * vectors.T


def few(folder: Path | None) -> dict[str, tuple[np.ndarray, int]]:
    """Factor and number of names held of each problem with few names."""
    independent = {f"independent {n}": (centred(0.01 * np.random.default_rng(0).normal(size=(125, n))), held)
                   for n, held in ((15, 5), (20, 6))}  # fmt: skip
    sizes = (31, 85, 89, 98, 225)
    if folder is not None:
        return independent | {f"port{i}": (port(folder / f"port{i}.txt"), 10) for i in range(1, 6)}
    return independent | {f"like port{i}": (drawn(i, size), 10) for i, size in enumerate(sizes, start=1)}


def ours_few(factor: np.ndarray, held: int, limit: float) -> tuple[float, float, float]:
    names = factor.shape[1]
    start = time.perf_counter()
    found = min_variance(
        factor, ["all"] * names, ["all"] * names, ids=[f"{i:03d}" for i in range(names)], names_held=held,
        lowest=0.01, highest=1.0, sector_cap=1.0, region_floor=0.0, region_cap=1.0, work_limit=None, time_limit=limit,
    )  # fmt: skip
    return time.perf_counter() - start, found.objective, found.gap


def cplex_few(factor: np.ndarray, held: int, limit: float) -> tuple[float, float, float]:
    """CPLEX on the covariance itself, which suits it better here than the factor."""
    import cplex as module

    n, covariance = factor.shape[1], 1e4 * factor.T @ factor
    covariance = covariance + covariance.T
    problem = module.Cplex()
    for stream in (problem.set_results_stream, problem.set_log_stream, problem.set_warning_stream):
        stream(None)
    problem.variables.add(lb=[0.0] * n, ub=[1.0] * n)
    problem.variables.add(types=["B"] * n)
    rows = [([i, n + i], [1.0, -1.0], "L", 0.0) for i in range(n)]
    rows += [([i, n + i], [1.0, -0.01], "G", 0.0) for i in range(n)]
    rows += [(list(range(n)), [1.0] * n, "E", 1.0), (list(range(n, 2 * n)), [1.0] * n, "E", float(held))]
    lines = [module.SparsePair(ind=row[0], val=row[1]) for row in rows]
    problem.linear_constraints.add(lin_expr=lines, senses=[row[2] for row in rows], rhs=[row[3] for row in rows])
    own = [module.SparsePair(ind=list(range(n)), val=row.tolist()) for row in covariance]
    problem.objective.set_quadratic(own + [module.SparsePair(ind=[], val=[])] * n)
    problem.parameters.threads.set(1)
    problem.parameters.mip.tolerances.mipgap.set(GAP)
    problem.parameters.mip.tolerances.absmipgap.set(0.0)
    problem.parameters.timelimit.set(limit)
    start = time.perf_counter()
    problem.solve()
    gap = problem.solution.MIP.get_mip_relative_gap()
    return time.perf_counter() - start, problem.solution.get_objective_value() / 1e4, gap


def compare_few(folder: Path | None, limit: float) -> None:
    ours_few(drawn(1, 12), 4, limit)  # load what is loaded on first use
    for name, (factor, held) in few(folder).items():
        seconds, objective, gap = ours_few(factor, held, limit)
        with mock.patch.object(solve, "applicable", return_value=False):
            plain, _, plain_gap = ours_few(factor, held, limit)
        line = f"{name:15s} {seconds:7.2f} s, gap {gap:.0e}; without perspective {plain:7.2f} s, gap {plain_gap:.0e}"
        if importlib.util.find_spec("cplex"):
            theirs, value, their_gap = cplex_few(factor, held, limit)
            line += f"; CPLEX {theirs:7.2f} s, gap {their_gap:.0e}, ratio {seconds / theirs:.3f}"
            line += f", {value / objective - 1:+.0e}"
        print(line, flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=FOLDER)
    parser.add_argument("--limit", type=float, default=60.0, help="seconds for each solver and instance")
    parser.add_argument("--few", action="store_true", help="few names without groups instead")
    parser.add_argument("--port", type=Path, help="folder of the OR-Library's port1.txt to port5.txt")
    asked = parser.parse_args()
    if asked.few or asked.port:
        compare_few(asked.port, asked.limit)
        return
    rivals = {name: run for name, (module, run) in RIVALS.items() if importlib.util.find_spec(module)}
    for name in RIVALS.keys() - rivals.keys():
        print(f"{name} cannot be imported: not compared")
    paths = sorted(asked.folder.glob("*.npz"))
    ratios: dict[str, list[float]] = {name: [] for name in rivals}
    times = []
    ours(dict(np.load(paths[0])), asked.limit)  # load what is loaded on first use
    for path in paths:
        data = dict(np.load(path))
        seconds, objective = ours(data, asked.limit)
        times.append(seconds)
        line = f"{path.stem:22s} {seconds * 1e3:8.1f} ms  {objective:.8f}"
        for name, run in rivals.items():
            theirs, value = run(data, asked.limit)
            ratios[name].append(seconds / theirs)
            line += f"   {name} {theirs * 1e3:9.1f} ms, ratio {seconds / theirs:.4f}, {value / objective - 1:+.0e}"
        print(line, flush=True)
    print(f"median {np.median(times) * 1e3:.1f} ms", *(f"{name} {np.median(r):.4f}" for name, r in ratios.items()))


if __name__ == "__main__":
    main()
