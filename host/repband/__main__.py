"""`python -m repband` is the command line."""

from repband.cli import main

main()
