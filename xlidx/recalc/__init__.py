"""Refresh Excel workbooks on a server without Excel.

:func:`recalculate` computes every formula and every function of ours, and writes the results into the
original file so that nothing else in it changes; :func:`frozen` writes a copy with values only.
"""

from xlidx.recalc.run import Change, Function, Kept, Report, frozen, recalculate

__all__ = ["Change", "Function", "Kept", "Report", "frozen", "recalculate"]
