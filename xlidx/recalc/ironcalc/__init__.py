"""The engine for Excel's own functions that the fast engine lacks: IronCalc, in a process of its own.

It knows nothing of our functions and of the clock.  :mod:`package` writes what it reads, :mod:`worker`
runs in the child process and imports nothing of xlidx, :mod:`engine` asks it.
"""

from xlidx.recalc.ironcalc.engine import evaluate, outside

__all__ = ["evaluate", "outside"]
