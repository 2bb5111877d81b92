"""The VBA module that finds or starts Python for the functions: own code over the library of xlwings.

The stock runtime of xlwings asks the active workbook, and a file in its folder, which program to start; a document
from a mail could choose it.  This one reads the sheet of settings in its own file, then the user's own file, for
the keys of :data:`KEYS` alone.  It first looks for a server that runs already (``xlidx addin serve``), for
machines where Excel may not start programs.
"""

from __future__ import annotations

from importlib.metadata import version

MODULE = "xlidx_runtime"
CLASS = "{5f0b7d1e-6a2c-4c3e-9d0a-7e1d2b9a4c11}"
"""COM class under which a server that was started outside Excel is found."""
KEYS = ("INTERPRETER_WIN", "PYTHONPATH", "CONDA PATH", "CONDA ENV", "SHOW CONSOLE")
"""Settings that are read; every other key is passed over."""

_TEXT = """\
' Finds the Python server of xlidx, or starts it.  Written by xlidx; changes made here are lost.
' Settings come from this file's own sheet xlidx.conf, then from the user's own xlidx.conf: no other workbook and
' no folder of a workbook is asked.
Option Explicit
Option Private Module

#If Win64 Then
Private Declare PtrSafe Function xlidx_activate Lib "{library64}" Alias "XLPyDLLActivateAuto" ( _
    ByRef found As Variant, ByVal command As String, ByVal mode As Long) As Long
#Else
Private Declare PtrSafe Function xlidx_activate Lib "{library32}" Alias "XLPyDLLActivateAuto" ( _
    ByRef found As Variant, ByVal command As String, ByVal mode As Long) As Long
#End If
Private Declare PtrSafe Function xlidx_load Lib "kernel32" Alias "LoadLibraryA" (ByVal path As String) As LongPtr

#If Win64 Then
Private Const LIBRARY As String = "{library64}"
#Else
Private Const LIBRARY As String = "{library32}"
#End If

Public Function xlidx_connect() As Object
    Dim found As Variant
    xlidx_library
    If xlidx_activate(found, "{server}", 1) <> 0 Then
        If xlidx_activate(found, xlidx_command(), 1) <> 0 Then Err.Raise vbObjectError + 515, "xlidx", CStr(found)
    End If
    Set xlidx_connect = found
End Function

' Ends the server that Excel started; one started outside goes on.
Public Sub xlidx_stop()
    Dim found As Variant
    xlidx_library
    xlidx_activate found, xlidx_command(), -1
End Sub

Public Function xlidx_setting(ByVal key As String, ByVal otherwise As String) As String
    xlidx_setting = xlidx_own_setting(key)
    If xlidx_setting = "" Then xlidx_setting = xlidx_user_setting(key)
    If xlidx_setting = "" Then xlidx_setting = otherwise
    xlidx_setting = xlidx_expanded(xlidx_setting)
End Function

Private Function xlidx_own_setting(ByVal key As String) As String
    Dim sheet As Object
    Dim i As Long
    For Each sheet In ThisWorkbook.Worksheets
        If sheet.Name = "xlidx.conf" Then
            For i = 1 To 50
                If UCase$(CStr(sheet.Cells(i, 1).Value2)) = key Then xlidx_own_setting = CStr(sheet.Cells(i, 2).Value2)
            Next i
        End If
    Next sheet
End Function

' Lines of the form "KEY","VALUE".
Private Function xlidx_user_setting(ByVal key As String) As String
    Dim text As Variant
    Dim start As String
    start = Chr$(34) & key & Chr$(34) & "," & Chr$(34)
    For Each text In Split(xlidx_file(xlidx_environment("USERPROFILE") & "\\.xlidx\\xlidx.conf"), vbLf)
        text = Trim$(Replace(text, vbCr, ""))
        If UCase$(Left$(text, Len(start))) = start And Right$(text, 1) = Chr$(34) And Len(text) > Len(start) Then
            xlidx_user_setting = Mid$(text, Len(start) + 1, Len(text) - Len(start) - 1)
        End If
    Next text
End Function

' The names between per-cent signs are those of environment variables.
Private Function xlidx_expanded(ByVal text As String) As String
    Dim part As Variant
    Dim i As Long
    part = Split(text, "%")
    For i = 1 To UBound(part) - 1 Step 2
        text = Replace(text, "%" & part(i) & "%", xlidx_environment(CStr(part(i))))
    Next i
    xlidx_expanded = text
End Function

Private Function xlidx_program() As String
    Dim root As String
    Dim named As String
    xlidx_program = xlidx_setting("INTERPRETER_WIN", "pythonw")
    root = xlidx_setting("CONDA PATH", "")
    named = xlidx_setting("CONDA ENV", "")
    If InStr(xlidx_program, "\\") > 0 Or root = "" Or named = "" Then Exit Function
    If named = "base" Then
        xlidx_program = root & "\\" & xlidx_program
    ElseIf InStr(named, "\\") > 0 Then
        xlidx_program = named & "\\" & xlidx_program
    Else
        xlidx_program = root & "\\envs\\" & named & "\\" & xlidx_program
    End If
End Function

' What the library of xlwings runs; $(CLSID) is filled in by it.
Public Function xlidx_command() As String
    Dim folders As String
    Dim start As String
    folders = xlidx_setting("PYTHONPATH", "")
    folders = Replace(Replace(Replace(folders, "\\", "\\\\"), "'", "\\'"), "&", "^&")
    If folders <> "" Then folders = "import sys; sys.path[0:0] = '" & folders & "'.split(';'); "
    start = "cmd.exe "
    If UCase$(xlidx_setting("SHOW CONSOLE", "False")) = "TRUE" Then start = start & "/showconsole "
    start = start & "/K " & Chr$(34)
    If xlidx_setting("CONDA PATH", "") <> "" And xlidx_setting("CONDA ENV", "") <> "" Then
        start = start & Chr$(34) & xlidx_setting("CONDA PATH", "") & "\\condabin\\conda" & Chr$(34) & _
            " activate " & xlidx_setting("CONDA ENV", "") & " && "
    End If
    xlidx_command = start & Chr$(34) & xlidx_program() & Chr$(34) & " -B -c " & Chr$(34) & folders & _
        "import xlwings; xlwings.serve('$(CLSID)')" & Chr$(34) & Chr$(34)
End Function

' The library lies beside the interpreter, or one folder up in a virtual environment.
Private Sub xlidx_library()
    Dim folder As String
    folder = xlidx_program()
    If InStr(folder, "\\") = 0 Then Exit Sub
    folder = xlidx_parent(folder)
    If xlidx_load(folder & "\\" & LIBRARY) <> 0 Then Exit Sub
    If xlidx_load(xlidx_parent(folder) & "\\" & LIBRARY) <> 0 Then Exit Sub
    Err.Raise vbObjectError + 516, "xlidx", LIBRARY & " is in neither " & folder & " nor " & xlidx_parent(folder)
End Sub

Private Function xlidx_parent(ByVal path As String) As String
    xlidx_parent = Left$(path, InStrRev(path, "\\") - 1)
End Function

Private Function xlidx_environment(ByVal name As String) As String
    xlidx_environment = Environ$(name)
End Function

Private Function xlidx_file(ByVal path As String) As String
    Dim number As Integer
    On Error GoTo done
    number = FreeFile
    Open path For Input Access Read As #number
    xlidx_file = Input$(LOF(number), #number)
done:
    On Error Resume Next
    Close #number
End Function
"""


def libraries() -> tuple[str, str]:
    """Return the library files of the installed xlwings: for Excel of 64 and of 32 bits."""
    found = version("xlwings")
    return f"xlwings64-{found}.dll", f"xlwings32-{found}.dll"


def runtime_text() -> str:
    """Return the source of the module, without its name line, lines ended as VBA wants them.

    Examples
    --------
    >>> "ActiveWorkbook" in runtime_text()
    False
    """
    large, small = libraries()
    return _TEXT.format(library64=large, library32=small, server=CLASS).replace("\n", "\r\n")
