"""The command line as a person uses it: good input, bad input in one line with exit code 2."""

import json

import pytest

from tests.depth import DEEP
from xlidx.cli import run
from xlidx.excel.catalogue import CATALOGUE
from xlidx.templates.build import TEMPLATES


@pytest.fixture
def cli(capsys):
    def call(*arguments):
        code = run(list(arguments))
        out = capsys.readouterr()
        return code, out.out, out.err

    return call


def test_call_prints_the_answer(cli):
    assert cli("call", "XI_INDEX_LEVEL", "{1200,227,73}", "1", "3") == (0, "500\n", "")
    assert cli("call", "xi_turbo_cash_settlement", "short", "13571.32", "13532.32", "0.01")[:2] == (0, "0.39\n")


def test_call_takes_ranges_from_csv_files(cli, tmp_path):
    prices = tmp_path / "prices.csv"
    prices.write_text("1200;227;73\n")
    assert cli("call", "XI_INDEX_LEVEL", f"@{prices}", "1", "3")[:2] == (0, "500\n")


def test_call_says_how_it_read_a_file_and_takes_the_options(cli, tmp_path):
    prices = tmp_path / "prices.csv"
    prices.write_text("1.200;227;73\n")
    code, _, err = cli("call", "XI_INDEX_LEVEL", f"@{prices}", "1", "3")
    assert (code, "'1.200' is 1.2 or 1200 - prices.csv, row 1, column 1" in err) == (2, True)
    code, out, err = cli("call", "XI_INDEX_LEVEL", f"@{prices}", "1", "3", "--decimal", ",")
    assert (code, out) == (0, "500\n")  # (1200 + 227 + 73) / 3
    assert err == "xlidx: prices.csv is read as: semicolons, decimal comma\n"


def test_call_takes_negative_numbers_behind_a_double_dash(cli):
    code, out, _ = cli("call", "XI_TURBO_FINANCING_LEVEL", "--", "long", "13000", "-0.0045", "0.035", "1")
    assert (code, out) == (0, "13001.1013889\n")


def test_call_gives_json(cli):
    code, out, _ = cli("call", "XI_CAPPED_WEIGHTS", "{60;20;20}", "0.5", "--json")
    assert code == 0
    assert json.loads(out) == [[0.5], [0.25], [0.25]]


def test_call_explains_an_error_in_one_line(cli):
    code, out, err = cli("call", "XI_CAPPING_FACTORS", "{50,30,20}", "0.3")
    assert (code, out) == (2, "#NUM!\n")
    assert err == (
        "xlidx: #NUM! 3 members at 0.3 each cannot add up to 1 - argument cap - "
        "the smallest feasible cap is 0.333333333333333\n"
    )


def test_explain_ends_with_the_answer(cli):
    code, out, _ = cli("explain", "XI_TURBO_CASH_SETTLEMENT", "short", "9884.36", "9446.36", "0.01", "1.0953")
    assert code == 0
    assert out.splitlines()[0].split() == ["Symbol", "Meaning", "Value", "Unit", "Rule"]
    assert "  4  " in out.splitlines()[-1]


def test_functions_lists_all_of_them(cli):
    code, out, _ = cli("functions")
    assert code == 0
    assert all(entry.name in out for entry in CATALOGUE)


def test_functions_shows_one_with_its_arguments(cli):
    code, out, _ = cli("functions", "XI_DIVISOR_CHAIN")
    assert code == 0
    assert "XI_DIVISOR_CHAIN(divisor, value_before, value_after)" in out
    assert "=XI_DIVISOR_CHAIN(200,20000,21500)" in out
    assert "PSI 20 rule book v16-01, 6.1" in out


def test_rules_lists_documents_and_sections(cli):
    assert "psi20" in cli("rules")[1]
    code, out, _ = cli("rules", "psi20")
    assert code == 0
    assert any(line.startswith("5.3.3 ") and "XI_CAPPING_FACTORS" in line for line in out.splitlines())


def test_doctor_finds_every_dependency(cli):
    code, out, _ = cli("doctor")
    assert code == 0
    for name in ("Python", "xlidx", "numpy", "pandas", "scipy", "xlwings", "formualizer", "LibreOffice"):
        assert name in out


