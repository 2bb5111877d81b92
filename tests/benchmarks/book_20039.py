"""A desk-sized workbook for the benchmark of recalculation: 20,039 formulas, 4,000 of them calls of ours."""

from __future__ import annotations

from pathlib import Path

import formualizer
import xlsxwriter

from xlidx.excel.calls import cell_functions
from xlidx.recalc import recalculate as refresh

SERIES, UNDERLYINGS, TOTALS = 4000, 13, 39


def build(path: Path, ours: bool = True) -> None:
    """Write the book; ``ours=False`` puts an ordinary formula in the place of every call of ours."""
    with xlsxwriter.Workbook(path) as book:
        market, products, checks = (book.add_worksheet(name) for name in ("Market", "Products", "Checks"))
        for i in range(UNDERLYINGS):
            market.write_row(i, 0, [f"U{i}", 9000.0 + 300 * i, 1.0 + i / 100])
        for i in range(SERIES):
            n = i + 1
            products.write_row(i, 0, [f"S{i}", f"U{i % UNDERLYINGS}", 9500.0 + i, 0.01])
            products.write_formula(i, 4, f"=INDEX(Market!$B$1:$B$13,MATCH(B{n},Market!$A$1:$A$13,0))")
            products.write_formula(i, 5, f"=VLOOKUP(B{n},Market!$A$1:$C$13,3,FALSE)")
            value = f'=XI_TURBO_VALUE("short",C{n},E{n},D{n},F{n})' if ours else f"=MAX(0,C{n}-E{n})*D{n}/F{n}"
            products.write_dynamic_array_formula(i, 6, i, 6, value)
            products.write_formula(i, 7, f"=ROUND(G{n},2)")
            products.write_formula(i, 8, f'=IF(H{n}>0,"live","out")')
        for i in range(UNDERLYINGS):
            checks.write_formula(i, 0, f'=SUMIFS(Products!$H$1:$H${SERIES},Products!$B$1:$B${SERIES},"U{i}")')
            checks.write_formula(i, 1, f'=COUNTIF(Products!$B$1:$B${SERIES},"U{i}")')
            checks.write_formula(i, 2, f"=IF(B{i + 1}>0,A{i + 1}/B{i + 1},0)")


def recalculate(path: Path) -> None:
    """Refresh the book as the command line does, into a second file."""
    report = refresh(path, path.with_name("out.xlsx"), functions=cell_functions())
    if (report.formulas, report.calls) != (5 * SERIES + TOTALS, SERIES):
        raise RuntimeError(f"{report.formulas} formulas and {report.calls} calls are not what was built")


def engine_alone(path: Path) -> None:
    """Let the bare engine load and evaluate the twin book that has ordinary formulas only."""
    twin = path.with_name("twin.xlsx")
    if not twin.exists():
        build(twin, ours=False)
    formualizer.Workbook.from_bytes(twin.read_bytes()).evaluate_all()
