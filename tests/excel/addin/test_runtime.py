"""What the add-in starts, run from its own text by an interpreter of VBA, with hostile workbooks open.

Genuine is the text of the module, statement by statement.  Pretended are its three doors to Windows: the library of
xlwings, the environment, and the user's file of settings.
"""

import re

import pytest
from pyopenvba.interpreter import HostBridge, Interpreter, VBAObject, member, method

from xlidx.excel.addin import package
from xlidx.excel.addin.runtime import CLASS, KEYS, runtime_text
from xlidx.excel.catalogue import CATALOGUE

DOORS = ("xlidx_file", "xlidx_environment")
OWN = [("Interpreter_Win", r"C:\py\pythonw.exe"), ("Show Console", False)]
EVIL = [
    ("Interpreter_Win", r"\\evil\share\run.exe"),
    ("LICENSE_KEY", "';import evil;'"),
    ("PYTHONPATH", r"\\evil\share"),
]


class Cell(VBAObject):
    def __init__(self, content):
        self.content = content

    @member
    def Value2(self):  # noqa: N802 - the names of Excel
        return self.content


class Sheet(VBAObject):
    def __init__(self, name, rows):
        self.name, self.rows = name, rows

    @member
    def Name(self):  # noqa: N802
        return self.name

    @method
    def Cells(self, row, column):  # noqa: N802
        return Cell(self.rows[row - 1][column - 1] if row <= len(self.rows) else "")


class Sheets(VBAObject):
    def __init__(self, sheets):
        self.sheets = sheets

    def vba_iterate(self):
        return iter(self.sheets)


class Book(VBAObject):
    def __init__(self, *sheets):
        self.sheets = sheets

    @member
    def Worksheets(self):  # noqa: N802
        return Sheets(self.sheets)


class Windows(HostBridge):
    """Answers the three doors, and refuses to name any workbook but the module's own."""

    def __init__(self, own=OWN, user="", environment=None, running=False):
        self.own, self.user, self.running = own, user, running
        self.environment = {"USERPROFILE": r"C:\Users\x"} | (environment or {})
        self.commands, self.loaded, self.read = [], [], []
        text = runtime_text().replace("\r\n", "\n").replace("Option Private Module\n", "")
        text = re.sub(r"(?m)^Private Declare .*?As Long(Ptr)?\n", "", re.sub(r" _\n *", " ", text))
        for door in DOORS:
            text = re.sub(rf"(?ms)^Private Function {door}\(.*?^End Function\n", "", text)
        text = text.replace("Set xlidx_connect = found", "Set xlidx_connect = server_found()")  # set by the library
        self.vba = Interpreter(self)
        self.vba.add_module(text, name="xlidx_runtime")

    def has_global_member(self, name):
        known = ("thisworkbook", "xlidx_activate", "xlidx_load", "server_found", *DOORS)
        return name.lower() in known or (name.lower() == "activeworkbook" and hasattr(self, "activeworkbook"))

    def call_global(self, name, args, named):
        return getattr(self, name.lower())(*args)

    def thisworkbook(self):
        return Book(Sheet("Cover", []), Sheet("xlidx.conf", self.own))

    def xlidx_file(self, path):
        self.read.append(path)
        return self.user

    def xlidx_environment(self, name):
        return self.environment.get(name, "")

    def xlidx_load(self, path):
        self.loaded.append(path)
        return 1

    def xlidx_activate(self, found, command, mode):
        self.commands.append((command, mode))
        return 0 if command != CLASS or self.running else -2147221164

    def server_found(self):
        return Book()

    def command(self):
        return self.vba.run("xlidx_command", [])


def test_the_own_sheet_says_what_is_started():
    command = Windows().command()
    assert command == """cmd.exe /K ""C:\\py\\pythonw.exe" -B -c "import xlwings; xlwings.serve('$(CLSID)')\"\""""


def test_the_users_file_speaks_where_the_sheet_is_silent():
    windows = Windows(own=[], user='"INTERPRETER_WIN","D:\\own\\pythonw.exe"\r\n"SHOW CONSOLE","True"\r\n')
    assert windows.command().startswith('cmd.exe /showconsole /K ""D:\\own\\pythonw.exe"')
    assert set(windows.read) == {r"C:\Users\x\.xlidx\xlidx.conf"}


def test_without_settings_windows_looks_for_python_itself():
    windows = Windows(own=[])
    assert '"pythonw" -B' in windows.command()
    windows.vba.run("xlidx_connect", [])
    assert windows.loaded == []


def test_a_server_that_runs_already_is_taken_and_nothing_is_started():
    windows = Windows(running=True)
    windows.vba.run("xlidx_connect", [])
    assert windows.commands == [(CLASS, 1)]
    stopped = Windows()
    stopped.vba.run("xlidx_connect", [])
    assert [command for command, _ in stopped.commands] == [CLASS, stopped.command()]


def test_the_library_is_looked_for_beside_the_interpreter():
    windows = Windows()
    windows.vba.run("xlidx_connect", [])
    assert re.fullmatch(r"C:\\py\\xlwings64-[0-9.]+\.dll", windows.loaded[0])


def test_environment_names_and_folders_are_filled_in():
    own = [("Interpreter_Win", r"%LOCALAPPDATA%\py\pythonw.exe"), ("PYTHONPATH", r"C:\a b;D:\it's")]
    windows = Windows(own=own, environment={"LOCALAPPDATA": r"C:\Users\x\local"})
    assert r'"C:\Users\x\local\py\pythonw.exe"' in windows.command()
    assert r"sys.path[0:0] = 'C:\\a b;D:\\it\'s'.split(';')" in windows.command()


@pytest.mark.parametrize(
    ("environment", "program"),
    [
        ("base", r"C:\conda\pythonw"),
        ("desk", r"C:\conda\envs\desk\pythonw"),
        (r"D:\envs\desk", r"D:\envs\desk\pythonw"),
    ],
)
def test_conda_environments(environment, program):
    windows = Windows(own=[("Conda Path", r"C:\conda"), ("Conda Env", environment)])
    command = windows.command()
    assert f'"{program}" -B' in command
    assert rf'/K ""C:\conda\condabin\conda" activate {environment} && ' in command


def test_other_keys_are_never_asked_for():
    asked = set(re.findall(r'xlidx_setting\("([^"]+)"', runtime_text()))
    assert asked == set(KEYS)
    windows = Windows(own=[*OWN, ("LICENSE_KEY", "';import evil;'")])
    assert "evil" not in windows.command()


def test_the_modules_name_no_workbook_but_their_own():
    for text in package.vba_modules(CATALOGUE).values():
        code = "\n".join(line.split(" '")[0] for line in text.splitlines() if not line.startswith("'"))
        assert not re.search(r"(?i)active(workbook|sheet)|\bWorkbooks\b|Application\.Run|RunPython|LICENSE", code)


def test_a_hostile_settings_sheet_in_another_workbook_is_not_seen():
    """The stock runtime would take the interpreter of the active workbook; here only one workbook can be asked."""
    quiet, hostile = Windows(), Windows()
    hostile.activeworkbook = lambda: Book(Sheet("xlidx.conf", EVIL))
    assert hostile.command() == quiet.command()


def test_hostile_values_are_seen_where_they_would_count():
    """The same rows in the own sheet do change the command: the test before can fail."""
    assert "evil" in Windows(own=EVIL).command()


def test_a_broken_file_of_settings_is_passed_over():
    windows = Windows(own=[], user='INTERPRETER_WIN,x\n"INTERPRETER_WIN","\n"PYTHONPATH"\n\x00')
    assert '"pythonw" -B' in windows.command()
