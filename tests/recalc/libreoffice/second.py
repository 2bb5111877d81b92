"""Whether the second engine can run on this machine; without it its tests are skipped, and say why."""

from __future__ import annotations

import pytest

from xlidx.errors import XlidxError
from xlidx.recalc.libreoffice import office


def missing() -> str:
    try:
        office.found()
    except XlidxError as error:
        return f"second engine: {error.what}"
    return ""


NEEDED = pytest.mark.skipif(bool(missing()), reason=missing() or "found")
