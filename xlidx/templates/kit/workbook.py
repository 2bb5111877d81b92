"""A workbook in the common order: cover, inputs, its own sheets, checks, help."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import attrs

from xlidx.templates.kit.checks import Check, add_checks
from xlidx.templates.kit.cover import Cover, add_cover
from xlidx.templates.kit.help import Help, add_help
from xlidx.templates.kit.inputs import Input, add_inputs
from xlidx.templates.kit.places import Places
from xlidx.templates.kit.style import Desk, finish, open_desk


@attrs.frozen(kw_only=True)
class Workbook:
    """Everything of a workbook.

    ``sheets`` write its own sheets in their order; ``placed`` say where fields will stand that a sheet before reads.
    """

    name: str
    title: str
    cover: Cover
    inputs: Sequence[tuple[str, Sequence[Input]]]
    placed: Sequence[Callable[[Places], None]] = ()
    sheets: Sequence[Callable[[Desk, Places], None]]
    checks: Sequence[Check]
    help: Help


def write_workbook(path: Path, book: Workbook) -> None:
    """Write a workbook, formulas without values."""
    desk, places = open_desk(path, book.name, book.title), Places()
    add_cover(desk, book.cover)
    add_inputs(desk, book.inputs).fit_to_pages(1, 1)
    for place in book.placed:
        place(places)
    for add in book.sheets:
        add(desk, places)
    add_checks(desk, places, book.checks)
    add_help(desk, places, book.help)
    finish(desk)
