"""The files: read back by two other readers, in the order Excel wants, the same twice, within the limits of VBA."""

import io
import re
import subprocess
import sys
import warnings
import zipfile
from pathlib import Path

import attrs
import olefile
import pytest
import xlwings
from lxml import etree
from pyopenvba import ExcelFile

from tests.test_architecture import VBA_WORDS
from xlidx.errors import XlidxError
from xlidx.excel.addin import package, project, runtime
from xlidx.excel.addin.vba import MODULE, module_text, wrapper
from xlidx.excel.catalogue import CATALOGUE

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
X14 = "{http://schemas.microsoft.com/office/spreadsheetml/2009/9/main}"
SHIPPED = sorted(Path(__file__).parents[3].joinpath("workbooks").glob("*.xlsx"))
# The order of the elements of a workbook in the schema of the format.
ORDER = [
    "fileVersion", "fileSharing", "workbookPr", "workbookProtection", "bookViews", "sheets", "functionGroups",
    "externalReferences", "definedNames", "calcPr", "oleSize", "customWorkbookViews", "pivotCaches", "extLst",
]  # fmt: skip


@pytest.fixture(scope="module")
def addin(tmp_path_factory):
    path = tmp_path_factory.mktemp("addin") / "xlidx.xlam"
    path.write_bytes(package.addin(package.Config("pythonw")))
    return path


@pytest.fixture(scope="module", params=[path.name for path in SHIPPED])
def macro_book(request, tmp_path_factory):
    source = next(path for path in SHIPPED if path.name == request.param)
    path = tmp_path_factory.mktemp("xlsm") / source.with_suffix(".xlsm").name
    path.write_bytes(package.with_functions(source.read_bytes()))
    return source, path


