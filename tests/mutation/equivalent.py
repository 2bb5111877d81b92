"""Changes that no test can notice, each with the reason: module, its line, what stands there, what was put."""

EDGE = "only a sum that stands on the very edge of the tolerance for rounding is decided otherwise"

EQUIVALENT: dict[tuple[str, str, str, str], str] = {
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
}
