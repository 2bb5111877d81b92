"""The changes that the mutation run makes: which, where none, and that the changed module is another one."""

import ast

from tests.mutation.__main__ import files_for, modules
from tests.mutation.points import mutant, points

SOURCE = '''
"""Text 1."""
NEAR: float = 1e-9


def level(value: float, cap: "1 < 2" = 3) -> float:
    """Text 2."""
    if value < 0 and not cap:
        raise XlidxError(Kind.DOMAIN, f"{value - 1}", "4")
    return min(-value, cap * 2)
'''


def shown():
    return [(point.line, point.old, point.new) for point in points(ast.parse(SOURCE))]


def test_every_operator_constant_condition_and_return_is_changed_and_no_text():
    assert shown() == [
        (3, "1e-09", "1.000000001"),
        (6, "3", "4"),
        (8, "value < 0 and (not cap)", "not (value < 0 and (not cap))"),
        (8, "value < 0 and (not cap)", "value < 0 or not cap"),
        (8, "value < 0", "value <= 0"),
        (8, "0", "1"),
        (8, "not cap", "cap"),
        (10, "return min(-value, cap * 2)", "return None"),
        (10, "min", "max"),
        (10, "-value", "+value"),
        (10, "cap * 2", "cap / 2"),
        (10, "2", "3"),
    ]


def test_each_change_makes_a_module_that_answers_otherwise():
    def answers(number):
        names = {}
        exec(mutant(SOURCE, "level.py", number), names)  # noqa: S102 - the text above
        found = []
        for value, cap in ((-1.0, 0), (0.0, 3), (0.0, 0), (0.5, 0), (2.0, 3), (-20.0, None)):
            try:
                found.append(names["level"](value, *[cap] * (cap is not None)))
            except (NameError, TypeError, ZeroDivisionError) as error:
                found.append(type(error).__name__)
        return [names["NEAR"], *found]

    every = [answers(number) for number in range(len(shown()))]
    names = {}
    exec(compile(SOURCE, "level.py", "exec"), names)  # noqa: S102
    assert every[0] == [1.0 + 1e-9, *every[0][1:]]
    assert len({repr(answer) for answer in every}) == len(every)


def test_every_module_has_files_for_its_own():
    names = modules([])
    assert {"index/level.py", "turbo/path/daily.py"} <= set(names)
    assert modules(["xlidx/turbo/path"]) == modules(["turbo/path"])
    for name in names:
        assert files_for(name)[1] not in ("tests", "tests/index", "tests/turbo"), name
