"""Pictures of a workbook: its stored values as pages, drawn by LibreOffice."""

from __future__ import annotations

import io
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from xlidx import files
from xlidx.errors import Kind, XlidxError
from xlidx.recalc.run import frozen

PROGRAMS = ("soffice", "libreoffice")
SECONDS = 180.0
DPI = 96


def render(path: Path, folder: Path, dpi: int = DPI, seconds: float = SECONDS) -> list[Path]:
    """Write one PNG for each printed page of a workbook, values as stored.

    Parameters
    ----------
    path : Path
        Recalculate it first: nothing is computed here.
    folder : Path
        Created if it is not there; pictures are called after the workbook and the page.
    dpi : int [dots per inch]
    seconds : float
        LibreOffice is stopped after this time.

    Returns
    -------
    list of Path

    Raises
    ------
    XlidxError
        ``NO_DATA`` when LibreOffice or pypdfium2 is missing, or LibreOffice does not finish.
    """
    document = _pages()
    with tempfile.TemporaryDirectory(prefix="xlidx-render-") as scratch:
        copy = Path(scratch) / f"{path.stem}.xlsx"
        frozen(path, copy)
        pdf = _printed(copy, Path(scratch), seconds).read_bytes()
    folder.mkdir(parents=True, exist_ok=True)
    pages = document(pdf)
    try:
        digits = max(2, len(str(len(pages))))
        return [_drawn(page, folder / f"{path.stem}-{n:0{digits}}.png", dpi) for n, page in enumerate(pages, start=1)]
    finally:
        pages.close()


def _pages() -> Any:
    try:
        from pypdfium2 import PdfDocument
    except ImportError:
        what, mend = "pictures need pypdfium2", "pip install xlidx[render]"
        raise XlidxError(Kind.NO_DATA, what, "render", mend) from None
    return PdfDocument


def _drawn(page: Any, path: Path, dpi: int) -> Path:
    buffer = io.BytesIO()
    page.render(scale=dpi / 72).to_pil().save(buffer, "PNG")
    files.replace(path, buffer.getvalue())
    return path


def _printed(copy: Path, scratch: Path, seconds: float) -> Path:
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    if program is None:
        mend = "install LibreOffice (on Debian: apt install libreoffice-calc-nogui)"
        raise XlidxError(Kind.NO_DATA, "LibreOffice is not installed", "render", mend)
    profile = f"-env:UserInstallation={(scratch / 'profile').as_uri()}"
    command = [program, profile, "--headless", "--convert-to", "pdf", "--outdir", str(scratch), str(copy)]
    pdf = copy.with_suffix(".pdf")
    quiet = subprocess.DEVNULL
    # A group of its own, so that all of LibreOffice can be stopped.
    with subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True) as run:  # noqa: S603
        try:
            run.wait(seconds)
        except subprocess.TimeoutExpired:
            _stop(run)
            what = f"LibreOffice did not finish in {seconds:g} seconds"
            raise XlidxError(Kind.NO_DATA, what, copy.name, "try again, or allow more time") from None
        except BaseException:
            _stop(run)
            raise
    if not pdf.exists():
        what = "LibreOffice printed nothing"
        raise XlidxError(Kind.NO_DATA, what, copy.name, "open the workbook in LibreOffice and see what it says")
    return pdf


def _stop(run: subprocess.Popen[bytes]) -> None:
    os.killpg(run.pid, signal.SIGKILL)
