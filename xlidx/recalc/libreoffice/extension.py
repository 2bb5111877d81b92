"""The LibreOffice extension: a Calc add-in generated from the catalogue.

LibreOffice reads the type library as IDL text; the Excel name of a function is its ``CompatibilityName``, by
which formulas of .xlsx and .xlsm workbooks find it.
"""

from __future__ import annotations

import io
import json
import sys
import zipfile
from collections.abc import Iterable
from importlib.metadata import version
from pathlib import Path
from xml.sax.saxutils import escape

from xlidx import files
from xlidx.excel.catalogue import CATALOGUE
from xlidx.excel.entries import Entry
from xlidx.recalc.libreoffice.standins import STANDINS

_MANIFEST = """<?xml version="1.0" encoding="UTF-8"?>
<manifest:manifest xmlns:manifest="http://openoffice.org/2001/manifest">
<manifest:file-entry manifest:full-path="types.idl"
 manifest:media-type="application/vnd.sun.star.uno-typelibrary;type=RDB"/>
<manifest:file-entry manifest:full-path="CalcAddIns.xcu"
 manifest:media-type="application/vnd.sun.star.configuration-data"/>
<manifest:file-entry manifest:full-path="component.py"
 manifest:media-type="application/vnd.sun.star.uno-component;type=Python"/>
</manifest:manifest>
"""
_DESCRIPTION = """<?xml version="1.0" encoding="UTF-8"?>
<description xmlns="http://openoffice.org/extensions/description/2006"
 xmlns:d="http://openoffice.org/extensions/description/2006">
<identifier value="org.xlidx.calc"/><version value="%s"/>
<display-name><name lang="en">xlidx</name></display-name>
</description>
"""
_CONFIGURATION = """<?xml version="1.0" encoding="UTF-8"?>
<oor:component-data xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 oor:name="CalcAddIns" oor:package="org.openoffice.Office"><node oor:name="AddInInfo">
<node oor:name="org.xlidx.CalcAddIn" oor:op="replace"><node oor:name="AddInFunctions">
%s</node></node></node></oor:component-data>
"""
_MOST_ARGUMENTS = 40
_FIRST_MOMENT = (1980, 1, 1, 0, 0, 0)


def method(name: str) -> str:
    """Return the method name of a function: IDL wants words joined by capitals.

    Examples
    --------
    >>> method("XI_INDEX_LEVEL")
    'xiIndexLevel'
    """
    first, *others = name.lower().split("_")
    return first + "".join(map(str.capitalize, others))


def parts(names: Iterable[str] | None = None) -> dict[str, str]:
    """Return the files of the extension by their paths inside it.

    Parameters
    ----------
    names : iterable of str, optional
        Functions; the whole catalogue, and the stand-ins for functions that Calc lacks, if left out.  A name that is
        not in the catalogue takes up to 40 arguments (measured: blocks that functions with any number of arguments
        return are cut short in Calc 25.2).
    """
    known = {entry.name: entry for entry in CATALOGUE}
    chosen = {name: known.get(name) for name in ([*known, *STANDINS] if names is None else names)}
    return {
        "META-INF/manifest.xml": _MANIFEST,
        "description.xml": _DESCRIPTION % escape(version("xlidx")),
        "types.idl": _types(chosen),
        "CalcAddIns.xcu": _CONFIGURATION % "".join(_node(name, entry) for name, entry in chosen.items()),
        "calls.json": _calls(chosen),
        "component.py": Path(__file__).with_name("component.py").read_text("utf-8"),
    }


def build(path: Path) -> None:
    """Write the extension as an .oxt file; the same bytes for the same version and interpreter."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts().items():
            archive.writestr(zipfile.ZipInfo(name, _FIRST_MOMENT), text, zipfile.ZIP_DEFLATED)
    files.replace(path, buffer.getvalue())


def _types(chosen: dict[str, Entry | None]) -> str:
    lines = "\n".join(f"sequence< sequence<any> > {method(n)}({_arguments(e)});" for n, e in chosen.items())
    interface = "interface XCalcFunctions: com::sun::star::uno::XInterface"
    return f"module org {{ module xlidx {{ {interface} {{\n{lines}\n}}; }}; }};\n"


def _arguments(entry: Entry | None) -> str:
    return ", ".join(f"[in] any a{number}" for number, _ in enumerate(_described(entry)))


def _described(entry: Entry | None) -> list[tuple[str, str]]:
    if entry is None:
        return [(f"argument {number + 1}", "") for number in range(_MOST_ARGUMENTS)]
    return [(param.name, param.help) for param in entry.params]


def _node(name: str, entry: Entry | None) -> str:
    shown = f"{_text('DisplayName', name)}{_text('CompatibilityName', name)}"
    helped = _text("Description", name if entry is None else entry.help)
    category = '<prop oor:name="Category"><value>Add-In</value></prop>'
    listed = "".join(_argument(number, *argument) for number, argument in enumerate(_described(entry)))
    parameters = f'<node oor:name="Parameters">{listed}</node>'
    return f'<node oor:name="{method(name)}" oor:op="replace">{shown}{helped}{category}{parameters}</node>\n'


def _argument(number: int, name: str, text: str) -> str:
    inside = _text("DisplayName", name) + _text("Description", text)
    return f'<node oor:name="a{number}" oor:op="replace">{inside}</node>'


def _text(name: str, text: str) -> str:
    return f'<prop oor:name="{name}"><value xml:lang="en">{escape(text)}</value></prop>'


def _calls(chosen: dict[str, Entry | None]) -> str:
    said = {
        "python": sys.executable,
        "names": {method(name): name for name in chosen},
        "help": {method(name): entry.help for name, entry in chosen.items() if entry is not None},
    }
    return json.dumps(said, indent=1, sort_keys=True)
