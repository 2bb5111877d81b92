"""Hostile workbooks: refused in one sentence or read safely, nothing run, no network, memory below 1 GB."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
import xlsxwriter

from xlidx.errors import XlidxError
from xlidx.recalc import recalculate
from xlidx.recalc.libreoffice import office

SHEET = "xl/worksheets/sheet1.xml"
LIMIT = 1024  # MiB

# Runs a recalculation with everything forbidden that could reach outside, and reports outcome and memory.
CHILD = """
    import json, re, sys
    from xlidx.errors import XlidxError
    from xlidx.recalc import recalculate
    from xlidx.recalc.fast import guard  # loaded before the doors close

    FORBIDDEN = ("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork", "urllib.", "webbrowser")

    def watch(event, arguments):
        if event.startswith(FORBIDDEN):
            print(json.dumps({"forbidden": event}))
            sys.stdout.flush()
            raise RuntimeError(event)

    sys.addaudithook(watch)
    try:
        done = recalculate(sys.argv[1], functions={})
        said = f"{done.formulas} formulas"
    except XlidxError as error:
        said = error.sentence
    with open("/proc/self/status") as status:  # ru_maxrss would carry over the peak of the parent process
        peak = int(re.search(r"VmHWM:\\s+(\\d+) kB", status.read())[1])
    print(json.dumps({"said": said, "mib": peak / 1024}))
