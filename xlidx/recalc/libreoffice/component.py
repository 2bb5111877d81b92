"""The Calc add-in that LibreOffice loads: forwards every call as one JSON line, and knows nothing else.

It runs in LibreOffice's own Python, so it imports the standard library and UNO only.  ``calls.json`` beside it
names the functions.  A call goes to the socket named in ``XLIDX_SOCKET``, or else to a worker that this
component starts with the interpreter named in ``XLIDX_PYTHON`` or, without it, in ``calls.json``.
"""

import json
import os
import socket
import struct
import subprocess
from pathlib import Path

import unohelper
from com.sun.star.lang import XServiceInfo
from com.sun.star.sheet import XAddIn
from org.xlidx import XCalcFunctions

IMPLEMENTATION = "org.xlidx.CalcAddIn"
SERVICES = ("com.sun.star.sheet.AddIn", IMPLEMENTATION)
ERRORS = {"#NUM!": 503, "#VALUE!": 519, "#NULL!": 521, "#REF!": 524, "#NAME?": 525, "#DIV/0!": 532, "#N/A": 32767}

NOT_A_NUMBER = 0x7FF8000000000000

KNOWN = json.loads(Path(__file__).with_name("calls.json").read_text("utf-8"))


class Line:
    """The line to the worker; opened at the first call and again when the worker died."""

    def __init__(self):
        self.reader = self.writer = None

    def ask(self, name, cells):
        """Return the answer of a function as rows of cells."""
        question = json.dumps({"f": name, "a": cells}) + "\n"
        for _ in range(2):
            try:
                return self._asked(question)
            except (OSError, ValueError):
                self.reader = self.writer = None
        return [[{"e": "#VALUE!"}]]

    def _asked(self, question):
        if self.writer is None:
            self.reader, self.writer = _opened()
        self.writer.write(question)
        self.writer.flush()
        answer = self.reader.readline()
        if not answer:
            raise OSError("the worker is gone")
        return json.loads(answer)["v"]


def _opened():
    if "XLIDX_SOCKET" in os.environ:
        link = socket.socket(socket.AF_UNIX)
        link.connect(os.environ["XLIDX_SOCKET"])
        file = link.makefile("rw", encoding="utf-8", newline="\n")
        return file, file
    python = os.environ.get("XLIDX_PYTHON") or KNOWN["python"]
    clean = {key: value for key, value in os.environ.items() if key not in ("PYTHONHOME", "PYTHONPATH")}
    worker = subprocess.Popen(  # noqa: S603 - the interpreter for which the extension was built
        [python, "-m", "xlidx.recalc.libreoffice.worker"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8", env=clean,
    )  # fmt: skip
    return worker.stdout, worker.stdin


LINE = Line()


def _error(text):
    return struct.unpack("<d", struct.pack("<Q", NOT_A_NUMBER | ERRORS.get(text, 519)))[0]


def _given(value):
    if isinstance(value, bool):
        return float(value)  # Calc reads any truth value in a block as 1
    return _error(value["e"]) if isinstance(value, dict) else value


def _called(name, args):
    answer = LINE.ask(name, args)
    return tuple(tuple(_given(value) for value in row) for row in answer)


class AddIn(unohelper.Base, XAddIn, XCalcFunctions, XServiceInfo):
    """What Calc asks of an add-in, and one method for each function."""

    def __init__(self, context):
        self.locale = None

    def getImplementationName(self):
        return IMPLEMENTATION

    def supportsService(self, name):
        return name in SERVICES

    def getSupportedServiceNames(self):
        return SERVICES

    def getServiceName(self):
        return IMPLEMENTATION

    def setLocale(self, locale):
        self.locale = locale

    def getLocale(self):
        return self.locale

    def getProgrammaticFuntionName(self, display):
        return next((method for method, name in KNOWN["names"].items() if name == display), "")

    def getDisplayFunctionName(self, method):
        return KNOWN["names"].get(method, "")

    def getFunctionDescription(self, method):
        return KNOWN["help"].get(method, "")

    def getDisplayArgumentName(self, method, number):
        return ""

    def getArgumentDescription(self, method, number):
        return ""

    def getProgrammaticCategoryName(self, method):
        return "Add-In"

    def getDisplayCategoryName(self, method):
        return "Add-In"


def _method(name):
    def method(self, *args):
        return _called(name, args)

    return method


for _key, _name in KNOWN["names"].items():
    setattr(AddIn, _key, _method(_name))

g_ImplementationHelper = unohelper.ImplementationHelper()
g_ImplementationHelper.addImplementation(AddIn, IMPLEMENTATION, SERVICES)
