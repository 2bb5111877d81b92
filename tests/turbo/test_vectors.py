"""Every number that others published, or that was worked by hand, and the test that pins it to the digits printed."""

import ast
from pathlib import Path

import numpy as np
import pytest

from tests.turbo.answers import columns, rows
from xlidx.turbo.certificate import FAMILIES
from xlidx.turbo.financing import financing_level, funding_cost
from xlidx.turbo.pricing.barrier import knockout_probability, theoretical_value
from xlidx.turbo.pricing.gap_risk import gap_risk
from xlidx.turbo.pricing.scenario import scenario
from xlidx.turbo.stop_loss import stop_loss_price
from xlidx.turbo.underlyings import FAMILY_RULES

HERE = Path(__file__).parent

TABLE = rows("vectors")


@pytest.mark.parametrize("line", TABLE, ids=[line["vector"] for line in TABLE])
def test_the_test_that_pins_a_vector_is_there(line):
    tree = ast.parse((HERE / f"{line['module']}.py").read_text(encoding="utf-8"))
    assert line["test"] in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    if line["file"]:
        assert line["vector"] in {row["case"] for row in rows(line["file"])}


def test_no_answer_is_left_out_of_the_table():
    listed = {line["vector"] for line in TABLE}
    for name in ("stop_loss", "settlement", "leverage", "financing"):
        own = {row["case"] for row in rows(name) if row["case"][0] != "h" and row["case"] != "4s"}
        assert own - {"24"} <= listed, name


def test_spot_up_a_fifth_doubles_the_value():
    values = scenario("long", 20.0, 25.0, 0.0, 1.0, [0.0, 0.2])["value"].tolist()
    assert values == [5.0, 10.0]


def test_the_leaflet_form_of_one_day():
    # 10,000 at 4 % + 2 %, geometric over one of 360 days: 10,000 x 1.06^(1/360) = 10,001.61871178; less 1.5.
    assert financing_level("long", 10_000.0, 0.04, 0.02, 1, 1.5, 360, "geometric") == pytest.approx(
        10_000.11871178, abs=5e-9
    )
    assert funding_cost("long", 1.0, 0.04, 0.02, 360, 360, "geometric") == pytest.approx(0.06, abs=1e-15)


@pytest.mark.rule("ing_open_end_turbo", "C.8")
def test_barriers_that_the_printed_premium_would_give():
    level, premium, underlying = columns("series", "financing_level", "premium", "underlying")
    price = stop_loss_price("short", np.array(level), np.array(premium) / 100, None, "open ended")
    first = {name: round(float(price[underlying.index(name)]) + 1e-9, 2) for name in dict.fromkeys(underlying)}
    assert first == {
        "DAX": 13367.75, "NDX": 9587.83, "SPX": 3551.40, "SX5E": 4097.59, "MDAX": 30604.64, "INDU": 29952.64,
    }  # fmt: skip
    assert np.floor(price[:6] * 100 + 0.5).tolist() == [1336775, 1337268, 1337760, 1338253, 1338745, 1339238]


def test_the_identity_vector_and_its_simulation():
    value = theoretical_value("long", 95.0, 100.0, 0.02, 0.02, 0.0, 0.30, 0.25)
    assert f"{value:.10f}" == "5.0000000000"
    assert f"{knockout_probability('long', 100.0, 95.0, 0.02, 0.02, 0.30, 0.25):.10f}" == "0.7509155308"
    for terms, closed in (
        (("long", 95.0, 100.0, 0.035, 0.0, 0.0, 0.20, 30 / 365), 4.7819469624),
        (("long", 95.0, 100.0, 0.02, 0.02, 0.0, 0.30, 0.25), 5.0),
    ):
        risk = gap_risk(*terms, 0.0, 0.0, paths=100_000, seed=11)
        assert abs(risk.survivor_value - closed) < 4 * risk.value_error < 0.2


def test_every_family_has_its_rule():
    assert tuple(FAMILY_RULES) == FAMILIES
