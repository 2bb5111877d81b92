"""The workbook of a back-test: tables with native charts of level, turnover, sector and region weights."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import pandas as pd

from xlidx.folders.write import workbook_writer
from xlidx.templates.kit.charts import dress
from xlidx.templates.kit.style import SERIES as COLOURS

CHARTS = {
    "levels": ("line", "Index level", "0"),
    "quarters": ("column", "One-way turnover by quarter", "0%"),
    "sectors": ("column", "Target weights by sector", "0%"),
    "regions": ("column", "Target weights by region", "0%"),
}
CHARTED = {"levels": ("PR", "NTR", "GTR"), "quarters": ("turnover",)}
STACKED = ("sectors", "regions")


def book(frames: Mapping[str, pd.DataFrame]) -> bytes:
    """Return a workbook with one sheet per frame, a chart beside those of :data:`CHARTS`."""
    buffer = io.BytesIO()
    with workbook_writer(buffer) as writer:
        for name, frame in frames.items():
            title = name.capitalize()
            frame.to_excel(writer, sheet_name=title, index=False, freeze_panes=(1, 1))
            sheet = writer.sheets[title]
            sheet.set_column(0, len(frame.columns), 14)
            if name in CHARTS and len(frame):
                sheet.insert_chart(1, len(frame.columns) + 1, _chart(writer.book, name, title, frame))
    return buffer.getvalue()


def _chart(workbook: Any, name: str, title: str, frame: pd.DataFrame) -> Any:
    kind, caption, number = CHARTS[name]
    options = {"type": kind, "subtype": "stacked"} if name in STACKED else {"type": kind}
    chart = workbook.add_chart(options)
    columns = CHARTED.get(name, tuple(frame.columns[1:]))
    for place, column in enumerate(columns):
        at, colour = frame.columns.get_loc(column), COLOURS[place % len(COLOURS)]
        drawn = {"line": {"color": colour, "width": 1.25}} if kind == "line" else {"fill": {"color": colour}, "gap": 40}
        chart.add_series(
            {
                "name": [title, 0, at],
                "categories": [title, 1, 0, len(frame), 0],
                "values": [title, 1, at, len(frame), at],
                **drawn,
            }
        )
    dress(chart, caption, number, {"date_axis": True, "num_format": "mmm yyyy"} if kind == "line" else None)
    chart.set_size({"width": 720, "height": 380})
    return chart
