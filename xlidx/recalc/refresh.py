"""Refresh a workbook of a desk: new market data in, recalculated, the old state kept beside it."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path

import attrs

from xlidx import files
from xlidx.errors import XlidxError
from xlidx.recalc.inputs.market import Rows, market_values
from xlidx.recalc.interface.sheets import Function
from xlidx.recalc.interface.unsupported import listed
from xlidx.recalc.run import EngineName, Report, recalculate
from xlidx.recalc.workbook.book import open_book
from xlidx.recalc.workbook.package import read, replace

BACKUPS, LOG = "backups", "refresh.jsonl"


@attrs.frozen(kw_only=True)
class Job:
    """What a refresh does, the same for every workbook of a folder.

    ``stamp`` names the copy of the old state and stands in the log; it comes from outside, so that the same job is
    the same work.
    """

    market: Rows
    stamp: datetime
    as_of: date | None = None
    table: str | None = None
    in_order: bool = False
    engine: EngineName = "auto"
    verify: bool = False
    refuse_red: bool = False


@attrs.frozen(kw_only=True)
class Outcome:
    """What became of one workbook; one line of the log.

    ``outcome`` is ``refreshed``, ``unchanged``, ``red`` (checks fail) or ``failed``; ``checks`` the words of the
    master check; ``before`` and ``after`` are digests of the file.
    """

    book: str
    when: str
    as_of: str
    outcome: str
    changed: int = 0
    checks: str = ""
    backup: str = ""
    before: str = ""
    after: str = ""
    note: str = ""

    @property
    def good(self) -> bool:
        """Tell whether nothing has to be looked at."""
        return self.outcome in ("refreshed", "unchanged")


def refresh(path: Path, job: Job, functions: Mapping[str, Function]) -> Outcome:
    """Refresh one workbook.

    The old state is kept in ``backups`` beside the workbook, under its name and the stamp, before the new one takes
    its place in one step: at any moment the file is the old one or the new one.

    Parameters
    ----------
    path : Path
    job : Job
    functions : mapping
        See :func:`xlidx.recalc.recalculate`.

    Returns
    -------
    Outcome
        ``failed`` with the sentence of the refusal; the workbook is then as it was.
    """
    try:
        return _refreshed(path, job, functions)
    except XlidxError as error:
        return logged(path.parent, failed(path, job, error.sentence))


def failed(path: Path, job: Job, note: str) -> Outcome:
    """Return the outcome of a refresh that left the workbook as it was."""
    when = job.stamp.isoformat(timespec="seconds")
    return Outcome(book=path.name, when=when, as_of=str(job.as_of or ""), outcome="failed", note=note)


def _refreshed(path: Path, job: Job, functions: Mapping[str, Function]) -> Outcome:
    package = read(path)
    values: dict[str, object] = dict(market_values(open_book(package), job.market, job.table, in_order=job.in_order))
    if job.as_of is not None:
        values["AsOf"] = job.as_of
    fresh = files.scratch(path)
    try:
        done = recalculate(path, fresh, functions=functions, engine=job.engine, verify=job.verify, set_values=values)
        new = fresh.read_bytes()
    finally:
        files.dropped(fresh)
    red = done.red
    note = "; ".join(filter(None, [_verification(done), *(check.sentence for check in done.failing)]))
    found = attrs.evolve(failed(path, job, note), checks=done.checks, before=_digest(package.raw), after=_digest(new))
    if red and job.refuse_red:
        return logged(path.parent, attrs.evolve(found, outcome="red", note=f"not written: {note or done.checks}"))
    if new == package.raw:
        return logged(path.parent, attrs.evolve(found, outcome="red" if red else "unchanged"))
    with files.unbroken():
        backup = _kept(path, package.raw, job.stamp)
        replace(path, new, package.raw)
        outcome, kept = "red" if red else "refreshed", f"{BACKUPS}/{backup.name}"
        return logged(path.parent, attrs.evolve(found, outcome=outcome, changed=len(done.changes), backup=kept))


def logged(folder: Path, outcome: Outcome) -> Outcome:
    """Add the line on one workbook to the log of its folder, and return the outcome."""
    line = json.dumps(attrs.asdict(outcome), ensure_ascii=False) + "\n"
    # One write in append mode: lines of runs side by side do not mix.
    handle = os.open(folder / LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        os.write(handle, line.encode("utf-8", "backslashreplace"))
    finally:
        os.close(handle)
    return outcome


def written_since(folder: Path, job: Job) -> list[str]:
    """Return the workbooks of a folder that the log says a job has written."""
    try:
        lines = (folder / LOG).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    found = [one for line in lines if (one := _record(line)) is not None]
    when = job.stamp.isoformat(timespec="seconds")
    return sorted({one["book"] for one in found if one["when"] == when and one["backup"]})


def _record(line: str) -> dict[str, str] | None:
    """Return a line of the log, or None for one that somebody has damaged."""
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) and {"book", "when", "backup"} <= found.keys() else None


def books_in(folder: Path) -> list[Path]:
    """Return the workbooks of a folder by name, without Excel's own and temporary files."""
    endings = (".xlsx", ".xlsm")
    return sorted(
        path for path in folder.iterdir() if path.suffix.lower() in endings and not path.name.startswith(("~$", "."))
    )


def _verification(report: Report) -> str:
    if not report.verified:
        return ""
    alone = report.not_cross_checked
    return f"verified but for {len(alone)} cells that one engine computes: {listed(alone)}" if alone else "verified"


def _kept(path: Path, raw: bytes, stamp: datetime) -> Path:
    folder = path.parent / BACKUPS
    folder.mkdir(exist_ok=True)
    return files.kept(folder / f"{path.stem}_{stamp:%Y%m%d-%H%M%S}{path.suffix}", raw, path)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
