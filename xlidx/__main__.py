"""Run the command line with ``python -m xlidx``."""

from xlidx.cli import main

main()
