"""Charts of fields, all with one look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from xlidx.templates.kit.places import Places
from xlidx.templates.kit.style import GREY, INK, LINE, NAVY, Desk
from xlidx.templates.kit.style import SERIES as COLOURS

ROW = 7  # of the upper border
Series = tuple[str, str, str, Mapping[str, Any]]  # name, field of the categories, field of the values, look


@attrs.frozen
class Chart:
    """A chart: ``line`` or ``column``, title, number format, first column, size in pixels, series."""

    kind: str
    title: str
    number: str
    column: int
    size: tuple[int, int]
    series: Sequence[Series]
    axis: Mapping[str, Any] = attrs.field(factory=dict)
    drop: int = 4  # pixels below the border of its row


def line(colour: str, width: float = 2.25, **more: Any) -> dict[str, Any]:
    """Return the look of a line."""
    return {"line": {"color": colour, "width": width, **more}}


def lines(categories: str, fields: Mapping[str, str], width: float = 2.25) -> list[Series]:
    """Return lines of fields by their names, in the colours of the workbooks."""
    named = zip(fields.items(), COLOURS, strict=False)
    return [(name, categories, field, line(colour, width)) for (name, field), colour in named]


def bars(colour: str, gap: int, overlap: int = 0) -> dict[str, Any]:
    """Return the look of columns."""
    return {"fill": {"color": colour}, "gap": gap, "overlap": overlap}


def days(step: int) -> dict[str, Any]:
    """Return an axis of dates with every so manieth one shown."""
    return {"num_format": "dd mmm", "text_axis": True, "interval_unit": step, "interval_tick": step}


def add_chart(desk: Desk, sheet: Any, places: Places, chart: Chart) -> None:
    """Put a chart on a sheet, its upper border in row ``ROW``."""
    made = desk.book.add_chart({"type": chart.kind})
    for name, categories, values, look in chart.series:
        ranges = {"categories": f"={places.column(categories)}", "values": f"={places.column(values)}"}
        made.add_series({"name": name, **ranges, **look})
    dress(made, chart.title, chart.number, chart.axis)
    made.set_size({"width": chart.size[0], "height": chart.size[1]})
    sheet.insert_chart(ROW, chart.column, made, {"x_offset": 4, "y_offset": chart.drop, "object_position": 2})


def dress(chart: Any, title: str, number: str, axis: Mapping[str, Any] | None = None) -> None:
    """Give a chart the common look: plain title, light grid lines, legend below."""
    font = {"name": "Calibri", "size": 8, "color": GREY}
    chart.set_title({"name": title, "name_font": {"name": "Calibri", "size": 11, "color": NAVY}, "overlay": False})
    chart.set_x_axis({"num_font": {**font, "rotation": -90}, "line": {"color": "#98A2B3"}, **(axis or {})})
    grid = {"visible": True, "line": {"color": "#E4E8EE", "width": 0.75}}
    chart.set_y_axis({"num_format": number, "num_font": font, "line": {"none": True}, "major_gridlines": grid})
    chart.set_legend({"position": "bottom", "font": {"name": "Calibri", "size": 9, "color": INK}})
    chart.set_chartarea({"border": {"color": LINE}})
