"""Changes that no test can notice, each with the reason: module, its line, what stands there, what was put."""

EDGE = "only a sum that stands on the very edge of the tolerance for rounding is decided otherwise"

FAST = "a shortcut only: the full check after it refuses the same values"
ZIPPED = ("strict=True", "True", "False")
ONE_LENGTH = "what is zipped has one length by construction; strict says so"

FRACTIONS = "if not (_lowest(values) >= 0 and _highest(values) <= 1):"
CAPPING = "if not (_lowest(values) >= 0 and _highest(values) < PERCENTAGE):"

EQUIVALENT: dict[tuple[str, str, str, str], str] = {
    (
        "index/basket.py",
        "values, others = floats([*cells[1 : len(ids) + 1], *[None] * (len(ids) + 1 - len(cells))])",
        "1",
        "2",
    ): "no row is longer than the header: a range is a rectangle, and files with such a row are refused",
    (
        "index/capping.py",
        "if free.size * cap <= 1.0 + NEAR:",
        "free.size * cap <= 1.0 + NEAR",
        "free.size * cap < 1.0 + NEAR",
    ): EDGE,
    (
        "index/capping.py",
        "fits = top[::-1] * room <= cap * others * (1.0 + NEAR)",
        "top[::-1] * room <= cap * others * (1.0 + NEAR)",
        "top[::-1] * room < cap * others * (1.0 + NEAR)",
    ): EDGE,
    (
        "index/capping.py",
        "above = values > ceiling.value * (1.0 + NEAR)",
        "values > ceiling.value * (1.0 + NEAR)",
        "values >= ceiling.value * (1.0 + NEAR)",
    ): EDGE,
    (
        "index/capping.py",
        "if count * cap < 1.0 - NEAR:",
        "count * cap < 1.0 - NEAR",
        "count * cap <= 1.0 - NEAR",
    ): EDGE,
    (
        "index/level.py",
        "return float(values.max()) if values.size else -np.inf",
        "-np.inf",
        "+np.inf",
    ): "no values are looked at one by one, and none of them is refused",
    (
        "turbo/stop_loss.py",
        "below, above = low <= stop_loss * (1.0 + TOUCH), high >= stop_loss * (1.0 - TOUCH)",
        "low <= stop_loss * (1.0 + TOUCH)",
        "low < stop_loss * (1.0 + TOUCH)",
    ): EDGE,
    ("turbo/terms.py", "UNRESOLVED = -9", "-9", "+9"): "any number that is no code will do",
    **{
        ("index/level.py", line, old, new): FAST
        for line, old, new in (
            ("if not _lowest(values) >= 0:", "_lowest(values) >= 0", "_lowest(values) > 0"),
            ("if not _lowest(values) >= 0:", "0", "1"),
            (FRACTIONS, "_lowest(values) >= 0", "_lowest(values) > 0"),
            (FRACTIONS, "0", "1"),
            (FRACTIONS, "_highest(values) <= 1", "_highest(values) < 1"),
            (CAPPING, "_lowest(values) >= 0", "_lowest(values) > 0"),
            (CAPPING, "0", "1"),
            ("if not _lowest(fx) > 0:", "0", "1"),
        )
    },
    (
        "index/desk/morning.py",
        "return bool(abs(after - before) > NEAR * max(abs(before), abs(after)))",
        "max",
        "min",
    ): EDGE,
    (
        "index/review/screens.py",
        "if at_least(np.array([tested]), limit).all():",
        "at_least(np.array([tested]), limit).all",
        "at_least(np.array([tested]), limit).any",
    ): "one value is compared",
    (
        "turbo/path/daily.py",
        "spread = np.where(active, given, 0.0)",
        "0.0",
        "1.0",
    ): "the spread of a series that bears none is looked at nowhere",
    (
        "turbo/path/inputs.py",
        "inside = self.column is None or self.column.size == 0 or 0 <= self.column.min() <= self.column.max()",
        "self.column.max",
        "self.column.min",
    ): "the lowest is never above the highest",
    (
        "turbo/pricing/scenario.py",
        "size = terms[1].size * axes[0].size * axes[1].size * axes[2].size",
        "1",
        "2",
    ): "all terms have one length; only the place of the term is another (that of the axis is noticed)",
    (
        "turbo/settlement.py",
        "if not isinstance(expenses, np.ndarray) and expenses == 0.0:",
        "not isinstance(expenses, np.ndarray)",
        "isinstance(expenses, np.ndarray)",
    ): "a shortcut only: nothing is taken off",
    (
        "turbo/valuation.py",
        "return float(lows.min() if sign_of(side) > 0.0 else highs.max())",
        "sign_of(side) > 0.0",
        "sign_of(side) >= 0.0",
    ): "a sign is +1 or -1",
}
