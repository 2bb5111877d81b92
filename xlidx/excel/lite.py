"""The two files of an xlwings Lite workbook: ``main.py`` and ``requirements.txt``.

xlwings Lite runs Python inside Excel's task pane.  It registers every worksheet function that it finds in
``main.py``, so that file only names the functions of the catalogue; the module they come from is the one
that desktop Excel uses.
"""

from __future__ import annotations

from importlib.metadata import version

from xlidx.excel.catalogue import CATALOGUE

MAIN, REQUIREMENTS = "main.py", "requirements.txt"

_MAIN = '''\
"""The worksheet functions of xlidx {version} in xlwings Lite.

How to use this file:
1. In Excel, open the add-in "xlwings Lite" (Home, Add-ins).
2. Put the lines of the file requirements.txt beside this one under those that stand in the tab
   requirements.txt, and wait until the Output window says that everything is installed.
3. Replace the content of the tab main.py by this file. If you have functions of your own there, keep them
   and add the import below.
4. Restart xlwings Lite from its menu. Type =XI_VERSION() in a cell: it shows {version}.
"""

from xlidx.excel.xlwings_host import (
{names}
)

__all__ = [
{quoted}
]
'''

_REQUIREMENTS = """\
# Add these lines to the tab requirements.txt of xlwings Lite; leave what stands there.
# The number is the version of xlidx that wrote main.py; change both together ("xlidx lite").
# Where this version is not on the package index, write the address of its wheel instead:
# xlidx @ https://your.server/xlidx-{version}-py3-none-any.whl
# numpy, pandas and scipy come with xlwings Lite and must not be pinned.
# If the Output window says "No module named 'ssl'" (an older xlwings Lite), add a line: ssl
xlidx=={version}
"""


def lite_files() -> dict[str, str]:
    """Return the text of each file by its name.

    Returns
    -------
    dict of str
        ``main.py`` names every function of the catalogue; ``requirements.txt`` pins this version of xlidx.

    Examples
    --------
    >>> texts = lite_files()
    >>> sorted(texts), "    XI_INDEX_LEVEL," in texts["main.py"]
    (['main.py', 'requirements.txt'], True)
    """
    names = sorted(entry.name for entry in CATALOGUE)
    listed = "\n".join(f"    {name}," for name in names)
    quoted = "\n".join(f'    "{name}",' for name in names)
    found = version("xlidx")
    return {
        MAIN: _MAIN.format(version=found, names=listed, quoted=quoted),
        REQUIREMENTS: _REQUIREMENTS.format(version=found),
    }
