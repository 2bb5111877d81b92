"""Build the template workbooks: write, compute the values, replace the file in one step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from xlidx import files
from xlidx.errors import Kind, XlidxError
from xlidx.excel.calls import cell_functions
from xlidx.recalc import recalculate
from xlidx.recalc.workbook.package import replace
from xlidx.tables import closest
from xlidx.templates.functions import build as function_book
from xlidx.templates.human_capital_mv import build as human_capital_mv
from xlidx.templates.psi20_index import build as psi20_index
from xlidx.templates.turbo_desk import build as turbo_desk

TEMPLATES: dict[str, Callable[[Path], None]] = {
    "turbo_desk": turbo_desk.build,
    "psi20_index": psi20_index.build,
    "human_capital_mv": human_capital_mv.build,
    "functions": function_book.build,
}


def build(folder: Path, names: Sequence[str] | None = None) -> list[Path]:
    """Build workbooks into a folder and return their paths.

    Parameters
    ----------
    folder : Path
        Created if it is not there.
    names : sequence of str, optional
        Templates to build; all when left out.

    Raises
    ------
    XlidxError
        ``CHOICE`` for an unknown template.  A workbook that cannot be computed leaves the old file as it was.
    """
    wanted = list(TEMPLATES) if names is None else list(names)
    for name in wanted:
        _builder(name)
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{name}.xlsx" for name in wanted]
    for name, path in zip(wanted, paths, strict=True):
        build_one(name, path)
    return paths


def build_one(name: str, path: Path) -> None:
    """Build one template, with all values computed, and put it in place in one step."""
    builder = _builder(name)
    scratch = files.scratch(path)
    try:
        builder(scratch)
        recalculate(scratch, functions=cell_functions())
        replace(path, scratch.read_bytes())
    finally:
        files.dropped(scratch)


def _builder(name: str) -> Callable[[Path], None]:
    builder = TEMPLATES.get(name)
    if builder is None:
        near = closest(name, list(TEMPLATES))
        mend = f"did you mean {near}?" if near else f"choose from {', '.join(TEMPLATES)}"
        raise XlidxError(Kind.CHOICE, f"there is no template {name!r}", "template", mend)
    return builder
