"""Both workbooks, built once for all tests of this folder."""

from pathlib import Path

import pytest

from xlidx.templates import build


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("workbooks")
    return {path.stem: path for path in build.build(folder)}
