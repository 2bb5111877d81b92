"""The VBA module between Excel and Python: one wrapper per function of the catalogue.

xlwings could write such a module itself; this one differs where the stock wrappers cost time or truth.  Values
cross instead of ranges, so Python reads nothing back from Excel and currency cells keep all their digits.  The
server is looked up once.  Error texts become real error values, cell by cell, which only VBA can do.  A dead
server is started again once.  A failure is never shown as text in a cell of numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.metadata import version

from xlidx.errors import ErrorValue
from xlidx.excel.cells import ERROR_NUMBERS
from xlidx.excel.entries import Entry

MODULE = "xlidx_udfs"
CATEGORY = "xlidx"
FIRST_CUSTOM_CATEGORY = 20  # 1 to 19 are Excel's own; a workbook's first function group is 20
UDF_MODULE = "xlidx.excel"
WIDTH = 160  # 60 arguments of 30 letters fit in 24 continued lines
UNKNOWN_NUMBER = 2048  # #UNKNOWN!, for errors that Excel shows and VBA has no number for

# What Excel reports when the process behind an object is no longer there.
GONE = (
    462,  # remote server does not exist
    -2147023174,  # RPC server unavailable
    -2147023170,  # RPC call failed
    -2147023169,  # RPC call failed, not executed
    -2147417848,  # object disconnected from its clients
    -2147418094,  # callee not available and not executed
    -2147418105,  # callee not available
    -2147220995,  # object not connected to its server
)

_HEAD = """\
' Worksheet functions of xlidx {version}, written from its catalogue.  Changes made here are lost.
Option Explicit

Private Const XLIDX_VERSION As String = "{version}"
Private xlidx_server As Object
Private xlidx_fault As String
Private xlidx_failed As Double

' Starts Python again after an update of a package, then computes all workbooks.
Public Sub xlidx_restart()
    xlidx_forget
    xlidx_fault = ""
    Application.CalculateFull
End Sub

Private Sub xlidx_forget()
    On Error Resume Next
    Set xlidx_server = Nothing
    xlidx_stop
End Sub

Private Function xlidx_ask(ByVal wanted As String, ByVal given As Variant) As Variant
    Dim plain As Variant
    Dim fault As String
    Dim tried As Boolean
    On Error GoTo failed
    plain = xlidx_values(given)
again:
    xlidx_ask = xlidx_shown(xlidx_python().CallUDF("{module}", (wanted), (plain)))
    Exit Function
failed:
    fault = Err.Description
    If xlidx_gone(Err.Number) And Not tried Then
        tried = True
        xlidx_forget
        Resume again
    End If
    If wanted = "XI_WHY" Then
        xlidx_ask = "#VALUE! " & fault
    Else
        xlidx_ask = CVErr(2015)
    End If
End Function

' The content of a reference crosses, not the reference: Python need not call back into Excel.
' An argument left out crosses as a blank, which means the same.
Private Function xlidx_values(ByVal given As Variant) As Variant
    Dim i As Long
    Dim found() As Variant
    If UBound(given) < 0 Then
        xlidx_values = given
        Exit Function
    End If
    ReDim found(0 To UBound(given))
    For i = 0 To UBound(given)
        If IsObject(given(i)) Then
            If given(i).Areas.Count > 1 Then
                Err.Raise vbObjectError + 513, "xlidx", "a reference of several areas - argument " & _
                    (i + 1) & " - give one block of cells"
            End If
            found(i) = given(i).Value2
        ElseIf Not IsMissing(given(i)) Then
            found(i) = given(i)
        End If
    Next i
    xlidx_values = found
End Function

' A start that failed slowly is not tried again for 20 seconds, or a sheet of formulas would hang.
Private Function xlidx_python() As Object
    If xlidx_server Is Nothing Then
        If xlidx_fault <> "" And Timer >= xlidx_failed And Timer < xlidx_failed + 20 Then
            Err.Raise vbObjectError + 514, "xlidx", xlidx_fault
        End If
        xlidx_start
    End If
    Set xlidx_python = xlidx_server
End Function

Private Sub xlidx_start()
    Dim began As Double
    On Error GoTo failed
    began = Timer
    Set xlidx_server = xlidx_connect()
    xlidx_fault = ""
    Exit Sub
