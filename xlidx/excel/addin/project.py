"""VBA projects: modules put into a workbook, modules read back."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from pathlib import Path

from xlidx.errors import Kind, XlidxError

PROJECT = "xlidx"  # the sheet and the user's file of settings are called xlidx.conf

_LIBRARY = re.compile(r'Lib "(xlwings(?:32|64)-[^"]+\.dll)"')


def libraries(source: str) -> tuple[str, ...]:
    """Return the library files that a VBA source declares, each once.

    Examples
    --------
    >>> libraries('Declare PtrSafe Function F Lib "xlwings64-0.37.8.dll" () As Long')
    ('xlwings64-0.37.8.dll',)
    """
    return tuple(dict.fromkeys(_LIBRARY.findall(source)))


def with_modules(workbook: bytes, modules: Mapping[str, str]) -> bytes:
    """Return a macro-enabled workbook without macros with a VBA project of its own.

    The project gets a document module for the workbook and one for every sheet, as Excel makes them.

    Parameters
    ----------
    workbook : bytes
        The file, of the content type of an .xlsm.
    modules : mapping
        Name -> source.

    Raises
    ------
    XlidxError
        ``TYPE`` when the workbook holds something that a VBA project cannot be made for.
    """
    from pyopenvba import ExcelFile, PyOpenVBAError
    from pyopenvba.vba import VBAModuleKind

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "book.xlsm"
        path.write_bytes(workbook)
        try:
            with ExcelFile(path) as book:
                project = book.add_vba_project()
                for name, source in modules.items():
                    kind = VBAModuleKind.other if "VB_Base" in source[:400] else VBAModuleKind.standard
                    project.add_module(name, source, kind=kind)
                book.save()
            faults = _faults(path)
        except PyOpenVBAError as error:
            what = f"no VBA project can be made for this workbook ({error})"
            raise XlidxError(Kind.TYPE, what, "workbook", "use worksheets and chart sheets only") from None
        if faults:
            what = f"the VBA project written is not consistent ({faults[0]})"
            raise XlidxError(Kind.TYPE, what, "workbook", "report this with the versions xlidx doctor shows")
        return path.read_bytes()


def modules_of(path: Path) -> dict[str, str]:
    """Return name -> source of every VBA module of a workbook; none when it has no project.

    Raises
    ------
    XlidxError
        ``TYPE`` when the file is no workbook or its project cannot be read.
    """
    import zipfile

    from pyopenvba import ExcelFile, PyOpenVBAError

    try:
        with ExcelFile(path) as book:
            return dict(book.vba_modules())
    except (PyOpenVBAError, zipfile.BadZipFile, KeyError, ValueError) as error:
        what = f"its VBA project cannot be read ({error})"
        raise XlidxError(Kind.TYPE, what, path.name, "build it again") from None


def _faults(path: Path) -> list[str]:
    from pyopenvba import ExcelFile

    with ExcelFile(path) as book:
        return list(book.validate())
