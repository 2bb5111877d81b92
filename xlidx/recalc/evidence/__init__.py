"""For which kinds of values an engine is known to compute a function as Excel does.

:mod:`kinds` sorts the values of cells, :mod:`reads` finds which function reads which cells, and the tables
:mod:`fast` and :mod:`libreoffice` say what each function must not read there.
"""