failed:
    xlidx_fault = "Python does not start (" & Err.Description & ") - add-in - run xlidx doctor"
    xlidx_failed = -100
    If Timer > began + 1 Then xlidx_failed = Timer
    Err.Raise vbObjectError + 514, "xlidx", xlidx_fault
End Sub

Private Function xlidx_gone(ByVal number As Long) As Boolean
    Select Case number
{gone}
            xlidx_gone = True
    End Select
End Function

Private Function xlidx_shown(ByVal answer As Variant) As Variant
    Dim i As Long
    Dim j As Long
    If Not IsArray(answer) Then
        answer = xlidx_cell(answer)
    ElseIf xlidx_flat(answer) Then
        For i = LBound(answer) To UBound(answer)
            If VarType(answer(i)) = vbString Then answer(i) = xlidx_cell(answer(i))
        Next i
    Else
        For i = LBound(answer, 1) To UBound(answer, 1)
            For j = LBound(answer, 2) To UBound(answer, 2)
                If VarType(answer(i, j)) = vbString Then answer(i, j) = xlidx_cell(answer(i, j))
            Next j
        Next i
    End If
    xlidx_shown = answer
End Function

Private Function xlidx_flat(ByRef answer As Variant) As Boolean
    Dim last As Long
    xlidx_flat = True
    On Error GoTo done
    last = UBound(answer, 2)
    xlidx_flat = False
done:
End Function

Private Function xlidx_cell(ByVal text As Variant) As Variant
    xlidx_cell = text
    If VarType(text) <> vbString Then Exit Function
    Select Case text
{errors}
    End Select
End Function
"""


def module_text(entries: Iterable[Entry]) -> str:
    """Return the source of the wrapper module, without its name line, lines ended as VBA wants them.

    Examples
    --------
    >>> from xlidx.excel.catalogue import CATALOGUE
    >>> "Public Function XI_VERSION()" in module_text(CATALOGUE)
    True
    """
    numbers = dict.fromkeys(ErrorValue, UNKNOWN_NUMBER) | {error: number for number, error in ERROR_NUMBERS.items()}
    errors = [f'        Case "{text}": xlidx_cell = CVErr({number})' for text, number in numbers.items()]
    gone = _wrapped("        Case ", [str(number) for number in GONE], "")
    head = _HEAD.format(version=version("xlidx"), module=UDF_MODULE, gone=gone, errors="\n".join(errors))
    return "\n".join([head, *map(wrapper, entries)]).replace("\n", "\r\n")


def wrapper(entry: Entry) -> str:
    r"""Return the wrapper of one function: its call, its description, its category.

    Examples
    --------
    >>> from xlidx.excel.catalogue import find
    >>> print(wrapper(find("XI_VERSION")))
    Public Function XI_VERSION()
    Attribute XI_VERSION.VB_Description = "Version of xlidx that computes this workbook."
    Attribute XI_VERSION.VB_ProcData.VB_Invoke_Func = " \n20"
        XI_VERSION = xlidx_ask("XI_VERSION", Array())
    End Function
    <BLANKLINE>
    """
    name = entry.name
    arguments = [param.name if param.required else f"Optional {param.name}" for param in entry.params]
    lines = [
        _wrapped(f"Public Function {name}(", arguments, ")"),
        f"Attribute {name}.VB_Description = {quoted(entry.help)}",
        f'Attribute {name}.VB_ProcData.VB_Invoke_Func = " \\n{FIRST_CUSTOM_CATEGORY}"',
        _wrapped(f"    {name} = xlidx_ask({quoted(name)}, Array(", [param.name for param in entry.params], "))"),
        "End Function",
        "",
    ]
    return "\n".join(lines)


def quoted(text: str) -> str:
    """Return a VBA text literal.

    Examples
    --------
    >>> quoted('the "Best" kind')
    '"the ""Best"" kind"'
    """
    return '"' + text.replace('"', '""') + '"'


def _wrapped(head: str, items: Sequence[str], tail: str) -> str:
    lines = [head]
    for number, item in enumerate(items, start=1):
        piece = item + (", " if number < len(items) else tail)
        if len(lines[-1]) + len(piece) > WIDTH:
            lines[-1] = lines[-1].rstrip() + " _"
            lines.append("        ")
        lines[-1] += piece
    return "\n".join(lines) if items else head + tail
