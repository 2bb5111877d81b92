"""Outcomes as the JUnit XML that CI servers read."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from xlidx.testing.expectations import Outcome


def junit(suite: str, outcomes: Sequence[Outcome]) -> bytes:
    """Return a test suite as XML: a test case for each expectation, a failure with both values where one fails.

    Examples
    --------
    >>> text = junit("desk.xlsx", [Outcome("NPV", "12.34", "12.4", False)]).decode()
    >>> 'failures="1"' in text, 'message="NPV is 12.4, expected 12.34"' in text
    (True, True)
    """
    failed = [one for one in outcomes if not one.passed]
    root = etree.Element("testsuite", name=suite, tests=str(len(outcomes)), failures=str(len(failed)), errors="0")
    for one in outcomes:
        case = etree.SubElement(root, "testcase", classname=suite, name=one.name)
        if not one.passed:
            etree.SubElement(case, "failure", message=f"{one.name} is {one.found}, expected {one.wanted}")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
