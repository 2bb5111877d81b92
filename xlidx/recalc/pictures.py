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
from xlidx.recalc.libreoffice.office import clean_environment
from xlidx.recalc.run import frozen
from xlidx.recalc.workbook.book import open_book
from xlidx.recalc.workbook.package import q, read, replace, serialise
from xlidx.tables import closest

PROGRAMS = ("soffice", "libreoffice")
SECONDS = 180.0
DPI = 96
MARGIN, COLOURS = 8, 256  # of the picture of a sheet, in dots and in number


def render(
    path: Path,
    folder: Path,
    dpi: int = DPI,
    seconds: float = SECONDS,
    *,
    sheet: str | None = None,
    page: int | None = None,
) -> list[Path]:
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
    sheet : str, optional
        Only this sheet, without header, footer and margins; its name follows that of the workbook.
    page : int, optional
        Only this page, counted from 1; its number is then no part of the name.

    Returns
    -------
    list of Path

    Raises
    ------
    XlidxError
        ``NO_DATA`` when LibreOffice or pypdfium2 is missing, or LibreOffice does not finish, or there is no such
        page; ``CHOICE`` for an unknown sheet.
    """
    document = _pages()
    with tempfile.TemporaryDirectory(prefix="xlidx-render-") as scratch:
        copy = Path(scratch) / f"{path.stem}.xlsx"
        frozen(path, copy)
        if sheet is not None:
            _leave_alone(copy, sheet)
        pdf = _printed(copy, Path(scratch), seconds).read_bytes()
    folder.mkdir(parents=True, exist_ok=True)
    stem = path.stem if sheet is None else f"{path.stem}-{sheet}"
    pages = document(pdf)
    try:
        names = _names(stem, len(pages), page)
        return [_drawn(pages[n], folder / name, dpi, trimmed=sheet is not None) for n, name in names.items()]
    finally:
        pages.close()


def _names(stem: str, count: int, page: int | None) -> dict[int, str]:
    if page is None:
        digits = max(2, len(str(count)))
        return {n: f"{stem}-{n + 1:0{digits}}.png" for n in range(count)}
    if not 1 <= page <= count:
        raise XlidxError(Kind.NO_DATA, f"there is no page {page}", stem, f"give a page from 1 to {count}")
    return {page - 1: f"{stem}.png"}


def _leave_alone(copy: Path, sheet: str) -> None:
    """Keep LibreOffice from printing any other sheet of a copy, and blank header and footer of this one."""
    book = open_book(read(copy))
    if sheet not in book.sheets:
        near = closest(sheet, list(book.sheets))
        mend = f"did you mean {near}?" if near else f"give one of: {', '.join(book.sheets)}"
        raise XlidxError(Kind.CHOICE, f"there is no sheet {sheet!r}", copy.name, mend)
    items = list(book.root.iterfind(f"{q('sheets')}/{q('sheet')}"))
    place = next(n for n, item in enumerate(items) if item.get("name") == sheet)
    for number, item in enumerate(items):
        item.set("state", "visible" if number == place else "hidden")
    for view in book.root.iterfind(f"{q('bookViews')}/{q('workbookView')}"):
        view.set("activeTab", str(place))
    # A hidden sheet is printed all the same where it has a print area.
    for names in book.root.iterfind(q("definedNames")):
        for name in [one for one in names if (one.get("name") or "").startswith("_xlnm.Print")]:
            if name.get("localSheetId") != str(place):
                names.remove(name)
    root = book.sheets[sheet].root
    for text in root.iterfind(f"{q('headerFooter')}/*"):
        text.text = "&C "  # blank, but in its place: pages end where they end with it
    parts = {book.part: serialise(book.root), book.sheets[sheet].part: serialise(root)}
    replace(copy, book.package.with_parts(parts))


def _pages() -> Any:
    try:
        from pypdfium2 import PdfDocument
    except ImportError:
        what, mend = "pictures need pypdfium2", "pip install xlidx[render]"
        raise XlidxError(Kind.NO_DATA, what, "render", mend) from None
    return PdfDocument


def _drawn(page: Any, path: Path, dpi: int, *, trimmed: bool) -> Path:
    picture = page.render(scale=dpi / 72).to_pil()
    buffer = io.BytesIO()
    (_trimmed(picture) if trimmed else picture).save(buffer, "PNG", optimize=True)
    files.replace(path, buffer.getvalue())
    return path


def _trimmed(picture: Any) -> Any:
    """Return a picture without its white margins, but for a narrow one, in few colours."""
    from PIL import Image, ImageChops, ImageOps

    picture = picture.convert("RGB")
    box = ImageChops.difference(picture, Image.new("RGB", picture.size, "white")).getbbox()
    return ImageOps.expand(picture.crop(box), MARGIN, "white").quantize(COLOURS, Image.Quantize.MAXCOVERAGE)


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
    settings = clean_environment(scratch)
    with subprocess.Popen(  # noqa: S603
        command, env=settings, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True
    ) as run:
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
