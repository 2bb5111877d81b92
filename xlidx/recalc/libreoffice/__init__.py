"""The second engine: LibreOffice Calc, with an add-in generated from the catalogue."""

from xlidx.recalc.libreoffice.engine import evaluate
from xlidx.recalc.libreoffice.formulas import outside
from xlidx.recalc.libreoffice.office import Session

__all__ = ["Session", "evaluate", "outside"]