"""


def recalculated(path: Path) -> str:
    """Recalculate in a process of its own and return what it said; memory and outer doors are watched."""
    command = [sys.executable, "-W", "ignore", "-c", textwrap.dedent(CHILD), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(lines) == 1, lines
    assert lines[0]["mib"] < LIMIT
    assert "\n" not in lines[0]["said"]
    return str(lines[0]["said"])


def plain(path: Path, formula: str = "=1+1") -> Path:
    writer = xlsxwriter.Workbook(str(path))
    sheet = writer.add_worksheet("Data")
    sheet.write_number("A1", 1.0)
    sheet.write_formula("B1", formula)
    writer.close()
    return path


def changed(path: Path, change: Callable[[str], str], part: str = SHEET) -> Path:
    with ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    parts[part] = change(parts[part].decode()).encode()
    with ZipFile(path, "w", ZIP_DEFLATED) as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return path


def test_a_plain_workbook_passes_all_of_this(tmp_path: Path) -> None:
    assert recalculated(plain(tmp_path / "book.xlsx")) == "1 formulas"


def test_the_watch_sees_what_it_forbids(tmp_path: Path) -> None:
    run = "__import__('subprocess').run(['true'])"
    script = textwrap.dedent(CHILD).replace("    done = recalculate", f"    {run}\n    done = recalculate")
    command = [sys.executable, "-W", "ignore", "-c", script, str(plain(tmp_path / "book.xlsx"))]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert json.loads(done.stdout.splitlines()[0]) == {"forbidden": "subprocess.Popen"}
    assert done.returncode != 0


def test_a_million_empty_rows(tmp_path: Path) -> None:
    rows = "".join(f'<row r="{n}"/>' for n in range(2, 1_000_001))
    path = changed(plain(tmp_path / "book.xlsx"), lambda xml: xml.replace("</sheetData>", rows + "</sheetData>"))
    assert recalculated(path) == "1 formulas"


def test_an_absurd_dimension(tmp_path: Path) -> None:
    path = changed(plain(tmp_path / "book.xlsx"), lambda xml: xml.replace('ref="A1:B1"', 'ref="A1:XFD1048576"'))
    assert recalculated(path) == "1 formulas"


def test_a_shared_formula_over_a_whole_sheet(tmp_path: Path) -> None:
    def shared(xml: str) -> str:
        return xml.replace("<f>1+1</f>", '<f t="shared" ref="B1:XFD1048576" si="0">1+1</f>')

    assert recalculated(changed(plain(tmp_path / "book.xlsx"), shared)) == "1 formulas"


@pytest.mark.parametrize(
    "formula",
    [
        "=cmd|'/c calc'!A0",
        "='[evil.xlsx]Sheet1'!A1",
        "='https://example.com/[evil.xlsx]Sheet1'!A1",
        '=WEBSERVICE("https://example.com/")',
        '=CALL("kernel32","WinExec","JCJ","calc",0)',
        '=RTD("evil.server",,"topic")',
        '=EXEC("calc")',
    ],
)
def test_formulas_that_reach_outside_are_refused(tmp_path: Path, formula: str) -> None:
    path = plain(tmp_path / "book.xlsx", formula)
    old = path.read_bytes()
    said = recalculated(path)
    assert said.startswith("#")
    assert "Data!B1" in said
    assert path.read_bytes() == old


@pytest.mark.parametrize(
    "formula",
    [
        '=WEBSERVICE("https://example.com/")',
        '=_xlfn.WEBSERVICE ("https://example.com/")',
        '=COM.MICROSOFT.WEBSERVICE("https://example.com/")',
        "='x\"'!A1&WEBSERVICE(A1)&'\"'!A1",
        '=_xlfn.IMAGE("https://example.com/a.png")',
        '=DDE("soffice","book","A1")',
        '=CALL("kernel32","WinExec","JCJ","calc",0)',
        '=RTD("evil.server",,"topic")',
        "=cmd|'/c calc'!A0",
        "='[evil.xlsx]Sheet1'!A1",
        "='file:///etc/passwd'#$Sheet1.A1",
        '=INDIRECT("[evil.xlsx]Sheet1!A1")',
    ],
)
def test_the_second_engine_is_never_asked_for_them(
    tmp_path: Path, formula: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office, "running", lambda functions: pytest.fail("LibreOffice was started"))
    path = plain(tmp_path / "book.xlsx", formula)
    old = path.read_bytes()
    for options in ({"engine": "lo"}, {"verify": True}, {}):
        with pytest.raises(XlidxError):
            recalculate(path, functions={}, **options)
    assert path.read_bytes() == old


@pytest.mark.parametrize("formula", ['=INDIRECT("A1")', '=HYPERLINK("https://example.com/")'])
def test_what_stays_inside_is_computed_without_the_second_engine(
    tmp_path: Path, formula: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office, "running", lambda functions: pytest.fail("LibreOffice was started"))
    path = plain(tmp_path / "book.xlsx", formula)
    with pytest.raises(XlidxError):
        recalculate(path, functions={}, engine="lo")
    assert recalculate(path, functions={}, verify=True).engine == "ironcalc"


def test_a_circle_of_formulas_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    writer = xlsxwriter.Workbook(str(path))
    sheet = writer.add_worksheet("Data")
    for row in range(500):
        sheet.write_formula(row, 0, f"=A{(row + 1) % 500 + 1}+1")
    writer.close()
    old = path.read_bytes()
    assert "circ" in recalculated(path).lower()
    assert path.read_bytes() == old


def test_macros_stay_where_they_are_and_never_run(tmp_path: Path) -> None:
    path = plain(tmp_path / "book.xlsx")
    with ZipFile(path, "a") as package:
        package.writestr("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0 never opened")
    assert recalculated(path) == "1 formulas"
    with ZipFile(path) as package:
        assert package.read("xl/vbaProject.bin") == b"\xd0\xcf\x11\xe0 never opened"


def test_ten_thousand_nested_brackets(tmp_path: Path) -> None:
    depth = 10_000
    path = changed(plain(tmp_path / "book.xlsx"), lambda xml: xml.replace("1+1", "(" * depth + "1" + ")" * depth))
    assert recalculated(path).startswith("#")


def test_one_text_of_a_hundred_megabytes(tmp_path: Path) -> None:
    text = "x" * (100 * 2**20)
    cell = f'<c r="C1" t="inlineStr"><is><t>{text}</t></is></c>'
    path = changed(plain(tmp_path / "book.xlsx"), lambda xml: xml.replace("</row>", cell + "</row>", 1))
    said = recalculated(path)
    assert said == "1 formulas" or said.startswith("#")
