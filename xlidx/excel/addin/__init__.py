"""Excel delivery: the add-in and macro-enabled workbooks, written from the catalogue and the installed xlwings.

:mod:`~xlidx.excel.addin.vba` writes the wrapper module, :mod:`~xlidx.excel.addin.project` puts it into a VBA
project, :mod:`~xlidx.excel.addin.package` builds the files, :mod:`~xlidx.excel.addin.status` reads one back.
"""