def parts(path):
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def sources(path):
    """Return module -> source as olevba reads it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # olevba calls its parser library by old names
        from oletools.olevba import VBA_Parser

        parser = VBA_Parser(str(path))
        found = {name.rpartition(".")[0]: code for _, _, name, code in parser.extract_macros()}
        parser.close()
    return found


def logical_lines(text):
    return re.sub(r" _\n *", " ", text.replace("\r\n", "\n")).split("\n")


def test_olevba_reads_the_wrappers_back(addin):
    code = sources(addin)[MODULE]
    assert code.replace("\r\n", "\n").strip().endswith(module_text(CATALOGUE).replace("\r\n", "\n").strip())


def test_pyopenvba_finds_nothing_wrong(addin):
    with ExcelFile(addin) as book:
        assert book.validate() == []
        assert set(book.module_names()) == {"ThisWorkbook", "Sheet1", "Sheet2", runtime.MODULE, MODULE}


def test_the_project_declares_every_stream(addin):
    with olefile.OleFileIO(io.BytesIO(parts(addin)["xl/vbaProject.bin"])) as streams:
        declared = streams.openstream("PROJECT").read().decode("cp1252")
        present = {path[1] for path in streams.listdir() if path[0] == "VBA"} - {"dir", "_VBA_PROJECT"}
    names = re.findall(r"^(?:Document|Module|Class)=(\w+)", declared, re.MULTILINE)
    assert sorted(names) == sorted(present)


def test_every_function_has_wrapper_description_and_category(addin):
    lines = logical_lines(sources(addin)[MODULE])
    for entry in CATALOGUE:
        arguments = ", ".join(p.name if p.required else f"Optional {p.name}" for p in entry.params)
        at = lines.index(f"Public Function {entry.name}({arguments})")
        description = entry.help.replace('"', '""')
        assert lines[at + 1] == f'Attribute {entry.name}.VB_Description = "{description}"'
        assert lines[at + 2] == rf'Attribute {entry.name}.VB_ProcData.VB_Invoke_Func = " \n20"'
        given = ", ".join(p.name for p in entry.params)
        assert lines[at + 3] == f'    {entry.name} = xlidx_ask("{entry.name}", Array({given}))'
        assert lines[at + 4] == "End Function"


def test_only_the_functions_and_the_restart_are_public():
    public = re.findall(r"^Public \w+ (\w+)", module_text(CATALOGUE).replace("\r\n", "\n"), re.MULTILINE)
    assert sorted(public) == sorted(["xlidx_restart", *(entry.name for entry in CATALOGUE)])


def test_the_text_keeps_the_limits_of_vba():
    text = module_text(CATALOGUE)
    assert re.search(r"(?<!\r)\n", text) is None
    lines = text.split("\r\n")
    assert max(map(len, lines)) <= 1023
    assert max(map(len, logical_lines(text))) <= 25 * 1023
    runs = re.findall(r"(?:[^\n]* _\n)+", text.replace("\r\n", "\n"))
    assert all(run.count("\n") <= 24 for run in runs)
    assert len(lines) <= 65_534
    text.encode("cp1252")
    for name in re.findall(r"(?:Function|Sub|Dim|Private|Const) (\w+)", text):
        assert len(name) <= 255


def test_the_largest_function_that_excel_allows_keeps_the_limits():
    params = tuple(attrs.evolve(CATALOGUE[0].params[-1], name=f"argument_{i:021}") for i in range(60))
    text = wrapper(attrs.evolve(CATALOGUE[0], params=params))
    assert max(map(len, text.split("\n"))) <= 1023
    assert max(run.count("\n") for run in re.findall(r"(?:[^\n]* _\n)+", text)) <= 24
    assert len(logical_lines(text)[0]) > 2000


def test_no_argument_hides_a_word_that_the_wrappers_use():
    text = module_text(CATALOGUE)
    helpers = {name.lower() for name in re.findall(r"(?:Function|Sub) (xlidx_\w+)", text)}
    used = {*VBA_WORDS, *helpers, "array", "timer", "cverr", "xlpy", "killpy", "application"}
    assert not {param.name for entry in CATALOGUE for param in entry.params} & used


def help_texts(data):
    root = etree.fromstring(data)
    [groups] = root.iter(f"{MAIN}functionGroup")
    assert groups.get("name") == "xlidx"
    assert groups.getparent().get("builtInGroupCount") == "19"
    found = {}
    for name in root.iter(f"{X14}definedName"):
        [texts] = name
        assert texts.get("count") == str(len(texts))
        assert [text.get("index") for text in texts] == [str(i) for i in range(len(texts))]
        found[name.get("name")] = [text.text for text in texts]
    return found


def test_every_argument_has_its_help(addin):
    wanted = {entry.name: [p.help for p in entry.params] for entry in CATALOGUE if entry.params}
    assert help_texts(parts(addin)["xl/workbook.xml"]) == wanted
    assert max(len(text) for texts in wanted.values() for text in texts) <= 255


def check_order(data):
    names = [etree.QName(child).localname for child in etree.fromstring(data)]
    assert names == sorted(names, key=ORDER.index)
    assert len(names) == len(set(names))


def check_package(found, content):
    """Every part is well formed and named; every relation leads to a part; the content type fits the ending."""
    for name, data in found.items():
        if name.endswith((".xml", ".rels")):
            etree.fromstring(data)
    types = etree.fromstring(found["[Content_Types].xml"])
    overrides = {item.get("PartName"): item.get("ContentType") for item in types if item.get("PartName")}
    assert overrides["/xl/workbook.xml"] == f"application/vnd.ms-excel.{content}.macroEnabled.main+xml"
    assert {name.lstrip("/") for name in overrides} <= set(found)
    extensions = {item.get("Extension"): item.get("ContentType") for item in types if item.get("Extension")}
    project_type = overrides.get("/xl/vbaProject.bin", extensions.get("bin"))
    assert project_type == "application/vnd.ms-office.vbaProject"
    for item in etree.fromstring(found["xl/_rels/workbook.xml.rels"]):
        assert "xl/" + item.get("Target") in found


def code_names(found):
    sheets = [name for name in found if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name)]
    return sorted(etree.fromstring(found[name]).find(f"{MAIN}sheetPr").get("codeName") for name in sheets)


def test_the_add_in_is_a_sound_package(addin):
    found = parts(addin)
    check_package(found, "addin")
    check_order(found["xl/workbook.xml"])
    assert code_names(found) == ["Sheet1", "Sheet2"]


def test_two_builds_are_the_same_bytes(addin):
    assert package.addin(package.Config("pythonw")) == addin.read_bytes()


def test_the_add_in_names_the_library_of_the_installed_xlwings(addin):
    template = Path(xlwings.__file__).with_name("quickstart_addin.xlam")
    installed = project.libraries(project.modules_of(template)["xlwings"])
    assert set(project.libraries(sources(addin)[runtime.MODULE])) == set(installed) == set(runtime.libraries())


def test_the_add_in_has_the_sheet_of_typing_help(addin):
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(package.as_macro_workbook(addin.read_bytes())))
    rows = [[cell for cell in row if cell is not None] for row in book["_IntelliSense_"].values]
    assert rows[0] == ["FunctionInfo", "1.0"]
    entry = CATALOGUE[0]
    assert rows[1][:4] == [entry.name, entry.help, entry.params[0].name, entry.params[0].help]
    assert len(rows) == len(CATALOGUE) + 1
    config = {row[0]: row[1] for row in book["xlidx.conf"].iter_rows(max_col=2, values_only=True)}
    assert config["UDF Modules"] == "xlidx.excel"
    assert config["Interpreter_Win"] == "pythonw"


def test_a_workbook_keeps_everything_else(macro_book):
    source, path = macro_book
    old, new = parts(source), parts(path)
    check_package(new, "sheet")
    check_order(new["xl/workbook.xml"])
    assert set(new) - set(old) == {"xl/vbaProject.bin"}
    changed = {name for name in old if old[name] != new[name]}
    sheets = {name for name in old if name.startswith("xl/worksheets/sheet")}
    assert changed == {"[Content_Types].xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", *sheets}
    for name in sheets:
        assert re.sub(rb' codeName="\w+"', b"", new[name]) == old[name]
    assert len(code_names(new)) == len(set(code_names(new))) == len(sheets)


def test_a_workbook_has_a_document_module_for_every_sheet(macro_book):
    _, path = macro_book
    with ExcelFile(path) as book:
        assert book.validate() == []
        assert {*code_names(parts(path)), "ThisWorkbook", MODULE} <= set(book.module_names())
    assert set(help_texts(parts(path)["xl/workbook.xml"])) == {entry.name for entry in CATALOGUE if entry.params}


def test_a_workbook_with_macros_is_refused(macro_book):
    with pytest.raises(XlidxError, match="no plain workbook"):
        package.with_functions(macro_book[1].read_bytes())


def test_building_does_not_import_xlwings():
    code = """if True:
        import sys
        from xlidx.excel.addin import package, status
        package.addin(package.Config())
        print("xlwings" in sys.modules)
    """
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