def test_help_without_a_command(cli):
    code, out, _ = cli()
    assert code == 0
    assert "recalc" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("nothing",), "there is no command 'nothing'"),
        (("call",), "Missing argument 'NAME'"),
        (("call", "XI_INDEX_LEVL"), "did you mean XI_INDEX_LEVEL?"),
        (("call", "XI_INDEX_LEVEL", "@nowhere.csv", "1", "1"), "nowhere.csv"),
        (("call", "XI_INDEX_LEVEL", "1", "1", "1", "1", "1", "1", "1", "1"), "takes 6 arguments"),
        (("explain", "XI_FUNCTIONS"), "has no steps to explain"),
        (("explain", "XI_DIVISOR_CHAIN", "0", "1", "1"), "divisor is 0"),
        (("functions", "XI_WHAT"), "there is no function"),
        (("rules", "psi200"), "psi20"),
        (("new", "nothing"), "nothing"),
        (("recalc", "nowhere.xlsx"), "nowhere.xlsx"),
        (("recalc", "x.xlsx", "--set", "SpotDAX"), "NAME=VALUE"),
        (("recalc", "x.xlsx", "--engine", "excel"), "'excel' is not one of"),
        (("doctor", "--quick"), "No such option"),
    ],
)
def test_bad_input_is_one_clear_line_and_exit_code_2(cli, arguments, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    code, _, err = cli(*arguments)
    assert code == 2
    assert words in err
    assert err.startswith("xlidx: ")
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_an_interrupt_is_said_and_gets_its_own_code(cli, monkeypatch):
    def interrupted():
        raise KeyboardInterrupt

    monkeypatch.setattr("xlidx.cli.doctor.findings", interrupted)
    code, _, err = cli("doctor")
    assert code == 130
    assert err.strip() == "xlidx: interrupted; every file is whole, in its old state or its new one"


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    path = tmp_path_factory.mktemp("desk") / "desk.xlsx"
    assert run(["new", "psi20_index", "-o", str(path)]) == 0
    return path


def test_new_never_replaces_a_file_unasked(cli, desk):
    before = desk.read_bytes()
    code, _, err = cli("new", "psi20_index", "-o", str(desk))
    assert (code, "--force" in err) == (2, True)
    assert desk.read_bytes() == before


def test_recalc_of_a_fresh_workbook_changes_nothing(cli, desk):
    before = desk.read_bytes()
    code, out, err = cli("recalc", str(desk))
    assert (code, err) == (0, "")
    assert "0 values changed" in out
    assert desk.read_bytes() == before


def test_recalc_sets_an_input_and_writes_elsewhere(cli, desk, tmp_path):
    before, moved = desk.read_bytes(), tmp_path / "moved.xlsx"
    code, out, _ = cli("recalc", str(desk), "-o", str(moved), "--set", "PublishedPrice=3170", "--report", "json")
    assert code == 1  # a check fails
    changes = {change["cell"]: change["after"] for change in json.loads(out)["changes"]}
    assert 3170.0 in changes.values()
    assert any("CHECKS FAIL" in str(value) for value in changes.values())
    assert desk.read_bytes() == before
    assert moved.exists()


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (("PublishedPrize=1",), "PublishedPrize"),
        (("PublishedPrice=high",), "PublishedPrice"),
        (("MasterCheck=OK",), "formula"),
        (("PublishedPrice=nan",), "text 'nan'"),
        (("PublishedPrice=1e400",), "does not fit"),
    ],
)
def test_recalc_refuses_a_wrong_setting_and_writes_nothing(cli, desk, settings, words):
    before = desk.read_bytes()
    code, _, err = cli("recalc", str(desk), *(part for text in settings for part in ("--set", text)))
    assert code == 2
    assert words in err
    assert err.count("\n") == 1
    assert desk.read_bytes() == before


def test_a_missing_libreoffice_is_refused_in_one_line(cli, desk, monkeypatch):
    monkeypatch.setenv("PATH", "")
    code, _, err = cli("recalc", str(desk), "--engine", "lo")
    assert code == 2
    assert "LibreOffice" in err


def test_demo_shows_the_23_prices(cli, tmp_path, built):
    kept = tmp_path / "kept.xlsx"
    code, out, _ = cli("demo", "-o", str(kept))
    assert code == 0
    assert "Issue prices reproduced to the cent: 23 of 23." in out
    assert out.startswith("As of 2020-03-11. Market: published closes, lows and highs, 10 Feb to 11 Mar 2020")
    assert sum(line.startswith("DE000NG20") for line in out.splitlines()) == 23
    assert sum("2020-02-11" in line and "stopped out" in line for line in out.splitlines()) == 6
    assert kept.read_bytes() == built["turbo_desk"].read_bytes()


def test_build_workbooks_writes_every_template_the_same_bytes_every_time(cli, tmp_path, built, monkeypatch):
    quick = {name: builder for name, builder in TEMPLATES.items() if name in ("functions", "psi20_index")}
    monkeypatch.setattr("xlidx.templates.build.TEMPLATES", TEMPLATES if DEEP else quick)
    code, out, _ = cli("build-workbooks", "-o", str(tmp_path / "books"))
    assert code == 0
    names = ["functions", "human_capital_mv", "psi20_index", "turbo_desk"]
    assert sorted(TEMPLATES) == names
    wanted = names if DEEP else sorted(quick)
    assert sorted(path.stem for path in (tmp_path / "books").iterdir()) == wanted
    assert out.count("written") == len(wanted)
    for path in (tmp_path / "books").iterdir():
        assert path.read_bytes() == built[path.stem].read_bytes()
