"""Settings of all tests: hypothesis without time limits per example, the same examples on every run."""

from hypothesis import settings

settings.register_profile("xlidx", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("xlidx")
