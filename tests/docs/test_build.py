"""The documentation builds without a warning, says what the code does, and its examples are run."""

import doctest
import html
import re
import shlex
import shutil
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from xlidx.cli import cli, run
from xlidx.cli.docs import build, pages
from xlidx.errors import ErrorValue, Kind, XlidxError
from xlidx.excel.catalogue import CATALOGUE, find
from xlidx.excel.evaluation import evaluate
from xlidx.rulebooks import coverage
from xlidx.templates import build as templates
from xlidx.templates.build import TEMPLATES

PAGES = sorted(build.SOURCE.rglob("*.md"))
FLAGS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
FENCE = re.compile(r"^ *```(\w+)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)


def named(path: Path) -> str:
    return str(path.relative_to(build.SOURCE))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    assert run(["docs", "-o", str(folder)]) == 0
    return folder


def words(page: Path) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", page.read_text())).split())


def test_every_page_is_built_without_a_warning(site):
    made = {str(path.relative_to(site).with_suffix(".md")) for path in site.rglob("*.html")}
    assert {named(path) for path in PAGES} <= made
    assert "generated:" not in "".join(path.read_text() for path in site.rglob("*.html"))


def test_a_warning_stops_the_build(tmp_path, monkeypatch, capsys):
    source = tmp_path / "source"
    source.mkdir()
    (source / "conf.py").write_text((build.SOURCE / "conf.py").read_text())
    (source / "index.md").write_text("# Page\n\n[](nowhere.md)\n")
    monkeypatch.setattr(build, "SOURCE", source)
    assert run(["docs", "-o", str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_missing_builder_is_said(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(build, "NEEDED", ("sphinx", "no_such_builder"))
    assert run(["docs", "-o", str(tmp_path)]) == 2
    assert "no_such_builder is not installed" in capsys.readouterr().err


def test_every_function_is_in_the_reference_with_its_arguments(site):
    page = site / "reference" / "functions.html"
    text = words(page)
    for entry in CATALOGUE:
        assert f'id="{entry.name.lower().replace("_", "-")}"' in page.read_text()
        assert " ".join(entry.help.split()) in text
        assert f"={entry.syntax}" in text
        assert all(" ".join(p.help.split()) in text for p in entry.params)
        assert all(" ".join(x.source.split()) in text for x in entry.examples)


def test_the_reference_shows_answers_and_refusals():
    text = pages.functions()
    capping = text.partition("(XI_CAPPED_WEIGHTS)=")[2].partition("\n(XI_")[0]
    assert "| 0.5 |\n| 0.25 |\n| 0.25 |" in capping
    assert "| blank `cap` | `#VALUE!` | cap is blank - argument cap - give a number |" in capping
    assert "PSI 20 rule book v16-01, 5.3.3" in capping


def test_every_section_of_every_document_is_in_the_coverage(site):
    text = words(site / "reference" / "rules.html")
    for name in coverage.DOCUMENTS:
        document = coverage.load(name)
        assert document.title in text
        for section in document.sections:
            assert " ".join(section.title.split()) in text
            assert " ".join(section.note.split()) in text


def test_every_command_is_in_the_reference(site):
    text = words(site / "reference" / "commands.html")
    context = click.Context(cli)
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert f"xlidx {name}" in text
        assert " ".join(command.help.split("\n\n")[0].split())[:60] in text
        options = [p for p in command.params if isinstance(p, click.Option)]
        assert all(option.opts[-1] in text for option in options)


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_of_refusal_has_a_call_that_shows_it(kind):
    name, arguments = pages.SAMPLES[kind]
    with pytest.raises(XlidxError) as refusal:
        refused(evaluate(find(name), arguments))
    assert refusal.value.kind is kind


def refused(result: Any) -> None:
    """Raise the refusal that stands in the only cell of a result."""
    raise result.item()


def test_the_error_page_names_every_kind_and_every_value(site):
    text = words(site / "errors.html")
    assert all(kind.value in text for kind in Kind)
    assert all(str(value) in text for value in ErrorValue)


@pytest.mark.parametrize("part", pages.PARTS)
def test_every_row_of_a_table_has_the_cells_of_its_header(part):
    width = 0
    for line in pages.PARTS[part]().splitlines():
        found = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
        assert not (width and found) or width == found, line
        width = found


def test_every_generated_part_stands_on_one_page():
    marks = [mark for path in PAGES for mark in pages.MARK.findall(path.read_text())]
    assert sorted(marks) == sorted(pages.PARTS)


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_the_python_gives_what_it_shows(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = doctest.testfile(str(path), module_relative=False, optionflags=FLAGS)
    assert result.failed == 0


def fences(path: Path, kind: str) -> list[str]:
    return [body for found, body in FENCE.findall(path.read_text()) if found == kind]


def test_there_is_something_to_run():
    texts = {kind: sum(len(fences(path, kind)) for path in PAGES) for kind in ("python", "console", "sh")}
    assert min(texts.values()) >= 5, texts


@pytest.mark.parametrize("path", [p for p in PAGES if fences(p, "console")], ids=named)
def test_the_commands_say_what_is_shown(path, tmp_path, monkeypatch, built):
    """A new workbook is a copy of the one that this run has built."""
    books = {name: built[name] for name in TEMPLATES if f"xlidx new {name}" in path.read_text()}
    build_one = templates.build_one

    def copied(name: str, out: Path) -> None:
        _ = shutil.copyfile(books[name], out) if name in books else build_one(name, out)

    monkeypatch.setattr(templates, "build_one", copied)
    monkeypatch.chdir(tmp_path)
    check = doctest.OutputChecker()
    for body in fences(path, "console"):
        for step in body.split("$ ")[1:]:
            line, _, wanted = step.partition("\n")
            program, *arguments = shlex.split(line)
            assert program == "xlidx"
            found = said(arguments)
            assert check.check_output(wanted, found, FLAGS), f"{line}\n{found}"


def said(arguments: list[str]) -> str:
    """Return what a command prints on both streams."""

    @click.command()
    def program() -> None:
        run(arguments)

    return CliRunner().invoke(program).output


def told() -> list[tuple[str, list[str]]]:
    """Return every call of xlidx that the pages name outside of what was run: page and words."""
    calls = []
    for path in PAGES:
        text = path.read_text()
        lines = [line for kind in ("sh", "text") for body in fences(path, kind) for line in body.splitlines()]
        lines += re.findall(r"`(xlidx [^`]+)`", text)
        for line in lines:
            for part in re.split(r"&&|\|\|", line):
                found = re.search(r"(?:^|\s|/)xlidx (?!@)(.+)", part.strip())
                if found:
                    calls.append((named(path), found[1].split()))
    return calls


@pytest.mark.parametrize(("page", "given"), told(), ids=lambda x: x if isinstance(x, str) else " ".join(x))
def test_every_command_named_exists_with_its_options(page, given):
    name, *rest = given
    command = cli.get_command(click.Context(cli), name)
    assert command or name in ("NAME", "COMMAND"), f"{page}: xlidx {name}"
    if isinstance(command, click.Group):
        action = rest.pop(0)
        for part in action.split("|"):
            assert part in command.commands, f"{page}: xlidx {name} {part}"
        command = command.commands[action.split("|")[0]]
    known = {option for p in command.params for option in (*p.opts, *p.secondary_opts)} | {"--help"}
    assert {word for word in rest if word.startswith("-")} <= known, f"{page}: xlidx {' '.join(given)}"
