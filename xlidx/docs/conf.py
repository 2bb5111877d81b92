"""Settings of Sphinx for the pages in this folder; ``xlidx docs -o DIR`` builds them."""

from importlib.metadata import version as _version
from typing import Any

from xlidx.cli.docs.pages import filled

project = "xlidx"
author = "the authors of xlidx"
release = version = _version("xlidx")
extensions = ["myst_parser"]
exclude_patterns: list[str] = []
html_theme = "furo"
html_title = f"xlidx {release}"
html_show_copyright = False
html_show_sphinx = False
html_copy_source = False
html_show_sourcelink = False
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
nitpicky = True
smartquotes = False


def _fill(_app: Any, _page: str, source: list[str]) -> None:
    source[0] = filled(source[0])


def setup(app: Any) -> None:
    """Put the generated parts into the pages as they are read."""
    app.connect("source-read", _fill)
